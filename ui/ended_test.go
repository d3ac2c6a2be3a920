package ui

import (
	"testing"
	"time"

	"relaytop/state"
	"relaytop/state/job"
)

func TestTheEndOfARunIsFoundOnce(t *testing.T) {
	var e runEnds
	at := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	first, second := busy(), busy()
	second.ID = "other"
	looks := 0
	look := func(after time.Duration, working bool) []job.Header {
		at = at.Add(after)
		return e.look(&state.Snapshot{At: at, Busy: working, Run: first, Runs: 2}, func() []job.Header {
			looks++
			return []job.Header{first, second}
		})
	}
	look(0, true)
	if look(30*time.Millisecond, true); looks != 1 {
		t.Errorf("it looks %d times within a second", looks)
	}
	second.State, second.OK = job.Finished, 5000
	if got := look(lookEvery, true); len(got) != 1 || got[0].ID != "other" {
		t.Errorf("a run that is not shown: %+v", got)
	}
	first.State = job.Finished
	if got := look(time.Millisecond, false); len(got) != 1 || got[0].ID != first.ID {
		t.Errorf("the run that is shown: %+v", got)
	}
	if got := look(time.Hour, false); len(got) != 0 {
		t.Errorf("again: %+v", got)
	}
}

func TestAPauseByHandIsNoEnd(t *testing.T) {
	var e runEnds
	h := busy()
	look := func() []job.Header {
		return e.look(&state.Snapshot{Run: h}, func() []job.Header { return []job.Header{h} })
	}
	look()
	h.State, h.Stopped = job.Paused, job.StopUser
	if got := look(); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	h.State, h.Stopped = job.Running, ""
	look()
	h.State, h.Stopped = job.Paused, job.StopBudget
	if got := look(); len(got) != 1 {
		t.Errorf("the budget stopped it: %+v", got)
	}
}

func TestTheEndIsAnnouncedAsTheSettingSays(t *testing.T) {
	for _, c := range []struct {
		how  Notify
		term string
		want string
	}{
		{NotifyDesktop, "xterm", "\a\x1b]9;relaytop: a␛.csv: finished\x1b\\"},
		{NotifyDesktop, "dumb", "\a"}, {NotifyDesktop, "linux", "\a"}, {NotifyBell, "xterm", "\a"}, {NotifyOff, "xterm", ""},
	} {
		if got := announcement(c.how, []string{"TERM=" + c.term}, "a\x1b.csv: finished"); got != c.want {
			t.Errorf("%s on %s: %q", c.how, c.term, got)
		}
	}
}

func TestTheHookIsCalledOutsideOfTheLoop(t *testing.T) {
	m := testModel(t)
	called := make(chan job.State, 1)
	m.opts.RunEnded = func(h *job.Header) error { called <- h.State; return nil }
	h := busy()
	h.State = job.Finished
	if m.runEnded(h); len(called) != 0 {
		t.Error("it is called by Update")
	}
}
