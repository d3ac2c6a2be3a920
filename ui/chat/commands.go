package chat

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/ui/pane"
)

// doneMsg is the reply of anything that only needs to tell when it failed.
type doneMsg struct {
	what string
	say  string // when it went well; "": nothing
	err  error
}

// openMsg asks to open a chat that was picked.
type openMsg string

// try runs one verb of the store.
func try(what string, verb func() error) tea.Cmd {
	return func() tea.Msg { return doneMsg{what: what, err: verb()} }
}

// openChat saves the draft of the chat that is left and opens another one.
func (m *Model) openChat(id string) tea.Cmd {
	store := m.store
	return tea.Sequence(m.compose.SaveNow(), try("the chat was not opened", func() error { return store.Open(id) }))
}

// SaveDraft keeps what is written. The root calls it once when the program ends.
func (m *Model) SaveDraft() error { return m.compose.SaveDraft() }

func (m *Model) newChat() tea.Cmd {
	m.writing()
	if m.chat.ID != "" && len(m.views) == 0 {
		return pane.Toast(state.Info, "this chat is new")
	}
	store := m.store
	return tea.Sequence(m.compose.SaveNow(), try("no new chat", func() error {
		return store.Open(store.NewChat())
	}))
}
