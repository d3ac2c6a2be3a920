package metrics

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/ui/pane"
)

// Update takes keys and the mouse. Other messages are ignored.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return pane.Press(m.actions, msg)
	case tea.MouseClickMsg:
		m.click(msg.X, msg.Y)
	case tea.MouseWheelMsg:
		if msg.Button == tea.MouseWheelUp {
			return m.turn(1)()
		}
		return m.turn(-1)()
	}
	return nil
}
