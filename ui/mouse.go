package ui

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/ui/widget"
)

// mouse turns a mouse message into what lies under it: a tab, the split, a pane. The pane on which a button went
// down has the mouse until it goes up: what is dragged out of it is still its own.
func (m *model) mouse(msg tea.MouseMsg) tea.Cmd {
	if m.looking {
		return m.look.Update(shift(msg, 2, 1))
	}
	at := msg.Mouse()
	switch msg.(type) {
	case tea.MouseReleaseMsg:
		if m.dragging {
			m.dragging = false
			return m.keepTheSplit()
		}
	case tea.MouseMotionMsg:
		if m.dragging && m.w > 0 {
			m.split = float64(at.X) / float64(m.w)
			m.relayout()
			return nil
		}
	case tea.MouseClickMsg:
		m.grip = noPane
		if i := m.tabAt(at.X, at.Y); i >= 0 {
			return m.focusOn(i)
		}
		if edge := m.layout.panes[paneChat].w; m.layout.wide && (at.X == edge-1 || at.X == edge) {
			m.dragging = true
			return nil
		}
	}
	i := m.gripped(msg, m.paneAt(at.X, at.Y))
	if i < 0 {
		return nil
	}
	var cmds []tea.Cmd
	if _, ok := msg.(tea.MouseClickMsg); ok {
		cmds = append(cmds, m.focusOn(i))
	}
	x, y := m.layout.origin(i)
	cmds = append(cmds, m.panes[i].Update(shift(msg, x, y)))
	m.stale = true
	return tea.Batch(cmds...)
}

// gripped is the pane that a message is for, and under is the one that lies there.
func (m *model) gripped(msg tea.MouseMsg, under int) int {
	switch msg.(type) {
	case tea.MouseClickMsg:
		m.grip = under
	case tea.MouseMotionMsg, tea.MouseReleaseMsg:
		if m.grip >= 0 && m.shown(m.grip) {
			under = m.grip
		}
		if _, up := msg.(tea.MouseReleaseMsg); up {
			m.grip = noPane
		}
	}
	return under
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

// tabAt is the pane whose tab lies under a cell of a narrow screen, or -1.
func (m *model) tabAt(x, y int) int {
	if y != 0 || m.layout.wide || m.layout.zoomed {
		return -1
	}
	return widget.TabAt(m.tabList(), x)
}
