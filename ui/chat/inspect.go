package chat

import (
	"errors"
	"slices"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/session"
	"relaytop/ui/chat/compose"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/text"
)

// editMsg asks to edit the question above an answer.
type editMsg struct {
	chat   string
	answer int64
}

// inspected is an answer whose request the inspector shows.
type inspected struct {
	store   Store
	chat    string
	message int64
	column  int // of a comparison; -1: not in one
}

// inspect opens the inspector on the request of the answer that letters are about.
func (m *Model) inspect() tea.Cmd {
	v, ok := m.answer()
	if !ok {
		return nil
	}
	i := inspected{store: m.store, chat: m.chat.ID, column: -1}
	if m.comparing() {
		i.column = m.compare.At()
	}
	msg := i.open(&v)
	return func() tea.Msg { return msg }
}

// open returns the message that opens the inspector on an answer, with its commands to ask again and to edit.
func (i inspected) open(v *session.View) pane.InspectMsg {
	i.message = v.ID
	msg := pane.InspectMsg{ID: v.Request, What: "answer", Result: v.Result, Lost: v.Partial,
		Replay: i.again}
	if i.column < 0 { // the question of a comparison stays
		edit := editMsg{chat: i.chat, answer: v.ID}
		msg.Edit = tea.Sequence(func() tea.Msg { return pane.FocusMsg{Pane: "chat"} }, func() tea.Msg { return edit })
	}
	return msg
}

// again asks for another answer, and shows its request in place of the old one.
func (i inspected) again() tea.Msg {
	ask := func() error { return i.store.Talk.Regenerate(i.chat, i.message) }
	if i.column >= 0 {
		ask = func() error { return i.store.Comparing.Again(i.chat, i.column) }
	}
	err := ask()
	var unpriced *relay.UnpricedError
	if errors.As(err, &unpriced) {
		return overlay.OpenMsg{Dialog: compose.UnpricedDialog(unpriced, i.store.Budget, i.again)}
	}
	if err != nil {
		return pane.ToastMsg{Level: state.Bad, Text: "not asked again: " + text.Line(err.Error())}
	}
	if cols := i.store.Comparing.Columns(i.chat); i.column >= 0 && i.column < len(cols) {
		return i.open(&cols[i.column].Answer)
	}
	if views := i.store.Talk.Messages(i.chat); len(views) > 0 {
		return i.open(&views[len(views)-1])
	}
	return nil
}

// editAsked loads the question above an answer into the composer.
func (m *Model) editAsked(msg editMsg) tea.Cmd {
	shown := slices.ContainsFunc(m.views, func(v session.View) bool { return v.ID == msg.answer })
	if msg.chat != m.chat.ID || m.comparing() || !shown {
		return pane.Toast(state.Warn, "another chat is open by now")
	}
	m.read.Choose(msg.answer)
	return m.edit()
}
