package inspect

import (
	"strings"

	"relaytop/ui/widget"
)

// page is what the view shows now.
func (m *Model) page() *page {
	return &page{
		st: m.env.Styles, keys: &m.env.Keys, w: m.w, h: m.h, now: m.now,
		in: &m.in, stored: &m.stored, chosen: m.chosen, killed: m.subject.Lost, body: &m.body,
	}
}

// View joins the lines of the tab that are in view, or returns the last drawing.
func (m *Model) View() string {
	if m.drawn.screen == "" {
		top := m.port().YOffset()
		m.drawn.screen = widget.Lines(m.lines[top:min(top+max(m.h, 0), len(m.lines))], m.w, m.h)
	}
	return m.drawn.screen
}

// layout makes the lines of the tab, so that a frame only joins those in view.
func (m *Model) layout() {
	port := m.port()
	port.SetWidth(m.w)
	port.SetHeight(m.h)
	var lines []string
	if m.subject.ID != 0 && m.w > 0 {
		lines = m.page().lines(m.tab)
	}
	if len(lines) < m.h {
		lines = append([]string{""}, lines...) // a blank line above where there is space for it
	}
	m.lines = lines
	port.SetContentLines(lines)
	m.drawn = drawn{at: m.now, gen: m.env.Styles.Generation}
}

// plainTab is the text of the tab without styles.
func (m *Model) plainTab() string {
	var b strings.Builder
	for _, l := range m.page().lines(m.tab) {
		b.WriteString(plain(l) + "\n")
	}
	return b.String()
}
