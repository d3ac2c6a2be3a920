package inspect

import (
	"errors"
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
			[]string{"unfinished: the end of this answer was not stored"}, []string{"program ended"}},
		{"a request of which nothing is left", pane.InspectMsg{},
			[]string{"not kept: how this request ended is not in memory and not on disk"},
			[]string{"unfinished", "program ended", "nothing was sent", "nothing to pay", "none came"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := open(t, 124, 40, state.Inspection{})
			c.subject.ID, c.subject.What = id, "row 12"
			for _, msg := range run(r.Open(c.subject)) {
				r.Update(msg)
			}
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

// storedRow is keptRow as the archive has it: with its earlier attempts and all stamps.
func storedRow() *relay.Result {
	r := keptRow(nil)
	r.Timing.Sched, r.Timing.FirstByte, r.Timing.Done, r.Timing.Chunks = at(-1100), at(300), at(1910), 40
	first := relay.Attempt{N: 1, Endpoint: "spare", Model: "gpt-4.1", Status: 429, Class: relay.ClassRateLimit,
		Message: "slow down", Wait: ms(500), WaitReason: "it asked for it",
		Timing: relay.Timing{Send: at(-1000), FirstByte: at(-900), Done: at(-900)}}
	second := first
	second.N, second.Status, second.Class, second.Message = 2, 503, relay.ClassOverloaded, "busy"
	second.Timing = relay.Timing{Send: at(-400), FirstByte: at(-300), Done: at(-300)}
	r.Attempts = []relay.Attempt{first, second, r.Attempts[0]}
	r.Attempts[2].Timing, r.Attempts[2].Usage = r.Timing, nil
	return r
}

// What the memory and the journal do not have is read from the archive; meanwhile nothing says that it was not kept.
func TestTheArchiveIsRead(t *testing.T) {
	for _, c := range []struct {
		name      string
		subject   pane.InspectMsg
		stored    *relay.Result
		err       error
		has, lack []string
	}{
		{"the earlier attempts of a row", pane.InspectMsg{Result: keptRow(nil)}, storedRow(), nil,
			[]string{"answered by gpt-4.1", "3, of them 2 failed", "spare", "rate_limit", "overloaded", "waterfall",
				"queue", "first byte", "waited 500 ms", "felt 3.00 s", "TTFT 400 ms", "the gaps between chunks are not written"},
			[]string{"not kept", "not in memory"}},
		{"a request that only the archive has", pane.InspectMsg{}, storedRow(), nil,
			[]string{"answered by gpt-4.1", "3, of them 2 failed", "usage.cost of the answer"}, []string{"not in memory"}},
		{"an answer whose message was not stored", pane.InspectMsg{Lost: true}, storedRow(), nil,
			[]string{"answered by gpt-4.1"}, []string{"unfinished"}},
		{"an archive that can't be read", pane.InspectMsg{}, nil, errors.New("the disk reports an error"),
			[]string{"not known: it is not in memory, and what was stored can't be read: the disk reports an error"},
			[]string{"not kept", "nothing was sent"}},
		{"a row of an archive that can't be read", pane.InspectMsg{Result: keptRow(nil)}, nil, errors.New("damaged"),
			[]string{"answered by gpt-4.1", "3, 2 earlier ones not kept"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := open(t, 124, 50, state.Inspection{})
			r.store.stored, r.store.err = c.stored, c.err
			c.subject.ID, c.subject.What = id, "row 12"
			read := r.Open(c.subject)
			if read == nil {
				t.Fatal("nothing is read")
			}
			all := func() string {
				r.tick(at(3_600_000))
				lines := strings.Join(r.page().lines(overview), " ")
				return strings.Join(strings.Fields(ansi.Strip(lines)), " ")
			}
			if s := all(); c.subject.Result == nil && !strings.Contains(s, "reading: it is not in memory any more") ||
				strings.Contains(s, "not on disk") {
				t.Errorf("before it is read:\n%s", s)
			}
			for _, msg := range run(read) {
				r.Update(msg)
			}
			s := all()
			for _, w := range c.has {
				if !strings.Contains(s, w) {
					t.Errorf("no %q in\n%s", w, s)
				}
			}
			for _, w := range c.lack {
				if strings.Contains(s, w) {
					t.Errorf("%q in\n%s", w, s)
				}
			}
			r.screen()
		})
	}
}

// TestOnlyWhatIsMissingIsRead: not what is in memory, nor an answer whose message has all; and what leaves the
// memory while it is shown stays.
func TestOnlyWhatIsMissingIsRead(t *testing.T) {
	r := open(t, 124, 50, state.Inspection{Result: storedRow()})
	if r.Open(pane.InspectMsg{ID: id}) != nil {
		t.Error("what is in memory is read")
	}
	r.tick(at(1000))
	r.store.in = state.Inspection{}
	r.tick(at(2000))
	r.has("answered by gpt-4.1", "3, of them 2 failed")
	if r.Open(pane.InspectMsg{ID: id, Result: storedRow()}) != nil {
		t.Error("an answer that is complete is read")
	}
	read := r.Open(pane.InspectMsg{ID: id})
	r.Open(pane.InspectMsg{ID: id + 1})
	r.store.stored = storedRow()
	for _, msg := range run(read) {
		r.Update(msg)
	}
	r.tick(at(3000))
	r.has("reading")
}
