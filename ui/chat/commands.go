package chat

import (
	"errors"
	"slices"
	"strings"
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
	out    *sending
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

// draftPause is how long typing rests before the draft is saved, and draftPauses how many times it may go on before it is saved in any case.
const (
	draftPause  = 400 * time.Millisecond
	draftPauses = 2
)

// sending is a prompt on its way into the store.
type sending struct {
	chat   string // "": a new one
	prompt session.Prompt
	done   chan error // takes one
	over   bool
}

// arrived reports that the store has it.
func (s *sending) arrived() bool {
	if !s.over {
		select {
		case err := <-s.done:
			s.over = err == nil
		default:
		}
	}
	return s.over
}

// lastWait is how long the end of the program waits for a prompt that is on its way.
const lastWait = 500 * time.Millisecond

// lost reports that a prompt did not reach the store in time, or not at all.
func (s *sending) lost(late <-chan struct{}) bool {
	if s.over {
		return false
	}
	select {
	case err := <-s.done:
		return err != nil
	case <-late:
		return true
	}
}

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
	m.read.Bottom()
	out := &sending{chat: chat, prompt: prompt, done: make(chan error, 1)}
	m.sending = append(slices.DeleteFunc(m.sending, (*sending).arrived), out)
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
		out.done <- err
		if err == nil { // it is sent: a draft that could not be cleared must not look like a message that was not
			if draft := store.DropDraft(id, prompt); draft != nil {
				return doneMsg{what: "the draft could not be cleared", err: draft}
			}
		}
		return askedMsg{chat: chat, prompt: prompt, edits: edits, err: err, out: out}
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

// SaveDraft keeps what is in the composer, and before it the prompts that the store did not take. The root calls it once when the program
// ends.
func (m *Model) SaveDraft() error {
	draft := m.compose.prompt()
	late := make(chan struct{})
	time.AfterFunc(lastWait, func() { close(late) })
	var errs []error
	for _, s := range slices.Backward(m.sending) {
		switch {
		case !s.lost(late):
		case s.chat == m.chat.ID || s.chat == "":
			draft = before(s.prompt, draft)
			m.compose.dirty = true
		default:
			errs = append(errs, m.store.KeepDraft(s.chat, s.prompt.Text, s.prompt.Parts...))
		}
	}
	if m.chat.ID != "" && m.compose.dirty {
		m.compose.dirty = false
		errs = append(errs, m.store.KeepDraft(m.chat.ID, draft.Text, draft.Parts...))
	}
	return errors.Join(errs...)
}

// before is a prompt with another one behind it.
func before(p, next session.Prompt) session.Prompt {
	p.Text = strings.TrimSpace(p.Text + "\n" + next.Text)
	p.Parts = append(slices.Clone(p.Parts), next.Parts...)
	return p
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
