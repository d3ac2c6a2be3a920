package batch

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/state/job"
	"relaytop/ui/pane"
)

// Update takes keys, the mouse and the answers of the pane's own commands.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return pane.Press(m.actions, msg)
	case tea.MouseWheelMsg:
		if msg.Button == tea.MouseWheelUp {
			return m.move(-3)()
		}
		return m.move(3)()
	case tea.MouseClickMsg:
		return m.click(msg.Y)
	case startMsg:
		return m.start(job.Options(msg))
	case started:
		m.begun(msg)
	case goTo:
		m.filter = everything
		m.follow, m.sel, m.stale = false, int(msg)-1, true
	}
	return nil
}

// click chooses the row under the mouse; a second click on it shows it in full.
func (m *Model) click(y int) tea.Cmd {
	i := y - m.top
	if m.top == 0 || i < 0 || i >= len(m.rows) {
		return nil
	}
	again := !m.follow && m.sel == m.from+i
	m.follow, m.sel, m.stale = false, m.from+i, true
	if again {
		return m.showRow()
	}
	return nil
}

// begun takes the answer of start, unless another start came after it.
func (m *Model) begun(msg started) {
	if msg.asked != m.asked {
		return
	}
	m.starting, m.stale = "", true
	m.problem, m.refused = msg.err, msg.o
}
