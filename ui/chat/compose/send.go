package compose

import (
	"errors"
	"slices"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/session"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/text"
)

// sentMsg is the reply to sending prompt to chat.
type sentMsg struct {
	chat   string
	prompt session.Prompt
	edits  int64
	err    error
	out    *sending
}

// unqueuedMsg is a message that was taken back from the queue.
type unqueuedMsg struct {
	chat   string
	prompt session.Prompt
}

// sending is a message that the store may not have yet.
type sending struct {
	chat   string // "": a new one
	prompt session.Prompt
	done   chan error // of the store's verb; size 1
	over   bool       // nothing is left to save of it
}

// arrived reports whether the store has it.
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

// lost reports whether the store has not taken it by the time that late is closed.
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

// Send sends the text and the files to the open chat, or to a new one.
func (m *Model) Send() tea.Cmd { return m.Ask(m.prompt()) }

// Ask sends a prompt and empties the composer.
func (m *Model) Ask(p session.Prompt) tea.Cmd {
	store, chat, edits := m.store, m.chat, m.edits
	folded := p.Fold()
	m.sent.add(folded.Text)
	m.load(session.Prompt{})
	m.draft.serial++
	out := &sending{chat: chat, prompt: p, done: make(chan error, 1)}
	m.sending = append(slices.DeleteFunc(m.sending, (*sending).arrived), out)
	return func() tea.Msg {
		id := chat
		if id == "" {
			id = store.Library.New()
		}
		var err error
		if edits != 0 {
			err = store.Talk.EditAndResend(id, edits, folded.Text, folded.Parts...)
		} else {
			err = store.Talk.Ask(id, folded.Text, folded.Parts...)
		}
		out.done <- err
		if err == nil { // sent: if the draft cannot be cleared, that is reported as such
			if err := store.Drafts.Drop(id, p); err != nil {
				return pane.Report("the draft could not be cleared", "", err)
			}
		}
		return sentMsg{chat: chat, prompt: p, edits: edits, err: err, out: out}
	}
}

// sentReply handles the reply to sending. What was not sent returns to the composer, or to the draft of its chat.
func (m *Model) sentReply(msg sentMsg) tea.Cmd {
	if msg.out != nil {
		msg.out.over = true
	}
	if msg.err == nil {
		return nil
	}
	toast := pane.Toast(state.Bad, "not sent: "+text.Line(msg.err.Error()))
	var unpriced *relay.UnpricedError
	if errors.As(msg.err, &unpriced) && msg.chat == m.chat {
		toast = m.askUnpriced(unpriced)
	}
	if msg.chat != m.chat && msg.chat != "" {
		return tea.Batch(toast, saveDraft(m.store, msg.chat, msg.prompt, "the unsent message could not be saved"))
	}
	edits := m.edits
	if m.Empty() {
		edits = msg.edits
	}
	m.load(before(msg.prompt, m.prompt()))
	m.edits = edits
	return tea.Batch(toast, m.draft.changed(m.chat))
}

// allowedMsg says that the user agreed to send without a known price, in a chat.
type allowedMsg struct{ chat string }

// askUnpriced asks whether to send although the price of the model is not known.
func (m *Model) askUnpriced(no *relay.UnpricedError) tea.Cmd {
	chat := m.chat
	return overlay.Open(UnpricedDialog(no, m.store.Budget, func() tea.Msg { return allowedMsg{chat: chat} }))
}

// UnpricedDialog asks whether to send although the price of a model is not known. then runs after the user agreed.
func UnpricedDialog(no *relay.UnpricedError, budget Budget, then tea.Cmd) overlay.Dialog {
	detail := text.Line(no.Error()) + ".\n\nWithout a price the budget holds nothing back of what this model costs: " +
		"until midnight its requests are counted beside the budget."
	return overlay.Confirm("Send to a model without a known price?", detail, func() tea.Msg {
		budget.AllowUnpriced()
		return then()
	})
}

// allowed sends what is in the composer, if the chat is still open.
func (m *Model) allowed(msg allowedMsg) tea.Cmd {
	if msg.chat != m.chat || m.Empty() {
		return nil
	}
	return m.Send()
}

// Spend makes a command that runs a verb that sends, and shows how it ended. If the price of a model is not known, it
// asks, and runs the verb again once the user agreed.
func Spend(failed string, budget Budget, verb func() error) tea.Cmd {
	return func() tea.Msg {
		err := verb()
		var unpriced *relay.UnpricedError
		if errors.As(err, &unpriced) {
			again := func() tea.Msg { return pane.Report(failed, "", verb()) }
			return overlay.OpenMsg{Dialog: UnpricedDialog(unpriced, budget, again)}
		}
		return pane.Report(failed, "", err)
	}
}

// SendQueued sends the first queued message, which after a stop is not sent by itself.
func (m *Model) SendQueued() tea.Cmd {
	store, chat := m.store, m.chat
	return Spend("not sent", store.Budget, func() error { return store.Talk.SendQueued(chat) })
}

// Unqueue takes a queued message back into the composer.
func (m *Model) Unqueue() tea.Cmd {
	store, chat := m.store, m.chat
	return func() tea.Msg {
		p, ok := store.Talk.Unqueue(chat)
		if !ok {
			return nil
		}
		return unqueuedMsg{chat: chat, prompt: p}
	}
}

// WhyUnqueue returns why nothing can be taken back; "" if something can.
func (m *Model) WhyUnqueue() string {
	if len(m.queue.prompts) == 0 {
		return "nothing is queued"
	}
	return ""
}

// Waiting reports whether queued messages wait for enter.
func (m *Model) Waiting() bool { return len(m.queue.prompts) > 0 && !m.queue.busy }

// unqueued puts a message that was taken back before the text. If another chat is open by now, the message is queued
// again in its own.
func (m *Model) unqueued(msg unqueuedMsg) tea.Cmd {
	p := msg.prompt
	if store := m.store; msg.chat != m.chat {
		return func() tea.Msg {
			return pane.Report("a queued message was not put back", "", store.Talk.Ask(msg.chat, p.Text, p.Parts...))
		}
	}
	m.SetTyping(true)
	if typed := m.editor.Value(); typed != "" {
		p.Text += "\n" + typed
	}
	chips := m.files.chips
	m.load(p)
	m.files.chips = append(m.files.chips, chips...)
	return m.draft.changed(m.chat)
}
