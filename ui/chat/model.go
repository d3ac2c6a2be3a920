// Package chat is the pane in which you talk to a model.
//
// Rules: what has ended is rendered once for each width and style, what is off the screen is not rendered at all, and a token costs the same in
// a long chat as in a short one. New text never moves a reader who has scrolled up. Whatever was typed is kept: as a draft, as a queued
// prompt, or back in the composer when sending failed. Everything that may wait is a command; its reply names the chat that it was for.
package chat

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/state/session"
	"relaytop/ui/chat/compare"
	"relaytop/ui/chat/compose"
	"relaytop/ui/chat/settings"
	"relaytop/ui/chat/transcript"
	"relaytop/ui/markdown"
	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/text"
)

// Model is the pane. It implements pane.Pane.
type Model struct {
	env   *pane.Env
	store Store
	opts  Options
	kit   *markdown.Kit

	w, h    int
	focused bool
	now     time.Time // of the last snapshot
	calm    time.Time // of the snapshot that figures are as of: numbers that change thirty times a second can't be read, and cost bytes
	gauged  session.Header
	demo    bool
	chat    session.Header
	model   string // that the next message goes to
	views   []session.View

	compare   *compare.Model
	settings  *settings.Model
	read      *transcript.Model
	compose   *compose.Model
	count     int // digits typed before a letter
	actions   []pane.Action
	inReading []pane.Action // the same, as the footer shows it while one reads; made when it is first needed
	clock     func() time.Time
	ended     time.Time // when an answer of this chat ended last, by the clock

	cache  string
	cached drawn
	stale  bool
}

// drawn is what a drawn screen depends on beside the state.
type drawn struct {
	st      *style.Styles
	w, h    int
	focused bool
}

var _ pane.Pane = (*Model)(nil)

// New makes the pane. env is shared: its styles may be replaced at any time.
func New(env *pane.Env, store Store, o Options) *Model {
	m := &Model{env: env, store: store, opts: o, kit: markdown.NewKit(), stale: true, clock: time.Now}
	m.read = transcript.New(m.kit)
	m.compare = compare.New(env, store, m.kit, m.compared)
	external := compose.External{Command: o.Editor}
	m.compose = compose.New(env, store, compose.Options{External: external, DraftPause: o.DraftPause})
	m.settings = settings.New(env, store, o.Models, external)
	m.actions = m.table() // which holds methods of the parts
	return m
}

// Name is the pane's fixed name.
func (m *Model) Name() string { return "chat" }

// Title is the title of the open chat.
func (m *Model) Title() string {
	if m.comparing() {
		return m.env.Styles.Muted.Paint(m.compare.Title(m.w))
	}
	if m.chat.Title == "" {
		return m.env.Styles.Muted.Paint("new chat")
	}
	return m.env.Styles.Muted.Paint(text.Line(m.chat.Title))
}

// Status is the model that the next message goes to.
func (m *Model) Status() string {
	if m.comparing() {
		return ""
	}
	return m.env.Styles.Muted.Paint(text.Line(m.model))
}

// Typing reports that letters go into the composer.
func (m *Model) Typing() bool { return m.compose.Typing() }

// Actions are what the pane can do, the most useful first for what one is at.
func (m *Model) Actions() []pane.Action {
	list := m.actions
	if !m.compose.Typing() {
		if m.inReading == nil {
			m.inReading = readOrder(m.actions)
		}
		list = m.inReading
	}
	send, leave := "send", "read"
	switch _, last := m.lastFailed(); {
	case m.chat.Busy:
		send = "queue" // it waits for the answer before it
	case last && m.compose.Empty():
		send = "all of it"
	}
	if m.compose.Editing() {
		leave = "drop the edit"
	}
	for i := range list {
		switch a := &list[i]; a.Name {
		case "chat.send":
			a.Binding.SetHelp(a.Binding.Help().Key, send)
		case "chat.read":
			a.Binding.SetHelp(a.Binding.Help().Key, leave)
		}
	}
	return list
}

// Focus gives or takes the keys.
func (m *Model) Focus(on bool) {
	if !on {
		m.read.Unmark()
	}
	m.focused, m.stale = on, true
	m.compose.Focus(on)
}

// Resize sets the inner size.
func (m *Model) Resize(w, h int) {
	if w != m.w || h != m.h {
		m.w, m.h, m.stale = w, h, true
		m.compose.Resize(w, h)
		m.read.SetLook(m.look())
	}
}

// Refresh takes what changed.
func (m *Model) Refresh(s *state.Snapshot) {
	m.stale = true
	m.now, m.demo = s.At, s.Demo
	streamed, in := m.streaming(), m.chat.ID
	m.model = s.Chat.Model
	if m.model == "" {
		m.model = s.Model
	}
	switch {
	case s.Chat.ID != m.chat.ID:
		m.enter(s.Chat)
	case s.Chat.Version != m.chat.Version:
		same := s.Chat.Shape == m.chat.Shape && s.Chat.Shape != 0
		if m.chat = s.Chat; same {
			m.grow()
		} else {
			m.views = slices.Clone(m.store.Messages(m.chat.ID))
		}
		m.read.Show(m.views)
		m.showCompared()
	}
	m.settings.Show(m.chat, m.model)
	m.compose.Show(&m.chat)
	m.settle()
	m.read.SetLook(m.look())
	if m.w >= leastWidth && m.read.Reveal() {
		m.reading()
		m.count = 0
	}
	if streamed && in == m.chat.ID && !m.streaming() {
		m.ended = m.clock()
	}
}

// grow takes what was added to the answers in flight. The views are the pane's own: a thousand messages are not copied for each frame.
func (m *Model) grow() {
	for _, v := range m.store.Growing(m.chat.ID) {
		i := len(m.views) - 1
		for i >= 0 && m.views[i].ID != v.ID {
			i--
		}
		if i >= 0 {
			m.views[i] = v
		}
	}
}

// calmly is how long figures of an answer in flight stand still.
const calmly = 250 * time.Millisecond

// settle lets the figures catch up, four times a second while something streams and at once when that ends.
func (m *Model) settle() {
	if d := m.now.Sub(m.calm); m.chat.Busy && m.chat.ID == m.gauged.ID && m.gauged.Busy && d >= 0 && d < calmly {
		return
	}
	m.calm, m.gauged = m.now, m.chat
	m.compare.Settle()
}

// enter shows another chat: its draft, its end.
func (m *Model) enter(h session.Header) {
	m.chat = h
	m.views = slices.Clone(m.store.Messages(h.ID))
	m.read.Enter(h.ID, m.views)
	m.count, m.ended = 0, time.Time{}
	m.showCompared()
	var asked []string
	for i := range m.views {
		if v := &m.views[i]; v.Role == roleUser {
			asked = append(asked, v.Text)
		}
	}
	m.compose.Enter(&h, asked)
}

// streaming reports whether an answer of this chat is in flight.
func (m *Model) streaming() bool {
	n := len(m.views)
	return m.chat.Streaming || n > 0 && m.views[n-1].Phase != session.Ended
}

// Cursor is where the composer's cursor stands.
func (m *Model) Cursor() *tea.Cursor {
	if !m.focused || m.h < 3 {
		return nil
	}
	return m.compose.Cursor(m.h)
}

const (
	roleUser      = "user"
	roleAssistant = "assistant"
)
