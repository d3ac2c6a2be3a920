package meter

import (
	"relaytop/relay"
)

// numClass is one more than the classes: place 0 is for a class that this version does not know.
const numClass = relay.NumClasses + 1

// tally counts requests that ended, and attempts that failed. Everything in it can be added up.
type tally struct {
	ok, failed, cancelled    int64
	attempts, failedAttempts int64
	out                      int64 // settled output tokens of requests whose cost is known
	cost, sim                relay.Money
	saved                    relay.Money
	known, simulated         int64 // requests behind cost and sim
	estimated, unknown       int64
	savedKnown               int64
	class                    [numClass]int32
}

func (t *tally) ended() int64 { return t.ok + t.failed + t.cancelled }

func (t *tally) merge(o *tally) {
	t.ok += o.ok
	t.failed += o.failed
	t.cancelled += o.cancelled
	t.attempts += o.attempts
	t.failedAttempts += o.failedAttempts
	t.out += o.out
	t.cost += o.cost
	t.sim += o.sim
	t.saved += o.saved
	t.known += o.known
	t.simulated += o.simulated
	t.estimated += o.estimated
	t.unknown += o.unknown
	t.savedKnown += o.savedKnown
	for i := range t.class {
		t.class[i] += o.class[i]
	}
}

// money is the settled sum: real money, or the demo's where there is no real money at all. The two are never added.
func (t *tally) money() (m relay.Money, simulated bool) {
	if t.known == 0 && t.simulated > 0 {
		return t.sim, true
	}
	return t.cost, false
}

// tallyOf counts one result. length and filtered are answers; cancelled is neither ok nor failed.
func tallyOf(r *relay.Result) tally {
	var t tally
	switch {
	case r.Status.Answered():
		t.ok = 1
	case r.Status == relay.StatusCancelled:
		t.cancelled = 1
	default:
		t.failed = 1
		t.class[classOf(r).Traits().Order]++
	}
	t.attempts = int64(len(r.Attempts))
	for i := range r.Attempts {
		if r.Attempts[i].Class.Failed() {
			t.failedAttempts++
		}
	}
	t.price(r)
	return t
}

func (t *tally) price(r *relay.Result) {
	switch {
	case r.Cost.Source == relay.SourceSim:
		t.sim, t.simulated = r.Cost.Amount, 1
	case r.Cost.Known():
		t.cost, t.known = r.Cost.Amount, 1
	case r.Billable():
		t.cost, t.unknown = r.Cost.Settled(), 1 // at least so much was paid
		return
	default:
		return
	}
	if r.Usage != nil {
		t.out = r.Usage.Output
	}
	if r.Cost.Estimated {
		t.estimated = 1
	}
	if saved, ok := r.Cost.Saved(); ok {
		t.saved, t.savedKnown = saved, 1
	}
}

// classOf is the class of a failed request, from its error or its status.
func classOf(r *relay.Result) relay.Class {
	if r.Err != nil && r.Err.Class != "" {
		return r.Err.Class
	}
	return r.Status.Class()
}

// classes turns counts into the map that views have; nil if there are none.
func (t *tally) classes() map[relay.Class]int64 {
	var m map[relay.Class]int64
	for _, c := range relay.Classes() {
		n := t.class[c.Traits().Order]
		if n == 0 {
			continue
		}
		if m == nil {
			m = make(map[relay.Class]int64)
		}
		m[c] = int64(n)
	}
	return m
}
