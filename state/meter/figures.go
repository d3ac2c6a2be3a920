package meter

import (
	"math"
	"time"

	"relaytop/relay"
)

type cachedFigures struct {
	version uint64
	Figures
}

type cachedView struct {
	window  Window
	columns int
	View
}

// length is the window in seconds; 0 is the whole run.
func (w Window) length() int64 { return [...]int64{10, 60, 600, 0}[w&3] }

// Length is how long the window is; 0 is the whole run.
func (w Window) Length() time.Duration { return time.Duration(w.length()) * time.Second }

// refresh gives the figures a new version if they may have changed, at most once in Fresh.
func (m *Meter) refresh(now time.Time) {
	if m.start.IsZero() || (m.derived.version > 0 && now.Sub(m.derived.at) < Fresh) {
		return
	}
	if !m.derived.stale && !m.moving(now) {
		return
	}
	m.derived.version++
	m.derived.at, m.derived.stale = now, false
}

// moving reports whether time alone changes a figure: a request is in flight, or a window still holds data, or did
// when the figures were derived.
func (m *Meter) moving(now time.Time) bool {
	return len(m.inflight.requests) > 0 || m.Holds(TenMinutes, m.derived.at)
}

// Holds reports whether anything ended or arrived within the window before now. It is false for the whole run, whose
// figures do not change with time.
func (m *Meter) Holds(w Window, now time.Time) bool {
	return w != Run && m.timeline.last >= 0 && m.second(now)-m.timeline.last < w.length()
}

// Stale reports whether events came in since the figures were derived, and when they can be derived again.
func (m *Meter) Stale() (time.Time, bool) { return m.derived.at.Add(Fresh), m.derived.stale }

// Busy reports whether any request has not ended.
func (m *Meter) Busy() bool { return len(m.inflight.requests) > 0 }

// Version differs whenever the figures may differ.
func (m *Meter) Version() uint64 { return m.derived.version }

// Figures are the numbers of a window up to now. All but the counts of requests in flight may be as old as Fresh.
func (m *Meter) Figures(now time.Time, w Window) Figures {
	w &= 3
	m.refresh(now)
	c := &m.derived.figures[w]
	if c.version != m.derived.version {
		c.version = m.derived.version
		c.Figures = m.derive(m.derived.at, w)
	}
	f := c.Figures
	f.Window = w
	n := &m.inflight.phases
	f.Queued, f.InFlight, f.Waiting = n[phaseQueued], n[phaseSent], n[phaseWaiting]
	return f
}

// span returns the seconds of a window and how much time they cover so far.
func (m *Meter) span(now time.Time, w Window) (from, to int64, elapsed time.Duration) {
	to = m.second(now)
	if w != Run {
		from = max(to-w.length()+1, 0)
	}
	return from, to, now.Sub(m.start) - time.Duration(from)*time.Second
}

func (m *Meter) derive(now time.Time, w Window) Figures {
	from, to, elapsed := m.span(now, w)
	f := Figures{Window: w, Elapsed: elapsed}
	t, quarters := m.run.total.tally, m.timeline.quarters
	if w == Run {
		s := m.run.total
		f.TTFT, f.E2E = m.liveTTFT(), s.quantiles(E2E)
		f.TPOT, f.Queue = s.quantiles(TPOT), s.quantiles(Queue)
	} else {
		a := m.gather(from, to)
		t, quarters = a.tally, a.quarters
		m.live(a, m.start.Add(time.Duration(from)*time.Second))
		f.TTFT, f.E2E = a.dist[TTFT].quantiles(), a.dist[E2E].quantiles()
		f.TPOT, f.Queue = a.dist[TPOT].quantiles(), a.dist[Queue].quantiles()
	}
	f.Any = t.ended() > 0
	f.OK, f.Failed, f.Cancelled = t.ok, t.failed, t.cancelled
	f.ErrorRate = share(t.failed, t.ok+t.failed)
	f.Attempts, f.FailedAttempts = t.attempts, t.failedAttempts
	f.Input, f.Output = t.input, t.output
	f.Burst, f.Good, f.Judged = t.burst, t.good, t.judged
	f.Tokens = (max(quarters, 0) + 2) / 4
	f.Cost, f.Simulated = t.money()
	f.Estimated, f.Unknown = t.estimated > 0, t.unknown
	f.Pending = m.pending()
	over := max(elapsed, shortest)
	f.ReqPerSec = per(float64(t.ended()), over)
	f.OKPerSec = per(float64(t.ok), over)
	f.TokPerSec = per(float64(f.Tokens), over)
	f.PerMinute = relay.Money(math.Round(per(float64(f.Cost), over) * 60))
	return f
}

// live adds the TTFTs of the answers in flight whose first token came at or after since.
func (m *Meter) live(h *gathered, since time.Time) {
	for d := range m.inflight.firstTokens(since) {
		h.dist[TTFT].add(stepOf(micros(d)), 1)
		h.dist[TTFT].exact.add(d)
	}
}

// shortest is the least time that a rate is over: one request after 10 ms is not 100 a second.
const shortest = time.Second

func per(n float64, d time.Duration) float64 {
	if d <= 0 {
		return 0
	}
	return n / d.Seconds()
}
