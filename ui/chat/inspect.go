package chat

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/state/session"
	"relaytop/ui/pane"
	"relaytop/ui/text"
)

// editMsg asks to edit the question above an answer.
type editMsg struct {
	chat   string
	answer int64
}

// inspected is an answer whose request is looked into.
type inspected struct {
	store   Store
	chat    string
	message int64
	column  int // of a comparison; -1: there is none
}

// inspect shows all that is known of the request behind the answer that letters are about.
func (m *Model) inspect() tea.Cmd {
	v, ok := m.answer()
	if !ok {
		return nil
	}
	i := inspected{store: m.store, chat: m.chat.ID, column: -1}
	if m.comparing() {
		i.column = m.compare.At()
	}
	msg := i.tell(&v)
	return func() tea.Msg { return msg }
}

// tell is what the inspector is told of an answer: how it is asked for again, and how its question is edited.
func (i inspected) tell(v *session.View) pane.InspectMsg {
	i.message = v.ID
	msg := pane.InspectMsg{ID: v.Request, What: "answer", Result: v.Result, Replay: i.again}
	if i.column < 0 { // the question of a comparison stays
		edit := editMsg{chat: i.chat, answer: v.ID}
		msg.Edit = tea.Sequence(func() tea.Msg { return pane.FocusMsg{Pane: "chat"} }, func() tea.Msg { return edit })
	}
	return msg
}

// again asks for another answer and shows its request in place of the one before.
func (i inspected) again() tea.Msg {
	ask := func() error { return i.store.Talk.Regenerate(i.chat, i.message) }
	if i.column >= 0 {
		ask = func() error { return i.store.Comparing.Again(i.chat, i.column) }
	}
	if err := ask(); err != nil {
		return pane.ToastMsg{Level: state.Bad, Text: "not asked again: " + text.Line(err.Error())}
	}
	if cols := i.store.Comparing.Columns(i.chat); i.column >= 0 && i.column < len(cols) {
		return i.tell(&cols[i.column].Answer)
	}
	if views := i.store.Talk.Messages(i.chat); len(views) > 0 {
		return i.tell(&views[len(views)-1])
	}
	return nil
}

// editAsked takes the question above an answer into the composer.
func (m *Model) editAsked(msg editMsg) tea.Cmd {
	shown := slices.ContainsFunc(m.views, func(v session.View) bool { return v.ID == msg.answer })
	if msg.chat != m.chat.ID || m.comparing() || !shown {
		return pane.Toast(state.Warn, "another chat is open by now")
	}
	m.read.Choose(msg.answer)
	return m.edit()
}
