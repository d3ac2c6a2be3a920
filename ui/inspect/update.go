package inspect

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/ui/pane"
	"relaytop/ui/text"
)

// Update takes a key, the mouse, or what was read from the archive.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case storedMsg:
		m.takeStored(msg)
	case tea.KeyPressMsg:
		return m.press(msg)
	case tea.MouseWheelMsg:
		switch msg.Button {
		case tea.MouseWheelUp:
			return m.scroll(-pane.WheelLines)()
		case tea.MouseWheelDown:
			return m.scroll(pane.WheelLines)()
		}
	}
	return nil
}

// press does what a key is for, or says why it is off.
func (m *Model) press(k tea.KeyPressMsg) tea.Cmd {
	if cmd := pane.Press(m.actions, k); cmd != nil {
		return cmd
	}
	for i := range m.actions {
		if a := &m.actions[i]; key.Matches(k, a.Binding) && !a.On() && !a.Hidden {
			return pane.Toast(state.Info, text.Line(a.Why()))
		}
	}
	return nil
}

// Has reports whether a key is one of the view's own.
func (m *Model) Has(k tea.KeyPressMsg) bool {
	for i := range m.actions {
		if key.Matches(k, m.actions[i].Binding) {
			return true
		}
	}
	return false
}
