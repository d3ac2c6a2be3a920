package metrics

import (
	"strings"
	"time"

	"relaytop/state/meter"
	"relaytop/ui/widget"
)

// View draws the pane, or returns the last drawing.
func (m *Model) View() string {
	if m.w <= 0 || m.h <= 0 {
		return ""
	}
	k := drawKey{w: m.w, h: m.h, gen: m.env.Styles.Generation, left: m.left()}
	if m.drawn.screen != "" && !m.drawn.stale && k == m.drawn.key {
		return m.drawn.screen
	}
	p := m.page()
	lines := p.small()
	if p.large() {
		lines = p.whole()
	}
	m.drawn = drawn{screen: widget.Lines(lines, m.w, m.h), key: k}
	return m.drawn.screen
}

// left is the sum of all countdowns in seconds: they only run down, so it differs if one of them does.
func (m *Model) left() int64 {
	var sum int64
	add := func(until time.Time) { sum += int64(max(until.Sub(m.now), 0)+time.Second-1) / int64(time.Second) }
	for i := range m.breakers {
		add(m.breakers[i].Until)
	}
	for i := range m.allowed {
		add(m.allowed[i].Cool)
		add(m.allowed[i].Held)
	}
	return sum
}

// Status is the row of windows, the chosen one in brackets.
func (m *Model) Status() string {
	st := m.env.Styles
	var b strings.Builder
	for w := meter.TenSeconds; w <= meter.Run; w++ {
		if w > meter.TenSeconds {
			b.WriteString(st.Faint.Paint(" "))
		}
		if w == m.window {
			b.WriteString(st.Text.Bold().Paint("[" + w.String() + "]"))
		} else {
			b.WriteString(st.Faint.Paint(w.String()))
		}
	}
	return b.String()
}

// large reports whether every chart fits at once.
func (p *page) large() bool { return p.w >= 100 && p.h >= 28 }

// huge reports whether three charts fit side by side, with the heatmap among them.
func (p *page) huge() bool { return p.w >= 140 && p.h >= 36 }

// columns is how many buckets to ask for: two a cell of the widest chart, and no single seconds of a minute, which
// would have too few samples for a percentile.
func (p *page) columns() int {
	n := 2 * (p.w - gutter)
	switch {
	case p.huge():
		n = 2 * ((p.w-6)/3 - gutter)
	case p.large():
		n = 2 * ((p.w-3)/2 - gutter)
	}
	if p.window == meter.Minute {
		n = min(n, 30)
	}
	return n
}

func ttft(b *meter.Bucket) *meter.Quantiles { return &b.TTFT }
func e2e(b *meter.Bucket) *meter.Quantiles  { return &b.E2E }

// small stacks a latency chart, two charts side by side and, where it fits, the table of models.
func (p *page) small() []string {
	top := 9
	if p.h > 27 {
		top = 15
	}
	table := 0
	if p.h >= 19 && p.w >= 70 {
		table = 5
		if p.h > 20 {
			table = 6
		}
	}
	alarm := ""
	if table == 0 {
		alarm = p.alarm(p.w)
	}
	if p.h <= 13 {
		top = p.h
		if alarm != "" && p.h > 4 {
			top--
		}
	}
	lines := p.latency("TTFT", p.w, top, ttft, &p.view.Figures.TTFT)
	if p.h > 13 {
		half, h := (p.w-3)/2, p.h-table-top-1
		left, right := p.requests(half, h, 4), p.tokens(half, h, 5)
		if p.pair == errors {
			left, right = p.errorRate(half, h, 5), p.cost(half, h, 8)
		}
		lines = append(lines, alarm)
		lines = append(lines, beside(p.w-2*half, half, left, right)...)
	} else if top < p.h {
		lines = append(lines, alarm)
	}
	if table > 0 {
		lines = append(lines, p.warning(p.w))
		lines = append(lines, p.models(p.w, table-2)...)
	}
	return lines
}

// whole shows every chart and both tables. What is left of the height goes to the charts of volumes.
func (p *page) whole() []string {
	top, bottom := 12, 7 // the last line is the warning's
	if p.huge() {
		top, bottom = 15, 6
	}
	if p.h >= 52 {
		top, bottom = top+6, bottom+2
	}
	extra := 0
	if p.huge() && p.h >= 40 {
		extra = 5
	}
	mid := p.h - top - 1 - 1 - bottom - extra
	f := &p.view.Figures
	var lines []string
	if p.huge() {
		col := (p.w - 6) / 3
		lines = append([]string{""}, beside((p.w-3*col)/2, col, p.latency("TTFT", col, top, ttft, &f.TTFT),
			p.latency("E2E", col, top, e2e, &f.E2E), p.heat(col, top))...)
		mid--
	} else {
		col := (p.w - 3) / 2
		lines = beside(p.w-2*col, col, p.latency("TTFT", col, top, ttft, &f.TTFT), p.latency("E2E", col, top, e2e, &f.E2E))
	}
	lines = append(lines, "")
	col := (p.w - 9) / 4
	lines = append(lines, beside((p.w-4*col)/3, col, p.requests(col, mid, 5), p.errorRate(col, mid, 5),
		p.tokens(col, mid, 6), p.cost(col, mid, 8))...)
	lines = append(lines, "")
	lines = append(lines, p.tables(bottom)...)
	if extra > 0 {
		for len(lines) < p.h-extra+1 {
			lines = append(lines, "")
		}
		lines = append(lines, p.extras()...)
	}
	return lines
}

// beside joins blocks of one width with gap blanks between.
func beside(gap, w int, blocks ...[]string) []string {
	all := make([]widget.Block, len(blocks))
	for i, b := range blocks {
		all[i] = widget.Block{Lines: b, W: w}
	}
	return split(widget.Columns(gap, all...))
}
