package relay

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestEstimateInput(t *testing.T) {
	megabyte := "data:image/png;base64," + strings.Repeat("A", 1<<20)
	tools := `[{"type":"function","function":{"name":"get_weather"}}]`
	for name, c := range map[string]struct {
		r    Request
		want int64
	}{
		"text": {Request{Messages: []Message{{Text: "12345678"}}}, 9},
		"text in a body": {Request{Body: json.RawMessage(
			`{"model":"long-name","messages":[{"role":"user","content":"12345678"}]}`)}, 9},
		"Chinese": {Request{Messages: []Message{{Text: "你好吗"}}}, 10},
		"parts": {Request{Messages: []Message{{Text: "not sent", Parts: []Part{{Text: "abcd"}, {Image: "x"}}}}},
			773},
		"parts in a body": {Request{Body: imageBody("https://x/y.png")}, 773},
		"a megabyte":      {Request{Body: imageBody(megabyte)}, 773},
		"bare data URL":   {Request{Body: json.RawMessage(`{"input":"` + megabyte + `"}`)}, 765},
		"sound": {Request{Body: json.RawMessage(
			`{"messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"` +
				megabyte[30:] + `"}}]}]}`)}, 772},
		"input":         {Request{Body: json.RawMessage(`{"input":["ab","cd"]}`)}, 2},
		"token numbers": {Request{Body: json.RawMessage(`{"prompt":[1,2,3]}`)}, 3},
		"tools": {Request{Messages: []Message{{Text: "1234"}}, Params: Params{"tools": json.RawMessage(tools)}},
			8 + EstimateTokens(tools)},
		"tools in a body": {Request{Body: json.RawMessage(`{"messages":[{"role":"user","content":"1234"}],"tools":` +
			tools + `}`)},
			8 + EstimateTokens(tools)},
		"calls": {Request{Messages: []Message{{ToolCalls: []ToolCall{{ID: "1", Name: "abcd", Arguments: "{}"}}}}}, 9},
		"calls in a body": {Request{Body: json.RawMessage(`{"messages":[{"role":"assistant","content":null,"tool_calls":[` +
			`{"id":"1","type":"function","function":{"name":"abcd","arguments":"{}"}}]}]}`)}, 9},
		"no JSON": {Request{Body: json.RawMessage("abcd{")}, 2},
		"nothing": {Request{}, 0},
	} {
		if got := EstimateInput(&c.r); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func imageBody(url string) json.RawMessage {
	return json.RawMessage(`{"messages":[{"role":"user","content":[{"type":"text","text":"abcd"},` +
		`{"type":"image_url","image_url":{"url":"` + url + `"}}]}]}`)
}

func FuzzEstimateBody(f *testing.F) {
	f.Add([]byte(imageBody("data:x")))
	f.Add([]byte(`{"prompt":[1,[2,{"role":null}]],"tools":{"a":1e999}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if n := EstimateInput(&Request{Body: body}); n < 0 {
			t.Errorf("%d tokens", n)
		}
	})
}
