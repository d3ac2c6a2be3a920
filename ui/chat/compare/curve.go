package compare

import (
	"math"
	"strconv"
	"time"

	"relaytop/state/session"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

const (
	curveGutter = 5 // cells of the y labels and a blank
	labelCells  = 7 // of an x label with its gap: "0.2 s"
)

// curve draws how the tokens of a column came. The curves of the other columns are dim.
func (m *Model) curve(i, w int) string {
	st := m.look.Styles
	long, most := m.extent()
	ink := st.Chart[i%len(st.Chart)]
	right := ink.Paint(st.Glyphs.Thin) + st.Muted.Paint(" "+text.Truncate(text.Line(m.cols[i].Model), max(w-22, 4)))
	spec := widget.ChartSpec{Left: "tokens over time", Right: right, Gutter: curveGutter,
		XLabels: secondsAxis(long, w-curveGutter),
		YLabels: []string{widget.Short(int64(most)), widget.Short(int64(most / 2)), "0"}}
	if long == 0 {
		spec.Note = []string{"how the tokens arrive"}
		spec.XLabels = []string{"0", "", ""}
		spec.YLabels = []string{"", "", "0"}
		return widget.Chart(st, w, curveLines, spec)
	}
	spec.Draw = func(pw, ph int) []string {
		var series []widget.Series
		for k := range m.cols {
			if k != i {
				series = append(series, widget.Series{Values: sampled(m.figured(k), long, 2*pw), Ink: st.Faint})
			}
		}
		series = append(series, widget.Series{Values: sampled(m.figured(i), long, 2*pw), Ink: ink})
		return widget.Plot(st, pw, ph, series, widget.Scale{High: most})
	}
	return widget.Chart(st, w, curveLines, spec)
}

// extent returns the ends of both axes; 0: no token has come.
func (m *Model) extent() (long time.Duration, most float64) {
	for i := range m.cols {
		for _, p := range points(m.figured(i)) {
			long, most = max(long, p.After), max(most, float64(p.Tokens))
		}
	}
	if long == 0 {
		return 0, 0
	}
	return time.Duration(widget.Nice(long.Seconds()) * float64(time.Second)), widget.Nice(most)
}

// points returns the curve with its end. Of an answer from an earlier run of the program only the first and the last
// token are known.
func points(c *session.Column) []session.Point {
	list := c.Curve
	r := c.Answer.Result
	if r == nil {
		return list
	}
	end, ok := r.Timing.E2E()
	if !ok {
		return list
	}
	if len(list) == 0 {
		first, _ := r.Timing.TTFT()
		list = append(list, session.Point{After: first, Tokens: 1})
	}
	return append(list[:len(list):len(list)],
		session.Point{After: end, Tokens: max(c.Answer.Out, list[len(list)-1].Tokens)})
}

// sampled interpolates a curve at n points from 0 to long. NaN: the curve has no value there.
func sampled(c *session.Column, long time.Duration, n int) []float64 {
	list := points(c)
	out := make([]float64, n)
	k := 0
	for x := range out {
		at := time.Duration(float64(long) * float64(x) / float64(max(n-1, 1)))
		for k < len(list) && list[k].After < at {
			k++
		}
		switch {
		case k == 0 || k == len(list):
			out[x] = math.NaN()
		default:
			a, b := list[k-1], list[k]
			share := float64(at-a.After) / float64(max(b.After-a.After, 1))
			out[x] = float64(a.Tokens) + share*float64(b.Tokens-a.Tokens)
		}
	}
	return out
}

// secondsAxis labels an axis of w cells from 0 to d, the end that widget.Nice chose, in round parts of it.
func secondsAxis(d time.Duration, w int) []string {
	parts := 5
	if strconv.FormatFloat(d.Seconds(), 'e', 0, 64)[0] == '2' {
		parts = 4
	}
	if w < parts*labelCells {
		parts = 2
	}
	labels := []string{"0"}
	for i := 1; i <= parts; i++ {
		at := d * time.Duration(i) / time.Duration(parts)
		labels = append(labels, strconv.FormatFloat(at.Seconds(), 'f', -1, 64)+" s")
	}
	return labels
}
