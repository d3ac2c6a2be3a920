package openai

import (
	"testing"

	"relaytop/relay"
)

func TestReadDocument(t *testing.T) {
	home := relay.Endpoint{Name: "home", BaseURL: "http://127.0.0.1:1/v1", Key: "sk-test-1234567890abcdef"}
	c, err := New(home, Options{})
	if err != nil {
		t.Fatal(err)
	}
	const whole = `{"id":"x","model":"m","choices":[{"message":{"role":"assistant","content":"Hello there"},` +
		`"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}`
	tests := []struct {
		name   string
		in     Document
		status relay.Status
		class  relay.Class
		input  int64
	}{
		{"an answer", Document{Status: 200, Body: []byte(whole)}, relay.StatusOK, "", 3},
		{"without usage", Document{Status: 200, Input: 9, Body: []byte(`{"choices":[{"message":{"content":"Hello"},` +
			`"finish_reason":"stop"}],"usage":null}`)}, relay.StatusOK, "", 9},
		{"cut by length", Document{Status: 200, Body: []byte(`{"choices":[{"message":{"content":"He"},` +
			`"finish_reason":"length"}],"usage":{"prompt_tokens":3,"completion_tokens":1}}`)}, relay.StatusLength, "", 3},
		{"an error inside a 200", Document{Status: 200, Body: []byte(`{"error":{"message":"no"}}`)}, relay.StatusFailed,
			relay.ClassUpstream, 0},
		{"a 400", Document{Status: 400, Body: []byte(`{"error":{"message":"no"}}`)}, relay.StatusFailed,
			relay.ClassInvalid, 0},
		{"no body", Document{Status: 200}, relay.StatusEmpty, relay.ClassEmpty, 0},
		{"no JSON", Document{Status: 200, Body: []byte(`<html>`)}, relay.StatusFailed, relay.ClassProtocol, 0},
		{"embeddings", Document{Status: 200, Path: "/embeddings", Body: []byte(`{"data":[{"embedding":[0.1]}],` +
			`"usage":{"prompt_tokens":3,"total_tokens":3}}`)}, relay.StatusOK, "", 3},
	}
	for _, tt := range tests {
		r := c.ReadDocument(tt.in)
		class, input := relay.Class(""), int64(0)
		if r.Err != nil {
			class = r.Err.Class
		}
		if r.Usage != nil {
			input = r.Usage.Input
		}
		if r.Status != tt.status || class != tt.class || input != tt.input || !r.Timing.Send.IsZero() {
			t.Errorf("%s: %s %s, %d tokens in (%v); want %s %s, %d", tt.name, r.Status, class, input, r.Err, tt.status, tt.class,
				tt.input)
		}
	}
}
