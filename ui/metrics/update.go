package metrics

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// Update takes keys and the wheel; messages of other panes are none of ours.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		for i := range m.actions {
			if a := &m.actions[i]; key.Matches(msg, a.Binding) && a.On() {
				return a.Do()
			}
		}
	case tea.MouseWheelMsg:
		if msg.Button == tea.MouseWheelUp {
			return m.turn(1)()
		}
		return m.turn(-1)()
	}
	return nil
}
