// Package batch is the pane of runs: it starts them from a file or the built-in sample, shows the rows while they
// stream, and pauses, resumes, resizes and cancels. It asks the store only for the rows that are on the screen: in
// Refresh, and when another part of the list is to be shown. Drawing asks nothing.
package batch

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/job"
	"relaytop/ui/markdown"
	"relaytop/ui/pane"
)

// Runs are what the pane needs of the state. List and what is in rows answer from memory; the others may wait and are
// called from commands.
type Runs interface {
	Start(job.Options) (id string, err error)
	Pause(id string) error
	// Hold opens a run, reads its input and journal, and sends nothing.
	Hold(ctx context.Context, id string) (job.Header, error)
	// Release closes a run that Hold opened, unless it went on.
	Release(id string) error
	Resume(id string) error
	Cancel(id string) error
	PollNow(id string) error
	// Detach leaves a run to its provider: it is paused and closed.
	Detach(ctx context.Context, id string) error
	Resize(id string, n int)
	RetryFailed(id string) error
	Show(id string)
	SetBudget(id string, budget relay.Money) error
	Preview(ctx context.Context, path string) (job.Plan, error)
	Refresh() error
	RetryRow(id string, n int) error
	// RowCost is what a row will cost if it is sent. It reads the row.
	RowCost(id string, n int) (job.RowCost, error)
	Skip(id string, n int) error
	List() []job.Header // newest first
	// Parts are the parts of a run that a provider carries, and their newest steps, oldest first.
	Parts(id string) ([]job.Part, []job.PartStep)
	rows
	planner
	wholes
	finder
}

// rereadEvery is the shortest time between two readings of the rows when only the clock moved: tenths of a second are
// shown.
const rereadEvery = 100 * time.Millisecond

// Model is the pane.
type Model struct {
	env     *pane.Env
	book    Runs
	kit     *markdown.Kit
	actions []pane.Action

	w, h    int
	focused bool
	run     job.Header
	seen    seen
	pace    pace

	list   list
	parts  parts
	search search
	launch launch
	drawn  drawn
}

// launch is the run that is being started, or the last one that could not be, and what was agreed to before.
type launch struct {
	serial  int             // counts starts: a stale reply is dropped
	file    string          // what is being opened; "": nothing
	problem error           // why the last start failed
	refused job.Options     // what it was started with
	agreed  map[string]bool // runs of which a pre-flight was accepted, by id
}

// drawn is the last drawing and what it was made of.
type drawn struct {
	screen string
	gen    int // of the styles
	stale  bool
}

// New makes the pane.
func New(env *pane.Env, book Runs) *Model {
	m := &Model{env: env, book: book, kit: markdown.NewKit(), launch: launch{agreed: map[string]bool{}},
		list: list{follow: true, unread: true}}
	m.actions = m.table()
	env.Keys.Add(m.actions)
	return m
}

// Name is the pane's short name.
func (m *Model) Name() string { return "batch" }

// Typing reports that what is searched for is being typed.
func (m *Model) Typing() bool { return m.search.line != nil }

// Cursor is that of the text that is searched for.
func (m *Model) Cursor() *tea.Cursor {
	if m.search.line == nil || m.list.top < 2 {
		return nil
	}
	return m.search.line.Cursor(0, m.list.top-2)
}

// Focus says whether the pane has the keys.
func (m *Model) Focus(on bool) {
	if on != m.focused {
		m.focused, m.drawn.stale = on, true
	}
}

// Actions are the pane's keys.
func (m *Model) Actions() []pane.Action { return m.actions }

// Resize gives the inner size.
func (m *Model) Resize(w, h int) {
	if w != m.w || h != m.h {
		m.w, m.h, m.list.unread = w, h, true
	}
}

// Refresh takes the header of the run that is shown, and reads its rows if they may have changed.
func (m *Model) Refresh(s *state.Snapshot) {
	if s.Run.ID != m.run.ID {
		m.list = list{follow: true, unread: true}
		m.search = search{serial: m.search.serial + 1}
	}
	moving := s.Run.Underway() > 0 || s.Run.State == job.Reading
	if s.Run.Version != m.run.Version || moving && s.At.Sub(m.list.at) >= rereadEvery {
		m.list.unread = true
	}
	m.pace.observe(&s.Run, s.At)
	m.run = s.Run
	m.seen.look(s)
	if m.list.unread {
		m.load()
	}
}

// load reads the rows that fit into the pane, and marks the drawing stale.
func (m *Model) load() {
	m.drawn.stale = true
	m.list.at, m.list.unread, m.list.top = m.seen.at, false, 0
	if m.parts = (parts{}); provided(&m.run) {
		m.parts.list, m.parts.steps = m.book.Parts(m.run.ID)
	}
	switch p := m.page(); m.shows() {
	case smallRun:
		above := p.smallAbove()
		m.list.load(m.book, &m.run, p.h-above-1)
		m.list.top = above + 1
	case largeRun:
		above := p.largeAbove()
		m.list.load(m.book, &m.run, p.h-above-1-2-detailRows-1)
		m.list.top = above + 1
	case theStart, theRefusal, noRun, brokenRun:
	}
}
