package ui

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/ui/widget"
)

// pointer is the state of the mouse.
type pointer struct {
	off      bool // the terminal has the mouse
	dragging bool // the split follows it
	grip     int  // the pane on which its button is down, or noPane
}

// target is the pane that a message is for; under is the one that lies there, or noPane. The pane on which a button
// went down has the mouse until it goes up: what is dragged out of it still belongs to it.
func (p *pointer) target(msg tea.MouseMsg, under int, l *layout) int {
	switch msg.(type) {
	case tea.MouseClickMsg:
		p.grip = under
	case tea.MouseMotionMsg, tea.MouseReleaseMsg:
		if p.grip >= 0 && l.shown(p.grip) {
			under = p.grip
		}
		if _, up := msg.(tea.MouseReleaseMsg); up {
			p.grip = noPane
		}
	}
	return under
}

// mouse hands a mouse message to what lies under it: a tab, the split or a pane.
func (m *model) mouse(msg tea.MouseMsg) tea.Cmd {
	if m.inspector.open {
		return m.inspector.pane.Update(shift(msg, 2, 1))
	}
	at := msg.Mouse()
	switch msg.(type) {
	case tea.MouseReleaseMsg:
		if m.pointer.dragging {
			m.pointer.dragging = false
			return m.saveSplit()
		}
	case tea.MouseMotionMsg:
		if m.pointer.dragging && m.layout.w > 0 {
			m.layout.split = float64(at.X) / float64(m.layout.w)
			m.relayout()
			return nil
		}
	case tea.MouseClickMsg:
		m.pointer.grip = noPane
		if i := m.tabAt(at.X, at.Y); i >= 0 {
			return m.focusOn(i)
		}
		if m.layout.onSplit(at.X) {
			m.pointer.dragging = true
			return nil
		}
	}
	i := m.pointer.target(msg, m.layout.paneAt(at.X, at.Y), &m.layout)
	if i < 0 {
		return nil
	}
	var cmds []tea.Cmd
	if _, ok := msg.(tea.MouseClickMsg); ok {
		cmds = append(cmds, m.focusOn(i))
	}
	x, y := m.layout.origin(i)
	cmds = append(cmds, m.panes[i].Update(shift(msg, x, y)))
	m.screen.stale = true
	return tea.Batch(cmds...)
}

// shift makes a mouse message relative to a pane's inner corner.
func shift(msg tea.MouseMsg, x, y int) tea.Msg {
	switch e := msg.(type) {
	case tea.MouseClickMsg:
		e.X, e.Y = e.X-x, e.Y-y
		return e
	case tea.MouseReleaseMsg:
		e.X, e.Y = e.X-x, e.Y-y
		return e
	case tea.MouseWheelMsg:
		e.X, e.Y = e.X-x, e.Y-y
		return e
	case tea.MouseMotionMsg:
		e.X, e.Y = e.X-x, e.Y-y
		return e
	}
	return msg
}

// tabAt is the pane whose tab lies under a cell of a narrow screen, or noPane.
func (m *model) tabAt(x, y int) int {
	if y != 0 || m.layout.wide || m.layout.zoomed {
		return noPane
	}
	return widget.TabAt(m.tabList(), x)
}
