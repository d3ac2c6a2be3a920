package meter

import (
	"cmp"
	"slices"
	"time"
)

// heatSteps is the height of the heatmap; a screen draws two steps a cell.
const heatSteps = 24

// View are the figures, charts and tables of a window, in at most columns buckets. Asking again within Fresh costs nothing;
// what it returns is never changed.
func (m *Meter) View(now time.Time, w Window, columns int) View {
	w &= 3
	columns = min(max(columns, 8), ringSlots)
	f := m.Figures(now, w)
	c := &m.view
	if c.Version != m.version || c.window != w || c.columns != columns {
		c.window, c.columns = w, columns
		c.View = m.chart(w, columns)
		c.Version = m.version
	}
	v := c.View
	v.Figures = f
	return v
}

func (m *Meter) chart(w Window, columns int) View {
	if m.start.IsZero() {
		return View{}
	}
	var v View
	from, to, _ := m.span(m.derived, w)
	var heaps []*heap
	if w == Run {
		v.Step, heaps = m.runBuckets(columns)
	} else {
		v.Step, heaps = m.windowBuckets(w, to, columns)
	}
	v.Span = v.Step * time.Duration(len(heaps))
	v.Buckets = m.buckets(heaps)
	v.Heat = heatOf(heaps)
	if w == Run {
		v.Models, v.Endpoints, v.Lanes = runRows(m.models), runRows(m.ends), runRows(m.lanes)
		v.Classes = m.total.tally.classes()
		return v
	}
	models, ends, lanes := m.tables(from, to)
	v.Models, v.Endpoints, v.Lanes = rows(models), rows(ends), rows(lanes)
	var t tally
	for _, r := range lanes {
		t.merge(&r.tally)
	}
	v.Classes = t.classes()
	return v
}

// windowBuckets cuts a window at multiples of the step, so that a bucket keeps its seconds while the window moves.
func (m *Meter) windowBuckets(w Window, to int64, columns int) (time.Duration, []*heap) {
	n := w.length()
	step := (n + int64(columns) - 1) / int64(columns)
	count := (n + step - 1) / step
	first := to/step - count + 1
	heaps := make([]*heap, count)
	for i := range heaps {
		from := (first + int64(i)) * step
		heaps[i] = m.gather(from, from+step-1)
	}
	return time.Duration(step) * time.Second, heaps
}

func (m *Meter) runBuckets(columns int) (time.Duration, []*heap) {
	l := m.long
	each := (l.used + columns - 1) / columns
	var heaps []*heap
	for i := 0; i < l.used; i += each {
		h := new(heap)
		for j := i; j < min(i+each, l.used); j++ {
			h.add(&l.slots[j])
		}
		heaps = append(heaps, h)
	}
	return time.Duration(l.step*int64(each)) * time.Second, heaps
}

// buckets turns slots into columns. The running total is taken backwards from the run's, so that it is exact in every window.
func (m *Meter) buckets(heaps []*heap) []Bucket {
	out := make([]Bucket, len(heaps))
	total, _ := m.total.tally.money()
	for i, h := range slices.Backward(heaps) {
		cost, _ := h.money()
		out[i] = Bucket{Any: h.ended() > 0, TTFT: h.dist[TTFT].quantiles(), E2E: h.dist[E2E].quantiles(), OK: h.ok,
			Failed: h.classes(), Tokens: (max(h.quarters, 0) + 2) / 4, Cost: cost, Total: total}
		total -= cost
	}
	return out
}

// heatOf counts end-to-end latencies on a logarithmic scale whose ends are 1 or 3 times a power of ten.
func heatOf(heaps []*heap) Heat {
	low, high := uint32(numStep), uint32(0)
	for _, h := range heaps {
		for step, n := range h.dist[E2E].step {
			if n > 0 {
				low, high = min(low, uint32(step)), max(high, uint32(step))
			}
		}
	}
	if low > high {
		return Heat{}
	}
	heat := Heat{Low: floor(middle(low)), High: ceiling(middle(high)), Cells: make([][]int, len(heaps))}
	scale := newScale(heat.Low, heat.High)
	for i, h := range heaps {
		heat.Cells[i] = make([]int, heatSteps)
		for step, n := range h.dist[E2E].step {
			if n > 0 {
				heat.Cells[i][scale.place(middle(uint32(step)))] += int(n)
			}
		}
	}
	return heat
}

func byRequests(a, b Row) int {
	return cmp.Or(cmp.Compare(b.Requests, a.Requests), cmp.Compare(a.Key, b.Key))
}
