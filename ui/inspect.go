package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/ui/pane"
	"relaytop/ui/widget"
)

// openInspector lays a request over the panes, or another one in its place.
func (m *model) openInspector(msg pane.InspectMsg) tea.Cmd {
	m.looking = true
	m.look.Open(msg)
	m.relayout()
	return nil
}

// closeInspector shows the panes again as they were.
func (m *model) closeInspector() tea.Cmd {
	if m.looking {
		m.looking = false
		m.look.Close()
		m.inspectorBox = box{}
		m.relayout()
	}
	return nil
}

// inspectorLines is the inspector with its border, from the cache if nothing in it changed.
func (m *model) inspectorLines() []string {
	p, b := m.look, &m.inspectorBox
	now := box{body: p.View(), title: p.Title(), status: p.Status(), w: m.w, h: m.layout.bodyH,
		generation: m.env.Styles.Generation}
	if b.lines == nil || now.body != b.body || now.title != b.title || now.status != b.status || now.w != b.w ||
		now.h != b.h || now.generation != b.generation {
		now.lines = strings.Split(widget.Box(m.env.Styles, now.w, now.h, p.Name(), now.title, now.status, true, now.body),
			"\n")
		*b = now
	}
	return b.lines
}
