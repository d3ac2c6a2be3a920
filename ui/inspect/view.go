package inspect

import (
	"relaytop/ui/widget"
)

// View draws the window of the tab.
func (m *Model) View() string {
	st := m.env.Styles
	if !m.stale && m.gen == st.Generation && m.drawn != "" {
		return m.drawn
	}
	lines := m.tabLines()
	if len(lines) < m.h {
		lines = append([]string{""}, lines...) // air where there is room for it
	}
	m.lines = len(lines)
	top := min(m.top[m.tab], max(m.lines-m.h, 0))
	m.top[m.tab] = top
	m.drawn = widget.Lines(lines[top:min(top+m.h, m.lines)], m.w, m.h)
	m.stale, m.gen, m.drawnAt = false, st.Generation, m.now
	return m.drawn
}

// tabLines are all lines of the tab, however many are seen.
func (m *Model) tabLines() []string {
	if m.subject.ID == 0 || m.w <= 0 {
		return nil
	}
	switch m.tab {
	case chunks:
		return m.chunkLines()
	case request:
		return m.requestLines()
	case response:
		return m.responseLines()
	}
	return m.overviewLines()
}
