package meter

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// extent is what is kept exactly of the samples beside their histogram.
type extent struct {
	n             int64
	sum, min, max time.Duration
}

func (e *extent) add(d time.Duration) { e.merge(&extent{n: 1, sum: d, min: d, max: d}) }

func (e *extent) merge(o *extent) {
	if o.n == 0 {
		return
	}
	if e.n == 0 {
		e.min, e.max = o.min, o.max
	}
	e.n, e.sum, e.min, e.max = e.n+o.n, e.sum+o.sum, min(e.min, o.min), max(e.max, o.max)
}

// correct replaces what is exact in q and keeps its quantiles between the ends: those of one sample are the sample.
func (e *extent) correct(q *Quantiles) {
	if e.n == 0 {
		return
	}
	q.Sum, q.Mean, q.Min, q.Max = e.sum, e.sum/time.Duration(e.n), e.min, e.max
	for _, d := range [...]*time.Duration{&q.P50, &q.P90, &q.P95, &q.P99, &q.P999} {
		*d = min(max(*d, e.min), e.max)
	}
}

// dist collects cells of the windows for reading. It can be cleared and used again.
type dist struct {
	exact     extent
	n         int64
	low, high uint32   // steps that hold anything, if n > 0
	base      uint32   // of step: only the octaves that hold anything are kept
	step      []uint32 // nil until the first sample
}

func (d *dist) add(step, n uint32) {
	d.cover(step, step)
	d.step[step-d.base] += n
	d.n += int64(n)
}

// cover makes the steps from low to high part of what is used.
func (d *dist) cover(low, high uint32) {
	if d.n == 0 {
		d.low, d.high = low, high
	}
	d.low, d.high = min(d.low, low), max(d.high, high)
	if d.low >= d.base && d.high < d.base+uint32(len(d.step)) {
		return
	}
	base, end := d.low/octave*octave, min((d.high/octave+1)*octave, numStep)
	if len(d.step) > 0 {
		base, end = min(base, d.base), max(end, d.base+uint32(len(d.step)))
	}
	grown := make([]uint32, end-base)
	copy(grown[d.base-min(base, d.base):], d.step)
	d.base, d.step = base, grown
}

// join adds another distribution.
func (d *dist) join(o *dist) {
	d.exact.merge(&o.exact)
	if o.n == 0 {
		return
	}
	d.cover(o.low, o.high)
	to := d.step[o.low-d.base:]
	for i, n := range o.used() {
		to[i] += n
	}
	d.n += o.n
}

// leave takes out what was joined, but for what is exact.
func (d *dist) leave(o *dist) {
	if o.n == 0 {
		return
	}
	from := d.step[o.low-d.base:]
	for i, n := range o.used() {
		from[i] -= n
	}
	d.n -= o.n
}

// used are the steps from low to high.
func (d *dist) used() []uint32 {
	if d.n == 0 {
		return nil
	}
	return d.step[d.low-d.base : d.high+1-d.base]
}

func (d *dist) clear() {
	clear(d.used())
	d.n, d.exact = 0, extent{}
}

// quantiles walks the steps once. A quantile is the smallest latency that at least that share of the samples does
// not exceed.
func (d *dist) quantiles() Quantiles {
	q := Quantiles{N: d.n}
	if d.n == 0 {
		return q
	}
	targets := [...]struct {
		p  float64
		to *time.Duration
	}{{.5, &q.P50}, {.9, &q.P90}, {.95, &q.P95}, {.99, &q.P99}, {.999, &q.P999}}
	var seen int64
	next := 0
	for i, n := range d.used() {
		if n == 0 {
			continue
		}
		seen += int64(n)
		for next < len(targets) && seen >= rank(targets[next].p, d.n) {
			*targets[next].to = middle(d.low + uint32(i))
			next++
		}
	}
	d.exact.correct(&q)
	return q
}

func rank(p float64, n int64) int64 {
	r := int64(p * float64(n))
	if float64(r) < p*float64(n) {
		r++
	}
	return min(max(r, 1), n)
}

// newHistogram makes one for the whole run, with three digits. It takes 190 kB.
func newHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(int64(lowest/time.Microsecond), int64(highest/time.Microsecond), 3)
}

// record can't fail: micros keeps to the histogram's range.
func record(h *hdrhistogram.Histogram, d time.Duration) { _ = h.RecordValue(micros(d)) }

// quantilesOf returns what the histogram alone can tell: the quantiles.
func quantilesOf(h *hdrhistogram.Histogram) Quantiles {
	if h == nil || h.TotalCount() == 0 {
		return Quantiles{}
	}
	v := h.ValueAtPercentiles([]float64{50, 90, 95, 99, 99.9})
	us := func(n int64) time.Duration { return time.Duration(n) * time.Microsecond }
	return Quantiles{N: h.TotalCount(), P50: us(v[50]), P90: us(v[90]), P95: us(v[95]), P99: us(v[99]), P999: us(v[99.9])}
}
