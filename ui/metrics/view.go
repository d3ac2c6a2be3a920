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
	k := drawKey{w: m.w, h: m.h, generation: m.env.Styles.Generation, page: m.page, changes: m.changes, left: m.left()}
	if m.drawn != "" && k == m.key {
		return m.drawn
	}
	m.key = k
	lines := m.small()
	if m.large() {
		lines = m.whole()
	}
	m.drawn = widget.Lines(lines, m.w, m.h)
	return m.drawn
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
func (m *Model) large() bool { return m.w >= 100 && m.h >= 28 }

// huge reports whether three charts fit side by side, with the heatmap among them.
func (m *Model) huge() bool { return m.w >= 140 && m.h >= 36 }

// columns is how many buckets to ask for: two a cell of the widest chart, and no single seconds of a minute, which
// would have too few samples for a percentile.
func (m *Model) columns() int {
	n := 2 * (m.w - gutter)
	switch {
	case m.huge():
		n = 2 * ((m.w-6)/3 - gutter)
	case m.large():
		n = 2 * ((m.w-3)/2 - gutter)
	}
	if m.window == meter.Minute {
		n = min(n, 30)
	}
	return n
}

func ttft(b *meter.Bucket) *meter.Quantiles { return &b.TTFT }
func e2e(b *meter.Bucket) *meter.Quantiles  { return &b.E2E }

// small stacks a latency chart, two charts side by side and, where it fits, the table of models.
func (m *Model) small() []string {
	top := 9
	if m.h > 27 {
		top = 15
	}
	table := 0
	if m.h >= 19 && m.w >= 70 {
		table = 5
		if m.h > 20 {
			table = 6
		}
	}
	alarm := ""
	if table == 0 {
		alarm = m.alarm(m.w)
	}
	if m.h <= 13 {
		top = m.h
		if alarm != "" && m.h > 4 {
			top--
		}
	}
	lines := m.latency("TTFT", m.w, top, ttft, &m.view.Figures.TTFT)
	if m.h > 13 {
		half, h := (m.w-3)/2, m.h-table-top-1
		left, right := m.requests(half, h, 4), m.tokens(half, h, 5)
		if m.page == errors {
			left, right = m.errorRate(half, h, 5), m.cost(half, h, 8)
		}
		lines = append(lines, alarm)
		lines = append(lines, beside(m.w-2*half, half, left, right)...)
	} else if top < m.h {
		lines = append(lines, alarm)
	}
	if table > 0 {
		lines = append(lines, m.warning(m.w))
		lines = append(lines, m.models(m.w, table-2)...)
	}
	return lines
}

// whole shows every chart and both tables. What is left of the height goes to the charts of volumes.
func (m *Model) whole() []string {
	top, bottom := 12, 7 // the last line is the warning's
	if m.huge() {
		top, bottom = 15, 6
	}
	if m.h >= 52 {
		top, bottom = top+6, bottom+2
	}
	extra := 0
	if m.huge() && m.h >= 40 {
		extra = 5
	}
	mid := m.h - top - 1 - 1 - bottom - extra
	f := &m.view.Figures
	var lines []string
	if m.huge() {
		col := (m.w - 6) / 3
		lines = append([]string{""}, beside((m.w-3*col)/2, col, m.latency("TTFT", col, top, ttft, &f.TTFT),
			m.latency("E2E", col, top, e2e, &f.E2E), m.heat(col, top))...)
		mid--
	} else {
		col := (m.w - 3) / 2
		lines = beside(m.w-2*col, col, m.latency("TTFT", col, top, ttft, &f.TTFT), m.latency("E2E", col, top, e2e, &f.E2E))
	}
	lines = append(lines, "")
	col := (m.w - 9) / 4
	lines = append(lines, beside((m.w-4*col)/3, col, m.requests(col, mid, 5), m.errorRate(col, mid, 5),
		m.tokens(col, mid, 6), m.cost(col, mid, 8))...)
	lines = append(lines, "")
	lines = append(lines, m.tables(bottom)...)
	if extra > 0 {
		for len(lines) < m.h-extra+1 {
			lines = append(lines, "")
		}
		lines = append(lines, m.extras()...)
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
