package meter

import (
	"slices"
	"time"
)

// heatSteps is the height of the heatmap; a screen draws two steps a cell.
const heatSteps = 24

// chart keeps the columns that were drawn last.
type chart struct {
	step    int64
	columns map[int64]*column // by their first second
	last    uint64            // newest column's id
	sum     gathered          // kept for its memory
}

// column is what one bucket is made of, and what was computed from it.
type column struct {
	id       uint64 // of this content; a changed column has a larger one
	slots    []*slot
	quarters int64
	Bucket
	samples [numLines]samples
	points  [numLines][numShares]cachedPoint
	scale   scale // of heat
	heat    [heatSteps]int
}

// samples are those of one latency.
type samples struct {
	steps []stepCount // in order
	n     int64
	exact extent
}

type stepCount struct{ step, n uint32 }

func (r *reader) draw(f *frozen, w Window, columns int) View {
	if f.start.IsZero() {
		return View{}
	}
	var v View
	now, past := f.past(f.at, w)
	if v.Past = past; past {
		now = now.Add(-1) // the last moment of its second
		v.Figures = r.derive(f, now, w)
	}
	from, to, _ := f.span(now, w)
	var cols []*column
	if w == Run {
		v.Step, cols = r.runColumns(f, columns)
	} else {
		v.Step, cols = r.windowColumns(f, w, to, columns)
	}
	v.Span = v.Step * time.Duration(len(cols))
	v.End = f.end(v.Step, to, len(cols), w)
	if n := len(cols); n > 0 && len(f.firsts) > 0 {
		cols[n-1] = r.newest(f, cols[n-1], from)
	}
	v.Buckets = buckets(f, cols)
	v.Heat = heatmap(cols)
	f.inFlight(&v, to)
	v.Lines = r.lines(cols, &v)
	if w == Run {
		r.run.take(f)
		r.run.fill(&v, true)
	} else {
		r.windows[w].roll(f, from, to)
		r.windows[w].tables.fill(&v, false)
	}
	return v
}

// end is the end of the newest of n columns.
func (f *frozen) end(step time.Duration, to int64, n int, w Window) time.Time {
	if w == Run {
		return f.start.Add(step * time.Duration(n))
	}
	seconds := int64(step / time.Second)
	return f.start.Add(time.Duration(to/seconds+1) * step)
}

// windowColumns cuts a window at multiples of the step, so that a bucket keeps its seconds while the window moves.
func (r *reader) windowColumns(f *frozen, w Window, to int64, columns int) (time.Duration, []*column) {
	n := w.length()
	step := (n + int64(columns) - 1) / int64(columns)
	count := (n + step - 1) / step
	first := to/step - count + 1
	cols := make([]*column, count)
	old := r.charts.begin(step)
	for i := range cols {
		var slots []*slot
		var quarters int64
		from := (first + int64(i)) * step
		for sec := from; sec < from+step; sec++ {
			s, n := f.ring.peek(sec)
			if quarters += n; s != nil {
				slots = append(slots, s)
			}
		}
		cols[i] = r.charts.column(old, from, slots, quarters)
	}
	return time.Duration(step) * time.Second, cols
}

func (r *reader) runColumns(f *frozen, columns int) (time.Duration, []*column) {
	l := &f.long
	each := max((l.used+columns-1)/columns, 1)
	step := l.step * int64(each)
	var cols []*column
	old := r.charts.begin(step)
	for i := 0; i < l.used; i += each {
		var slots []*slot
		var quarters int64
		for j := i; j < min(i+each, l.used); j++ {
			if quarters += l.quarters[j]; l.slots[j] != nil {
				slots = append(slots, l.slots[j])
			}
		}
		cols = append(cols, r.charts.column(old, int64(i)*l.step, slots, quarters))
	}
	return time.Duration(step) * time.Second, cols
}

// begin starts a chart. What it returns are the columns of the chart before, if they are as wide.
func (c *chart) begin(step int64) map[int64]*column {
	old := c.columns
	if c.step != step {
		old = nil
	}
	c.step, c.columns = step, make(map[int64]*column, len(old))
	return old
}

// column returns the column that begins at a second, the old one if nothing in it has changed.
func (c *chart) column(old map[int64]*column, from int64, slots []*slot, quarters int64) *column {
	col := old[from]
	if col == nil || col.quarters != quarters || !slices.Equal(col.slots, slots) {
		c.sum.clear()
		for _, s := range slots {
			c.sum.add(s)
		}
		c.last++
		col = c.sum.column(c.last, quarters)
		col.slots = slots
	}
	c.columns[from] = col
	return col
}

// newest is the newest column together with the answers in flight whose first token came in second from or later. It
// is where they would be if they ended now, and is not kept.
func (r *reader) newest(f *frozen, col *column, from int64) *column {
	c := &r.charts
	c.sum.clear()
	for _, s := range col.slots {
		c.sum.add(s)
	}
	c.sum.dist[TTFT].live(f, from)
	c.last++
	return c.sum.column(c.last, col.quarters)
}

func (h *gathered) column(id uint64, quarters int64) *column {
	cost, _ := h.money()
	c := &column{id: id, quarters: quarters, Bucket: Bucket{
		Any:      h.ended() > 0,
		TTFT:     h.dist[TTFT].quantiles(),
		E2E:      h.dist[E2E].quantiles(),
		OK:       h.ok,
		Failed:   byClass(&h.class),
		Attempts: byClass(&h.attempt),
		Tokens:   (max(quarters, 0) + 2) / 4,
		Cost:     cost,
	}}
	for of := range c.samples {
		d := &h.dist[of]
		s := &c.samples[of]
		s.n, s.exact = d.n, d.exact
		for i, n := range d.used() {
			if n > 0 {
				s.steps = append(s.steps, stepCount{d.low + uint32(i), n})
			}
		}
	}
	return c
}

// buckets are those of the columns. The running total is taken back from the run's, so that it is exact in every
// window.
func buckets(f *frozen, cols []*column) []Bucket {
	out := make([]Bucket, len(cols))
	total, _ := f.total.money()
	for i, c := range slices.Backward(cols) {
		out[i] = c.Bucket
		out[i].Total = total
		total -= c.Cost
	}
	return out
}
