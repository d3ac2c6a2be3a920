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

func ttft(b *meter.Bucket) *meter.Quantiles { return &b.TTFT }
func e2e(b *meter.Bucket) *meter.Quantiles  { return &b.E2E }

// chart draws a chart of a part: its time axis and the cursor are those of all charts. reads is what the cursor
// reads.
func (p *page) chart(of part, w, h int, spec widget.ChartSpec, reads func(b *meter.Bucket) []string) []string {
	spec.XLabels = p.timeLabels()
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

// latency draws p50, p95 and p99 over time on a logarithmic scale of decades and thirds.
func (p *page) latency(name string, w, h int, of func(*meter.Bucket) *meter.Quantiles,
	total *meter.Quantiles) []string {
	st := p.st
	lo, hi := extent(p.view.Buckets, of)
	a := logarithmic(lo, hi, h-2)
	spec := widget.ChartSpec{Left: name, Right: p.percentiles(w-len(name)-2, total), Ticks: a.ticks, Gutter: gutter}
	if !slices.ContainsFunc(p.view.Buckets, func(b meter.Bucket) bool { return of(&b).N > 0 }) {
		what := map[string]string{"TTFT": "time to the first token", "E2E": "time to the last token"}[name]
		spec.Note = []string{what, "drawn from your first message on"}
		if p.view.Figures.Any {
			spec.Note[1] = "no answer in this window"
		} else if p.view.Figures.TTFT.N > 0 {
			spec.Note[1] = "drawn when the first answer ends"
		}
	} else {
		spec.Draw = func(pw, ph int) []string { return widget.Plot(st, pw, ph, p.series(pw, of), a.Scale) }
	}
	part := partTTFT
	if name == "E2E" {
		part = partE2E
	}
	return p.chart(part, w, h, spec, func(b *meter.Bucket) []string { return p.reading(of(b)) })
}

// percentiles are the figures of a latency chart's head: as many as fit into w cells.
func (p *page) percentiles(w int, total *meter.Quantiles) string {
	st := p.st
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
	return out
}

// reading is what the cursor reads of a latency, also in fewer cells.
func (p *page) reading(q *meter.Quantiles) []string {
	st := p.st
	if q.N == 0 {
		return []string{st.Faint.Paint("no answer")}
	}
	long, short := "", ""
	for i, of := range []struct {
		name  string
		value time.Duration
	}{{"p50 ", q.P50}, {"p95 ", q.P95}, {"p99 ", q.P99}} {
		f := widget.Duration(of.value)
		value := st.Chart[i].Paint(f.Value) + st.Muted.Paint(" "+f.Unit)
		if i > 0 {
			long, short = long+"  ", short+" "
		}
		long += st.Muted.Paint(of.name) + value
		short += value
	}
	n := st.Muted.Paint("  n " + widget.Count(q.N))
	return []string{long + n, short + n, short}
}

// figure is a value with its unit; grey if there are too few samples for it.
func figure(st *style.Styles, f widget.Figure, enough bool) string {
	if !enough {
		return st.Faint.Paint(f.String())
	}
	return st.Text.Paint(f.Value) + st.Muted.Paint(" "+f.Unit)
}

// series are the three percentiles, two values a cell, p99 first so that p50 lies on top.
func (p *page) series(w int, of func(*meter.Bucket) *meter.Quantiles) []widget.Series {
	st := p.st
	out := make([]widget.Series, 0, 3)
	for i := 2; i >= 0; i-- {
		vals := make([]float64, 2*w)
		for x := range vals {
			vals[x] = math.NaN()
			if b := p.bucket(x, len(vals)); b != nil {
				if q := of(b); q.N > 0 {
					vals[x] = [...]time.Duration{q.P50, q.P95, q.P99}[i].Seconds()
				}
			}
		}
		out = append(out, widget.Series{Values: vals, Ink: st.Chart[i]})
	}
	return out
}

// bucket is the bucket under column x of n, the newest at the right edge; nil where there is none with a latency.
func (p *page) bucket(x, n int) *meter.Bucket {
	b := p.view.Buckets
	i := x * len(b) / n
	if len(b) == 0 || i >= len(b) || !b[i].Any && b[i].TTFT.N == 0 {
		return nil
	}
	return &b[i]
}

// extent is the range that the percentiles span; 0.1 s to 3 s with nothing to show.
func extent(buckets []meter.Bucket, of func(*meter.Bucket) *meter.Quantiles) (lo, hi time.Duration) {
	for i := range buckets {
		q := of(&buckets[i])
		if q.N == 0 {
			continue
		}
		if lo == 0 || q.P50 < lo {
			lo = q.P50
		}
		hi = max(hi, q.P99)
	}
	if hi == 0 {
		return 100 * time.Millisecond, 3 * time.Second
	}
	return lo, hi
}
