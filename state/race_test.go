package state

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
	"relaytop/state/meter"
)

func TestCountsAreExactWhateverTheScreenDoes(t *testing.T) {
	s := New(Options{})
	defer closed(t, s)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() { feed(s, relay.ID(g+1)<<32, 8000) })
	}
	stop := make(chan struct{})
	looked := make(chan struct{})
	go func() {
		defer close(looked)
		for {
			select {
			case <-stop:
				return
			case <-s.Changed():
				s.Snapshot()
				s.Metrics().View(meter.TenMinutes, 100)
			}
		}
	}()
	wg.Wait()
	close(stop)
	<-looked
	if c := s.Metrics().Counters(); c.Requests != 80 || c.Tokens != 80*1500 || c.Answered != 80 {
		t.Errorf("%+v", c)
	}
	if snap := s.Snapshot(); snap.Busy {
		t.Errorf("still busy: %+v", snap.Figures)
	}
}

func TestOpenBreakersAreShownUntilTheyClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{})
		defer closed(t, s)
		change := func(to relay.BreakerState) {
			s.Apply(relay.Event{Kind: relay.Breaker, Endpoint: "relay", Model: "gpt-4.1", Breaker: to,
				Until: time.Now().Add(30 * time.Second)})
		}
		change(relay.BreakerOpen)
		early := s.Snapshot()
		if len(early.Breakers) != 1 || early.NextTick.IsZero() || early.Notice.Level != Warn || early.Notice.Text == "" {
			t.Errorf("open: %+v", early)
		}
		<-time.After(time.Minute)
		if !s.Snapshot().NextTick.IsZero() {
			t.Error("it ticks after the countdown")
		}
		change(relay.BreakerClosed)
		if n := len(s.Snapshot().Breakers); n != 0 || len(early.Breakers) != 1 {
			t.Errorf("closed: %d are shown", n)
		}
	})
}

// slow is an archive whose writes block until the test releases them.
type slow struct {
	*fakeArchive
	gate chan struct{}
}

func (a slow) SetSetting(k, v string) error {
	<-a.gate
	return a.fakeArchive.SetSetting(k, v)
}

func TestStoppedWhileItIsStoredIsNeverSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := slow{newShelf(), make(chan struct{})}
		w := &wire{}
		s := New(Options{Engine: w, Archive: a, Model: "gpt-4.1"})
		w.store = s
		defer closed(t, s)
		chat := s.Snapshot().Chat.ID
		asked := make(chan error)
		go func() { asked <- s.Talk().Ask(chat, "hello") }()
		synctest.Wait()
		stopped := make(chan bool)
		go func() { stopped <- s.Talk().StopAll() }()
		if !<-stopped {
			t.Error("nothing to stop")
		}
		close(a.gate)
		if err := <-asked; err != nil {
			t.Error(err)
		}
		v := s.Talk().Messages(chat)
		if w.count() != 0 || len(v) != 2 || v[1].Result == nil || v[1].Result.Status != relay.StatusCancelled {
			t.Errorf("%d sent, shown %+v", w.count(), v)
		}
		if n := s.Metrics().View(meter.Run, 8).Figures.Cancelled; n != 1 {
			t.Errorf("it ended %d times", n)
		}
	})
}
