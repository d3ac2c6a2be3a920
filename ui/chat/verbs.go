package chat

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/state/session"
	"relaytop/ui/chat/transcript"
	"relaytop/ui/pane"
)

func (m *Model) send() tea.Cmd {
	if m.compose.backslash() {
		return m.saveSoon()
	}
	if m.compose.empty() {
		v, last := m.lastFailed()
		switch {
		case len(m.chat.Queued) > 0 && !m.chat.Busy:
			return m.sendQueued()
		case len(m.views) == 0:
			return m.ask(session.Prompt{Text: example})
		case last:
			return transcript.Details(&v)
		}
		return nil
	}
	if query, ok := m.compose.command(); ok {
		return m.runCommand(query)
	}
	return m.ask(m.compose.prompt())
}

// sendQueued sends the first prompt that waits: after a stop it does not go by itself.
func (m *Model) sendQueued() tea.Cmd {
	store, chat := m.store, m.chat.ID
	m.read.Follow()
	return try("not sent", func() error { return store.SendQueued(chat) })
}

func (m *Model) newline() tea.Cmd {
	m.writing()
	m.compose.newline()
	return m.saveSoon()
}

func (m *Model) stop() tea.Cmd {
	store, chat := m.store, m.chat.ID
	return func() tea.Msg {
		store.Stop(chat)
		return doneMsg{}
	}
}

// restAfter is how long esc does nothing once an answer has ended: pressed to stop it, perhaps twice, it must not turn what is typed next
// into commands.
const restAfter = time.Second

// takeBack undoes or redoes what was done to what is written.
func (m *Model) takeBack(again bool) func() tea.Cmd {
	return func() tea.Cmd {
		m.writing()
		m.compose.takeBack(again)
		return m.saveSoon()
	}
}

// leave takes the letters from the composer, and drops an edit that was begun.
func (m *Model) leave() tea.Cmd {
	if m.clock().Sub(m.ended) < restAfter {
		m.ended = time.Time{} // once is a slip, twice is meant
		return pane.Toast(state.Info, "the answer has ended; esc again leaves the composer")
	}
	if m.compose.edits != 0 {
		m.compose.drop()
	}
	m.reading()
	return m.saveNow()
}

// browse leaves the composer while an answer is written, which esc would stop.
func (m *Model) browse() tea.Cmd {
	m.reading()
	return m.saveNow()
}

func (m *Model) unqueue() tea.Cmd {
	store, chat := m.store, m.chat.ID
	return func() tea.Msg {
		p, ok := store.Unqueue(chat)
		if !ok {
			return doneMsg{}
		}
		return unqueuedMsg{chat: chat, prompt: p}
	}
}

// allOfIt tells all of a failure.
func (m *Model) allOfIt() tea.Cmd {
	v, _ := m.selected()
	return transcript.Details(&v)
}

// write goes back to the composer.
func (m *Model) write() tea.Cmd {
	m.writing()
	return nil
}

// lastFailed is the last answer, if it failed.
func (m *Model) lastFailed() (session.View, bool) {
	if n := len(m.views); n > 0 && !m.comparing() && transcript.Failed(&m.views[n-1]) {
		return m.views[n-1], true
	}
	return session.View{}, false
}

func (m *Model) regenerate() tea.Cmd {
	v, _ := m.answer()
	store, chat := m.store, m.chat.ID
	if at := m.side.at; m.comparing() {
		return try("not asked again", func() error { return store.Again(chat, at) })
	}
	m.read.Follow()
	return try("not asked again", func() error { return store.Regenerate(chat, v.ID) })
}

// edit takes a question into the composer; sent, it stands beside the old one.
func (m *Model) edit() tea.Cmd {
	v, ok := m.read.Question()
	if !ok {
		return nil
	}
	m.writing()
	if !m.compose.empty() && m.compose.edits != v.ID {
		return pane.Toast(state.Warn, "something is written already: send it or clear it first")
	}
	if m.compose.edits == v.ID && !m.compose.empty() { // it is edited already
		return nil
	}
	m.compose.load(session.Prompt{Text: v.Text, Parts: v.Parts})
	m.compose.edits = v.ID
	m.compose.serial++
	return nil
}

// goOn asks for the rest of an answer that was cut, as a sibling of it.
func (m *Model) goOn() tea.Cmd {
	v, _ := m.answer()
	store, chat := m.store, m.chat.ID
	m.read.Follow()
	return try("not continued", func() error { return store.Continue(chat, v.ID) })
}

func (m *Model) sibling(delta int) func() tea.Cmd {
	return func() tea.Cmd {
		v, ok := m.selected()
		if !ok {
			return nil
		}
		store, chat := m.store, m.chat.ID
		return func() tea.Msg {
			store.Switch(chat, v.ID, delta)
			return doneMsg{}
		}
	}
}
