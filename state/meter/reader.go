package meter

import (
	"math"
	"sync"
	"time"

	"relaytop/relay"
)

// reader derives figures. It keeps what it derived last, and adds to and takes from that what has changed: a window
// that rolls on by a second costs that second.
type reader struct {
	mu      sync.Mutex
	windows [Run]rolling
	run     tables
	figures [Run + 1]cachedFigures
	view    cachedView
	charts  chart
	scratch dist
}

type cachedFigures struct {
	version uint64
	Figures
}

type cachedView struct {
	window  Window
	columns int
	View
}

func (r *reader) figuresOf(f *frozen, w Window) Figures {
	c := &r.figures[w]
	if c.version != f.version {
		c.version, c.Figures = f.version, r.derive(f, f.at, w)
	}
	c.Window = w
	return c.Figures
}

func (r *reader) viewOf(f *frozen, w Window, columns int) View {
	c := &r.view
	if c.Version != f.version || c.window != w || c.columns != columns {
		c.window, c.columns = w, columns
		c.View = r.draw(f, w, columns)
		c.Version = f.version
	}
	return c.View
}

func (r *reader) derive(f *frozen, now time.Time, w Window) Figures {
	from, to, elapsed := f.span(now, w)
	g := Figures{Window: w, Elapsed: elapsed}
	t, quarters := &f.total, f.quarters
	if w == Run {
		g.TTFT, g.E2E, g.TPOT, g.Queue = f.latencies[TTFT], f.latencies[E2E], f.latencies[TPOT], f.latencies[Queue]
	} else {
		a := &r.windows[w]
		a.roll(f, from, to)
		t, quarters = &a.all.tally, a.quarters
		g.TTFT = r.liveTTFT(&a.all.dist[TTFT], f, from)
		g.E2E, g.TPOT, g.Queue = a.all.dist[E2E].quantiles(), a.all.dist[TPOT].quantiles(), a.all.dist[Queue].quantiles()
	}
	g.Any = t.ended() > 0
	g.OK, g.Failed, g.Cancelled = t.ok, t.failed, t.cancelled
	g.ErrorRate = share(t.failed, t.ok+t.failed)
	g.Attempts, g.FailedAttempts = t.attempts, t.failedAttempts
	g.Input, g.Output = t.input, t.output
	g.Burst, g.Good, g.Judged = t.burst, t.good, t.judged
	g.Tokens = (max(quarters, 0) + 2) / 4
	g.Cost, g.Simulated = t.money()
	g.Estimated, g.Unknown = t.estimated > 0, t.unknown
	g.Pending = f.pending
	over := max(elapsed, shortest)
	g.ReqPerSec = per(float64(t.ended()), over)
	g.OKPerSec = per(float64(t.ok), over)
	g.TokPerSec = per(float64(g.Tokens), over)
	g.PerMinute = relay.Money(math.Round(per(float64(g.Cost), over) * 60))
	return g
}

// liveTTFT is a TTFT together with the answers in flight whose first token came in second from or later.
func (r *reader) liveTTFT(of *dist, f *frozen, from int64) Quantiles {
	d := &r.scratch
	d.clear()
	d.join(of)
	d.live(f, from)
	return d.quantiles()
}

// live adds the TTFTs of the answers in flight whose first token came in second from or later.
func (d *dist) live(f *frozen, from int64) {
	since := f.start.Add(time.Duration(from) * time.Second)
	for _, first := range f.firsts {
		if !first.at.Before(since) {
			d.add(stepOf(micros(first.ttft)), 1)
			d.exact.add(first.ttft)
		}
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
