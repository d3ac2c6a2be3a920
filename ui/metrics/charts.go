package metrics

import (
	"fmt"
	"math"
	"time"

	"relaytop/relay"
	"relaytop/state/meter"
	"relaytop/ui/style"
	"relaytop/ui/widget"
)

// gutter is the width of the y labels of a large chart, in cells.
const gutter = 7

// span labels the ends and the middle of the time axis.
func (m *Model) span() []string {
	d := m.view.Span
	if d <= 0 {
		d = map[meter.Window]time.Duration{meter.TenSeconds: 10 * time.Second, meter.Minute: time.Minute, meter.TenMinutes: 10 * time.Minute, meter.Run: time.Minute}[m.window]
	}
	return []string{"-" + age(d), "-" + age(d/2), "now"}
}

// age is a duration as an axis says it: 10m, 30s, 1h20m.
func age(d time.Duration) string {
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
func (m *Model) latency(name string, w, h int, of func(*meter.Bucket) *meter.Quantiles, total *meter.Quantiles) []string {
	st := m.env.Styles
	lo, hi := decades(m.view.Buckets, of)
	labels, low, high := ladder(lo, hi)
	right := ""
	for i, p := range []struct {
		name  string
		share float64
		value time.Duration
	}{{"p50", .5, total.P50}, {"p95", .95, total.P95}, {"p99", .99, total.P99}} {
		if i > 0 {
			right += "  "
		}
		right += st.Chart[i].Paint(st.Glyphs.Thin) + st.Muted.Paint(" "+p.name)
		if total.N > 0 {
			right += " " + m.figure(widget.Duration(p.value), total.Enough(p.share))
		}
	}
	if w >= 62 && total.N > 0 {
		right += st.Faint.Paint("  n " + widget.Count(total.N))
	}
	spec := widget.ChartSpec{Left: st.Text.Bold().Paint(name), Right: right, YLabels: labels, XLabels: m.span(), Gutter: gutter}
	if total.N == 0 {
		what := map[string]string{"TTFT": "time to the first token", "E2E": "time to the last token"}[name]
		spec.Note = []string{st.Muted.Paint(what), st.Faint.Paint("drawn from your first message on")}
	} else {
		spec.Draw = func(pw, ph int) []string {
			return widget.Plot(st, pw, ph, m.series(pw, of), widget.Scale{Low: low, High: high, Log: true})
		}
	}
	return split(widget.Chart(st, w, h, spec))
}

// figure is a value with its unit; grey if there are too few samples for it.
func (m *Model) figure(f widget.Figure, enough bool) string {
	st := m.env.Styles
	if !enough {
		return st.Faint.Paint(f.String())
	}
	return st.Text.Paint(f.Value) + st.Muted.Paint(" "+f.Unit)
}

// series are the three percentiles, two values a cell, p99 first so that p50 lies on top.
func (m *Model) series(w int, of func(*meter.Bucket) *meter.Quantiles) []widget.Series {
	st := m.env.Styles
	out := make([]widget.Series, 0, 3)
	for i := 2; i >= 0; i-- {
		vals := make([]float64, 2*w)
		for x := range vals {
			vals[x] = math.NaN()
			if b := m.at(x, len(vals)); b != nil {
				if q := of(b); q.N > 0 {
					vals[x] = []time.Duration{q.P50, q.P95, q.P99}[i].Seconds()
				}
			}
		}
		out = append(out, widget.Series{Values: vals, Ink: st.Chart[i]})
	}
	return out
}

// at is the bucket under column x of n, the newest at the right edge; nil where there is none.
func (m *Model) at(x, n int) *meter.Bucket {
	b := m.view.Buckets
	i := x * len(b) / n
	if len(b) == 0 || i >= len(b) || !b[i].Any {
		return nil
	}
	return &b[i]
}

// sum adds the buckets into w columns: rates and money are per column.
func (m *Model) sum(w int, add func(col int, b *meter.Bucket)) (perCol time.Duration) {
	b := m.view.Buckets
	for i := range b {
		if b[i].Any {
			add(i*w/len(b), &b[i])
		}
	}
	return m.view.Step * time.Duration(len(b)) / time.Duration(max(w, 1))
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

// ladder picks the labels 1, 3, 10 that hold lo to hi, highest first, four at least.
func ladder(lo, hi time.Duration) (labels []string, low, high float64) {
	steps := []time.Duration{time.Microsecond, 3 * time.Microsecond}
	for d := 10 * time.Microsecond; d <= time.Hour; d *= 10 {
		steps = append(steps, d, 3*d)
	}
	first, last := 0, len(steps)-1
	for first < last && steps[first+1] <= lo {
		first++
	}
	for last > first && steps[last-1] >= hi {
		last--
	}
	for last-first < 3 {
		if first > 0 && float64(steps[last])/float64(hi) > float64(lo)/float64(steps[first]) {
			first--
		} else if last < len(steps)-1 {
			last++
		} else {
			first--
		}
	}
	for i := last; i >= first; i-- {
		labels = append(labels, axis(steps[i]))
	}
	return labels, steps[first].Seconds(), steps[last].Seconds() * 1.1
}

// failures are the columns' failed parts, on the ground, by class or in one colour.
func failures(st *style.Styles, b *meter.Bucket, classes bool) []widget.Part {
	if !classes {
		n := int64(0)
		for _, v := range b.Failed {
			n += v
		}
		return []widget.Part{{Share: float64(n), Ink: st.Error}}
	}
	var parts [4]float64
	for class, v := range b.Failed {
		parts[group(class)] += float64(v)
	}
	inks := [4]style.Ink{st.Error, st.Warn, st.Chart[3], st.Chart[2]}
	out := make([]widget.Part, 0, 4)
	for i, v := range parts {
		out = append(out, widget.Part{Share: v, Ink: inks[i]})
	}
	return out
}

// group is the legend's place of a class: overloaded and upstream, limits, timeouts, the rest.
func group(c relay.Class) int {
	switch c {
	case relay.ClassOverloaded, relay.ClassUpstream:
		return 0
	case relay.ClassRateLimit, relay.ClassQuota:
		return 1
	case relay.ClassTimeout, relay.ClassNetwork:
		return 2
	}
	return 3
}

// axis is a whole duration as a label: 300 ms, 3 s, 10 m.
func axis(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%d µs", d.Microseconds())
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 10*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	}
	return fmt.Sprintf("%d m", int(d.Minutes()))
}
