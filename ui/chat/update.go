package chat

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/ui/pane"
)

// Update handles a key, a paste, the mouse, or the reply to one of the pane's own commands.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	cmd := m.handle(msg)
	m.arrange()
	return cmd
}

func (m *Model) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		m.frame.stale = true
		if m.read.Key(msg) {
			return nil
		}
		cmd := m.press(msg)
		m.read.Unmark()
		return cmd
	case tea.PasteMsg:
		m.read.Unmark()
		m.writing()
		return m.compose.Paste(msg.Content)
	case tea.MouseMsg:
		return m.mouse(msg)
	case openMsg:
		return tea.Sequence(m.compose.SaveNow(), m.library.open(string(msg)))
	case hitMsg:
		return m.openHit(msg)
	case shownMsg:
		return m.shown(msg)
	case editMsg:
		return m.editAsked(msg)
	}
	for _, part := range []func(tea.Msg) (tea.Cmd, bool){m.compose.Update, m.settings.Update} {
		if cmd, ok := part(msg); ok {
			m.frame.stale = true
			return cmd
		}
	}
	return m.reads(msg)
}

// press runs the action of a key. A key without one goes to the composer, or moves.
func (m *Model) press(k tea.KeyPressMsg) tea.Cmd {
	why := ""
	for i := range m.actions.writing {
		a := &m.actions.writing[i]
		if !key.Matches(k, a.Binding) || m.compose.Typing() && (!a.Typing || k.Text != "") {
			continue // in the composer a letter is text
		}
		if a.On() {
			cmd := a.Do()
			if s := k.String(); len(s) != 1 || s[0] < '0' || s[0] > '9' {
				m.count = 0
			}
			return cmd
		}
		why = a.Why()
	}
	if !m.compose.Typing() {
		if why != "" && k.String() != "esc" {
			return pane.Toast(state.Info, why)
		}
		return m.letter(k)
	}
	if k.String() == "end" && !m.read.Following() && m.compose.OnLastRow() {
		m.read.Follow()
	}
	return m.compose.Press(k)
}

// letter handles the keys that scroll and the digits, while letters are commands.
func (m *Model) letter(k tea.KeyPressMsg) tea.Cmd {
	switch s := k.String(); s {
	case "up":
		m.scroll(-1)
	case "down":
		m.scroll(1)
	case "1", "2", "3", "4", "5", "6", "7", "8", "9", "0":
		if m.comparing() {
			return m.adopt(int(s[0]-'0') - 1)
		}
		m.count = min(m.count*10+int(s[0]-'0'), 999)
	}
	return nil
}

// writing makes letters text for the composer.
func (m *Model) writing() {
	m.frame.stale, m.count = true, 0
	m.read.Leave()
	m.compose.SetTyping(true)
}

// reading makes letters commands.
func (m *Model) reading() {
	m.frame.stale = true
	m.compose.SetTyping(false)
}
