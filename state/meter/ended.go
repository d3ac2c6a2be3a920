package meter

import (
	"cmp"
	"time"

	"relaytop/relay"
)

// failed counts a failed attempt at once: its request may go on for minutes.
func (m *Meter) failed(r *request, ev *relay.Event) {
	r.failed++
	var class relay.Class
	if ev.Err != nil {
		class = ev.Err.Class
	}
	if !class.Failed() {
		class = relay.ClassProtocol
	}
	var t tally
	t.tried(class)
	m.count(ev.At, Key{cmp.Or(ev.Model, r.Model), cmp.Or(ev.Endpoint, r.Endpoint), r.Lane}, &t, &latencies{})
}

// count adds a request or an attempt to everything that it is part of.
func (m *Meter) count(at time.Time, k Key, t *tally, l *latencies) {
	n := m.number(k)
	m.run.total.tally.merge(t)
	m.run.total.take(l)
	m.groups.own(n).take(t, l)
	m.timeline.count(m.second(at), n, t, l)
}

func (m *Meter) done(ev *relay.Event) {
	f := m.inflight.requests[ev.ID]
	r := ev.Result
	if r == nil {
		if f != nil {
			m.withdraw(f)
			m.inflight.leave(ev.ID, f)
		}
		return
	}
	lane, counted := r.Lane, 0
	if f != nil {
		if isAnswer(r) {
			m.settle(f, r.AnswerUsage(), ev.At)
		} else {
			m.withdraw(f)
		}
		lane, counted = f.Lane, f.failed
		m.inflight.leave(ev.ID, f)
	} else if u := r.AnswerUsage(); u != nil && isAnswer(r) {
		m.settle(&request{}, u, ev.At)
	}
	m.run.counters.Add(r)
	k := Key{askedModel(r), askedEndpoint(r), lane}
	t := tallyOf(r, m.objectives)
	m.attempts(ev.At, r, k, counted, &t)
	l := latenciesOf(r)
	m.count(ev.At, k, &t, &l)
	for _, gap := range r.Timing.Gaps {
		if r.Status.Answered() {
			m.run.total.record(Gap, gap)
		}
	}
}

// isAnswer reports whether a result is an answer of a relay, whose tokens count in the speed.
func isAnswer(r *relay.Result) bool { return r.Status.Answered() && !r.Cached }

// attempts adds the attempts of a request to its tally t, but for the failed ones that were counted when they failed.
// One that asked another model or endpoint is counted as theirs.
func (m *Meter) attempts(at time.Time, r *relay.Result, k Key, counted int, t *tally) {
	for i := range r.Attempts {
		a := &r.Attempts[i]
		if a.Class.Failed() && counted > 0 {
			counted--
			continue
		}
		of := Key{cmp.Or(a.Model, k.Model), cmp.Or(a.Endpoint, k.Endpoint), k.Lane}
		if of == k {
			t.tried(a.Class)
			continue
		}
		var other tally
		other.tried(a.Class)
		m.count(at, of, &other, &latencies{})
	}
}

// Bill counts what a result cost that came by no event: a row that a provider's batch answered. The sums of the
// whole run have it. The windows do not: thousands of such rows are read in one second, which says nothing of a pace.
func (m *Meter) Bill(at time.Time, r *relay.Result) {
	if m.start.IsZero() {
		m.start = at
	}
	m.derived.stale = true
	m.run.counters.Add(r)
	var t tally
	t.price(r)
	m.run.total.tally.merge(&t)
	m.groups.own(m.number(Key{askedModel(r), askedEndpoint(r), r.Lane})).merge(&t)
}

// askedModel is the model that the last attempt asked for: the names in answers are unbounded.
func askedModel(r *relay.Result) string {
	if r.Asked != "" {
		return r.Asked
	}
	if n := len(r.Attempts); n > 0 && r.Attempts[n-1].Model != "" {
		return r.Attempts[n-1].Model
	}
	return r.Requested
}

func askedEndpoint(r *relay.Result) string {
	if n := len(r.Attempts); r.Endpoint == "" && n > 0 {
		return r.Attempts[n-1].Endpoint
	}
	return r.Endpoint
}
