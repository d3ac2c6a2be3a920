package route

import (
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
)

var bad = &relay.Error{Class: relay.ClassUpstream, Status: 502}

// sends makes n choices for requests of their own, from the id on, that stay in flight.
func sends(t *testing.T, r *Route, n int, from relay.ID) (list []*Choice) {
	t.Helper()
	for i := range n {
		c, no := r.Pick(Query{Lane: relay.LaneBatch, Request: from + relay.ID(i)})
		if no != nil {
			t.Fatal(no)
		}
		list = append(list, c)
	}
	return list
}

// isOpen reports whether a row would have to wait.
func isOpen(r *Route) bool {
	c, no := r.Pick(Query{Lane: relay.LaneBatch})
	if c != nil {
		c.Drop()
	}
	return no != nil
}

// TestTheBreakerSeesAnOutageBehindAHealthySpell: what was answered before says nothing, nor do answers to requests
// that were sent before.
func TestTheBreakerSeesAnOutageBehindAHealthySpell(t *testing.T) {
	for _, c := range []struct {
		name           string
		healthy, going int // answered before; in flight when the outage begins
		fails          int // that open the breaker
	}{
		{"at once", 0, 0, 5},
		{"after a thousand answers", 1000, 0, 5},
		{"ten in flight", 100, 10, 5},
		{"fifty in flight: half of those", 1000, 50, 25},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := makeRoute(t, Options{Endpoints: endpoints("a")})
				for _, s := range sends(t, r, c.healthy, 1) {
					s.Done(nil, 0)
				}
				old := sends(t, r, c.going, 5000)
				for i := range c.fails {
					if isOpen(r) {
						t.Fatalf("open after %d failures", i)
					}
					if i < len(old)/2 {
						old[i].Done(nil, 0) // sent before the outage
					}
					s := sends(t, r, 1, relay.ID(9000+i))
					if i < len(old)/2 {
						sends(t, r, 1, relay.ID(7000+i)) // another takes its place
					}
					s[0].Done(bad, 0)
				}
				if !isOpen(r) {
					t.Errorf("not open after %d failures", c.fails)
				}
			})
		})
	}
}

// TestARequestCountsOnce: attempts of one request are one outcome, and an answer takes its failure back.
func TestARequestCountsOnce(t *testing.T) {
	r := makeRoute(t, Options{Endpoints: endpoints("a")})
	for range 20 {
		sends(t, r, 1, 1)[0].Done(bad, 0)
	}
	if isOpen(r) {
		t.Error("one request opens it")
	}
	for id := relay.ID(10); id < 60; id++ {
		sends(t, r, 1, id)[0].Done(bad, 0)
		sends(t, r, 1, id)[0].Done(nil, 0)
	}
	if isOpen(r) {
		t.Error("requests that were answered at the second attempt open it")
	}
}

// TestARequestCountsAgain: a row that is sent again in a later round is one more failure.
func TestARequestCountsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := makeRoute(t, Options{Endpoints: endpoints("a")})
		sends(t, r, 1, 1)[0].Done(bad, 0)
		pass(breakerWindow * time.Second)
		for i, s := range sends(t, r, breakerMin-1, 1) {
			if isOpen(r) {
				t.Errorf("open after %d failures", 1+i)
			}
			s.Done(bad, 0)
		}
		if !isOpen(r) {
			t.Error("the second failure of a request does not count")
		}
	})
}

// halfOpen makes a route with a half-open breaker, and returns the probe.
func halfOpen(t *testing.T) (*Route, *Choice) {
	t.Helper()
	r := makeRoute(t, Options{Endpoints: endpoints("a")})
	for _, s := range sends(t, r, 5, 1) {
		s.Done(bad, 0)
	}
	pass(breakerOpen)
	return r, sends(t, r, 1, 100)[0]
}

// TestTheFirstTokenOfTheProbeCloses: those who wait for it are woken at once; if it breaks off later, that is one
// failure among others.
func TestTheFirstTokenOfTheProbeCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, probe := halfOpen(t)
		_, no := r.Pick(Query{Lane: relay.LaneBatch, Request: 101})
		if no == nil || no.Cause.Kind != relay.WaitProbe || no.Freed == nil || !no.Until.IsZero() {
			t.Fatalf("%+v", no)
		}
		probe.Token()
		select {
		case <-no.Freed:
		default:
			t.Error("those who wait are not woken")
		}
		if isOpen(r) {
			t.Error("still not closed")
		}
		probe.Done(&relay.Error{Class: relay.ClassTruncated}, 0)
		if isOpen(r) {
			t.Error("the end of the probe opens it again")
		}
		for _, s := range sends(t, r, 4, 200) {
			s.Done(bad, 0)
		}
		if !isOpen(r) {
			t.Error("the end of the probe does not count as a failure")
		}
	})
}

// TestAChatIsNeverHeldByAProbe: it is the probe if there is none, else it passes and settles nothing.
func TestAChatIsNeverHeldByAProbe(t *testing.T) {
	for _, end := range []*relay.Error{nil, bad} {
		synctest.Test(t, func(t *testing.T) {
			r, probe := halfOpen(t)
			chat, no := r.Pick(Query{Lane: relay.LaneChat, Request: 300})
			if no != nil {
				t.Fatalf("a chat is held: %v", no)
			}
			chat.Token()
			chat.Done(end, 0)
			if !isOpen(r) {
				t.Errorf("a chat that ended with %v settled it", end)
			}
			probe.Drop()
			chat, _ = r.Pick(Query{Lane: relay.LaneChat, Request: 301})
			if !isOpen(r) {
				t.Error("a chat does not take the probe that is free")
			}
			chat.Token()
			if isOpen(r) {
				t.Error("a chat that probes does not settle it")
			}
		})
	}
}

// TestRowsWaitTogetherAfterABare429: one probes 1, 2, 4, 8 s after the first refusal and so on; its first token frees
// the others.
func TestRowsWaitTogetherAfterABare429(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := &relay.Error{Class: relay.ClassRateLimit, Status: 429}
		r := makeRoute(t, Options{Endpoints: endpoints("a")})
		began := time.Now()
		for _, s := range sends(t, r, 5, 1) {
			s.Done(full, 0)
		}
		var probes []time.Duration
		for id := relay.ID(10); len(probes) < 7; id++ {
			_, no := r.Pick(Query{Lane: relay.LaneBatch, Request: id})
			if no == nil || no.Cause.Kind != relay.WaitThrottle {
				t.Fatalf("%+v", no)
			}
			pass(time.Until(no.Until))
			probe := sends(t, r, 1, id)[0]
			probes = append(probes, time.Since(began))
			if !isOpen(r) {
				t.Fatal("two probe")
			}
			if chat, no := r.Pick(Query{Request: 1000}); no != nil {
				t.Errorf("a chat is held: %v", no)
			} else {
				chat.Drop()
			}
			if len(probes) == 7 {
				probe.Token()
				continue
			}
			probe.Done(full, 0)
		}
		for i, want := range []time.Duration{1, 2, 4, 8, 16, 31, 46} {
			if probes[i] != want*time.Second {
				t.Errorf("probe %d after %s, want %d s", i+1, probes[i], want)
			}
		}
		if isOpen(r) {
			t.Error("the first token does not free the others")
		}
	})
}

// TestAStrayRefusalOfTheKey: one among answers takes nothing out; the first request, or two in a row, do.
func TestAStrayRefusalOfTheKey(t *testing.T) {
	refused, invalid := &relay.Error{Class: relay.ClassAuth, Status: 401},
		&relay.Error{Class: relay.ClassInvalid, Status: 400}
	for _, c := range []struct {
		name string
		ends []*relay.Error
		id   relay.ID // of all of them; 0: each its own
		out  bool
	}{
		{"the first", []*relay.Error{refused}, 0, true},
		{"one", []*relay.Error{nil, refused, nil, refused, nil}, 0, false},
		{"two in a row", []*relay.Error{nil, refused, refused}, 0, true},
		{"two with a fault of the relay between them", []*relay.Error{nil, refused, bad, refused}, 0, true},
		{"two with a request between them whose key was taken", []*relay.Error{nil, refused, invalid, refused}, 0, false},
		{"two attempts of one request", []*relay.Error{nil, refused, refused}, 7, false},
		{"no credit", []*relay.Error{nil, {Class: relay.ClassQuota, Status: 402}}, 0, true},
	} {
		r := makeRoute(t, Options{Endpoints: endpoints("a")})
		for i, end := range c.ends {
			id := c.id
			if id == 0 {
				id = relay.ID(i + 1)
			}
			sends(t, r, 1, id)[0].Done(end, 0)
		}
		if r.Refuses("a") != c.out {
			t.Errorf("%s: out %v", c.name, r.Refuses("a"))
		}
	}
}
