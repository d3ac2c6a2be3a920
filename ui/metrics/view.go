package metrics

import (
	"strings"
	"time"

	"relaytop/state/meter"
	"relaytop/ui/widget"
)

// View draws the pane, or returns what is drawn already.
func (m *Model) View() string {
	if m.stale && m.w > 0 {
		m.view, m.asked, m.stale = m.store.Meter(m.window, m.columns()), time.Now(), false
	}
	k := drawKey{m.w, m.h, m.env.Styles.Generation, m.view.Version, m.window, m.page}
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
func (m *Model) large() bool { return m.w >= 140 && m.h >= 36 }

// columns is how many buckets are worth asking for: two a cell of the widest chart.
func (m *Model) columns() int {
	if m.large() {
		return 2 * ((m.w-6)/3 - gutter)
	}
	return 2 * (m.w - gutter)
}

// small stacks a latency chart, two charts side by side and, where there is room, the models.
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
	top = min(top, m.h)
	lines := m.latency("TTFT", m.w, top, func(b *meter.Bucket) *meter.Quantiles { return &b.TTFT }, &m.view.Figures.TTFT)
	if m.h > 13 {
		half, h := (m.w-3)/2, m.h-table-top-1
		left, right := m.requests(half, h, false), m.tokens(half, h)
		if m.page == errors {
			left, right = m.errorRate(half, h), m.cost(half, h)
		}
		lines = append(lines, "")
		lines = append(lines, beside(left, right, half, m.w-2*half)...)
	}
	if table > 0 {
		lines = append(lines, "")
		lines = append(lines, m.models(m.w, table-2, false)...)
	}
	return lines
}

// whole shows every chart and both tables.
func (m *Model) whole() []string {
	col := (m.w - 6) / 3
	gap := (m.w - 3*col) / 2
	high := 15
	mid := m.h - high - 2 - 1 - 7 - 1
	e2e := m.latency("E2E", col, high, func(b *meter.Bucket) *meter.Quantiles { return &b.E2E }, &m.view.Figures.E2E)
	ttft := m.latency("TTFT", col, high, func(b *meter.Bucket) *meter.Quantiles { return &b.TTFT }, &m.view.Figures.TTFT)
	lines := append([]string{""}, besides(gap, col, ttft, e2e, m.heat(col, high))...)
	lines = append(lines, "")
	lines = append(lines, besides(gap, col, m.requests(col, mid, true), m.tokens(col, mid), m.cost(col, mid))...)
	lines = append(lines, "")
	left := m.w*3/5 - 2
	right := m.w - left - 3
	byModel := append([]string{widget.Section(m.env.Styles, left, m.env.Styles.Text.Bold().Paint("by model"), m.env.Styles.Faint.Paint("grey: too few samples"))}, m.models(left, 5, true)...)
	byPlace := append([]string{widget.Section(m.env.Styles, right, m.env.Styles.Text.Bold().Paint("by endpoint"), "")}, m.endpoints(right, 5)...)
	return append(lines, beside(byModel, byPlace, left, 3)...)
}

// beside joins two blocks line by line.
func beside(left, right []string, w, gap int) []string {
	out := make([]string, 0, max(len(left), len(right)))
	for i := range max(len(left), len(right)) {
		var a, b string
		if i < len(left) {
			a = left[i]
		}
		if i < len(right) {
			b = right[i]
		}
		out = append(out, widget.Fit(a, w)+widget.Blank(gap)+b)
	}
	return out
}

// besides joins blocks of one width.
func besides(gap, w int, blocks ...[]string) []string {
	out := blocks[0]
	for i, b := range blocks[1:] {
		out = beside(out, b, w*(i+1)+gap*i, gap)
	}
	return out
}
