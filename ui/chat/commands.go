package chat

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/state/session"
	"relaytop/ui/chat/compose"
	"relaytop/ui/chat/transcript"
	"relaytop/ui/pane"
)

// send sends the text of the composer. With an empty composer it sends the first queued message or the example of an
// empty chat, or shows the details of a failed answer.
func (m *Model) send() tea.Cmd {
	if cmd, ok := m.compose.BreakLine(); ok {
		return cmd
	}
	if m.compose.Empty() {
		v, last := m.lastFailed()
		switch {
		case m.compose.Waiting():
			m.read.Follow()
			return m.compose.SendQueued()
		case len(m.views) == 0:
			return m.compose.Ask(session.Prompt{Text: example})
		case last:
			return transcript.Details(&v)
		}
		return nil
	}
	if action, ok := m.compose.Command(); ok {
		return tea.Batch(m.compose.Drop(), func() tea.Msg { return pane.ActionMsg{Name: action} })
	}
	m.read.Bottom()
	return m.compose.Send()
}

func (m *Model) stop() tea.Cmd {
	store, chat := m.store, m.chat.ID
	return func() tea.Msg {
		store.Talk.Stop(chat)
		return nil
	}
}

// sendNow sends what our own limits hold back.
func (m *Model) sendNow() tea.Cmd {
	store, chat := m.store, m.chat.ID
	return func() tea.Msg {
		store.Talk.SendNow(chat)
		return nil
	}
}

// restAfter is how long esc does not leave the composer after an answer has ended. Pressed to stop that answer,
// perhaps twice, it must not turn the next words into commands.
const restAfter = time.Second

// leave makes letters commands, and drops an edit that was begun.
func (m *Model) leave() tea.Cmd {
	if m.pace.clock().Sub(m.pace.ended) < restAfter {
		m.pace.ended = time.Time{} // the second esc leaves
		key := m.env.Keys.Of("chat.read", true)
		return pane.Toast(state.Info, "the answer has ended; "+key+" again leaves the composer")
	}
	var drop tea.Cmd
	if m.compose.Editing() {
		drop = m.compose.Drop()
	}
	m.reading()
	return tea.Batch(drop, m.compose.SaveNow())
}

// browse leaves the composer while an answer is in flight, which esc would stop.
func (m *Model) browse() tea.Cmd {
	m.reading()
	return m.compose.SaveNow()
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
	if m.comparing() {
		return compose.Spend("not asked again", store.Budget, m.compare.Again())
	}
	m.read.Follow()
	return compose.Spend("not asked again", store.Budget, func() error { return store.Talk.Regenerate(chat, v.ID) })
}

// edit loads a question into the composer. Once sent, it is a sibling of the old one.
func (m *Model) edit() tea.Cmd {
	v, ok := m.read.Question()
	if !ok {
		return nil
	}
	m.writing()
	return m.compose.Edit(v.ID, session.Prompt{Text: v.Text, Parts: v.Parts})
}

// goOn asks for the rest of an answer that was cut. The whole is a sibling of it.
func (m *Model) goOn() tea.Cmd {
	v, _ := m.answer()
	store, chat := m.store, m.chat.ID
	m.read.Follow()
	return compose.Spend("not continued", store.Budget, func() error { return store.Talk.Continue(chat, v.ID) })
}

func (m *Model) sibling(delta int) func() tea.Cmd {
	return func() tea.Cmd {
		v, ok := m.selected()
		if !ok {
			return nil
		}
		store, chat := m.store, m.chat.ID
		return func() tea.Msg {
			store.Talk.Switch(chat, v.ID, delta)
			return nil
		}
	}
}

func (m *Model) newChat() tea.Cmd {
	m.writing()
	if m.chat.ID != "" && len(m.views) == 0 {
		return pane.Toast(state.Info, "this chat is new")
	}
	return tea.Sequence(m.compose.SaveNow(), m.library.create())
}

// fork copies the messages up to the selected one into a new chat.
func (m *Model) fork() tea.Cmd {
	v, ok := m.selected()
	if !ok {
		return nil
	}
	return tea.Sequence(m.compose.SaveNow(), m.library.fork(m.chat.ID, v.ID))
}

// SaveDraft saves the draft. The root calls it once, when the program ends.
func (m *Model) SaveDraft() error { return m.compose.SaveDraft() }
