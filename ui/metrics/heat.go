package metrics

import (
	"fmt"
	"time"

	"relaytop/ui/widget"
)

// heat is the number of requests by time and E2E.
func (p *page) heat(w, h int) []string {
	st := p.st
	v := &p.view.Heat
	spec := widget.ChartSpec{Left: "E2E heatmap", XLabels: p.timeLabels(), Gutter: gutter}
	high, most := 0, 0
	for _, col := range v.Cells {
		high = max(high, len(col))
		for _, n := range col {
			most = max(most, n)
		}
	}
	if most == 0 {
		spec.YLabels = []string{"30 s", "3 s", "300 ms"}
		spec.Note = []string{"requests by time and latency"}
		return split(widget.Chart(st, w, h, spec))
	}
	spec.YLabels = heatTicks(v.Low, v.High)
	levels := steps(most)
	spec.Right = st.Muted.Paint("1 ")
	for _, ink := range st.Heat {
		if st.Glyphs.ASCII {
			spec.Right += ink.Paint(ink.Shade())
		} else {
			spec.Right += widget.Legend(st, ink)
		}
	}
	spec.Right += st.Muted.Paint(fmt.Sprintf(" %d+ requests", levels[len(levels)-1]))
	spec.Draw = func(pw, ph int) []string { return widget.Heat(st, pw, ph, raster(v.Cells, pw, 2*ph), levels) }
	return split(widget.Chart(st, w, h, spec))
}

// heatTicks are the labels 1, 3, 10 from high down to low.
func heatTicks(low, high time.Duration) []string {
	var out []string
	third := func(d time.Duration) bool { // of 1 and 3 times a power of ten: is it 3?
		for d >= 10 {
			d /= 10
		}
		return d == 3
	}
	for d := high; d >= low && d > 0; {
		out = append(out, axis(d))
		if third(d) {
			d /= 3
		} else {
			d = d / 10 * 3
		}
	}
	return out
}

// steps are the counts from which a cell takes the next colour.
func steps(most int) [5]int {
	s := [5]int{1}
	for i := 1; i < len(s); i++ {
		s[i] = max(s[i-1]+1, most*i/len(s))
	}
	return s
}

// raster fits the counts, oldest column and fastest step first, onto w columns of h steps from the top down: what
// falls together is added up, what is wider than a cell is repeated.
func raster(cells [][]int, w, h int) [][]int {
	out := make([][]int, w)
	for x := range out {
		out[x] = make([]int, h)
		from := x * len(cells) / w
		for _, col := range cells[from:max((x+1)*len(cells)/w, from+1)] {
			for y := range min(h, h*len(col)) { // a column without counts adds nothing
				low := y * len(col) / h
				for _, n := range col[low:max((y+1)*len(col)/h, low+1)] {
					out[x][h-1-y] += n
				}
			}
		}
	}
	return out
}
