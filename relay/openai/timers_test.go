package openai

import (
	"testing"
	"time"

	"relaytop/relay"
)

// TestFirstByteAndFirstTokenAreTwoWaits: each may take as long as a silence may.
func TestFirstByteAndFirstTokenAreTwoWaits(t *testing.T) {
	const pause = 200 * time.Millisecond
	url := slowly(t, pause, response(200, streamType, ""), events(content("Hi")), events(content(" you"), finish("stop"), "[DONE]"))
	r := client(t, relay.Endpoint{BaseURL: url, Timeout: pause * 3 / 2}, Options{}).Send(t.Context(), ask(), nil)
	if r.Status != relay.StatusOK || r.Text != "Hi you" {
		t.Fatalf("%s %q %v", r.Status, r.Text, r.Err)
	}
}

// TestAResendHasItsOwnTime: what the first request took is not taken off the second's.
func TestAResendHasItsOwnTime(t *testing.T) {
	const pause = 200 * time.Millisecond
	s := serve(t, false, func(n int) string {
		<-time.After(pause)
		if n == 0 {
			return response(400, "", `{"error":{"message":"property 'stream_options' is unsupported"}}`)
		}
		return response(200, streamType, events(content("Hi"), finish("stop"), "[DONE]"))
	})
	r := client(t, relay.Endpoint{BaseURL: s.url, Timeout: pause * 3 / 2}, Options{}).Send(t.Context(), ask(), nil)
	if r.Status != relay.StatusOK || len(s.seen()) != 2 {
		t.Fatalf("%s %v after %d requests", r.Status, r.Err, len(s.seen()))
	}
}

// TestAFinishOnEveryChunk ends nothing while text comes.
func TestAFinishOnEveryChunk(t *testing.T) {
	chunk := func(s string) string {
		return events(`{"choices":[{"index":0,"delta":{"content":"` + s + `"},"finish_reason":"stop"}]}`)
	}
	const pause = 60 * time.Millisecond
	url := slowly(t, pause, response(200, streamType, ""), chunk("a"), chunk("b"), chunk("c"), chunk("d"), events("[DONE]"))
	r := client(t, relay.Endpoint{BaseURL: url}, Options{Settle: 2 * pause}).Send(t.Context(), ask(), nil)
	if r.Status != relay.StatusOK || r.Text != "abcd" {
		t.Fatalf("%s %q %v", r.Status, r.Text, r.Err)
	}
}
