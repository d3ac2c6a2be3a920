// Package compose is where the next message is written: its text and files, the messages that wait for an answer,
// the draft of each chat, what was sent before, and the user's own editor.
//
// Rules: whatever was typed is kept, as a draft, as a queued message, or back in the composer when sending failed.
// A paste never sends. A reply names the chat that it was for: one of another chat changes nothing here, and a text
// that it carries goes into the draft of its own chat or stays where it is.
package compose

import (
	"cmp"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/state/session"
	"relaytop/ui/editor"
)

// Store is what the composer needs of the state, by what it is about.
type Store struct {
	Library Library
	Talk    Talk
	Drafts  Drafts
}

// Library makes the chat of the first message. It answers from memory.
type Library interface {
	New() string
}

// Talk takes messages. Unqueue answers from memory; the others may wait for a disk and are called from commands only.
type Talk interface {
	Ask(chat, text string, files ...session.Part) error
	EditAndResend(chat string, message int64, text string, files ...session.Part) error
	SendQueued(chat string) error
	Unqueue(chat string) (session.Prompt, bool)
}

// Drafts keeps what is not sent. It may wait for a disk and is called from commands only, but for Keep, which
// SaveDraft calls when the program ends.
type Drafts interface {
	Save(chat, text string, files ...session.Part) error
	Drop(chat string, sent session.Prompt) error
	Keep(chat, text string, files ...session.Part) error
}

// Model is the composer of the open chat.
type Model struct {
	store    Store
	external External

	chat    string // its id; "": there is none yet
	queue   queue
	editor  *editor.Editor
	files   attachments
	edits   int64 // the question that is edited; 0: none
	typing  bool  // letters are text
	focused bool
	undo    undo
	sent    history
	draft   draft
	sending []*sending // messages that the store may not have yet
	look    Look
}

// Options are what the composer is told at the start.
type Options struct {
	External   External
	DraftPause time.Duration // how long typing rests before the draft is saved; 0: 400 ms
}

// New makes an empty composer that takes letters.
func New(store Store, o Options) *Model {
	m := &Model{store: store, external: o.External, editor: editor.New(), typing: true}
	m.draft.pause = cmp.Or(o.DraftPause, draftPause)
	m.Resize(80, 24)
	return m
}

// Show takes what changed in the open chat.
func (m *Model) Show(h *session.Header) { m.queue = queue{prompts: h.Queued, busy: h.Busy} }

// Enter takes another chat: its draft, and what was asked in it. What was typed before there was a chat stays. Show
// must follow.
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

// Update takes the replies of this package's own commands; false: the message is not one of them.
func (m *Model) Update(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case sentMsg:
		return m.sentReply(msg), true
	case unqueuedMsg:
		return m.unqueued(msg), true
	case attachedMsg:
		return m.attached(msg), true
	case editedMsg:
		return m.edited(msg), true
	case saveMsg:
		return m.save(msg), true
	}
	return nil, false
}

// Typing reports that letters are text.
func (m *Model) Typing() bool { return m.typing }

// SetTyping makes letters text, or gives them away.
func (m *Model) SetTyping(on bool) {
	m.typing = on
	m.editor.Focus(m.focused && on)
}

// Focus gives the pane's keys to the composer, or takes them.
func (m *Model) Focus(on bool) {
	m.focused = on
	m.editor.Focus(on && m.typing)
}

// Resize takes the size of the pane. The text grows up to a third of it.
func (m *Model) Resize(w, h int) { m.editor.Resize(max(w-3, 4), max(h/3-1, 1)) }

// Empty reports that there is nothing to send.
func (m *Model) Empty() bool { return m.editor.Blank() && len(m.files.chips) == 0 }

// Text is what is written, as it is.
func (m *Model) Text() string { return m.editor.Value() }

// Files is the number of files that are attached.
func (m *Model) Files() int { return len(m.files.chips) }

// OnLastRow reports that the cursor stands on the last row of the text.
func (m *Model) OnLastRow() bool { return m.editor.OnLastRow() }

// Press takes a key as text.
func (m *Model) Press(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "up":
		if m.editor.OnFirstRow() && m.recall(-1) {
			return m.saveSoon()
		}
	case "down":
		if m.editor.OnLastRow() && m.recall(1) {
			return m.saveSoon()
		}
	case "backspace":
		if m.detach() {
			return m.saveSoon()
		}
	}
	m.files.pasted = pasted{}
	if !m.edit(k) {
		return nil
	}
	return m.changed()
}

// Newline inserts a line break.
func (m *Model) Newline() tea.Cmd {
	m.remember(changeTyped, true)
	m.editor.InsertString("\n")
	return m.changed()
}

// BreakLine replaces a backslash before the cursor, at the end of a line, by a line break; false: there is none.
func (m *Model) BreakLine() (tea.Cmd, bool) {
	if !m.editor.AfterBackslash() {
		return nil, false
	}
	m.remember(changeOther, true)
	m.editor.BreakAtBackslash()
	return m.changed(), true
}

// Drop empties the composer. It can be undone.
func (m *Model) Drop() tea.Cmd {
	m.remember(changeOther, true)
	m.editor.SetValue("")
	m.files.chips, m.files.pasted, m.edits = nil, pasted{}, 0
	m.sent.at = len(m.sent.list)
	return m.changed()
}

// Edit takes a question into the composer; sent, it stands beside the old one. What is written already is not
// replaced.
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
	return warn("something is written already: send it or clear it first")
}

// Editing reports that a question is edited.
func (m *Model) Editing() bool { return m.edits != 0 }

// prompt is what would be sent, and what the draft is.
func (m *Model) prompt() session.Prompt {
	p := session.Prompt{Text: trim(m.editor.Value())}
	for i := range m.files.chips {
		p.Parts = append(p.Parts, m.files.chips[i].Part)
	}
	return p
}

// load replaces all that is written.
func (m *Model) load(p session.Prompt) {
	m.editor.SetValue(p.Text)
	m.files.chips, m.files.pasted, m.edits = chipsOf(p.Parts), pasted{}, 0
	m.draft.unsaved, m.draft.weighed = false, false
	m.undo = undo{}
	m.sent.at = len(m.sent.list)
}
