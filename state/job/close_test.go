package job

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
)

// begun is a run of four rows, two of which wait at the engine.
func begun(t *testing.T) (dir string, f *fake, b *Book, id string) {
	t.Helper()
	dir = t.TempDir()
	f = newFake(func(int, relay.Request) *relay.Result { return nil })
	b = open(t, dir, f, nil)
	id = start(t, b, Options{Input: file(t, dir, "in.txt", prompts(4)), Concurrency: 2})
	until(t, "two rows wait at the engine", func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return len(f.hung) == 2
	})
	return dir, f, b, id
}

// hanging are the requests that wait at the engine.
func (f *fake) hanging() []relay.ID {
	f.mu.Lock()
	defer f.mu.Unlock()
	var ids []relay.ID
	for id := range f.hung {
		ids = append(ids, id)
	}
	return ids
}

// reopened opens the run on the disk again.
func reopened(t *testing.T, dir, id string) Header {
	t.Helper()
	h, ok := open(t, dir, newFake(echo), nil).Header(id)
	if !ok {
		t.Fatal("the run is gone")
	}
	return h
}

func TestRowsThatTheEngineEndsAfterQuietWereClosed(t *testing.T) {
	dir, f, b, id := begun(t)
	b.Quiet()
	for _, row := range f.hanging() { // as a pool does that is closed
		f.Cancel(row)
	}
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if f.count() != 2 {
		t.Errorf("%d rows were sent", f.count())
	}
	if h := reopened(t, dir, id); h.State != Paused || h.Reason != closedReason || h.PaidTwice != 2 {
		t.Errorf("%s %q, %d perhaps paid twice", h.State, h.Reason, h.PaidTwice)
	}
	for what, err := range map[string]error{"resume": b.Resume(id), "pause": b.Pause(id), "retry": b.RetryFailed(id)} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("%s after the end: %v", what, err)
		}
	}
}

// TestCloseKeepsAnswersAfterItsTime: the engine used up the time, and one row never ended.
func TestCloseKeepsAnswersAfterItsTime(t *testing.T) {
	dir, f, b, id := begun(t)
	rows := f.hanging()
	b.Apply(relay.Event{Kind: relay.Done, ID: rows[0], Result: ok("came")})
	f.mu.Lock()
	clear(f.hung) // neither is heard of again
	f.mu.Unlock()
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Close(over); err != nil {
		t.Errorf("closing: %v", err)
	}
	if h := reopened(t, dir, id); h.OK != 1 || h.Reason != closedReason {
		t.Errorf("%d ok, %q", h.OK, h.Reason)
	}
	again := newFake(echo)
	b = open(t, dir, again, nil)
	if err := b.Resume(id); err != nil {
		t.Fatal(err)
	}
	if h := wait(t, b, id); h.OK != 4 || h.PaidTwice != 1 || again.count() != 3 {
		t.Errorf("%d ok with %d sent, %d perhaps paid twice", h.OK, again.count(), h.PaidTwice)
	}
}

// TestCloseIsBoundedAndReportsAPanic: a slow run and a panic do not prevent the other from being closed.
func TestCloseIsBoundedAndReportsAPanic(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, newFake(echo), nil)
	synctest.Test(t, func(t *testing.T) {
		bad := newRun(b, "bad", dir, Options{})
		bad.view, bad.rec.journal = true, &journal{} // no file: closing it panics
		slow := newRun(b, "slow", dir, Options{})
		slow.view = true
		hold := make(chan struct{})
		slow.do(func() { <-hold })
		began := time.Now()
		err := closeAll([]*run{bad, slow})
		close(hold)
		if d := time.Since(began); d != closeFor {
			t.Errorf("it took %s", d)
		}
		for _, want := range []string{"closing run slow: the disk took longer", "closing run bad: a fault in relaytop"} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q is not reported: %v", want, err)
			}
		}
	})
}
