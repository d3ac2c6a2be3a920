package state

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
	"relaytop/state/filter"
	"relaytop/state/meter"
	"relaytop/state/session"
)

func TestTheMessageIsStoredBeforeItIsSent(t *testing.T) {
	a := newShelf()
	s, w := newStore(t, a)
	defer closed(t, s)
	chat := s.Snapshot().Chat.ID
	if err := s.Talk().Ask(chat, "why is the sky blue"); err != nil {
		t.Fatal(err)
	}
	a.mu.Lock()
	log := slices.Clone(a.log)
	a.mu.Unlock()
	log = log[:min(len(log), 2)] // the answer so far may be saved by now
	if !slices.Equal(log, []string{"save user why is the sky blue", "submit"}) {
		t.Errorf("order was %q", log)
	}
	r := w.last()
	if r.Lane != relay.LaneChat || r.Model != "gpt-4.1" || !slices.Equal(r.Fallback, []string{"deepseek-v3.2"}) ||
		len(r.Messages) != 1 {
		t.Errorf("sent %+v", r)
	}
}

func TestNothingIsSaidIfItCannotBeStored(t *testing.T) {
	a := newShelf()
	a.set(true)
	s, w := newStore(t, a)
	chat := s.Snapshot().Chat.ID
	if err := s.Talk().Ask(chat, "hello"); !errors.Is(err, errDisk) {
		t.Errorf("error %v, want the disk's", err)
	}
	if n := len(s.Talk().Messages(chat)); n != 0 || w.count() != 0 {
		t.Errorf("%d messages shown, %d sent", n, w.count())
	}
	a.set(false)
	if err := s.Talk().Ask(chat, "hello"); err != nil {
		t.Error(err)
	}
	closed(t, s)
}

func TestPartialAnswersAreOnDiskWithinASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newShelf()
		s, w := newStore(t, a)
		chat := s.Snapshot().Chat.ID
		if err := s.Talk().Ask(chat, "tell me"); err != nil {
			t.Fatal(err)
		}
		id := w.last().ID
		w.send(id)
		for range 15 {
			w.text(id, "word ")
			<-time.After(100 * time.Millisecond)
		}
		synctest.Wait()
		if got := a.texts(chat, "assistant"); len(got) != 1 || len(got[0]) < len("word ")*5 {
			t.Errorf("on disk after 1.5 s: %q", got)
		}
		// a crash: nothing is closed, another store reads the same disk
		again, _ := newStore(t, a)
		views := again.Talk().Messages(chat)
		if len(views) != 2 || !views[1].Partial || views[1].Phase != session.Ended ||
			!strings.HasPrefix(views[1].Text, "word ") {
			t.Errorf("after the restart: %+v", views)
		}
		if again.Snapshot().Chat.ID != chat {
			t.Error("the last chat did not come back")
		}
		closed(t, again)
		closed(t, s)
		if got := a.texts(chat, "assistant"); got[0] != strings.Repeat("word ", 15) {
			t.Errorf("on disk after closing: %q", got)
		}
	})
}

func TestPromptsWaitForTheAnswerBeforeThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, w := newStore(t, newShelf())
		defer closed(t, s)
		chat := s.Snapshot().Chat.ID
		for _, text := range []string{"one", "two", "three"} {
			if err := s.Talk().Ask(chat, text); err != nil {
				t.Fatal(err)
			}
		}
		if h := s.Snapshot().Chat; w.count() != 1 || !slices.Equal(h.Queued, []string{"two", "three"}) || !h.Streaming {
			t.Errorf("sent %d, header %+v", w.count(), h)
		}
		if p, ok := s.Talk().Unqueue(chat); !ok || p.Text != "three" {
			t.Errorf("took back %+v, %v", p, ok)
		}
		w.answer(w.last().ID, "first")
		synctest.Wait()
		r := w.last()
		if w.count() != 2 || len(r.Messages) != 3 || r.Messages[1].Text != "first" || r.Messages[2].Text != "two" {
			t.Errorf("the second request held %+v", r.Messages)
		}
		if err := s.Talk().Ask(chat, "four"); err != nil {
			t.Fatal(err)
		}
		if !s.Talk().Stop(chat) || s.Talk().Stop(chat) {
			t.Error("stop does not tell what streams")
		}
		synctest.Wait()
		if h := s.Snapshot().Chat; w.count() != 2 || !slices.Equal(h.Queued, []string{"four"}) {
			t.Errorf("a prompt was sent after a stop: %d, queue %q", w.count(), h.Queued)
		}
		if err := s.Talk().Ask(chat, "five"); err != nil {
			t.Fatal(err)
		}
		if r := w.last(); w.count() != 3 || r.Messages[len(r.Messages)-1].Text != "four" {
			t.Errorf("out of order: %+v", r.Messages)
		}
	})
}

func TestARefusedRequestEndsInItsPlace(t *testing.T) {
	s, w := newStore(t, nil)
	defer closed(t, s)
	w.refuse = errors.New("no such lane")
	chat := s.Snapshot().Chat.ID
	if err := s.Talk().Ask(chat, "hello"); err != nil {
		t.Fatal(err)
	}
	v := s.Talk().Messages(chat)
	if len(v) != 2 || v[0].Text != "hello" || v[1].Result == nil || v[1].Result.Status != relay.StatusFailed {
		t.Errorf("shown %+v", v)
	}
}

func TestSnapshotTicksOnlyWhileNeeded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, w := newStore(t, nil)
		defer closed(t, s)
		if snap := s.Snapshot(); snap.Busy || !snap.NextTick.IsZero() {
			t.Errorf("a quiet store ticks: %+v", snap)
		}
		chat := s.Snapshot().Chat.ID
		if err := s.Talk().Ask(chat, "hello"); err != nil {
			t.Fatal(err)
		}
		if snap := s.Snapshot(); !snap.Busy || snap.NextTick.IsZero() || snap.Figures.Queued != 1 {
			t.Errorf("while it waits: %+v", snap)
		}
		w.answer(w.last().ID, "hi")
		ticks, frames := 0, uint64(0)
		for {
			snap := s.Snapshot()
			if snap.NextTick.IsZero() {
				break
			}
			<-time.After(time.Until(snap.NextTick))
			ticks, frames = ticks+1, snap.Meter
		}
		snap := s.Snapshot()
		if ticks < 50 || ticks > 70 || snap.Busy || snap.Figures.Any || snap.Meter == 0 || frames == 0 {
			t.Errorf("%d ticks until the minute was empty, then %+v", ticks, snap.Figures)
		}
		if f := s.Metrics().View(meter.Run, 100).Figures; f.OK != 1 {
			t.Errorf("the run forgot: %+v", f)
		}
	})
}

func TestSettingsOfAChatAreKept(t *testing.T) {
	a := newShelf()
	s, w := newStore(t, a)
	chat := s.Snapshot().Chat.ID
	if err := s.Talk().Ask(chat, "Explain tides to a child who lives by the sea and fishes"); err != nil {
		t.Fatal(err)
	}
	w.answer(w.last().ID, "The moon pulls.")
	for _, err := range []error{s.Settings().SetModel(chat, "deepseek-v3.2"),
		s.Settings().SetSystem(chat, "Be brief."), s.Library().Pin(chat, true),
		s.Settings().SetParams(chat, relay.Params{}.With("seed", 7)), s.Drafts().Save(chat, "and what of")} {
		if err != nil {
			t.Error(err)
		}
	}
	closed(t, s)
	again, w := newStore(t, a)
	defer closed(t, again)
	h := again.Snapshot().Chat
	if h.Model != "deepseek-v3.2" || h.System != "Be brief." || !h.Pinned || string(h.Params["seed"]) != "7" ||
		h.Draft != "and what of" ||
		h.Cost != 7 || h.Messages != 2 || h.Title != "Explain tides to a child who lives by the sea…" {
		t.Errorf("came back as %+v", h)
	}
	if err := again.Talk().Ask(chat, "more"); err != nil {
		t.Fatal(err)
	}
	if m := w.last().Messages; len(m) != 4 || m[0].Role != "system" || m[2].Text != "The moon pulls." {
		t.Errorf("the context is %+v", m)
	}
	if err := again.Library().Delete(chat); err != nil {
		t.Error(err)
	}
	if len(a.chats) != 0 || again.Snapshot().Chat.ID == chat {
		t.Error("the chat is still there")
	}
}

func TestRequestsAreListedNewestFirst(t *testing.T) {
	s, _ := newStore(t, nil)
	defer closed(t, s)
	for i := range keepLines + 5 {
		s.Apply(relay.Event{Kind: relay.Done, ID: relay.ID(i + 1), At: time.Now(),
			Result: &relay.Result{ID: relay.ID(i + 1), Status: relay.StatusOK}})
	}
	l := s.Requests().List(2 * keepLines)
	if len(l) != keepLines || l[0].ID != keepLines+5 || l[keepLines-1].ID != 6 {
		t.Errorf("%d lines from %v to %v", len(l), l[0].ID, l[len(l)-1].ID)
	}
	if s.Requests().Result(keepLines+5) == nil || s.Requests().Result(6) != nil {
		t.Error("results are kept for the newest only")
	}
}

func TestSendNowReachesTheEngine(t *testing.T) {
	s, w := newStore(t, nil)
	defer closed(t, s)
	chat := s.Snapshot().Chat.ID
	if s.Talk().SendNow(chat) {
		t.Error("nothing is in flight")
	}
	if err := s.Talk().Ask(chat, "hello"); err != nil {
		t.Fatal(err)
	}
	if !s.Talk().SendNow(chat) || !slices.Equal(w.now, []relay.ID{w.last().ID}) {
		t.Errorf("sent %v now", w.now)
	}
	w.answer(w.last().ID, "hi")
}

// TestStoredRequestsAreLines: the requests that the archive finds are lines as those in memory are.
func TestStoredRequestsAreLines(t *testing.T) {
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	a := newShelf()
	a.ended = []*relay.Result{{ID: 7, Wall: at, Status: relay.StatusFailed, Requested: "m", Endpoint: "e",
		Err: &relay.Error{Class: relay.ClassTimeout, Message: "no token"}}}
	s, _ := newStore(t, a)
	defer closed(t, s)
	l, next, err := s.Requests().Find(filter.Query{Limit: 1})
	if err != nil || len(l) != 1 || next.Seq != 1 || l[0].ID != 7 || !l[0].At.Equal(at) || l[0].Model != "m" ||
		l[0].Class != relay.ClassTimeout {
		t.Errorf("%+v, %+v, %v", l, next, err)
	}
	none, _ := newStore(t, nil)
	defer closed(t, none)
	if l, next, err := none.Requests().Find(filter.Query{Limit: 1}); l != nil || next.Seq != 0 || err != nil ||
		none.Requests().Stored() || !s.Requests().Stored() {
		t.Errorf("without an archive: %+v, %+v, %v", l, next, err)
	}
}
