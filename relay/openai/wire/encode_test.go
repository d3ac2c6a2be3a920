package wire

import (
	"encoding/json"
	"slices"
	"testing"

	"relaytop/relay"
)

func TestABodyIsSentUnchanged(t *testing.T) {
	call := relay.Call{Model: "new", Request: &relay.Request{Plain: true,
		Body: json.RawMessage(`{"b":1.50,"model":"old","stream":true,"stream_options":{},"a":"<é>","messages":[ ]}`)}}
	got, err := Encode(call, Quirks{})
	if want := `{"b":1.50,"model":"new","a":"<é>","messages":[ ]}`; err != nil || string(got) != want {
		t.Fatalf("got %s, %v, want %s", got, err, want)
	}
	call.Request.Body = json.RawMessage(`[1]`)
	if _, err := Encode(call, Quirks{}); err == nil {
		t.Fatal("a body that is not an object was accepted")
	}
}

func TestMessagesAreEncoded(t *testing.T) {
	call := relay.Call{Model: "m", Request: &relay.Request{Plain: true, Messages: []relay.Message{
		{Role: "user", Parts: []relay.Part{{Text: "see"}, {Image: "data:image/png;base64,AA"}}},
		{Role: "assistant", ToolCalls: []relay.ToolCall{{ID: "c", Name: "f", Arguments: "{}"}}},
		{Role: "tool", Text: "1", ToolID: "c"}},
		Params: relay.Params{"top_p": json.RawMessage("0.5")}}}
	got, err := Encode(call, Quirks{})
	want := `{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"see"},{"type":"image_url",` +
		`"image_url":{"url":"data:image/png;base64,AA"}}]},` +
		`{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f",` +
		`"arguments":"{}"}}]},` +
		`{"role":"tool","content":"1","tool_call_id":"c"}],"top_p":0.5}`
	if err != nil || string(got) != want {
		t.Fatalf("got %s, %v\nwant %s", got, err, want)
	}
}

// FuzzEncode: a body that is a JSON object stays one, with our model and without the fields that we set.
func FuzzEncode(f *testing.F) {
	f.Add([]byte(`{"b":1.50,"model":"old","stream":true,"a":"<é>","a":2}`))
	f.Add([]byte(`{"max_tokens":1,"temperature":2,"model":null,"model":3} `))
	f.Add([]byte(`[1]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		call := relay.Call{Model: "new", Request: &relay.Request{Plain: true, Body: body}}
		got, err := Encode(call, Quirks{NoTemperature: true, MaxCompletion: true})
		if err != nil || len(body) == 0 {
			return
		}
		var sent map[string]json.RawMessage
		if err := json.Unmarshal(got, &sent); err != nil {
			t.Fatalf("%q: sent %q: %v", body, got, err)
		}
		for _, key := range []string{"stream", "stream_options", "temperature", "max_tokens"} {
			if _, there := sent[key]; there {
				t.Fatalf("%q: sent %q with %s", body, got, key)
			}
		}
		if string(sent["model"]) != `"new"` {
			t.Fatalf("%q: sent %q", body, got)
		}
	})
}

// TestSplitReadsAsWritten: keys, values and their order, whatever is in them.
func TestSplitReadsAsWritten(t *testing.T) {
	for body, want := range map[string][]string{
		`{}`: nil,
		" { \"a\" : 1.50 ,\n\"b\":[{\"c\":\"}],\\\"\"}] } ": {"a", "1.50", "b", `[{"c":"}],\""}]`},
		`{"a\u0062\"":null,"":"x:y","a":{}}`:                {`ab"`, "null", "", `"x:y"`, "a", "{}"},
		`{"a":1,"a":2}`:                                     {"a", "1", "a", "2"},
	} {
		fields, err := split([]byte(body))
		var got []string
		for _, f := range fields {
			got = append(got, f.key, string(f.raw))
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q, %v", body, got, want, err)
		}
	}
	for _, body := range []string{``, `[]`, `"{}"`, `{"a":1`, `{"a":1}{`, `{"a"}`, `{a:1}`, `null`} {
		if fields, err := split([]byte(body)); err == nil {
			t.Errorf("%q: %v, want an error", body, fields)
		}
	}
}
