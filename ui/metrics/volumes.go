package metrics

import (
	"fmt"
	"math"
	"strings"

	"relaytop/relay"
	"relaytop/state/meter"
	"relaytop/ui/widget"
)

func split(s string) []string { return strings.Split(s, "\n") }

// nice is the smallest of 1, 2, 5 times a power of ten that holds v.
func nice(v float64) float64 {
	if v <= 0 {
		return 1
	}
	p := math.Pow(10, math.Floor(math.Log10(v)))
	for _, f := range []float64{1, 2, 5, 10} {
		if v <= f*p*1.0001 {
			return f * p
		}
	}
	return 10 * p
}

// ends are the labels of a linear axis from 0 to high: as many as there is room for.
func ends(high float64, h int, format func(float64) string) []string {
	if h > 8 {
		return []string{format(high), format(high / 2), format(0)}
	}
	return []string{format(high), format(0)}
}

func number(v float64) string {
	switch {
	case v >= 10000:
		return widget.Short(int64(v))
	case v == math.Trunc(v):
		return widget.Count(int64(v))
	}
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.2f", v), "0"), ".")
}

// stacked is one chart of columns; an empty one says what will be drawn.
func (m *Model) stacked(w, h, gut int, left, right, note string, cols [][]widget.Part, high float64, label func(float64) string) []string {
	st := m.env.Styles
	spec := widget.ChartSpec{Left: st.Text.Bold().Paint(left), Right: right, YLabels: ends(high, h, label), XLabels: m.span(), Gutter: gut}
	if !m.view.Figures.Any && len(m.view.Buckets) == 0 || cols == nil {
		spec.Note = []string{st.Muted.Paint(note)}
	} else {
		spec.Draw = func(pw, ph int) []string { return widget.Stack(st, pw, ph, cols, high) }
	}
	return split(widget.Chart(st, w, h, spec))
}

func (m *Model) requests(w, h int, classes bool) []string {
	st, gut := m.env.Styles, 4
	n := w - gut
	cols := make([][]widget.Part, n)
	var top float64
	per := m.sum(n, func(i int, b *meter.Bucket) {
		cols[i] = stackOn(cols[i], append(failures(st, b, classes), widget.Part{Share: float64(b.OK), Ink: st.Fill[0]}))
	})
	top = scale(cols, per.Seconds())
	right := st.Faint.Paint("–")
	switch f := &m.view.Figures; {
	case classes:
		right = m.legend()
	case w > 28:
		right = st.Fill[0].Paint(st.Glyphs.Legend) + st.Muted.Paint(" ok ") + st.Error.Paint(st.Glyphs.Legend) + st.Muted.Paint(" failed")
	case f.Any:
		right = st.Text.Paint(fmt.Sprintf("%.2f", f.ReqPerSec))
	}
	if !m.view.Figures.Any {
		cols, right = nil, st.Faint.Paint("–")
	}
	return m.stacked(w, h, gut, "req/s", right, "requests, errors", cols, nice(top), number)
}

// legend names the colours of the failed requests.
func (m *Model) legend() string {
	st := m.env.Styles
	out := st.Fill[0].Paint(st.Glyphs.Legend) + st.Muted.Paint(" ok")
	for i, name := range []string{"overloaded", "limit", "timeout", "other"} {
		ink := st.Error
		switch i {
		case 1:
			ink = st.Warn
		case 2:
			ink = st.Chart[3]
		case 3:
			ink = st.Chart[2]
		}
		out += " " + ink.Paint(st.Glyphs.Legend) + st.Muted.Paint(" "+name)
	}
	return out
}

func (m *Model) tokens(w, h int) []string {
	st, gut := m.env.Styles, 5
	n := w - gut
	cols := make([][]widget.Part, n)
	per := m.sum(n, func(i int, b *meter.Bucket) {
		cols[i] = stackOn(cols[i], []widget.Part{{Share: float64(b.Tokens), Ink: st.Fill[1]}})
	})
	top := scale(cols, per.Seconds())
	right := st.Faint.Paint("–")
	if f := &m.view.Figures; f.Any || f.TokPerSec > 0 {
		right = st.Text.Paint(fmt.Sprintf("%.0f", f.TokPerSec))
	} else {
		cols = nil
	}
	return m.stacked(w, h, gut, "tok/s", right, "tokens a second", cols, nice(top), number)
}

// errorRate is failed / (ok + failed) of each column, in percent.
func (m *Model) errorRate(w, h int) []string {
	st, gut := m.env.Styles, 5
	n := w - gut
	ok, bad := make([]float64, n), make([]float64, n)
	m.sum(n, func(i int, b *meter.Bucket) {
		ok[i] += float64(b.OK)
		for _, v := range b.Failed {
			bad[i] += float64(v)
		}
	})
	cols := make([][]widget.Part, n)
	top := 1.0
	for i := range cols {
		if bad[i] > 0 {
			v := 100 * bad[i] / (ok[i] + bad[i])
			cols[i], top = []widget.Part{{Share: v, Ink: st.Error}}, max(top, v)
		}
	}
	right := st.Faint.Paint("–")
	if f := &m.view.Figures; f.OK+f.Failed > 0 {
		right = st.Text.Paint(fmt.Sprintf("%.1f", 100*f.ErrorRate)) + st.Muted.Paint(" %")
	} else {
		cols = nil
	}
	return m.stacked(w, h, gut, "err %", right, "failed requests", cols, min(nice(top), 100), func(v float64) string { return number(v) + "%" })
}

// cost is the money spent so far, settled amounts only.
func (m *Model) cost(w, h int) []string {
	st, gut := m.env.Styles, 8
	n := w - gut
	cols := make([][]widget.Part, n)
	var top relay.Money
	b := m.view.Buckets
	last := relay.Money(0)
	seen := false
	for i := range n {
		for j := i * len(b) / n; j < max((i+1)*len(b)/n, i*len(b)/n+1) && j < len(b); j++ {
			if b[j].Total != 0 {
				last, seen = b[j].Total, true
			}
		}
		if seen {
			cols[i], top = []widget.Part{{Share: float64(last), Ink: st.Fill[2]}}, max(top, last)
		}
	}
	f := &m.view.Figures
	right := st.Faint.Paint("–")
	if f.Any {
		right = st.Text.Paint(widget.Money(int64(f.Cost))) + st.Muted.Paint("  "+widget.Burn(int64(f.PerMinute))+"/min")
	} else {
		cols = nil
	}
	high := nice(float64(top) / float64(relay.USD))
	for _, c := range cols {
		for k := range c {
			c[k].Share /= float64(relay.USD)
		}
	}
	return m.stacked(w, h, gut, "cost", right, "money, and who says so", cols, high, func(v float64) string {
		if v == 0 {
			return "$0"
		}
		return "$" + strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.6f", v), "0"), ".")
	})
}

// heat is the number of requests by time and E2E.
func (m *Model) heat(w, h int) []string {
	st := m.env.Styles
	v := &m.view.Heat
	spec := widget.ChartSpec{Left: st.Text.Bold().Paint("E2E heatmap"), XLabels: m.span(), Gutter: gutter}
	high, most := 0, 0
	for _, col := range v.Cells {
		high = max(high, len(col))
		for _, n := range col {
			most = max(most, n)
		}
	}
	if most == 0 {
		spec.YLabels = []string{"30 s", "3 s", "300 ms"}
		spec.Note = []string{st.Muted.Paint("requests by time and latency")}
		return split(widget.Chart(st, w, h, spec))
	}
	spec.YLabels = []string{axis(v.High), axis(v.Low)}
	spec.Right = st.Muted.Paint("1 ")
	for i := range st.Heat {
		spec.Right += st.Heat[i].Paint(st.Glyphs.Legend)
	}
	spec.Right += st.Muted.Paint(fmt.Sprintf(" %d+ requests", most))
	spec.Draw = func(pw, ph int) []string { return widget.Heat(st, pw, ph, raster(v.Cells, pw, 2*ph), steps(most)) }
	return split(widget.Chart(st, w, h, spec))
}

// stackOn adds the parts of one more bucket to a column, part by part.
func stackOn(col, parts []widget.Part) []widget.Part {
	if col == nil {
		return parts
	}
	for i := range parts {
		col[i].Share += parts[i].Share
	}
	return col
}

// scale divides every part by the seconds of a column and returns the highest sum.
func scale(cols [][]widget.Part, seconds float64) float64 {
	top := 0.0
	for _, c := range cols {
		sum := 0.0
		for k := range c {
			if seconds > 0 {
				c[k].Share /= seconds
			}
			sum += c[k].Share
		}
		top = max(top, sum)
	}
	return top
}

// steps are the counts from which a cell takes the next colour.
func steps(most int) [5]int {
	s := [5]int{1}
	for i := 1; i < len(s); i++ {
		s[i] = max(s[i-1]+1, most*i/len(s))
	}
	return s
}

// raster fits the counts, oldest column and fastest step first, onto w columns of h steps from the top down.
func raster(cells [][]int, w, h int) [][]int {
	out := make([][]int, w)
	for x := range out {
		out[x] = make([]int, h)
	}
	for x, col := range cells {
		for y, n := range col {
			out[x*w/len(cells)][h-1-y*h/len(col)] += n
		}
	}
	return out
}
