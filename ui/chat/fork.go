package chat

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/state/session"
)

// fork makes a chat of its own of what was said down to the chosen message, and opens it.
func (m *Model) fork() tea.Cmd {
	v, ok := m.selected()
	if !ok {
		return nil
	}
	store, chat := m.store, m.chat.ID
	return tea.Sequence(m.compose.SaveNow(), func() tea.Msg {
		_, err := store.Fork(chat, v.ID)
		return doneMsg{what: "not forked", say: "this is the fork: the chat that it comes from stays as it is", err: err}
	})
}

func (m *Model) whyFork() string {
	switch v, ok := m.selected(); {
	case !ok:
		return "nothing was said yet"
	case v.Phase != session.Ended:
		return "it is still streaming"
	}
	return ""
}
