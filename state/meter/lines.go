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

// samples are those of one latency, column after column.
type samples struct {
	cells []cell
	spans []span
}

// span is where the samples of a column end, how many they are, and what is exact of them.
type span struct {
	end   int
	exact extent
	n     int64
}

// of are the samples of a column.
func (s *samples) of(column int) []cell {
	from := 0
	if column > 0 {
		from = s.spans[column-1].end
	}
	return s.cells[from:s.spans[column].end]
}

// collect takes the samples of the columns, and of the answers in flight in the newest one. The memory is used again.
func (m *Meter) collect(into *[numLines]samples, cols []column, since time.Time) {
	for of := range into {
		s := &into[of]
		s.cells, s.spans = s.cells[:0], s.spans[:0]
	}
	for i, c := range cols {
		var now [numLines]span
		for _, s := range c {
			for _, k := range s.cells {
				if of := k.metric(); of < numLines {
					into[of].cells = append(into[of].cells, k)
					now[of].n += int64(k.n)
				}
			}
			for g := range s.groups {
				for of := range now {
					now[of].exact.merge(&s.groups[g].exact[of])
				}
			}
		}
		if i == len(cols)-1 {
			for d := range m.inflight.firstTokens(since) {
				into[TTFT].cells = append(into[TTFT].cells, cell{cellKey(0, TTFT, stepOf(micros(d))), 1})
				now[TTFT].n++
				now[TTFT].exact.add(d)
			}
		}
		for of := range into {
			now[of].end = len(into[of].cells)
			into[of].spans = append(into[of].spans, now[of])
		}
	}
}

// lines draws every latency over time. The buckets of the view have what was in flight.
func (m *Meter) lines(cols []column, since time.Time, v *View) [numLines]Lines {
	var out [numLines]Lines
	busy := make([]bool, len(v.Buckets))
	for i := range busy {
		busy[i] = v.Buckets[i].InFlight != byLane{}
	}
	all, d := &m.derived.samples, new(dist)
	m.collect(all, cols, since)
	for of := range all {
		for i, p := range [...]float64{.5, .95, .99} {
			d.clear()
			points, widest := slide(d, &all[of], busy, p)
			*out[of].at(i), out[of].Covers[i] = points, time.Duration(widest)*v.Step
		}
	}
	return out
}

// slide computes the points of a percentile, and over how many columns the widest with enough samples is. The window
// of a point begins no earlier than that of the point before it, so each column is added and taken out once. A column
// without samples has a point if it is busy: what ended before still holds.
func slide(d *dist, all *samples, busy []bool, p float64) (points []Point, widest int) {
	spans := all.spans
	need, most := int64(math.Ceil(1/(1-p)-1e-9)), max(len(spans)/4, 1)
	points = make([]Point, len(spans))
	from := 0
	for i := range spans {
		for _, c := range all.of(i) {
			d.add(c.step(), c.n)
		}
		for from < i && (d.n-spans[from].n >= need || i-from >= most) {
			for _, c := range all.of(from) {
				d.remove(c.step(), c.n)
			}
			from++
		}
		if d.n == 0 || spans[i].n == 0 && !busy[i] {
			continue
		}
		e := spans[i].exact
		for k := range spans[from:i] {
			e.merge(&spans[from+k].exact)
		}
		points[i] = Point{min(max(d.at(p), e.min), e.max), d.n, d.n >= need}
		if points[i].Enough {
			widest = max(widest, i-from+1)
		}
	}
	return points, widest
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
