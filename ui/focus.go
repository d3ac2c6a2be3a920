package ui

import tea "charm.land/bubbletea/v2"

// The panes, in the order of their numbers and tabs.
const (
	paneChat = iota
	paneBatch
	paneMetrics
	numPanes
)

// noPane stands in place of a pane's number where there is no pane.
const noPane = -1

// focusOn gives a pane the keys. In a narrow or zoomed layout it is also the one that is shown.
func (m *model) focusOn(i int) tea.Cmd {
	m.closeInspector()
	if i = (i + numPanes) % numPanes; i == m.layout.focus {
		return nil
	}
	m.panes[m.layout.focus].Focus(false)
	m.layout.focus = i
	m.panes[i].Focus(true)
	m.relayout()
	return nil
}

// focusNamed gives the pane of a name the keys. An unknown name does nothing.
func (m *model) focusNamed(name string) tea.Cmd {
	if i := m.paneNamed(name); i != noPane {
		return m.focusOn(i)
	}
	return nil
}

// zoomOn gives the pane of a name the whole screen. An unknown name does nothing.
func (m *model) zoomOn(name string) tea.Cmd {
	if m.paneNamed(name) == noPane {
		return nil
	}
	m.layout.zoom = true
	m.relayout()
	return m.focusNamed(name)
}

// relayout gives every shown pane its size. A pane that is not shown keeps its old one and is not asked for a view.
func (m *model) relayout() {
	m.layout.arrange()
	if m.inspector.open {
		m.layout.panes = [numPanes]rect{} // the inspector covers them
		m.inspector.pane.Resize(max(m.layout.w-4, 0), max(m.layout.bodyH-2, 0))
		if m.snap != nil {
			m.inspector.pane.Refresh(m.snap)
		}
	}
	for i, p := range m.panes {
		if m.layout.shown(i) {
			p.Resize(m.layout.inner(i))
			if m.snap != nil {
				p.Refresh(m.snap)
			}
		}
	}
	m.screen.stale = true
}

// paneNamed is the number of a pane, or noPane.
func (m *model) paneNamed(name string) int {
	for i, p := range m.panes {
		if p.Name() == name {
			return i
		}
	}
	return noPane
}
