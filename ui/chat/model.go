// Package chat is the pane for talking to a model.
//
// Rules: data goes one way: Refresh reads the store, arrange hands each part plain values, and View draws what the
// parts hold. What has ended is rendered once for each width and style, what is off the screen is not rendered at all,
// and a token costs the same in a long chat as in a short one. New text never moves a reader who has scrolled up.
// Typed text is never lost: it is a draft, a queued prompt, or back in the composer if sending failed. Everything that
// may wait is a command; its reply names the chat that it is for.
package chat

import (
	"cmp"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/session"
	"relaytop/ui/chat/compare"
	"relaytop/ui/chat/compose"
	"relaytop/ui/chat/settings"
	"relaytop/ui/chat/transcript"
	"relaytop/ui/markdown"
	"relaytop/ui/pane"
	"relaytop/ui/style"
)

// Model is the pane. It implements pane.Pane. It reads the store, hands each part plain values, and joins what they
// draw.
type Model struct {
	env     *pane.Env
	store   Store
	models  models
	library library

	compare  *compare.Model
	settings *settings.Model
	read     *transcript.Model
	compose  *compose.Model

	chat  session.Header // the open chat
	views []session.View // the shown path of its tree
	model string         // that the next message goes to
	count int            // digits typed before a letter

	frame   frame
	pace    pace
	actions actions
}

// frame is the drawn pane, and what it depends on besides the state.
type frame struct {
	w, h    int
	focused bool
	demo    bool          // the relay is the simulated one
	st      *style.Styles // as of the last arrange
	window  contextWindow // as of the last arrange
	limits  []relay.Allowance
	screen  string
	stale   bool
}

// pace decides which figures are shown, and knows when an answer ended.
type pace struct {
	now    time.Time      // of the last snapshot
	calm   time.Time      // of the snapshot that figures are from: one that changes 30 times a second cannot be read
	header session.Header // of the chat, as of calm
	clock  func() time.Time
	ended  time.Time // when the last answer of this chat ended
}

// actions are what the pane can do, in the order of the footer while the composer has the keys and while it has not.
type actions struct {
	writing, reading []pane.Action
	now              situation // which of them are on, as of the last arrange
}

// models are those that can be picked.
type models struct {
	list func() []ModelChoice // answers from memory; nil: none is known
	now  []ModelChoice        // as of the last Refresh
}

var _ pane.Pane = (*Model)(nil)

// New makes the pane. env is shared: its styles may be replaced before any Refresh.
func New(env *pane.Env, store Store, o Options) *Model {
	kit := markdown.NewKit()
	m := &Model{env: env, store: store, models: models{list: o.Models}, library: library{env: env, store: store}}
	m.frame.stale, m.frame.st, m.pace.clock = true, env.Styles, time.Now
	m.read = transcript.New(kit)
	m.compare = compare.New(compare.Store{Library: store.Library, Comparing: store.Comparing}, kit,
		sideBySideModels(o.Models))
	external := compose.External{Command: o.Editor}
	m.compose = compose.New(compose.Store{Library: store.Library, Talk: store.Talk, Drafts: store.Drafts,
		Budget: store.Budget},
		compose.Options{External: external, DraftPause: o.DraftPause})
	m.settings = settings.New(settings.Store{Library: store.Library, Settings: store.Settings}, o.Models, external)
	all := slices.Concat(m.writeTable(), m.readTable(), m.chatsTable())
	m.actions.writing = followedBy(all, m.arrange) // the palette runs them without Update
	env.Keys.Add(m.actions.writing)
	m.actions.now = m.situation()
	return m
}

// Name is the pane's fixed name.
func (m *Model) Name() string { return "chat" }

// Typing reports whether letters are text for the composer, rather than commands.
func (m *Model) Typing() bool { return m.compose.Typing() }

// Actions are what the pane can do, the most useful first.
func (m *Model) Actions() []pane.Action {
	if m.compose.Typing() {
		return m.actions.writing
	}
	if m.actions.reading == nil { // a copy, so it is made after the configuration's keys are bound
		m.actions.reading = readOrder(m.actions.writing)
	}
	return m.actions.reading
}

// Focus gives or takes the keys.
func (m *Model) Focus(on bool) {
	if !on {
		m.read.Unmark()
	}
	m.frame.focused, m.frame.stale = on, true
	m.compose.Focus(on)
	m.arrange()
}

// Resize sets the inner size.
func (m *Model) Resize(w, h int) {
	if w != m.frame.w || h != m.frame.h {
		m.frame.w, m.frame.h, m.frame.stale = w, h, true
		m.compose.Resize(w, h)
		m.arrange()
	}
}

// Refresh takes a new snapshot.
func (m *Model) Refresh(s *state.Snapshot) {
	m.frame.stale = true
	m.pace.now, m.frame.demo, m.frame.limits = s.At, s.Demo, s.Limits
	streamed, in := m.streaming(), m.chat.ID
	m.model = cmp.Or(s.Chat.Model, s.Model)
	if m.models.list != nil {
		m.models.now = m.models.list()
	}
	if changed := s.Chat.ID != m.chat.ID || s.Chat.Version != m.chat.Version; changed {
		m.take(s.Chat)
	}
	m.settings.Show(m.chat, m.model)
	m.compose.Show(&m.chat)
	if m.pace.settle(&m.chat) {
		m.compare.Settle()
	}
	m.arrange()
	if m.frame.w >= leastWidth && m.read.Reveal() {
		m.reading()
		m.count = 0
		m.arrange()
	}
	if streamed && in == m.chat.ID && !m.streaming() {
		m.pace.ended = m.pace.clock()
	}
}

// replace puts the newest views of answers in flight into views. So a frame does not copy a thousand messages.
func replace(views, newest []session.View) {
	for _, v := range newest {
		i := len(views) - 1
		for i >= 0 && views[i].ID != v.ID {
			i--
		}
		if i >= 0 {
			views[i] = v
		}
	}
}

// settleEvery is how often the figures of an answer in flight change.
const settleEvery = 250 * time.Millisecond

// settle takes the newest figures, four times a second while an answer streams and at once when it ends. It reports
// whether it did.
func (p *pace) settle(h *session.Header) bool {
	if d := p.now.Sub(p.calm); h.Busy && h.ID == p.header.ID && p.header.Busy && d >= 0 && d < settleEvery {
		return false
	}
	p.calm, p.header = p.now, *h
	return true
}

// take reads the open chat from the store, as far as it changed, and hands it to the parts.
func (m *Model) take(h session.Header) {
	other, grows := h.ID != m.chat.ID, h.Shape == m.chat.Shape && h.Shape != 0
	switch m.chat = h; {
	case other:
		m.enter()
	case grows:
		replace(m.views, m.store.Talk.Growing(h.ID))
		m.read.Show(m.views)
	default:
		m.views = slices.Clone(m.store.Talk.Messages(h.ID))
		m.read.Show(m.views)
	}
	var columns []session.Column
	if len(h.Compare) > 0 {
		columns = m.store.Comparing.Columns(h.ID)
	}
	m.compare.Show(h.ID, h.Compare, columns)
}

// enter shows another chat: its draft and the end of its messages.
func (m *Model) enter() {
	m.views = slices.Clone(m.store.Talk.Messages(m.chat.ID))
	m.read.Enter(m.chat.ID, m.views)
	m.count, m.pace.ended = 0, time.Time{}
	var asked []string
	for i := range m.views {
		if v := &m.views[i]; v.Role == relay.RoleUser {
			asked = append(asked, v.Text)
		}
	}
	m.compose.Enter(&m.chat, asked)
}

// streaming reports whether an answer of this chat is in flight.
func (m *Model) streaming() bool {
	n := len(m.views)
	return m.chat.Streaming || n > 0 && m.views[n-1].Phase != session.Ended
}

// Cursor is the position of the composer's cursor.
func (m *Model) Cursor() *tea.Cursor {
	if !m.frame.focused || m.frame.h < 3 {
		return nil
	}
	return m.compose.Cursor(m.frame.h)
}
