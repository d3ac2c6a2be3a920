package ui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
	"relaytop/ui/pane"
)

// TestRequestsOfAMoment: the list has the requests that the filter keeps, the slowest first, and enter inspects one.
func TestRequestsOfAMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, 160, 45)
		defer d.stop()
		base := time.Now()
		end := func(id relay.ID, model string, after, e2e time.Duration, class relay.Class) {
			r := &relay.Result{ID: id, Status: relay.StatusOK, Requested: model, Asked: model, Endpoint: "sim",
				Wall: base.Add(after), Attempts: []relay.Attempt{{N: 1, Model: model, Endpoint: "sim", Class: class}},
				Timing: relay.Timing{Send: base, First: base.Add(e2e / 4), Last: base.Add(e2e)}}
			if class != "" {
				r.Status, r.Err = relay.StatusFailed, &relay.Error{Class: class}
			}
			d.store.Apply(relay.Event{Kind: relay.Done, ID: id, At: base.Add(after), Result: r})
		}
		end(1, "deepseek-v3.2", time.Second, 2*time.Second, "")
		end(2, "deepseek-v3.2", 2*time.Second, 9*time.Second, "")
		end(3, "deepseek-v3.2", 3*time.Second, 5*time.Second, relay.ClassOverloaded)
		end(4, "gpt-4.1", 2*time.Second, 7*time.Second, "")
		end(5, "deepseek-v3.2", 8*time.Second, 3*time.Second, "")
		list := func(f pane.RequestFilter) string {
			d.Send(pane.RequestsMsg{Filter: f})
			return d.Screen()
		}
		s := list(pane.RequestFilter{Model: "deepseek-v3.2", From: base.Add(time.Second), To: base.Add(8 * time.Second)})
		first, second, third := strings.Index(s, "9.00 s"), strings.Index(s, "5.00 s"), strings.Index(s, "2.00 s")
		if first < 0 || second < first || third < second || strings.Contains(s, "7.00 s") || strings.Contains(s, "3.00 s") ||
			!strings.Contains(s, "requests model:deepseek-v3.2") || !strings.Contains(s, "overloaded") {
			t.Errorf("not the three of that model and time, slowest first:\n%s", s)
		}
		d.Press("enter")
		if !d.root.inspector.open {
			t.Error("enter does not inspect the slowest")
		}
		d.Press("esc")
		s = list(pane.RequestFilter{From: base.Add(time.Hour)})
		if !strings.Contains(s, "no request that is still in memory") {
			t.Errorf("an empty list does not say so:\n%s", s)
		}
	})
}
