package chat

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/ui/pane"
)

func (m *Model) newChat() tea.Cmd {
	m.writing()
	if m.chat.ID != "" && len(m.views) == 0 {
		return pane.Toast(state.Info, "this chat is new")
	}
	return tea.Sequence(m.compose.SaveNow(), m.library.create())
}

// fork makes a chat of its own of what was said down to the chosen message.
func (m *Model) fork() tea.Cmd {
	v, ok := m.selected()
	if !ok {
		return nil
	}
	return tea.Sequence(m.compose.SaveNow(), m.library.fork(m.chat.ID, v.ID))
}

// SaveDraft keeps what is written. The root calls it once when the program ends.
func (m *Model) SaveDraft() error { return m.compose.SaveDraft() }
