package transcript

import (
	"slices"
	"testing"
	"time"

	"relaytop/relay"
)

// TestASpeedNeedsTime: the line of an answer that came at once says so, and that of a JSON document has its E2E.
func TestASpeedNeedsTime(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		name      string
		last      time.Duration // after sending; the first token came after 400 ms
		whole     bool
		has, lack []string
	}{
		{"a stream", 5390 * ms, false, []string{"TTFT 400 ms", "100 tok/s"}, []string{"burst"}},
		{"one read", 400 * ms, false, []string{"TTFT 400 ms", "burst"}, nil},
		{"within 19 ms", 419 * ms, false, []string{"TTFT 400 ms", "burst"}, nil},
		{"a document", 400 * ms, true, []string{"E2E 400 ms", "not streamed"}, []string{"TTFT 400 ms", "burst"}},
	} {
		send := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		r := &relay.Result{Status: relay.StatusOK, Model: "m", Usage: &relay.Usage{Input: 9, Output: 500},
			Timing: relay.Timing{Send: send, First: send.Add(400 * ms), Last: send.Add(c.last), Whole: c.whole}}
		facts, _ := resultFacts(open(t, 80, 24).look.Styles, r, full, false)
		for _, s := range c.has {
			if !slices.Contains(facts, s) {
				t.Errorf("%s: no %q in %q", c.name, s, facts)
			}
		}
		for _, s := range c.lack {
			if slices.Contains(facts, s) {
				t.Errorf("%s: %q in %q", c.name, s, facts)
			}
		}
	}
}
