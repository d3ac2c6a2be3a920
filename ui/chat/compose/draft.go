package compose

import (
	"errors"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state/session"
	"relaytop/ui/pane"
)

// draft is whether the text is saved, when it will be, and about how many tokens it has.
type draft struct {
	unsaved bool
	serial  int // counts changes: a save of an older one waits for the next pause
	pause   time.Duration
	waiting bool // a saveMsg will come
	pauses  int  // how often saving was put off because typing went on

	counted bool  // tokens were counted
	of      int   // serial that they were counted for
	tokens  int64 // estimate of what would be sent
}

// draftPause is how long typing must pause before the draft is saved. After draftPauses of them it is saved although
// typing goes on.
const (
	draftPause  = 400 * time.Millisecond
	draftPauses = 2
)

// lastWait is how long the end of the program waits for the store to take a message.
const lastWait = 500 * time.Millisecond

// saveMsg asks to save the draft, unless typing goes on.
type saveMsg struct {
	chat   string
	serial int
}

func trim(s string) string { return strings.TrimSpace(s) }

// markUnsaved marks the draft unsaved after a change.
func (d *draft) markUnsaved() {
	d.unsaved = true
	d.serial++
}

// changed marks the draft of a chat unsaved after a change, and saves it soon.
func (d *draft) changed(chat string) tea.Cmd {
	d.markUnsaved()
	return d.saveSoon(chat)
}

// saveSoon saves the draft of a chat when typing pauses. One timer runs at a time: a burst of keys must not start
// thousands.
func (d *draft) saveSoon(chat string) tea.Cmd {
	if d.waiting {
		return nil
	}
	d.waiting = true
	msg := saveMsg{chat: chat, serial: d.serial}
	return tea.Tick(d.pause, func(time.Time) tea.Msg { return msg })
}

// due reports whether the draft of a chat is to be saved now: typing has paused, or has gone on for so long that a
// crash would lose too much. Otherwise again asks once more after the next pause.
func (d *draft) due(msg saveMsg, chat string) (now bool, again tea.Cmd) {
	d.waiting = false
	switch {
	case !d.unsaved:
		return false, nil
	case msg.chat != chat, msg.serial != d.serial && d.pauses < draftPauses:
		d.pauses++
		return false, d.saveSoon(chat)
	}
	d.pauses = 0
	return true, nil
}

// Tokens estimates the tokens of the text and the files.
func (m *Model) Tokens() int64 {
	if d := &m.draft; !d.counted || d.of != d.serial {
		d.tokens = relay.EstimateTokens(m.editor.Value()) + m.files.tokens()
		d.counted, d.of = true, d.serial
	}
	return m.draft.tokens
}

// SaveNow saves the draft if it changed.
func (m *Model) SaveNow() tea.Cmd {
	if m.chat == "" || !m.draft.unsaved {
		return nil
	}
	m.draft.unsaved = false
	return saveDraft(m.store, m.chat, m.prompt(), "the draft was not saved")
}

// saveDraft saves the draft of a chat.
func saveDraft(store Store, chat string, p session.Prompt, failed string) tea.Cmd {
	return func() tea.Msg { return pane.Report(failed, "", store.Drafts.Save(chat, p.Text, p.Parts...)) }
}

// SaveDraft saves the draft, and before its text the messages that the store did not take. It is called once, when the
// program ends, and waits for the disk.
func (m *Model) SaveDraft() error {
	p := m.prompt()
	late := make(chan struct{})
	time.AfterFunc(lastWait, func() { close(late) })
	var errs []error
	for _, s := range slices.Backward(m.sending) {
		switch {
		case !s.lost(late):
		case s.chat == m.chat || s.chat == "":
			p = before(s.prompt, p)
			m.draft.unsaved = true
		default:
			errs = append(errs, m.store.Drafts.Keep(s.chat, s.prompt.Text, s.prompt.Parts...))
		}
	}
	if m.chat != "" && m.draft.unsaved {
		m.draft.unsaved = false
		errs = append(errs, m.store.Drafts.Keep(m.chat, p.Text, p.Parts...))
	}
	return errors.Join(errs...)
}

// before joins two prompts.
func before(p, next session.Prompt) session.Prompt {
	p.Text = trim(p.Text + "\n" + next.Text)
	p.Parts = append(slices.Clone(p.Parts), next.Parts...)
	return p
}
