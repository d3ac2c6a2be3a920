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
	input, output            int64 // tokens of answers of a relay
	burst, good, judged      int64
	priced                   int64 // settled output tokens of requests whose cost is known
	cost, sim                relay.Money
	saved                    relay.Money
	known, simulated         int64 // requests behind cost and sim
	estimated, unknown       int64
	savedKnown               int64
	class                    [numClass]int32 // failed requests
	attempt                  [numClass]int32 // failed attempts
}

func (t *tally) ended() int64 { return t.ok + t.failed + t.cancelled }

func (t *tally) merge(o *tally) {
	t.ok += o.ok
	t.failed += o.failed
	t.cancelled += o.cancelled
	t.attempts += o.attempts
	t.failedAttempts += o.failedAttempts
	t.input += o.input
	t.output += o.output
	t.burst += o.burst
	t.good += o.good
	t.judged += o.judged
	t.priced += o.priced
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
		t.attempt[i] += o.attempt[i]
	}
}

// remove takes out what was merged.
func (t *tally) remove(o *tally) {
	t.ok -= o.ok
	t.failed -= o.failed
	t.cancelled -= o.cancelled
	t.attempts -= o.attempts
	t.failedAttempts -= o.failedAttempts
	t.input -= o.input
	t.output -= o.output
	t.burst -= o.burst
	t.good -= o.good
	t.judged -= o.judged
	t.priced -= o.priced
	t.cost -= o.cost
	t.sim -= o.sim
	t.saved -= o.saved
	t.known -= o.known
	t.simulated -= o.simulated
	t.estimated -= o.estimated
	t.unknown -= o.unknown
	t.savedKnown -= o.savedKnown
	for i := range t.class {
		t.class[i] -= o.class[i]
		t.attempt[i] -= o.attempt[i]
	}
}

// money is the settled sum: real money, or the demo's where there is no real money at all. The two are never added.
func (t *tally) money() (m relay.Money, simulated bool) {
	if t.known == 0 && t.simulated > 0 {
		return t.sim, true
	}
	return t.cost, false
}

// tallyOf counts one result without its attempts. length and filtered are answers; cancelled is neither ok nor failed.
func tallyOf(r *relay.Result, o Objectives) tally {
	var t tally
	switch {
	case r.Status.Answered():
		t.ok = 1
	case r.Status == relay.StatusCancelled:
		t.cancelled = 1
	default:
		t.failed = 1
		t.class[ClassOf(r).Traits().Order]++
	}
	if u := r.AnswerUsage(); u != nil && t.ok == 1 && !r.Cached {
		t.input, t.output = u.Input, u.Output
		if r.Timing.Burst(u.Output) {
			t.burst = 1
		}
	}
	if good, judged := o.Judge(r); judged {
		t.judged = 1
		if good {
			t.good = 1
		}
	}
	t.price(r)
	return t
}

// tried counts an attempt by its class; "" is the one that answered.
func (t *tally) tried(c relay.Class) {
	t.attempts++
	if c.Failed() {
		t.failedAttempts++
		t.attempt[c.Traits().Order]++
	}
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
		t.priced = r.Usage.Output
	}
	if r.Cost.Estimated {
		t.estimated = 1
	}
	if saved, ok := r.Cost.Saved(); ok {
		t.saved, t.savedKnown = saved, 1
	}
}

// ClassOf is the class of a failed request, from its error or its status.
func ClassOf(r *relay.Result) relay.Class {
	if r.Err != nil && r.Err.Class != "" {
		return r.Err.Class
	}
	return r.Status.Class()
}

// classes are the failed requests by class, and the failed attempts.
func (t *tally) classes() Classes { return Classes{byClass(&t.class), byClass(&t.attempt)} }

// byClass turns counts into the map that views have; nil if there are none.
func byClass(counts *[numClass]int32) map[relay.Class]int64 {
	if *counts == [numClass]int32{} {
		return nil
	}
	var m map[relay.Class]int64
	for _, c := range relay.Classes() {
		n := counts[c.Traits().Order]
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
