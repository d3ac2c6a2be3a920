package ui

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/ui/inspect"
	"relaytop/ui/pane"
)

// inspector is the pane that lies over the others while it is open.
type inspector struct {
	pane *inspect.Model
	open bool
}

func newInspector(env *pane.Env, sent inspect.Requests) inspector {
	return inspector{pane: inspect.New(env, sent)}
}

// whyCovered says why the panes cannot be moved or zoomed just now, "" if they can.
func (i *inspector) whyCovered() string {
	if i.open {
		return "the inspector is open"
	}
	return ""
}

// openInspector lays a request over the panes, or replaces the one that is shown.
func (m *model) openInspector(msg pane.InspectMsg) tea.Cmd {
	m.inspector.open = true
	read := m.inspector.pane.Open(msg)
	m.relayout()
	return read
}

// closeInspector shows the panes again as they were.
func (m *model) closeInspector() tea.Cmd {
	if m.inspector.open {
		m.inspector.open = false
		m.inspector.pane.Close()
		m.screen.inspector = box{}
		m.relayout()
	}
	return nil
}
