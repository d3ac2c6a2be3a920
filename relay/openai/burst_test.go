package openai

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"relaytop/relay"
)

// What a relay writes at once has no speed, however much it is and however long reading it takes; a JSON document in
// answer to a stream request has neither a speed nor a TTFT.
func TestWhatComesAtOnceHasNoSpeed(t *testing.T) {
	usage := func(out int) string {
		return fmt.Sprintf(`{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":%d,"total_tokens":%d}}`, out, out+9)
	}
	stream := func(n int, piece string) string {
		chunks := []string{delta(`{"role":"assistant","content":""}`)}
		for range n {
			chunks = append(chunks, content(piece))
		}
		return response(200, streamType, events(append(chunks, finish("stop"), usage(max(n, 500)), "[DONE]")...))
	}
	document := `{"id":"c","object":"chat.completion","model":"m-1","choices":[{"index":0,"finish_reason":"stop",` +
		`"message":{"role":"assistant","content":"Hello"}}],` + usage(500)[len(`{"choices":[],`):]
	for name, c := range map[string]struct {
		raw   string
		whole bool
	}{
		"30 chunks":     {raw: stream(30, "some words ")},
		"one chunk":     {raw: stream(1, strings.Repeat("some words ", 100))},
		"20,000 chunks": {raw: stream(20_000, "word ")},
		"with think tags": {raw: strings.Replace(stream(30, "some words "), "some words ", "<think>so</think>",
			1)},
		"a JSON document":                {raw: response(200, "Content-Type: application/json\r\n", document), whole: true},
		"a document said to be a stream": {raw: response(200, streamType, document), whole: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, false, func(int) string { return c.raw })
			r := client(t, relay.Endpoint{BaseURL: s.url}, Options{}).Send(context.Background(), ask(), func(relay.Event) {})
			if r.Status != relay.StatusOK || r.Usage == nil || r.Usage.Output < 500 {
				t.Fatalf("status %s, usage %+v, %v", r.Status, r.Usage, r.Err)
			}
			if v, ok := r.Timing.Speed(r.Usage.Output); ok || r.Timing.Burst(r.Usage.Output) == c.whole {
				t.Errorf("%.0f tok/s (%t) over %v; burst %t", v, ok, r.Timing.Last.Sub(r.Timing.First),
					r.Timing.Burst(r.Usage.Output))
			}
			if _, ok := r.Timing.TTFT(); ok == c.whole {
				t.Errorf("has a TTFT: %t", ok)
			}
			if d, ok := r.Timing.E2E(); !ok || d <= 0 {
				t.Errorf("E2E %v, %t", d, ok)
			}
		})
	}
}
