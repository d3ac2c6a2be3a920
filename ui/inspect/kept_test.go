package inspect

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/ui/pane"
)

// keptRow is a row of a run as its journal has it: no earlier attempts, no chunks, no stamps of the connection.
func keptRow(change func(*relay.Result)) *relay.Result {
	t := relay.Timing{Send: at(0), First: at(400), Last: at(1900)}
	r := &relay.Result{ID: id, Lane: relay.LaneBatch, Status: relay.StatusOK, Model: "gpt-4.1", Asked: "gpt-4.1",
		Endpoint: "holysheep", Usage: &relay.Usage{Input: 20, Output: 151, Total: 171}, Timing: t, Wall: at(1900),
		Cost:     relay.Cost{Amount: 5_000_000_000, Source: relay.SourceReported},
		Attempts: []relay.Attempt{{N: 3, Endpoint: "holysheep", Model: "gpt-4.1", Status: 200, Timing: t}}}
	if change != nil {
		change(r)
	}
	return r
}

// A request that is not in memory any more is shown as far as it was kept. What was not kept is called that: nothing
// says that it never was, or that the program ended.
func TestWhatIsNotInMemory(t *testing.T) {
	for _, c := range []struct {
		name      string
		subject   pane.InspectMsg
		has, lack []string
	}{
		{"a row that is ok and paid", pane.InspectMsg{Result: keptRow(nil)},
			[]string{"answered by gpt-4.1", "TTFT 400 ms", "tok/s 100", "cost $0.005000", "3, 2 earlier ones not kept",
				"Headers and bodies are not here any more", "kept are the first and the last token"},
			[]string{"unfinished", "program ended", "no chunk", "came at once"}},
		{"a row that failed", pane.InspectMsg{Result: keptRow(func(r *relay.Result) {
			r.Status, r.Usage, r.Timing, r.Cost = relay.StatusFailed, nil, relay.Timing{}, relay.Cost{}
			r.Err = &relay.Error{Class: relay.ClassRateLimit, Status: 429, Message: "slow down"}
			r.Attempts = []relay.Attempt{{N: 1, Endpoint: "holysheep", Model: "gpt-4.1", Status: 429,
				Class: relay.ClassRateLimit, Message: "slow down"}}
		})}, []string{"failed  rate_limit", "429 slow down"}, []string{"unfinished", "not kept,"}},
		{"a row that came at once", pane.InspectMsg{Result: keptRow(func(r *relay.Result) { r.Timing.Last = at(401) })},
			[]string{"tok/s burst"}, nil},
		{"a row that was not streamed", pane.InspectMsg{Result: keptRow(func(r *relay.Result) {
			r.Timing.Whole = true
			r.Attempts[0].Timing.Whole = true
		})}, []string{"E2E 1.90 s", "it came as one document"}, []string{"TTFT 400", "tok/s"}},
		{"an answer that a crash cut", pane.InspectMsg{Lost: true},
			[]string{"unfinished: the program ended before the answer did"}, nil},
		{"a request of which nothing is left", pane.InspectMsg{},
			[]string{"not kept: how this request ended is not in memory and not on disk"},
			[]string{"unfinished", "program ended", "nothing was sent", "nothing to pay"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := open(t, 124, 40, state.Inspection{})
			c.subject.ID, c.subject.What = id, "row 12"
			r.Open(c.subject)
			r.tick(at(3_600_000))
			lines := r.page().lines(overview)
			all := strings.Join(strings.Fields(ansi.Strip(strings.Join(lines, " "))), " ")
			for _, s := range c.has {
				if s = strings.Join(strings.Fields(s), " "); !strings.Contains(all, s) {
					t.Errorf("no %q in\n%s", s, ansi.Strip(strings.Join(lines, "\n")))
				}
			}
			for _, s := range c.lack {
				if strings.Contains(strings.ToLower(all), s) {
					t.Errorf("%q in\n%s", s, ansi.Strip(strings.Join(lines, "\n")))
				}
			}
			r.screen()
		})
	}
}
