// Package inspect shows one request, over all panes: its attempts and where their time went, the gaps between chunks,
// what it cost and how that is known, headers and bodies as they were on the wire.
//
// A request is shown from memory. One that is not there any more is shown from what came with the message, which a
// row of a run takes from its journal, and from the archive, which a command reads. It names what was not kept and
// shows the rest. A live request is drawn four times a second, a finished one once. Text from a relay passes
// ui/text. A command that is copied runs nothing but that command.
//
// The Model scrolls and takes keys. What is drawn is a page: a value made from the request, the look and the size.
// A viewport keeps the place in each tab; the lines in view are joined here, because the viewport's View renders
// them through a lipgloss style of their width: 5.1 ms at 160x45 against 0.8, and a line that is too wide would be
// wrapped.
package inspect

import (
	"time"

	"charm.land/bubbles/v2/viewport"
	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/ui/pane"
	"relaytop/ui/widget"
)

// Requests is what the view needs of the state.
type Requests interface {
	// Inspect answers from memory.
	Inspect(relay.ID) state.Inspection
	// Recorded is what was stored of a request that ended; nil: nothing was. It waits for the disk.
	Recorded(relay.ID) (*relay.Result, error)
}

// redrawEvery is the shortest time between two drawings when only the clock and the stream moved.
const redrawEvery = 250 * time.Millisecond

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
	sent    Requests
	actions []pane.Action

	w, h    int
	now     time.Time // of the last snapshot
	subject pane.InspectMsg
	in      state.Inspection
	stored  stored
	chosen  int // attempt, from 0; -1: the last
	tab     tab

	ports [numTabs]viewport.Model // the scroll position of each tab
	lines []string                // of the tab
	body  bodyCache
	drawn drawn
}

// drawn is the last drawing and what the tab's lines were made of.
type drawn struct {
	screen string // "": the lines in view changed
	at     time.Time
	gen    int  // of the styles
	stale  bool // the lines must be made again
}

var _ pane.Pane = (*Model)(nil)

// New makes the view. env is shared: its styles may be replaced at any time.
func New(env *pane.Env, sent Requests) *Model {
	m := &Model{env: env, sent: sent, chosen: -1, drawn: drawn{stale: true}}
	for i := range m.ports {
		m.ports[i] = viewport.New()
	}
	m.actions = m.table()
	env.Keys.Add(m.actions)
	return m
}

// Open shows another request. The tab stays the same. The command reads what is not in memory.
func (m *Model) Open(subject pane.InspectMsg) tea.Cmd {
	m.subject, m.chosen, m.body, m.drawn.stale = subject, -1, bodyCache{}, true
	m.in, m.stored = state.Inspection{}, stored{}
	for i := range m.ports {
		m.ports[i].GotoTop()
	}
	if in := m.sent.Inspect(subject.ID); in.Result == nil && incomplete(subject.Result) {
		m.stored.reading = true
	}
	m.read()
	if m.stored.reading {
		return m.readStored()
	}
	return nil
}

// Close forgets the request, so that its bodies can be freed.
func (m *Model) Close() {
	m.subject, m.in, m.stored = pane.InspectMsg{}, state.Inspection{}, stored{}
	m.lines, m.body, m.drawn = nil, bodyCache{}, drawn{stale: true}
	for i := range m.ports {
		m.ports[i].SetContentLines(nil)
	}
}

// read asks the store. What has left the memory while it is shown stays as it was.
func (m *Model) read() {
	in := m.sent.Inspect(m.subject.ID)
	switch before := &m.in; {
	case in.Result != nil:
	case before.Result != nil && before.Result.Status != "":
		in.Result, in.Exchanges = before.Result, before.Exchanges
	default:
		in.Result = m.stored.with(m.subject.Result)
	}
	if in.Result == nil {
		in.Result = &relay.Result{ID: m.subject.ID}
	}
	m.in = in
}

// Name is the fixed name.
func (m *Model) Name() string { return "inspect" }

// Title is the request, and which of the tab's lines are in view if not all are.
func (m *Model) Title() string {
	what := m.subject.What
	if what == "" {
		what = "request"
	}
	s := what + " " + m.subject.ID.String()
	if m.w < besideFrom {
		s = m.subject.ID.String()
	}
	if port := m.port(); m.overflows() {
		first, all := port.YOffset()+1, port.TotalLineCount()
		last := min(first+m.h-1, all)
		at := widget.Count(int64(first)) + m.env.Styles.Glyphs.Range + widget.Count(int64(last)) +
			" of " + widget.Count(int64(all))
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

// Refresh takes what changed. A change that a person waits for (another attempt, a wait, the end) is drawn at once.
func (m *Model) Refresh(s *state.Snapshot) {
	m.now = s.At
	if m.subject.ID != 0 {
		before := m.in
		m.read()
		if changed(&before, &m.in) || m.in.Live && s.At.Sub(m.drawn.at) >= redrawEvery {
			m.drawn.stale = true
		}
	}
	if m.drawn.stale || m.drawn.gen != m.env.Styles.Generation {
		m.layout()
	}
}

// changed reports whether more than the figures of a stream differ.
func changed(a, b *state.Inspection) bool {
	return a.Live != b.Live || a.Waits != b.Waits || len(a.Exchanges) != len(b.Exchanges) ||
		len(a.Result.Attempts) != len(b.Result.Attempts) ||
		a.Result.Timing.First.IsZero() != b.Result.Timing.First.IsZero()
}

// Resize gives the inner size.
func (m *Model) Resize(w, h int) {
	if w != m.w || h != m.h {
		m.w, m.h, m.drawn.stale = w, h, true
	}
}

// Focus does nothing: while the view is open it has the keys.
func (m *Model) Focus(bool) {}

// Typing is false: the view takes no text.
func (m *Model) Typing() bool { return false }

// Cursor is nil: there is nothing to type into.
func (m *Model) Cursor() *tea.Cursor { return nil }

// port is the viewport of the tab.
func (m *Model) port() *viewport.Model { return &m.ports[m.tab] }

// overflows reports whether the tab has more lines than are in view.
func (m *Model) overflows() bool { return m.h > 0 && m.port().TotalLineCount() > m.h }
