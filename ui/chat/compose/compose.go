// Package compose is the composer of the next message: its text and files, the queue, the draft of each chat, the
// history, and the user's own editor.
//
// Rules: typed text is never lost: it is a draft, a queued message, or back in the composer if sending failed. A paste
// never sends. A reply names the chat that it is for: one for another chat changes nothing here, and its text becomes
// the draft of that chat or stays where it is.
package compose

import (
	"cmp"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/state/session"
	"relaytop/ui/editor"
)

// Store is what the composer needs of the state, in groups.
type Store struct {
	Library Library
	Talk    Talk
	Drafts  Drafts
	Budget  Budget
}

// Library makes the chat for a first message. It answers from memory.
type Library interface {
	New() string
}

// Talk takes messages. Unqueue answers from memory; the others may wait for a disk, so only commands call them.
type Talk interface {
	Ask(chat, text string, files ...session.Part) error
	EditAndResend(chat string, message int64, text string, files ...session.Part) error
	SendQueued(chat string) error
	Unqueue(chat string) (session.Prompt, bool)
}

// Budget is the day's limit in money. It answers from memory.
type Budget interface {
	AllowUnpriced()
}

// Drafts saves drafts. It may wait for a disk, so only commands call it; SaveDraft calls Keep when the program ends.
type Drafts interface {
	Save(chat, text string, files ...session.Part) error
	Drop(chat string, sent session.Prompt) error
	Keep(chat, text string, files ...session.Part) error
}

// Model is the composer of the open chat.
type Model struct {
	store    Store
	external External

	chat    string // its id; "": not made yet
	queue   queue
	editor  *editor.Editor
	files   attachments
	edits   int64 // id of the question that is edited; 0: none
	typing  bool  // letters are text
	focused bool
	undo    undo
	sent    history
	draft   draft
	sending []*sending // messages that the store may not have yet
	look    Look
}

// Options are the settings of the composer.
type Options struct {
	External   External
	DraftPause time.Duration // how long typing must pause before the draft is saved; 0: 400 ms
}

// New makes an empty composer. Letters are text at first.
func New(store Store, o Options) *Model {
	m := &Model{store: store, external: o.External, editor: editor.New(), typing: true}
	m.draft.pause = cmp.Or(o.DraftPause, draftPause)
	m.Resize(80, 24)
	return m
}

// Show takes a new header of the open chat.
func (m *Model) Show(h *session.Header) { m.queue = queue{prompts: h.Queued, busy: h.Busy} }

// Enter takes another chat: its draft and its questions. Text that was typed before there was a chat stays. Show must
// follow.
func (m *Model) Enter(h *session.Header, asked []string) {
	first := m.chat == "" && m.draft.unsaved
	m.chat = h.ID
	m.sent = history{}
	if !first {
		m.load(session.Prompt{Text: h.Draft, Parts: h.Files})
	}
	for _, s := range asked {
		m.sent.add(s)
	}
}

// Update handles the replies to this package's own commands. It returns false for any other message.
func (m *Model) Update(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case sentMsg:
		return m.sentReply(msg), true
	case allowedMsg:
		return m.allowed(msg), true
	case unqueuedMsg:
		return m.unqueued(msg), true
	case attachedMsg:
		return m.attached(msg), true
	case editedMsg:
		return m.edited(msg), true
	case saveMsg:
		now, again := m.draft.due(msg, m.chat)
		if !now {
			return again, true
		}
		return m.SaveNow(), true
	}
	return nil, false
}

// Typing reports whether letters are text.
func (m *Model) Typing() bool { return m.typing }

// SetTyping makes letters text or commands.
func (m *Model) SetTyping(on bool) {
	m.typing = on
	m.editor.Focus(m.focused && on)
}

// Focus tells the composer whether the pane has the keys.
func (m *Model) Focus(on bool) {
	m.focused = on
	m.editor.Focus(on && m.typing)
}

// Resize takes the size of the pane. The text grows up to a third of it.
func (m *Model) Resize(w, h int) { m.editor.Resize(max(w-3, 4), max(h/3-1, 1)) }

// Empty reports whether there is nothing to send.
func (m *Model) Empty() bool { return m.editor.Blank() && len(m.files.chips) == 0 }

// Text is the text, blanks around it included.
func (m *Model) Text() string { return m.editor.Value() }

// Files is the number of attached files.
func (m *Model) Files() int { return len(m.files.chips) }

// OnLastRow reports whether the cursor is on the last row of the text.
func (m *Model) OnLastRow() bool { return m.editor.OnLastRow() }

// Press handles a key that is no action.
func (m *Model) Press(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "up":
		if m.editor.OnFirstRow() && m.recall(-1) {
			return m.draft.saveSoon(m.chat)
		}
	case "down":
		if m.editor.OnLastRow() && m.recall(1) {
			return m.draft.saveSoon(m.chat)
		}
	case "backspace":
		if m.detach() {
			return m.draft.saveSoon(m.chat)
		}
	}
	m.files.pasted = pasted{}
	if !m.edit(k) {
		return nil
	}
	return m.draft.changed(m.chat)
}

// Newline inserts a line break.
func (m *Model) Newline() tea.Cmd {
	m.remember(changeTyped, true)
	m.editor.InsertString("\n")
	return m.draft.changed(m.chat)
}

// BreakLine replaces a backslash at the end of a line, before the cursor, with a line break. False: there is no
// backslash.
func (m *Model) BreakLine() (tea.Cmd, bool) {
	if !m.editor.AfterBackslash() {
		return nil, false
	}
	m.remember(changeOther, true)
	m.editor.BreakAtBackslash()
	return m.draft.changed(m.chat), true
}

// Drop empties the composer. It can be undone.
func (m *Model) Drop() tea.Cmd {
	m.remember(changeOther, true)
	m.editor.SetValue("")
	m.files.chips, m.files.pasted, m.edits = nil, pasted{}, 0
	m.sent.at = len(m.sent.list)
	return m.draft.changed(m.chat)
}

// Edit loads a question into the composer. Once sent, it is a sibling of the old one. A text that is already there is
// not replaced.
func (m *Model) Edit(question int64, p session.Prompt) tea.Cmd {
	switch {
	case m.Empty():
		m.load(p)
		m.edits = question
		m.draft.serial++
		return nil
	case m.edits == question:
		return nil
	}
	return warn("the composer has a text already: send or clear it first")
}

// Editing reports whether a question is edited.
func (m *Model) Editing() bool { return m.edits != 0 }

// prompt is the text and the files, as they would be sent or saved.
func (m *Model) prompt() session.Prompt {
	p := session.Prompt{Text: trim(m.editor.Value())}
	for i := range m.files.chips {
		p.Parts = append(p.Parts, m.files.chips[i].Part)
	}
	return p
}

// load replaces the text and the files.
func (m *Model) load(p session.Prompt) {
	m.editor.SetValue(p.Text)
	m.files.chips, m.files.pasted, m.edits = chipsOf(p.Parts), pasted{}, 0
	m.draft.unsaved, m.draft.counted = false, false
	m.undo = undo{}
	m.sent.at = len(m.sent.list)
}
