package ui

import (
	"fmt"
	"testing"
	"time"

	"relaytop/relay"
)

// TestScreens compares whole screens: empty, with an answer that streams, with one that waits for a retry, and with
// one that failed.
func TestScreens(t *testing.T) {
	for _, s := range []struct{ w, h int }{{80, 24}, {120, 36}, {160, 45}} {
		size := fmt.Sprintf("%dx%d", s.w, s.h)
		t.Run(size, func(t *testing.T) {
			in(t, s.w, s.h, func(d *dashboard) {
				d.Golden("empty-" + size)
				d.Type("How do I cap the retries of a pool?")
				d.Press("enter")
				d.feed(relay.Event{Kind: relay.Queued},
					relay.Event{Kind: relay.Sent, Model: "gpt-4.1", Endpoint: "sim", Attempt: 1})
				d.feed(relay.Event{Kind: relay.Text, Text: "Give them **one budget**:\n\n- a first attempt earns 0.2\n- a " +
					"retry spends 1\n\n```go\nfunc (b *Budget) Spend() bool {\n\treturn b.tokens >= 1\n}\n"})
				d.Golden("streaming-" + size)
				d.feed(done(d, "Give them **one budget**."))
				d.Golden("ended-" + size)
				d.Type("And now?")
				d.Press("enter")
				late := &relay.Error{Class: relay.ClassRateLimit, Status: 429, Message: "slow down", Waits: true,
					RetryAfter: 20 * time.Second}
				asked := &relay.WaitCause{Kind: relay.WaitAsked, Endpoint: "sim", Status: 429, Class: late.Class,
					Wait: 20 * time.Second, From: "Retry-After"}
				d.feed(relay.Event{Kind: relay.Queued}, relay.Event{Kind: relay.Sent, Model: "gpt-4.1", Endpoint: "sim",
					Attempt: 1}, relay.Event{Kind: relay.Failed, Attempt: 1, Err: late},
					relay.Event{Kind: relay.Waiting, Attempt: 1, Cause: asked, Until: time.Now().Add(20 * time.Second)})
				d.Golden("retrying-" + size)
				d.feed(relay.Event{Kind: relay.Done, Result: &relay.Result{Status: relay.StatusFailed, Requested: "gpt-4.1",
					Asked: "gpt-4.1", Endpoint: "sim", Err: late, Wall: time.Now(),
					Attempts: []relay.Attempt{{N: 1, Endpoint: "sim", Model: "gpt-4.1", Status: 429, Class: relay.ClassRateLimit}}}})
				d.Golden("failed-" + size)
				d.Press("alt+3")
				d.Golden("metrics-" + size)
				d.Press("alt+2")
				d.Golden("batch-" + size)
				d.Press("ctrl+p")
				d.Type("theme")
				d.Golden("palette-" + size)
			})
		})
	}
}
