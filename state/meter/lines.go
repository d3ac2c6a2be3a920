package meter

import (
	"math"
	"time"
)

// numLines is how many latencies are drawn over time: TTFT, E2E and TPOT.
const numLines = TPOT + 1

// Lines are a latency over time, a point for each bucket.
type Lines struct {
	P50, P95, P99 []Point
	// Covers is the longest time that a point with enough samples of each percentile speaks for: a point is over its
	// own bucket, and over as many before it as its percentile needs, at most a quarter of the view.
	Covers [3]time.Duration
}

// Point is a percentile at one moment. N is the number of its samples; where nothing ended and nothing was in
// flight it is 0, and there is a gap. It is not Enough if even a quarter of the view has fewer samples than the
// percentile needs.
type Point struct {
	Value  time.Duration
	N      int64
	Enough bool
}

// at are the three lines in order.
func (l *Lines) at(i int) *[]Point { return [...]*[]Point{&l.P50, &l.P95, &l.P99}[i] }

// numShares is how many percentiles are drawn over time.
const numShares = 3

// cachedPoint is a point and the columns that it is over: the first one's id and the sum of all ids, which is another
// as soon as one of them changes.
type cachedPoint struct {
	first, sum uint64
	Point
}

// lines draws every latency over time. The buckets of the view have what was in flight.
func (r *reader) lines(cols []*column, v *View) [numLines]Lines {
	var out [numLines]Lines
	busy := make([]bool, len(v.Buckets))
	for i := range busy {
		busy[i] = v.Buckets[i].InFlight != byLane{}
	}
	for of := range out {
		for i, p := range [numShares]float64{.5, .95, .99} {
			points, widest := slide(&r.scratch, cols, busy, of, i, p)
			*out[of].at(i), out[of].Covers[i] = points, time.Duration(widest)*v.Step
		}
	}
	return out
}

// slide computes the points of a percentile, and over how many columns the widest with enough samples is. The window
// of a point begins no earlier than that of the point before it. A column without samples has a point if it is busy:
// what ended before still holds.
func slide(d *dist, cols []*column, busy []bool, of, share int, p float64) (points []Point, widest int) {
	need, most := int64(math.Ceil(1/(1-p)-1e-9)), max(len(cols)/4, 1)
	points = make([]Point, len(cols))
	from, n, sum := 0, int64(0), uint64(0)
	for i, c := range cols {
		n, sum = n+c.samples[of].n, sum+c.id
		for from < i && (n-cols[from].samples[of].n >= need || i-from >= most) {
			n, sum = n-cols[from].samples[of].n, sum-cols[from].id
			from++
		}
		if n == 0 || c.samples[of].n == 0 && !busy[i] {
			continue
		}
		known := &c.points[of][share]
		if known.sum != sum || known.first != cols[from].id {
			*known = cachedPoint{cols[from].id, sum, point(d, cols[from:i+1], of, p, need)}
		}
		points[i] = known.Point
		if points[i].Enough {
			widest = max(widest, i-from+1)
		}
	}
	return points, widest
}

// point is the percentile of some columns together.
func point(d *dist, cols []*column, of int, p float64, need int64) Point {
	d.clear()
	for _, c := range cols {
		s := &c.samples[of]
		d.exact.merge(&s.exact)
		for _, k := range s.steps {
			d.add(k.step, k.n)
		}
	}
	return Point{min(max(d.at(p), d.exact.min), d.exact.max), d.n, d.n >= need}
}

// remove takes out what was added.
func (d *dist) remove(step, n uint32) {
	d.step[step-d.base] -= n
	d.n -= int64(n)
}

// at is the smallest latency that at least the share p of the samples does not exceed.
func (d *dist) at(p float64) time.Duration {
	seen, want := int64(0), rank(p, d.n)
	for i, n := range d.used() {
		if seen += int64(n); seen >= want {
			return middle(d.low + uint32(i))
		}
	}
	return 0
}
