package meter

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"relaytop/relay"
)

// series is the whole run of one key.
type series struct {
	digits int
	tally  tally
	hist   [numMetrics]*hdrhistogram.Histogram
	exact  [numMetrics]extent
}

func newSeries(digits int) *series { return &series{digits: digits} }

func (s *series) record(m Metric, d time.Duration) {
	if s.hist[m] == nil {
		s.hist[m] = newHistogram(s.digits)
	}
	record(s.hist[m], d)
	s.exact[m].add(d)
}

func (s *series) quantiles(m Metric) Quantiles {
	q := quantilesOf(s.hist[m])
	s.exact[m].correct(&q)
	return q
}

// latencies are those of one success; ok tells which it has.
type latencies struct {
	d  [numMetrics]time.Duration
	ok [numMetrics]bool
}

func (l *latencies) set(m Metric, d time.Duration, ok bool) { l.d[m], l.ok[m] = d, ok && d >= 0 }

// latenciesOf takes the latencies of a success. An answer from our own cache has none: it says nothing about the
// relay.
func latenciesOf(r *relay.Result) (l latencies) {
	if !r.Status.Answered() || r.Cached {
		return l
	}
	t := &r.Timing
	d, ok := t.TTFT()
	l.set(TTFT, d, ok)
	d, ok = t.E2E()
	l.set(E2E, d, ok)
	d, ok = t.Queue()
	l.set(Queue, d, ok)
	d, ok = t.TTFO()
	l.set(TTFO, d, ok)
	d, ok = t.TTFB()
	l.set(TTFB, d, ok)
	if u := r.AnswerUsage(); u != nil {
		d, ok = t.TPOT(u.Output)
		l.set(TPOT, d, ok)
	}
	if !t.Sched.IsZero() && !t.Last.IsZero() {
		l.set(Scheduled, t.Last.Sub(t.Sched), true)
	}
	l.set(Wait, t.Wait, t.Wait > 0)
	return l
}

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

// take records what a series keeps: all latencies of the total, those of the windows for a key.
func (s *series) take(l *latencies) {
	for i := range l.d {
		if l.ok[i] && (s.digits == 3 || Metric(i) < numWindowed) {
			s.record(Metric(i), l.d[i])
		}
	}
}

func (s *slot) take(group uint16, t *tally, l *latencies) {
	g := s.group(group)
	g.merge(t)
	for i := range numWindowed {
		if l.ok[i] {
			s.sample(group, i, stepOf(micros(l.d[i])))
			g.exact[i].add(l.d[i])
		}
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
