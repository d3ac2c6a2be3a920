package metrics

import (
	"fmt"
	"math"

	"relaytop/state/meter"
	"relaytop/ui/widget"
)

// heat is the number of requests by time and E2E.
func (p *page) heat(w, h int) []string {
	st := p.st
	v := &p.view.Heat
	spec := widget.ChartSpec{Left: "E2E heatmap", Gutter: gutter}
	most := 0
	for _, col := range v.Cells {
		for _, n := range col {
			most = max(most, n)
		}
	}
	if most == 0 {
		spec.YLabels = []string{"30 s", "3 s", "300 ms"}
		spec.Note = []string{"requests by time and latency"}
		return p.chart(partHeat, w, h, spec, nil)
	}
	spec.Ticks = heatTicks(v, h-2)
	levels := steps(most)
	spec.Right = st.Muted.Paint("1 ")
	for _, ink := range st.Heat {
		if st.Glyphs.ASCII || !st.Colour {
			spec.Right += ink.Paint(ink.Shade())
		} else {
			spec.Right += widget.Legend(st, ink)
		}
	}
	spec.Right += st.Muted.Paint(fmt.Sprintf(" %d+ requests", levels[len(levels)-1]))
	spec.Draw = func(pw, ph int) []string { return widget.Heat(st, pw, ph, raster(v.Cells, pw, 2*ph), levels) }
	return p.chart(partHeat, w, h, spec, func(b *meter.Bucket) []string {
		if b.E2E.N == 0 {
			return []string{st.Faint.Paint("no answer")}
		}
		count := st.Text.Paint(widget.Count(b.E2E.N)) + st.Muted.Paint(" requests")
		return []string{count + st.Muted.Paint(", from "+widget.Duration(b.E2E.Min).String()+" to "+
			widget.Duration(b.E2E.Max).String()), count}
	})
}

// heatTicks are the labels 1, 3, 10 at their heights on a plot of so many lines, no two of them on neighbouring
// lines.
func heatTicks(v *meter.Heat, lines int) []widget.Tick {
	scale := widget.Scale{Low: v.Low.Seconds(), High: v.High.Seconds(), Log: true}
	var out []widget.Tick
	for i := range lastDecade + 1 {
		d := decade(float64(i))
		if d < scale.Low*(1-1e-9) || d > scale.High*(1+1e-9) {
			continue
		}
		line := int(math.Round(scale.At(d) * float64(lines-1)))
		if n := len(out); n > 0 && line < out[n-1].Line+2 {
			continue
		}
		out = append(out, widget.Tick{Line: line, Label: latency(d)})
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
