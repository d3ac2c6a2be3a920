package openai

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"relaytop/relay"
)

func TestBodyGoesAsItIs(t *testing.T) {
	call := relay.Call{Model: "new", Request: &relay.Request{Plain: true,
		Body: json.RawMessage(`{"b":1.50,"model":"old","stream":true,"stream_options":{},"a":"<é>","messages":[ ]}`)}}
	got, err := encode(call, quirks{})
	if want := `{"b":1.50,"model":"new","a":"<é>","messages":[ ]}`; err != nil || string(got) != want {
		t.Fatalf("got %s, %v, want %s", got, err, want)
	}
	call.Request.Body = json.RawMessage(`[1]`)
	if _, err := encode(call, quirks{}); err == nil {
		t.Fatal("a body that is no object was taken")
	}
}

func TestMessagesAreEncoded(t *testing.T) {
	call := relay.Call{Model: "m", Request: &relay.Request{Plain: true, Messages: []relay.Message{
		{Role: "user", Parts: []relay.Part{{Text: "see"}, {Image: "data:image/png;base64,AA"}}},
		{Role: "assistant", ToolCalls: []relay.ToolCall{{ID: "c", Name: "f", Arguments: "{}"}}}, {Role: "tool", Text: "1", ToolID: "c"}},
		Params: relay.Params{"top_p": json.RawMessage("0.5")}}}
	got, err := encode(call, quirks{})
	want := `{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA"}}]},` +
		`{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},` +
		`{"role":"tool","content":"1","tool_call_id":"c"}],"top_p":0.5}`
	if err != nil || string(got) != want {
		t.Fatalf("got %s, %v\nwant %s", got, err, want)
	}
}

func TestConnectionsAreUsedAgain(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, events(content("Hi"), finish("stop"), "[DONE]"))
	}))
	defer srv.Close()
	c := client(t, relay.Endpoint{BaseURL: srv.URL}, Options{})
	for i := range 3 {
		r := c.Send(t.Context(), ask(), nil)
		if r.Status != relay.StatusOK || r.Timing.Conn.IsZero() != (i > 0) {
			t.Fatalf("request %d: %s, connected at %v", i, r.Status, r.Timing.Conn)
		}
	}
}

func TestModels(t *testing.T) {
	for body, want := range map[string]Model{
		`{"data":[{"id":"a","context_length":8192,"pricing":{"prompt":"0.1"}}]}`: {ID: "a", Context: 8192, Pricing: json.RawMessage(`{"prompt":"0.1"}`)},
		`[{"id":"a","owned_by":"x"}]`:                                            {ID: "a", Owner: "x"},
		`{"models":["a"]}`:                                                       {ID: "a"},
	} {
		s := serve(t, false, func(int) string { return response(200, "", body) })
		list, err := client(t, relay.Endpoint{BaseURL: s.url}, Options{}).Models(t.Context())
		if err != nil || len(list) != 1 || list[0].ID != want.ID || list[0].Context != want.Context || list[0].Owner != want.Owner || string(list[0].Pricing) != string(want.Pricing) {
			t.Errorf("%s: %+v, %v", body, list, err)
		}
	}
	s := serve(t, false, func(int) string { return response(404, "", "404 page not found") })
	_, err := client(t, relay.Endpoint{BaseURL: s.url}, Options{}).Models(t.Context())
	var e *relay.Error
	if !errors.As(err, &e) || e.Status != 404 {
		t.Fatalf("got %v", err)
	}
}
