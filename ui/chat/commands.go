package chat

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/state/session"
	"relaytop/ui/pane"
)

// askedMsg is the reply of a send: the chat and the prompt that it was for.
type askedMsg struct {
	chat   string
	prompt session.Prompt
	edits  int64
	err    error
}

// unqueuedMsg is a prompt that was taken back.
type unqueuedMsg struct {
	chat   string
	prompt session.Prompt
}

// doneMsg is the reply of anything that only needs to tell when it failed.
type doneMsg struct {
	what string
	say  string // when it went well; "": nothing
	err  error
}

// saveMsg asks to save the draft unless typing went on.
type saveMsg struct {
	chat   string
	serial int
}

// openMsg asks to open a chat that was picked.
type openMsg string

// draftPause is how long typing rests before the draft is saved.
const draftPause = 400 * time.Millisecond

// try runs one verb of the store.
func try(what string, verb func() error) tea.Cmd {
	return func() tea.Msg { return doneMsg{what: what, err: verb()} }
}

// ask sends a prompt to the open chat, or to a new one.
func (m *Model) ask(prompt session.Prompt) tea.Cmd {
	store, chat, edits := m.store, m.chat.ID, m.compose.edits
	sent := prompt.Fold()
	m.compose.remember(sent.Text)
	m.compose.load(session.Prompt{})
	m.compose.serial++
	m.sel = 0
	m.bottom()
	return func() tea.Msg {
		id := chat
		if id == "" {
			id = store.NewChat()
		}
		var err error
		if edits != 0 {
			err = store.EditAndResend(id, edits, sent.Text, sent.Parts...)
		} else {
			err = store.Ask(id, sent.Text, sent.Parts...)
		}
		if err == nil { // it is sent: a draft that could not be cleared must not look like a message that was not
			if draft := store.SaveDraft(id, ""); draft != nil {
				return doneMsg{what: "the draft could not be cleared", err: draft}
			}
		}
		return askedMsg{chat: chat, prompt: prompt, edits: edits, err: err}
	}
}

// saveSoon saves the draft when typing pauses. One clock runs at a time: keys that come in a burst must not start thousands.
func (m *Model) saveSoon() tea.Cmd {
	if m.armed {
		return nil
	}
	m.armed = true
	msg := saveMsg{chat: m.chat.ID, serial: m.compose.serial}
	return tea.Tick(m.pause, func(time.Time) tea.Msg { return msg })
}

// saveNow saves the draft.
func (m *Model) saveNow() tea.Cmd {
	if m.chat.ID == "" || !m.compose.dirty {
		return nil
	}
	m.compose.dirty = false
	store, chat, draft := m.store, m.chat.ID, m.compose.prompt()
	return try("the draft was not saved", func() error { return store.SaveDraft(chat, draft.Text, draft.Parts...) })
}

// SaveDraft saves what is in the composer at once. The root calls it once when the program ends.
func (m *Model) SaveDraft() error {
	if m.chat.ID == "" || !m.compose.dirty {
		return nil
	}
	m.compose.dirty = false
	draft := m.compose.prompt()
	return m.store.SaveDraft(m.chat.ID, draft.Text, draft.Parts...)
}

// openChat saves the draft of the chat that is left and opens another one.
func (m *Model) openChat(id string) tea.Cmd {
	store := m.store
	return tea.Sequence(m.saveNow(), try("the chat was not opened", func() error { return store.Open(id) }))
}

func (m *Model) newChat() tea.Cmd {
	m.writing()
	if m.chat.ID != "" && len(m.views) == 0 {
		return pane.Toast(state.Info, "this chat is new")
	}
	store := m.store
	return tea.Sequence(m.saveNow(), try("no new chat", func() error {
		return store.Open(store.NewChat())
	}))
}
