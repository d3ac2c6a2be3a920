package ui

import tea "charm.land/bubbletea/v2"

// The panes, in the order of their numbers and tabs.
const (
	paneChat = iota
	paneBatch
	paneMetrics
	numPanes
)

// noPane stands for none of them.
const noPane = -1

// focusOn gives a pane the keys. In a narrow or zoomed layout it is also the one that is shown.
func (m *model) focusOn(i int) tea.Cmd {
	m.closeInspector()
	if i = (i + numPanes) % numPanes; i == m.focus {
		return nil
	}
	m.panes[m.focus].Focus(false)
	m.focus = i
	m.panes[i].Focus(true)
	m.relayout()
	return nil
}

// relayout gives every shown pane its size. A pane that is not shown keeps its old one and is not asked for a view.
func (m *model) relayout() {
	m.layout = arrange(m.w, m.h, m.focus, m.zoom, m.split)
	if m.looking {
		m.layout.panes = [numPanes]rect{} // none is shown
		m.look.Resize(max(m.w-4, 0), max(m.layout.bodyH-2, 0))
		if m.snap != nil {
			m.look.Refresh(m.snap)
		}
	}
	for i, p := range m.panes {
		if m.layout.panes[i].w > 0 {
			p.Resize(m.layout.inner(i))
			if m.snap != nil {
				p.Refresh(m.snap)
			}
		}
	}
	m.stale = true
}

// paneAt is the pane under a cell, or -1.
func (m *model) paneAt(x, y int) int {
	for i, r := range m.layout.panes {
		if r.w > 0 && r.has(x, y) {
			return i
		}
	}
	return -1
}

// shown reports whether a pane is on the screen.
func (m *model) shown(i int) bool { return m.layout.panes[i].w > 0 }

// paneNamed is the number of a pane, or -1.
func (m *model) paneNamed(name string) int {
	for i, p := range m.panes {
		if p.Name() == name {
			return i
		}
	}
	return -1
}
