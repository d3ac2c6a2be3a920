package meter

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"relaytop/relay"
)

// series is the whole run, of all keys together, with three digits.
type series struct {
	tally tally
	hist  [numMetrics]*hdrhistogram.Histogram
	exact [numMetrics]extent
}

func newSeries() *series { return new(series) }

func (s *series) record(m Metric, d time.Duration) {
	if s.hist[m] == nil {
		s.hist[m] = newHistogram()
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

// take records the latencies of one success.
func (s *series) take(l *latencies) {
	for i := range l.d {
		if l.ok[i] {
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
