package ui

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/archive"
	"relaytop/state/session"
	"relaytop/ui/pane"
)

// TestFindRequests: the search reads all stored requests in pages, newest first, and enter inspects one.
func TestFindRequests(t *testing.T) {
	a, err := archive.Open(filepath.Join(t.TempDir(), "relaytop.db"), archive.Options{Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	st := state.New(state.Options{Archive: a, Demo: true, Model: "gpt-4.1"})
	t.Cleanup(func() {
		if err := st.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if err := a.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	start := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	const stored = foundRequests + 20
	for i := range stored {
		at := start.Add(time.Duration(i) * time.Second)
		r := &relay.Result{ID: relay.ID(i + 1), Wall: at, Status: relay.StatusOK, Requested: "gpt-4.1", Endpoint: "sim",
			Timing:   relay.Timing{Sched: at, Send: at, First: at.Add(time.Second), Last: at.Add(3 * time.Second)},
			Attempts: []relay.Attempt{{N: 1, Model: "gpt-4.1", Endpoint: "sim", Status: 200}}}
		if i == 5 {
			r.Status, r.Err = relay.StatusFailed, &relay.Error{Class: relay.ClassOverloaded, Message: "come back later"}
		}
		a.Record(r, session.RecordContext{})
	}
	pages := &requestPages{requests: st.Requests()}
	first, err := pages.find("ok model:gpt", 0)
	if err != nil || len(first.List) != foundRequests || first.Next == 0 {
		t.Fatalf("%d requests, next %d, %v", len(first.List), first.Next, err)
	}
	if got := first.List[0].Run().(pane.InspectMsg).ID; got != stored {
		t.Errorf("the first is %v, not the newest", got)
	}
	rest, err := pages.find("ok model:gpt", first.Next)
	if err != nil || len(rest.List) != stored-foundRequests-1 || rest.Next != 0 {
		t.Errorf("then %d requests, next %d, %v", len(rest.List), rest.Next, err)
	}
	failed, err := pages.find("err", 0)
	if err != nil || len(failed.List) != 1 || !strings.Contains(failed.Note, "batch runs") {
		t.Fatalf("%d failed, %v", len(failed.List), err)
	}
	if none, err := pages.find("err class:timeout", 0); err != nil || len(none.List) != 0 || none.Note != "" {
		t.Errorf("%+v, %v: a note hides that nothing was found", none, err)
	}
	shown := failed.List[0].Title + strings.Join(failed.List[0].Cells, " ") + failed.List[0].Text
	for _, want := range []string{"gpt-4.1", "sim", "1.00 s", "3.00 s", "failed · overloaded · come back later"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q does not say %q", shown, want)
		}
	}
}
