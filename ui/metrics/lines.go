package metrics

import (
	"math"
	"slices"
	"strings"
	"time"

	"relaytop/state/meter"
	"relaytop/ui/style"
	"relaytop/ui/widget"
)

// gutter is the width of the y labels of a latency chart, in cells.
const gutter = 7

// chart draws a chart of a part: its time axis and the cursor are those of all charts. reads is what the cursor
// reads.
func (p *page) chart(of part, w, h int, spec widget.ChartSpec, reads func(b *meter.Bucket) []string) []string {
	spec.XLabels = p.timeLabels()
	p.gutters[of] = spec.Gutter
	spec.Selected = p.selected.part == of && p.selected.on
	if b := p.under(); b != nil && spec.Draw != nil {
		n := len(p.view.Buckets)
		spec.Cursor = &widget.ChartCursor{Column: (2*p.cursor + 1) * (w - spec.Gutter) / (2 * n),
			Label: "-" + age(p.ago(p.cursor)), Reads: reads(b)}
	}
	return strings.Split(widget.Chart(p.st, w, h, spec), "\n")
}

// under is the bucket under the cursor, nil if there is none.
func (p *page) under() *meter.Bucket {
	if p.cursor < 0 || p.cursor >= len(p.view.Buckets) {
		return nil
	}
	return &p.view.Buckets[p.cursor]
}

// ago is how long before the end of the chart the middle of a bucket is.
func (p *page) ago(bucket int) time.Duration {
	d := time.Duration(len(p.view.Buckets)-1-bucket) * p.view.Step
	return d.Round(time.Second)
}

// timeLabels are those of the ends and the middle of the time axis.
func (p *page) timeLabels() []string {
	d := p.view.Span
	if d <= 0 {
		d = p.window.Length()
	}
	if d <= 0 {
		d = shortest
	}
	return []string{"-" + age(d), "-" + age(d/2), p.end()}
}

// end is the label of the right edge of the time axis: now, or when the last activity ended.
func (p *page) end() string {
	v := p.view
	switch {
	case !v.Past:
		return "now"
	case p.now.Sub(v.End) < 20*time.Hour:
		return v.End.Format("15:04:05")
	}
	return v.End.Format("2 Jan 15:04")
}

// measured is a latency that is drawn over time.
type measured struct {
	part       part
	name, what string
	lines      *meter.Lines
	total      *meter.Quantiles
	objective  time.Duration // 0: there is none
}

// measures is the latency of a part.
func (p *page) measures(of part) *measured {
	f, l, o := &p.view.Figures, &p.view.Lines, &p.view.Objectives
	m := measured{of, "TTFT", "time to the first token", &l[meter.TTFT], &f.TTFT, o.TTFT}
	if of == partE2E {
		m = measured{of, "E2E", "time to the last token", &l[meter.E2E], &f.E2E, o.E2E}
	}
	if of == partTPOT {
		m = measured{of, "TPOT", "time per token after the first", &l[meter.TPOT], &f.TPOT, o.TPOT}
	}
	return &m
}

// latency draws p50, p95 and p99 over time on a logarithmic scale of decades and thirds.
func (p *page) latency(of part, w, h int) []string {
	st, m := p.st, p.measures(of)
	lo, hi, any := extent(m.lines)
	if d := m.objective; d > lo/4 && d < 4*hi { // a line far from the values would press them together
		lo, hi = min(lo, d), max(hi, d)
	}
	a := logarithmic(lo, hi, h-2)
	spec := widget.ChartSpec{Left: m.name, Right: p.percentiles(w-len(m.name)-2, m), Ticks: a.ticks, Gutter: gutter}
	if d := m.objective.Seconds(); d >= a.Low && d <= a.High && d > 0 {
		spec.Marks = []widget.Mark{{At: a.At(d), Label: "objective: under " + bound(m.objective),
			Ink: st.Warn}}
	}
	if any {
		spec.Draw = func(pw, ph int) []string { return widget.Plot(st, pw, ph, p.series(pw, m.lines), a.Scale) }
	} else {
		spec.Note = []string{m.what, "drawn from your first message on"}
		if p.view.Figures.Any {
			spec.Note[1] = "no answer in this window"
		} else if p.view.Figures.TTFT.N > 0 {
			spec.Note[1] = "drawn when the first answer ends"
		}
	}
	return p.chart(m.part, w, h, spec, func(*meter.Bucket) []string { return p.reading(m.lines) })
}

// bound formats an objective: 800 ms, 1.5 s.
func bound(d time.Duration) string {
	if d < time.Second {
		return widget.Duration(d).String()
	}
	return fraction(d.Seconds()) + " s"
}

// percentiles are the figures of a latency chart's head: as many as fit into w cells.
func (p *page) percentiles(w int, m *measured) string {
	st, total := p.st, m.total
	out := ""
	add := func(piece string) {
		if widget.Width(out)+widget.Width(piece) <= w {
			out += piece
		}
	}
	gap := ""
	for i, q := range []struct {
		name  string
		share float64
		value time.Duration
	}{{"p50", .5, total.P50}, {"p95", .95, total.P95}, {"p99", .99, total.P99}} {
		piece := gap + widget.LineLegend(st, i) + st.Muted.Paint(" "+q.name)
		if total.N > 0 {
			piece += " " + figure(st, widget.Duration(q.value), total.Enough(q.share))
		}
		add(piece)
		gap = "  "
	}
	if total.N == 0 {
		return out
	}
	if w > 80 {
		add("  " + st.Muted.Paint("p99.9 ") + figure(st, widget.Duration(total.P999), total.Enough(.999)))
		add("  " + st.Muted.Paint("max ") + figure(st, widget.Duration(total.Max), true))
	}
	add(st.Faint.Paint("  n " + widget.Count(total.N)))
	if n := p.view.Figures.Burst; n > 0 && m.part == partTPOT { // their tokens came at once: no time per token
		add(st.Muted.Paint("  burst ") + st.Text.Paint(widget.Count(n)))
	}
	if d := slices.Max(m.lines.Covers[:]); d > p.view.Step {
		if covers := st.Faint.Paint("a point covers " + spoken(d) + "   "); widget.Width(covers+out)+3 <= w {
			out = covers + out
		}
	}
	return out
}

// spoken formats a duration in a sentence: 40 s, 2m10s.
func spoken(d time.Duration) string {
	if d < time.Minute {
		return widget.Countdown(d)
	}
	return age(d)
}

// reading is what the cursor reads of a latency, also in fewer cells.
func (p *page) reading(l *meter.Lines) []string {
	st := p.st
	long, short, n := "", "", int64(0)
	for i, line := range [...][]meter.Point{l.P50, l.P95, l.P99} {
		if p.cursor >= len(line) || line[p.cursor].N == 0 {
			return []string{st.Faint.Paint("no answer")}
		}
		at := line[p.cursor]
		ink := st.Chart[i]
		if !at.Enough {
			ink = st.Faint
		}
		f := widget.Duration(at.Value)
		value := ink.Paint(f.Value) + st.Muted.Paint(" "+f.Unit)
		if i > 0 {
			long, short = long+"  ", short+" "
		}
		long += st.Muted.Paint([...]string{"p50 ", "p95 ", "p99 "}[i]) + value
		short += value
		n = at.N
	}
	count := st.Muted.Paint("  n " + widget.Count(n))
	return []string{long + count, short + count, short}
}

// figure is a value with its unit; grey if there are too few samples for it.
func figure(st *style.Styles, f widget.Figure, enough bool) string {
	if !enough {
		return st.Faint.Paint(f.String())
	}
	return st.Text.Paint(f.Value) + st.Muted.Paint(" "+f.Unit)
}

// series are the three percentiles, two values a cell, p99 first so that p50 lies on top. What has too few samples is
// faint, and below the others.
func (p *page) series(w int, l *meter.Lines) []widget.Series {
	st := p.st
	var faint, out []widget.Series
	for i, line := range [...][]meter.Point{l.P99, l.P95, l.P50} {
		enough, few, any := make([]float64, 2*w), make([]float64, 2*w), false
		for x := range enough {
			enough[x], few[x] = math.NaN(), math.NaN()
			switch k := x * len(line) / len(enough); {
			case k >= len(line) || line[k].N == 0:
			case line[k].Enough:
				enough[x] = line[k].Value.Seconds()
			default:
				few[x], any = line[k].Value.Seconds(), true
			}
		}
		if any {
			faint = append(faint, widget.Series{Values: few, Ink: st.Faint, Mark: 3 - i})
		}
		out = append(out, widget.Series{Values: enough, Ink: st.Chart[2-i], Mark: 3 - i})
	}
	return append(faint, out...)
}

// extent is the range that the lines span; 0.1 s to 3 s with nothing to show.
func extent(l *meter.Lines) (lo, hi time.Duration, any bool) {
	for _, line := range [...][]meter.Point{l.P50, l.P95, l.P99} {
		for _, at := range line {
			if at.N == 0 {
				continue
			}
			if !any || at.Value < lo {
				lo = at.Value
			}
			hi, any = max(hi, at.Value), true
		}
	}
	if !any {
		return 100 * time.Millisecond, 3 * time.Second, false
	}
	return lo, hi, true
}
