package metrics

import (
	"fmt"
	"math"
	"slices"
	"time"

	"relaytop/state/meter"
	"relaytop/ui/style"
	"relaytop/ui/widget"
)

// gutter is the width of the y labels of a large chart, in cells.
const gutter = 7

// timeLabels are those of the ends and the middle of the time axis.
func (p *page) timeLabels() []string {
	d := p.view.Span
	if d <= 0 {
		d = p.window.Length()
	}
	if d <= 0 {
		d = shortest
	}
	return []string{"-" + age(d), "-" + age(d/2), "now"}
}

// age formats a duration for an axis: 10m, 30s, 1h20m.
func age(d time.Duration) string {
	if whole := d.Round(time.Minute); d > 5*time.Minute && (d-whole).Abs() < 10*time.Second {
		d = whole // the last column is not complete: its seconds would only flicker
	}
	switch {
	case d >= time.Hour && d%time.Hour < time.Minute:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d >= time.Hour:
		return fmt.Sprintf("%dh%02dm", d/time.Hour, d%time.Hour/time.Minute)
	case d >= time.Minute && d%time.Minute < time.Second:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d >= time.Minute:
		return fmt.Sprintf("%dm%02ds", d/time.Minute, d%time.Minute/time.Second)
	}
	return fmt.Sprintf("%gs", math.Round(d.Seconds()*10)/10)
}

// latency draws p50, p95 and p99 over time on a logarithmic scale of decades and thirds.
func (p *page) latency(name string, w, h int, of func(*meter.Bucket) *meter.Quantiles,
	total *meter.Quantiles) []string {
	st := p.st
	lo, hi := decades(p.view.Buckets, of)
	labels, low, high := latencyTicks(lo, hi, h-3)
	right := ""
	for i, q := range []struct {
		name  string
		share float64
		value time.Duration
	}{{"p50", .5, total.P50}, {"p95", .95, total.P95}, {"p99", .99, total.P99}} {
		piece := st.Chart[i].Paint(st.Glyphs.Thin) + st.Muted.Paint(" "+q.name)
		if total.N > 0 {
			piece += " " + figure(st, widget.Duration(q.value), total.Enough(q.share))
		}
		if i > 0 {
			piece = "  " + piece
		}
		right += piece
	}
	n := st.Faint.Paint("  n " + widget.Count(total.N))
	if total.N > 0 && len(name)+2+widget.Width(right)+widget.Width(n) <= w {
		right += n
	}
	spec := widget.ChartSpec{Left: name, Right: right, YLabels: labels, XLabels: p.timeLabels(),
		Gutter: gutter}
	if !slices.ContainsFunc(p.view.Buckets, func(b meter.Bucket) bool { return of(&b).N > 0 }) {
		what := map[string]string{"TTFT": "time to the first token", "E2E": "time to the last token"}[name]
		spec.Note = []string{what, "drawn from your first message on"}
		if p.view.Figures.Any {
			spec.Note[1] = "no answer in this window"
		} else if p.view.Figures.TTFT.N > 0 {
			spec.Note[1] = "drawn when the first answer ends"
		}
	} else {
		spec.Draw = func(pw, ph int) []string {
			return widget.Plot(st, pw, ph, p.series(pw, of), widget.Scale{Low: low, High: high, Log: true})
		}
	}
	return split(widget.Chart(st, w, h, spec))
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
			if b := p.at(x, len(vals)); b != nil {
				if q := of(b); q.N > 0 {
					vals[x] = []time.Duration{q.P50, q.P95, q.P99}[i].Seconds()
				}
			}
		}
		out = append(out, widget.Series{Values: vals, Ink: st.Chart[i]})
	}
	return out
}

// at is the bucket under column x of n, the newest at the right edge; nil where there is none with a latency.
func (p *page) at(x, n int) *meter.Bucket {
	b := p.view.Buckets
	i := x * len(b) / n
	if len(b) == 0 || i >= len(b) || !b[i].Any && b[i].TTFT.N == 0 {
		return nil
	}
	return &b[i]
}

// decades is the range that the percentiles span; 0.1 s to 3 s with nothing to show.
func decades(buckets []meter.Bucket, of func(*meter.Bucket) *meter.Quantiles) (lo, hi time.Duration) {
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

// latencyTicks picks labels 1, 3, 10 that hold lo to hi, highest first, three intervals at least. Their number
// divides the lines between the first and the last plot line, so that each stands where its value is; a range too
// wide for that gets every second label, or third.
func latencyTicks(lo, hi time.Duration, lines int) (labels []string, low, high float64) {
	steps := []time.Duration{time.Microsecond, 3 * time.Microsecond}
	for d := 10 * time.Microsecond; d <= 10*time.Hour; d *= 10 {
		steps = append(steps, d, 3*d)
	}
	first, last := 0, len(steps)-1
	for first < last && steps[first+1] <= lo {
		first++
	}
	for last > first && steps[last-1] >= hi {
		last--
	}
	stride, n := fitting(last-first, lines)
	for last-first < n*stride {
		above, below := float64(steps[last])/float64(hi), float64(lo)/float64(steps[first])
		if first > 0 && (above > below || last == len(steps)-1) {
			first--
		} else {
			last++
		}
	}
	for i := last; i >= first; i -= stride {
		labels = append(labels, axis(steps[i]))
	}
	return labels, steps[first].Seconds(), steps[last].Seconds()
}

// fitting picks the number of intervals n, of stride steps each, that hold need steps and divide lines: the fewest
// steps, so that little of the plot is blank, then the most labels.
func fitting(need, lines int) (stride, n int) {
	lines = max(lines, 1)
	for s := 1; s <= max(need, 4); s++ {
		for i := min(3, lines); i <= lines; i++ {
			if lines%i == 0 && i*s >= need && (n == 0 || i*s < n*stride) {
				stride, n = s, i
			}
		}
	}
	return stride, n
}

// axis is a label of the latency scale: 300 ms, 3 s.
func axis(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%d µs", d.Microseconds())
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%d s", int(d.Seconds()))
}
