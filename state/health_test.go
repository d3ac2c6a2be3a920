package state

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
	"relaytop/state/meter"
)

func TestHealthOfTheEndpoints(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{})
		defer closed(t, s)
		at := time.Now()
		quirk := func(reason string) {
			at = at.Add(time.Second)
			s.Apply(relay.Event{Kind: relay.Quirk, Endpoint: "relay", Reason: reason, At: at})
		}
		quirk("a")
		before := s.Snapshot().Health.Quirks
		quirk("b")
		quirk("a")
		if q := s.Snapshot().Health.Quirks; len(q) != 2 || q[0].Reason != "a" || q[1].Reason != "b" ||
			q[0].At.Sub(q[1].At) != time.Second || len(before) != 1 {
			t.Errorf("the quirks are %+v", q)
		}
		for i := range 3 * maxQuirks {
			quirk(fmt.Sprint(i))
		}
		if q := s.Snapshot().Health.Quirks; len(q) != maxQuirks || q[0].Reason != fmt.Sprint(3*maxQuirks-1) {
			t.Errorf("%d quirks, the newest %q", len(q), q[0].Reason)
		}
		fail := func(class relay.Class, status int) {
			s.Apply(relay.Event{Kind: relay.Failed, ID: 7, Endpoint: "backup", Model: "m", At: time.Now(),
				Err: &relay.Error{Class: class, Status: status}})
		}
		fail(relay.ClassOverloaded, 503)
		fail(relay.ClassCancelled, 0) // a person stopped it
		if f := s.Snapshot().Health.Failed; f.Class != relay.ClassOverloaded || f.Status != 503 || f.ID != 7 ||
			f.Endpoint != "backup" {
			t.Errorf("the last failure is %+v", f)
		}
	})
}

// TestTheFiguresAreOfTheChosenWindow: the strip never shows another window than the metrics.
func TestTheFiguresAreOfTheChosenWindow(t *testing.T) {
	s := New(Options{})
	defer closed(t, s)
	if w := s.Snapshot().Figures.Window; w != meter.Minute {
		t.Errorf("at first it is %v", w)
	}
	for _, w := range []meter.Window{meter.TenSeconds, meter.Run, meter.TenMinutes} {
		s.Metrics().View(w, 60)
		if got := s.Snapshot().Figures.Window; got != w {
			t.Errorf("it is %v, not %v", got, w)
		}
	}
}
