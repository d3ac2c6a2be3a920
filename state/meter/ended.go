package meter

import (
	"time"

	"relaytop/relay"
)

// failed counts a failed attempt at once: its request may go on for minutes.
func (m *Meter) failed(r *request, ev *relay.Event) {
	r.failed++
	t := tally{attempts: 1, failedAttempts: 1}
	m.run.total.tally.merge(&t)
	sec := m.second(ev.At)
	m.timeline.last = max(m.timeline.last, sec)
	cur, far := m.timeline.slots(sec)
	far.tally(0, &t)
	if cur != nil {
		cur.tally(m.groups.number(groupKey{ev.Model, ev.Endpoint, r.Lane}), &t)
	}
}

func (m *Meter) done(ev *relay.Event) {
	f := m.inflight.requests[ev.ID]
	r := ev.Result
	if r == nil {
		if f != nil {
			m.inflight.leave(ev.ID, f)
		}
		return
	}
	lane, counted := r.Lane, int64(0)
	if f != nil {
		if r.Cached {
			m.withdraw(f)
		} else {
			m.settle(f, r.AnswerUsage(), ev.At)
		}
		lane, counted = f.Lane, f.failed
		m.inflight.leave(ev.ID, f)
	} else if u := r.AnswerUsage(); u != nil && !r.Cached {
		m.settle(&request{}, u, ev.At)
	}
	m.run.counters.Add(r)
	t := tallyOf(r)
	t.attempts, t.failedAttempts = max(t.attempts-counted, 0), max(t.failedAttempts-counted, 0)
	l := latenciesOf(r)
	model, end := askedModel(r), askedEndpoint(r)
	run := &m.run
	for _, s := range [...]*series{
		run.total, key(run.models, model), key(run.endpoints, end), key(run.lanes, lane.String()),
	} {
		s.tally.merge(&t)
		s.take(&l)
	}
	for _, gap := range r.Timing.Gaps {
		if r.Status.Answered() {
			m.run.total.record(Gap, gap)
		}
	}
	sec := m.second(ev.At)
	m.timeline.last = max(m.timeline.last, sec)
	cur, far := m.timeline.slots(sec)
	far.take(0, &t, &l)
	if cur != nil {
		cur.take(m.groups.number(groupKey{model, end, lane}), &t, &l)
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
	run := &m.run
	for _, s := range [...]*series{run.total, key(run.models, askedModel(r)), key(run.endpoints, askedEndpoint(r)),
		key(run.lanes, r.Lane.String())} {
		s.tally.merge(&t)
	}
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
