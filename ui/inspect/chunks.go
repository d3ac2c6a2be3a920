package inspect

import (
	"slices"
	"strconv"
	"time"

	"relaytop/relay"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// gaps are the times between the token-bearing chunks of the chosen attempt.
type gaps struct {
	t      *relay.Timing
	usage  *relay.Usage
	list   []time.Duration
	sorted []time.Duration
}

func (p *page) gaps() gaps {
	r := p.in.Result
	g := gaps{t: &r.Timing, usage: r.AnswerUsage()}
	if i := p.attempt(); i >= 0 && i < len(r.Attempts)-1 {
		g.t, g.usage = &r.Attempts[i].Timing, r.Attempts[i].Usage
	}
	g.list = g.t.Gaps
	g.sorted = slices.Sorted(slices.Values(g.list))
	return g
}

// at is a quantile by nearest rank; sure reports whether there are enough samples for it.
func (g *gaps) at(q float64) (d time.Duration, sure bool) {
	n := len(g.sorted)
	if n == 0 {
		return 0, false
	}
	i := min(max(int(q*float64(n)+0.999999)-1, 0), n-1)
	return g.sorted[i], float64(n)*(1-q) >= 1
}

// span is the time from the first chunk to the last.
func (g *gaps) span() time.Duration { return max(g.t.Last.Sub(g.t.First), 0) }

// each is how many tokens a chunk held; "" where it is not known.
func (g *gaps) each() string {
	if g.usage == nil || g.t.Chunks == 0 {
		return ""
	}
	mean := strconv.FormatFloat(float64(g.usage.Output)/float64(g.t.Chunks), 'f', 1, 64)
	return widget.About(mean, g.usage.Estimated) + " tokens each"
}

// dropped reports that chunks came, but were not counted in what is kept.
func (g *gaps) dropped() bool { return g.t.Chunks == 0 && !g.t.Last.IsZero() }

// columns is the longest gap that covers each of w columns of time: a stall is as wide as it lasted.
func (g *gaps) columns(w int) []time.Duration {
	cols := make([]time.Duration, max(w, 0))
	whole := time.Duration(0)
	for _, d := range g.list {
		whole += d
	}
	if whole <= 0 || w <= 0 {
		return cols
	}
	at := time.Duration(0)
	for _, d := range g.list {
		from := int(float64(w) * float64(at) / float64(whole))
		at += d
		to := int(float64(w) * float64(at) / float64(whole))
		for x := from; x <= min(max(to-1, from), w-1); x++ {
			cols[x] = max(cols[x], d)
		}
	}
	return cols
}

// plot draws the gaps over time. A stall stands out in a colour of its own.
func (g *gaps) plot(st *style.Styles, w, h int) []string {
	if len(g.sorted) == 0 {
		return nil
	}
	p50, _ := g.at(.5)
	parts := make([][]widget.Part, 0, w)
	for _, d := range g.columns(w) {
		ink := st.Fill[1]
		if d >= 500*time.Millisecond && d > 10*p50 {
			ink = st.Warn
		}
		parts = append(parts, []widget.Part{{Share: float64(d), Ink: ink}})
	}
	return widget.Stack(st, w, h, parts, float64(g.sorted[len(g.sorted)-1]))
}

// quantile is a quantile with its name, faint if there are too few samples.
func (g *gaps) quantile(st *style.Styles, name string, q float64) string {
	d, sure := g.at(q)
	if !sure {
		return st.Faint.Paint(name + " " + widget.Duration(d).String())
	}
	return st.Muted.Paint(name+" ") + figure(st, widget.Duration(d))
}

// gapLines are the chunks in brief: a head, figures, h lines of plot, an axis.
func (p *page) gapLines(w, h int) []string {
	st, g := p.st, p.gaps()
	head := st.Text.Paint(widget.Count(int64(g.t.Chunks)))
	if s := g.each(); s != "" {
		head += st.Muted.Paint(", " + s)
	}
	switch {
	case p.lost():
		head = st.Muted.Paint("not known")
	case g.dropped():
		head = st.Muted.Paint("not kept")
	}
	lines := []string{widget.Section(st, w, "chunks", head)}
	if len(g.list) == 0 {
		for _, l := range text.Prose(p.noGaps(&g), w) {
			lines = append(lines, st.Muted.Paint(l))
		}
		return lines
	}
	quantiles := g.quantile(st, "p50", .5) + "  " + g.quantile(st, "p99", .99)
	lines = append(lines, widget.Spread(st.Muted.Paint("inter-chunk"), quantiles, w))
	lines = append(lines, g.plot(st, w, h)...)
	lines = append(lines, widget.Spread(st.Faint.Paint("0"), st.Faint.Paint(widget.Duration(g.span()).String()), w))
	longest := widget.Duration(g.sorted[len(g.sorted)-1]).String()
	return append(lines, st.Muted.Paint("gap before each chunk, the longest "+longest))
}

// noGaps says why there is nothing to plot.
func (p *page) noGaps(g *gaps) string {
	switch {
	case g.t.Chunks > 2:
		s := "the gaps between chunks are not written down"
		if g.span() > 0 {
			s += "; on the mean there was one every " + widget.Duration(g.span()/time.Duration(g.t.Chunks-1)).String()
		}
		return s
	case g.t.Chunks > 0:
		return "too few chunks to have gaps: it came at once"
	case p.lost():
		return "not known: the figures of a request are written down when it ends"
	case g.dropped() && g.t.Whole:
		return "it came as one document"
	case g.dropped():
		return "kept are the first and the last token, not the chunks between them"
	case p.in.Live:
		return "the gaps between chunks are drawn as they come"
	}
	return "no chunk with tokens came"
}

// chunkLines is the chunks' own tab.
func (p *page) chunkLines() []string {
	st, g := p.st, p.gaps()
	lines := p.which()
	if len(g.list) == 0 {
		return append(lines, p.gapLines(p.w, 0)...)
	}
	longest := g.sorted[len(g.sorted)-1]
	head := st.Text.Paint(widget.Count(int64(g.t.Chunks))) + st.Muted.Paint(" chunks")
	if s := g.each(); s != "" {
		head += st.Muted.Paint(", " + s)
	}
	high := min(max(p.h-len(lines)-14, 6), 16)
	chart := widget.Chart(st, p.w, high, widget.ChartSpec{Left: "gap before each chunk", Right: head, Gutter: 9,
		YLabels: []string{widget.Duration(longest).String(), widget.Duration(longest / 2).String(), "0 ms"},
		XLabels: []string{"first chunk", widget.Duration(g.span()).String() + " later"},
		Draw:    func(w, h int) []string { return g.plot(st, w, h) }})
	lines = append(lines, widget.NewBlock(chart, p.w).Lines...)
	lines = append(lines, "")
	if p.w < besideFrom {
		return append(append(append(lines, p.facts(&g, p.w)...), ""), p.spread(&g, p.w)...)
	}
	half := (p.w - 4) / 2
	left, right := p.spread(&g, half), p.facts(&g, p.w-4-half)
	beside := widget.Columns(4, widget.Block{Lines: left, W: half}, widget.Block{Lines: right, W: p.w - 4 - half})
	return append(lines, widget.NewBlock(beside, p.w).Lines...)
}

// spread is a histogram of the gaps: each bucket is twice as long as the one before.
func (p *page) spread(g *gaps, w int) []string {
	st := p.st
	lines := []string{widget.Section(st, w, "how long they were",
		st.Muted.Paint(widget.Count(int64(len(g.list)))+" gaps"))}
	const steps = 10
	counts, edge := make([]int, 0, steps), make([]time.Duration, 0, steps)
	low := time.Duration(0)
	for high := 2 * time.Millisecond; len(g.sorted) > 0 && low <= g.sorted[len(g.sorted)-1]; high *= 2 {
		from, _ := slices.BinarySearch(g.sorted, low)
		to, _ := slices.BinarySearch(g.sorted, high)
		counts, edge = append(counts, to-from), append(edge, high)
		low = high
	}
	for len(counts) > 1 && counts[0] == 0 {
		counts, edge = counts[1:], edge[1:]
	}
	most := slices.Max(append(counts, 1))
	for i, n := range counts {
		label := st.Muted.Paint(widget.FitRight("under "+widget.Duration(edge[i]).String(), 13))
		number := widget.FitRight(st.Text.Paint(widget.Count(int64(n))), 6)
		lines = append(lines, label+"  "+widget.Meter(st, max(w-23, 1),
			[]widget.Part{{Share: float64(n) / float64(most), Ink: st.Fill[1]}})+"  "+number)
	}
	return lines
}

// facts are the figures of the stream, and its longest stalls.
func (p *page) facts(g *gaps, w int) []string {
	st := p.st
	quantiles := g.quantile(st, "p50", .5) + "  " + g.quantile(st, "p90", .9) + "  " + g.quantile(st, "p99", .99)
	lines := []string{widget.Section(st, w, "inter-chunk", quantiles)}
	put := func(name, value string) {
		lines = append(lines, widget.Spread(st.Muted.Paint(name), value, w))
	}
	if d, ok := g.t.TTFT(); ok {
		put("TTFT", figure(st, widget.Duration(d)))
	}
	if d, ok := g.t.TTFO(); ok && g.t.FirstOut.After(g.t.First) {
		put("first output after the reasoning", figure(st, widget.Duration(d)))
	}
	put("first chunk to the last", figure(st, widget.Duration(g.span())))
	if u := g.usage; u != nil {
		if d, ok := g.t.TPOT(u.Output); ok {
			v, _ := g.t.Speed(u.Output)
			put("time per token, tokens a second", figure(st, widget.Duration(d))+st.Muted.Paint(", ")+
				st.Text.Paint(widget.About(widget.Speed(v), u.Estimated)))
		} else if g.t.Burst(u.Output) {
			put("time per token, tokens a second", st.Text.Paint("burst: all came at once"))
		}
	}
	type stall struct {
		i  int
		at time.Duration
		d  time.Duration
	}
	var all []stall
	at := time.Duration(0)
	for i, d := range g.list {
		all = append(all, stall{i + 2, at, d})
		at += d
	}
	slices.SortStableFunc(all, func(a, b stall) int { return int(b.d - a.d) })
	for _, s := range all[:min(len(all), 3)] {
		put("chunk "+widget.Count(int64(s.i))+", "+widget.Duration(s.at).String()+" in: waited for",
			figure(st, widget.Duration(s.d)))
	}
	return lines
}
