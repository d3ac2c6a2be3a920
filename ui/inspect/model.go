// Package inspect shows one request, over all panes: its attempts and where their time went, the gaps between chunks, what it cost and how
// that is known, headers and bodies as they were on the wire.
//
// Rules: it reads only what the store has in memory; what is not kept is said to be gone, and all the rest is shown. While the request runs
// it is drawn four times a second, and not at all once nothing moves. Everything that came from a relay passes ui/text, and what is
// copied as a command runs nothing but that command.
package inspect

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/ui/pane"
	"relaytop/ui/widget"
)

// Store is what the view needs of the state. It answers from memory.
type Store interface {
	Inspect(relay.ID) state.Inspection
}

// beat is the shortest time between two drawings when nothing but the clock and the stream moved.
const beat = 250 * time.Millisecond

// tab is one page of the view.
type tab uint8

const (
	overview tab = iota
	chunks
	request
	response
	numTabs
)

var tabNames = [numTabs]string{"overview", "chunks", "request", "response"}

// Model is the view. It implements pane.Pane.
type Model struct {
	env     *pane.Env
	store   Store
	actions []pane.Action

	w, h    int
	now     time.Time // of the last snapshot
	subject pane.InspectMsg
	in      state.Inspection
	tab     tab
	top     [numTabs]int // first line that is seen
	chosen  int          // attempt, from 0; -1: the last

	stale   bool
	drawn   string
	drawnAt time.Time
	gen     int
	lines   int // of the tab that is drawn
	body    painted
}

// painted is a body, ready to be drawn: making it costs a pass over all of it.
type painted struct {
	key   paintedKey
	lines []string
}

type paintedKey struct {
	id      relay.ID
	attempt int
	tab     tab
	w, gen  int
}

var _ pane.Pane = (*Model)(nil)

// New makes the view. env is shared: its styles may be replaced at any time.
func New(env *pane.Env, store Store) *Model {
	m := &Model{env: env, store: store, chosen: -1, stale: true}
	m.actions = m.table()
	return m
}

// Open shows another request. The tab stays: whoever looks at headers goes on looking at headers.
func (m *Model) Open(subject pane.InspectMsg) {
	m.subject, m.chosen, m.top, m.stale = subject, -1, [numTabs]int{}, true
	m.body = painted{}
	m.read()
}

// Close lets go of what was shown.
func (m *Model) Close() {
	m.subject, m.in, m.body, m.drawn = pane.InspectMsg{}, state.Inspection{}, painted{}, ""
}

// read asks the store. What it has let go of may still have come with the message.
func (m *Model) read() {
	m.in = m.store.Inspect(m.subject.ID)
	if m.in.Result == nil {
		m.in.Result = m.subject.Result
	}
	if m.in.Result == nil {
		m.in.Result = &relay.Result{ID: m.subject.ID}
	}
}

// Name is the fixed name.
func (m *Model) Name() string { return "inspect" }

// Title is the request, and where one is in what does not fit.
func (m *Model) Title() string {
	what := m.subject.What
	if what == "" {
		what = "request"
	}
	s := what + " " + m.subject.ID.String()
	if m.w < besideFrom {
		s = m.subject.ID.String()
	}
	if m.lines > m.h && m.h > 0 {
		first := m.top[m.tab] + 1
		at := widget.Count(int64(first)) + m.env.Styles.Glyphs.Range + widget.Count(int64(min(first+m.h-1, m.lines))) + " of " + widget.Count(int64(m.lines))
		if m.w < besideFrom {
			s = at
		} else {
			s += "  " + at
		}
	}
	return m.env.Styles.Muted.Paint(s)
}

// Status is the tabs.
func (m *Model) Status() string {
	st, s := m.env.Styles, ""
	for t, name := range tabNames {
		if t > 0 {
			s += " "
		}
		if tab(t) == m.tab {
			s += st.Text.Bold().Paint("[" + name + "]")
		} else {
			s += st.Muted.Paint(" " + name + " ")
		}
	}
	return s
}

// Refresh takes what changed. Between two beats only what a person waits for is drawn: another attempt, a wait, the end.
func (m *Model) Refresh(s *state.Snapshot) {
	m.now = s.At
	if m.subject.ID == 0 {
		return
	}
	before := m.in
	m.read()
	moved := before.Live != m.in.Live || before.Waits != m.in.Waits || len(before.Exchanges) != len(m.in.Exchanges) ||
		len(before.Result.Attempts) != len(m.in.Result.Attempts) || before.Result.Timing.First.IsZero() != m.in.Result.Timing.First.IsZero()
	if moved || m.in.Live && s.At.Sub(m.drawnAt) >= beat {
		m.stale = true
	}
}

// Resize gives the inner size.
func (m *Model) Resize(w, h int) {
	if w != m.w || h != m.h {
		m.w, m.h, m.stale = w, h, true
	}
}

// Focus does nothing: while it is open it has the keys.
func (m *Model) Focus(bool) {}

// Typing is false: it takes no text.
func (m *Model) Typing() bool { return false }

// Cursor is nil: there is nothing to type into.
func (m *Model) Cursor() *tea.Cursor { return nil }

// lost reports a request whose end nobody wrote down: the program that sent it was killed.
func (m *Model) lost() bool {
	r := m.in.Result
	return !m.in.Live && r.Status == "" && len(r.Attempts) == 0 && !r.Cached
}

// attempt is the index of the chosen attempt, -1 if there is none.
func (m *Model) attempt() int {
	n := len(m.in.Result.Attempts)
	if m.chosen < 0 || m.chosen >= n {
		return n - 1
	}
	return m.chosen
}

// exchange is what the chosen attempt put on the wire, or nil.
func (m *Model) exchange() *relay.Exchange {
	i := m.attempt()
	if i < 0 {
		return nil
	}
	var found *relay.Exchange
	for k := range m.in.Exchanges {
		if x := &m.in.Exchanges[k]; x.Attempt == m.in.Result.Attempts[i].N {
			found = x
		}
	}
	return found
}
