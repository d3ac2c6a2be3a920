package meter

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// dist collects cells of the windows for reading. It can be cleared and used again.
type dist struct {
	n         int64
	low, high uint32   // steps that hold anything, if n > 0
	step      []uint32 // nil until the first sample
}

func (d *dist) add(step, n uint32) {
	if d.step == nil {
		d.step = make([]uint32, numStep)
	}
	if d.n == 0 {
		d.low, d.high = step, step
	}
	d.low, d.high = min(d.low, step), max(d.high, step)
	d.step[step] += n
	d.n += int64(n)
}

// used are the steps from low to high.
func (d *dist) used() []uint32 {
	if d.n == 0 {
		return nil
	}
	return d.step[d.low : d.high+1]
}

func (d *dist) clear() {
	clear(d.used())
	d.n = 0
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
	}{{0, &q.Min}, {.5, &q.P50}, {.9, &q.P90}, {.95, &q.P95}, {.99, &q.P99}, {.999, &q.P999}, {1, &q.Max}}
	var seen int64
	var sum float64
	next := 0
	for i, n := range d.used() {
		if n == 0 {
			continue
		}
		seen += int64(n)
		mid := middle(d.low + uint32(i))
		sum += float64(n) * float64(mid)
		for next < len(targets) && seen >= rank(targets[next].p, d.n) {
			*targets[next].to = mid
			next++
		}
	}
	q.Mean = time.Duration(sum / float64(d.n))
	return q
}

func rank(p float64, n int64) int64 {
	r := int64(p * float64(n))
	if float64(r) < p*float64(n) {
		r++
	}
	return min(max(r, 1), n)
}

// newHistogram makes one for a whole run. Three digits take 190 kB and two 25 kB.
func newHistogram(digits int) *hdrhistogram.Histogram {
	return hdrhistogram.New(int64(lowest/time.Microsecond), int64(highest/time.Microsecond), digits)
}

// record can't fail: micros keeps to the histogram's range.
func record(h *hdrhistogram.Histogram, d time.Duration) { _ = h.RecordValue(micros(d)) }

func quantilesOf(h *hdrhistogram.Histogram) Quantiles {
	if h == nil || h.TotalCount() == 0 {
		return Quantiles{}
	}
	v := h.ValueAtPercentiles([]float64{50, 90, 95, 99, 99.9})
	us := func(n int64) time.Duration { return time.Duration(n) * time.Microsecond }
	return Quantiles{N: h.TotalCount(), Mean: time.Duration(h.Mean() * float64(time.Microsecond)), Min: us(h.Min()),
		Max: us(h.Max()),
		P50: us(v[50]), P90: us(v[90]), P95: us(v[95]), P99: us(v[99]), P999: us(v[99.9])}
}
