package route

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
)

func makeRoute(t *testing.T, opt Options) *Route {
	t.Helper()
	r, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func endpoints(names ...string) (es []relay.Endpoint) {
	for _, n := range names {
		es = append(es, relay.Endpoint{Name: n})
	}
	return es
}

// picks makes n choices that stay in flight, and returns their endpoints.
func picks(t *testing.T, r *Route, n int, q Query) string {
	t.Helper()
	var got []string
	for range n {
		c, no := r.Pick(q)
		if no != nil {
			t.Fatal(no)
		}
		got = append(got, c.Endpoint)
	}
	return strings.Join(got, "")
}

func TestNewRefuses(t *testing.T) {
	for name, opt := range map[string]Options{"none": {}, "twice": {Endpoints: endpoints("a", "a")},
		"how": {Endpoints: endpoints("a"), Pick: "best"}} {
		if _, err := New(opt); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestWaysToPick(t *testing.T) {
	prices := map[string]relay.Money{"a": 3, "c": 1}
	weighed := []relay.Endpoint{{Name: "a", Weight: 5}, {Name: "b"}, {Name: "c"}}
	for _, c := range []struct {
		name string
		opt  Options
		q    Query
		want string
	}{
		{"one", Options{Endpoints: endpoints("a")}, Query{}, "aaaaaaa"},
		{"weighted is smooth", Options{Endpoints: weighed}, Query{}, "aabacaa"},
		{"least busy", Options{Endpoints: weighed, Pick: LeastBusy}, Query{}, "abcaaaa"},
		{"ordered", Options{Endpoints: weighed, Pick: Ordered}, Query{}, "aaaaaaa"},
		{"cheapest, unknown last", Options{
			Endpoints: endpoints("b", "a", "c"),
			Pick:      Cheapest,
			Price:     func(e relay.Endpoint, _ string) (relay.Money, bool) { m, ok := prices[e.Name]; return m, ok },
		}, Query{},
			"ccccccc"},
		{"those that failed last", Options{Endpoints: endpoints("a", "b"), Pick: Ordered}, Query{Avoid: []string{"a"}},
			"bbbbbbb"},
		{"no other but one that failed", Options{Endpoints: endpoints("a")}, Query{Avoid: []string{"a"}}, "aaaaaaa"},
		{"those that could send first", Options{Endpoints: endpoints("a", "b"), Pick: Ordered},
			Query{Ready: func(n string) bool { return n == "b" }}, "bbbbbbb"},
		{"only", Options{Endpoints: endpoints("a", "b")}, Query{Only: "b"}, "bbbbbbb"},
		{"by model", Options{Endpoints: []relay.Endpoint{{Name: "a", Models: []string{"x"}},
			{Name: "b", Models: []string{"m"}}}}, Query{Model: "m"}, "bbbbbbb"},
	} {
		if got := picks(t, makeRoute(t, c.opt), 7, c.q); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestFastestIsTheBetterOfTwo(t *testing.T) {
	// no shuffle
	r := makeRoute(t, Options{
		Endpoints: endpoints("a", "b", "c"),
		Pick:      Fastest,
		Chance:    func(n int) int { return n - 1 },
	})
	for name, ttft := range map[string]time.Duration{"a": 300, "b": 200, "c": 100} {
		c, _ := r.Pick(Query{Only: name})
		c.Done(nil, ttft*time.Millisecond)
	}
	if got := picks(t, r, 3, Query{}); got != "bbb" {
		t.Errorf("picked %s: c was not drawn, b is quicker than a", got)
	}
}

func end(t *testing.T, r *Route, q Query, err *relay.Error) {
	t.Helper()
	c, no := r.Pick(q)
	if no != nil {
		t.Fatal(no)
	}
	c.Done(err, 0)
}

func TestAuthTakesOutUntilTheConfigurationChanges(t *testing.T) {
	r := makeRoute(t, Options{Endpoints: endpoints("a", "b"), Pick: Ordered})
	end(t, r, Query{}, &relay.Error{Class: relay.ClassQuota})
	if got := picks(t, r, 2, Query{Force: true}); got != "bb" {
		t.Errorf("picked %s", got)
	}
	if _, no := r.Pick(Query{Only: "a"}); no == nil || no.Err == nil || no.Err.Class != relay.ClassQuota ||
		!no.Until.IsZero() {
		t.Errorf("%+v", no)
	}
	end(t, r, Query{Only: "a", Force: true}, nil) // a person waits for it, and it answers
	if got := picks(t, r, 1, Query{}); got != "a" {
		t.Errorf("picked %s after an answer", got)
	}
	end(t, r, Query{}, &relay.Error{Class: relay.ClassAuth})
	if got := picks(t, r, 1, Query{}); got != "a" {
		t.Errorf("picked %s: one refusal between answers takes it out", got)
	}
	end(t, r, Query{}, &relay.Error{Class: relay.ClassAuth})
	if err := r.Update(endpoints("a", "b")); err != nil {
		t.Fatal(err)
	}
	if got := picks(t, r, 1, Query{}); got != "b" {
		t.Error("back without a change")
	}
	if err := r.Update([]relay.Endpoint{{Name: "a", Key: "new"}, {Name: "b"}}); err != nil {
		t.Fatal(err)
	}
	if got := picks(t, r, 1, Query{}); got != "a" {
		t.Error("a new key does not bring it back")
	}
}

func TestCooldownIsPerModel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := makeRoute(t, Options{Endpoints: endpoints("a")})
		end(t, r, Query{Model: "m"}, &relay.Error{Class: relay.ClassRateLimit, Waits: true, RetryAfter: 6 * time.Second})
		_, no := r.Pick(Query{Model: "m"})
		if no == nil || time.Until(no.Until) != 6*time.Second || no.Error() != "a: rate_limit, cooling down" {
			t.Fatalf("%+v", no)
		}
		picks(t, r, 1, Query{Model: "other"})
		picks(t, r, 1, Query{Model: "m", Raw: true})
		if r.Other(Query{Model: "m"}) {
			t.Error("reported as free")
		}
		pass(6 * time.Second)
		picks(t, r, 1, Query{Model: "m"})
	})
}

// TestTheLongestCooldownCounts: a request that is asked to wait less does not shorten it.
func TestTheLongestCooldownCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := makeRoute(t, Options{Endpoints: endpoints("a")})
		asked := []time.Duration{4 * time.Second, 6 * time.Second, 2 * time.Second}
		for i, c := range sends(t, r, len(asked), 1) {
			c.Done(&relay.Error{Class: relay.ClassRateLimit, Waits: true, RetryAfter: asked[i]}, 0)
		}
		if _, no := r.Pick(Query{}); no == nil || time.Until(no.Until) != 6*time.Second {
			t.Errorf("%+v", no)
		}
	})
}

func TestTheBreakerOpensAtHalf(t *testing.T) {
	bad := &relay.Error{Class: relay.ClassUpstream}
	for _, c := range []struct {
		ends string // o for an answer, x for a failure
		open bool
	}{
		{"xxxx", false}, {"xxxxx", true}, {"oooxx", false}, {"ooxxo", false}, {"oooxxx", true}, {"ooxox", false},
		{"oooooxxxx", false}, {"oooooxxxxx", true},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := makeRoute(t, Options{Endpoints: endpoints("a")})
			for _, e := range c.ends {
				err := bad
				if e == 'o' {
					err = nil
				}
				end(t, r, Query{}, err)
			}
			if _, no := r.Pick(Query{}); (no != nil) != c.open {
				t.Errorf("after %s: %v", c.ends, no)
			}
		})
	}
}

func TestBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var states []relay.BreakerState
		r := makeRoute(t, Options{
			Endpoints: endpoints("a"),
			Notify:    func(e relay.Event) { states = append(states, e.Breaker) },
		})
		for _, c := range []relay.Class{relay.ClassRateLimit, relay.ClassInvalid, relay.ClassContextLength,
			relay.ClassCancelled, relay.ClassUnknownModel} {
			for range 9 {
				end(t, r, Query{}, &relay.Error{Class: c})
			}
		}
		bad := &relay.Error{Class: relay.ClassUpstream}
		for _, e := range []*relay.Error{bad, bad, bad, bad} { // too few to open it
			end(t, r, Query{}, e)
		}
		pass(31 * time.Second) // and they are forgotten
		for _, e := range []*relay.Error{nil, bad, nil, bad} {
			end(t, r, Query{}, e)
		}
		if len(states) > 0 {
			t.Fatalf("opened by %v", states)
		}
		end(t, r, Query{}, &relay.Error{Class: relay.ClassTruncated})
		_, no := r.Pick(Query{})
		if no == nil || no.Until.IsZero() {
			t.Fatal("3 of 5 do not open it")
		}
		pass(time.Until(no.Until))
		probe, no := r.Pick(Query{})
		if no != nil {
			t.Fatal(no)
		}
		if _, no := r.Pick(Query{Lane: relay.LaneBatch}); no == nil || no.Cause.Kind != relay.WaitProbe {
			t.Errorf("two probes: %+v", no)
		}
		probe.Drop() // it was not sent: another may
		end(t, r, Query{}, bad)
		if _, no = r.Pick(Query{}); no == nil {
			t.Fatal("a failed probe does not open it again")
		}
		pass(time.Until(no.Until))
		end(t, r, Query{}, nil)
		want := []relay.BreakerState{relay.BreakerOpen, relay.BreakerHalfOpen, relay.BreakerOpen, relay.BreakerHalfOpen,
			relay.BreakerClosed}
		if !slices.Equal(states, want) {
			t.Errorf("%v, want %v", states, want)
		}
	})
}

func TestUnknownModelAndEndpoint(t *testing.T) {
	r := makeRoute(t, Options{Endpoints: []relay.Endpoint{{Name: "a", Models: []string{"x"}}}})
	if _, no := r.Pick(Query{Model: "m"}); no == nil || no.Err.Class != relay.ClassUnknownModel {
		t.Errorf("%+v", no)
	}
	if _, no := r.Pick(Query{Model: "x", Only: "z"}); no == nil || no.Err.Class != relay.ClassInvalid {
		t.Errorf("%+v", no)
	}
	if s := r.States(); len(s) != 1 || s[0].InFlight != 0 {
		t.Errorf("%+v", s)
	}
}

// pass lets the clock of a synctest bubble run on.
func pass(d time.Duration) { <-time.After(d) }

// TestAnEndpointThatIsOut: that an endpoint is no longer used, cools down or is used again is an event each, and in
// its state.
func TestAnEndpointThatIsOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var notices []string
		r, err := New(Options{Endpoints: []relay.Endpoint{{Name: "a"}}, Pick: Ordered, Notify: func(e relay.Event) {
			if e.Kind == relay.Limit {
				notices = append(notices, e.Endpoint+" "+e.Reason)
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		try := func(e *relay.Error) {
			t.Helper()
			c, no := r.Pick(Query{Model: "m", Force: true, Raw: true})
			if no != nil && c == nil {
				t.Fatal(no)
			}
			c.Done(e, 0)
		}
		refused := &relay.Error{Class: relay.ClassAuth, Status: 401, Message: "no such key"}
		try(refused)
		try(refused)
		if s := r.States()[0]; s.Out == nil || !s.Cool.IsZero() {
			t.Errorf("%+v", s)
		}
		try(nil)
		try(&relay.Error{Class: relay.ClassRateLimit, Status: 429, Model: "m", Waits: true, RetryAfter: 45 * time.Second})
		if s := r.States()[0]; s.Out != nil || time.Until(s.Cool) != 45*time.Second {
			t.Errorf("%+v", s)
		}
		want := []string{"a no longer used: auth (401): no such key", "a in use again: it answers",
			"a cools down for 45 s: rate_limit"}
		if !slices.Equal(notices, want) {
			t.Errorf("notices %q", notices)
		}
	})
}
