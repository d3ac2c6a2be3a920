package meter

import (
	"slices"
	"time"
)

// heatSteps is the height of the heatmap; a screen draws two steps a cell.
const heatSteps = 24

// View are the figures, charts and tables of a window, in at most columns buckets. Asking again within Fresh costs
// nothing; what it returns is never changed. Of an empty window it returns the last one that was not.
func (m *Meter) View(now time.Time, w Window, columns int) View {
	w &= 3
	columns = min(max(columns, 8), ringSlots)
	f := m.Figures(now, w)
	c := &m.derived.view
	if c.Version != m.derived.version || c.window != w || c.columns != columns {
		c.window, c.columns = w, columns
		c.View = m.chart(m.derived.at, w, columns)
		c.Version = m.derived.version
	}
	v := c.View
	v.Objectives = m.objectives
	if !v.Past {
		v.Figures = f
	}
	return v
}

// past is the end of the last activity, if the window before now is empty.
func (m *Meter) past(now time.Time, w Window) (end time.Time, ok bool) {
	if w == Run || m.Busy() || m.timeline.last < 0 || m.Holds(w, now) {
		return now, false
	}
	return m.start.Add(time.Duration(m.timeline.last+1) * time.Second), true
}

func (m *Meter) chart(now time.Time, w Window, columns int) View {
	if m.start.IsZero() {
		return View{}
	}
	var v View
	if now, v.Past = m.past(now, w); v.Past {
		now = now.Add(-1) // the last moment of its second
		v.Figures = m.derive(now, w)
	}
	from, to, _ := m.span(now, w)
	var cols []column
	if w == Run {
		v.Step, cols = m.runColumns(columns)
	} else {
		v.Step, cols = m.windowColumns(w, to, columns)
	}
	v.Span = v.Step * time.Duration(len(cols))
	v.End = m.end(v.Step, to, len(cols), w)
	since := m.start.Add(time.Duration(from) * time.Second)
	v.Buckets, v.Heat = m.draw(cols, since)
	m.inFlight(&v, to)
	v.Lines = m.lines(cols, since, &v)
	sums := m.groups.sums
	if w != Run {
		sums = m.gatherGroups(from, to)
	}
	m.tables(&v, sums, w == Run)
	return v
}

// end is the end of the newest of n columns.
func (m *Meter) end(step time.Duration, to int64, n int, w Window) time.Time {
	if w == Run {
		return m.start.Add(step * time.Duration(n))
	}
	seconds := int64(step / time.Second)
	return m.start.Add(time.Duration(to/seconds+1) * step)
}

// column is the slots that one bucket is made of.
type column []*slot

// windowColumns cuts a window at multiples of the step, so that a bucket keeps its seconds while the window moves.
func (m *Meter) windowColumns(w Window, to int64, columns int) (time.Duration, []column) {
	n := w.length()
	step := (n + int64(columns) - 1) / int64(columns)
	count := (n + step - 1) / step
	first := to/step - count + 1
	cols := make([]column, count)
	for i := range cols {
		from := (first + int64(i)) * step
		for sec := from; sec < from+step; sec++ {
			if s := m.timeline.ring.peek(sec); s != nil {
				cols[i] = append(cols[i], s)
			}
		}
	}
	return time.Duration(step) * time.Second, cols
}

func (m *Meter) runColumns(columns int) (time.Duration, []column) {
	l := m.timeline.long
	each := (l.used + columns - 1) / columns
	var cols []column
	for i := 0; i < l.used; i += each {
		var c column
		for j := i; j < min(i+each, l.used); j++ {
			c = append(c, &l.slots[j])
		}
		cols = append(cols, c)
	}
	return time.Duration(l.step*int64(max(each, 1))) * time.Second, cols
}

// draw turns columns into buckets and the heatmap, newest first: the running total is taken back from the run's, so
// that it is exact in every window. One serves all columns. The newest has the answers in flight whose first token
// came at or after since.
func (m *Meter) draw(cols []column, since time.Time) ([]Bucket, Heat) {
	out := make([]Bucket, len(cols))
	heat := newHeat(cols)
	scale := newScale(heat.Low, heat.High)
	total, _ := m.run.total.tally.money()
	h := new(gathered)
	for i, c := range slices.Backward(cols) {
		h.clear()
		for _, s := range c {
			h.add(s)
		}
		if i == len(cols)-1 {
			m.live(h, since)
		}
		cost, _ := h.money()
		out[i] = Bucket{
			Any:      h.ended() > 0,
			TTFT:     h.dist[TTFT].quantiles(),
			E2E:      h.dist[E2E].quantiles(),
			OK:       h.ok,
			Failed:   byClass(&h.class),
			Attempts: byClass(&h.attempt),
			Tokens:   (max(h.quarters, 0) + 2) / 4,
			Cost:     cost,
			Total:    total,
		}
		total -= cost
		for j, n := range h.dist[E2E].used() {
			if n > 0 {
				heat.Cells[i][scale.place(middle(h.dist[E2E].low+uint32(j)))] += int(n)
			}
		}
	}
	return out, heat
}

// newHeat makes an empty heatmap with a logarithmic scale whose ends are 1 or 3 times a power of ten, around every
// end-to-end latency. Without any the scale has no extent.
func newHeat(cols []column) Heat {
	low, high := uint32(numStep), uint32(0)
	for _, c := range cols {
		for _, s := range c {
			for _, cell := range s.cells {
				if cell.metric() == E2E {
					low, high = min(low, cell.step()), max(high, cell.step())
				}
			}
		}
	}
	if low > high {
		return Heat{}
	}
	heat := Heat{Low: floor(middle(low)), High: ceiling(middle(high)), Cells: make([][]int, len(cols))}
	cells := make([]int, heatSteps*len(cols))
	for i := range heat.Cells {
		heat.Cells[i] = cells[i*heatSteps : (i+1)*heatSteps]
	}
	return heat
}
