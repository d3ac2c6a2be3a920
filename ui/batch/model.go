// Package batch is the pane of runs: it starts them from a file or the built-in sample, shows the rows while they stream, and pauses,
// resumes, resizes and cancels. It asks the store only for the rows that are on the screen, and only when it is drawn.
package batch

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/state/job"
	"relaytop/ui/pane"
)

// Store is what the pane wants of the state. RunRows, RunFocus and Runs read memory only; the others may wait and are commands.
type Store interface {
	StartRun(job.Options) (id string, err error)
	PauseRun(id string) error
	ResumeRun(id string) error
	CancelRun(id string) error
	ResizeRun(id string, n int)
	RetryFailed(id string) error
	ShowRun(id string)
	Runs() []job.Header
	RunRows(id string, from, n int) []job.Row
	RunFocus(id string) int
	// RunPick gives n of the rows that keep says yes to, from the from-th of them on, and how many there are.
	RunPick(id string, keep func(o job.Outcome, fellBack bool) bool, from, n int) (rows []job.Row, total int)
}

// beat is the shortest time between two drawings when nothing but the clock moved: tenths of a second are shown.
const beat = 100 * time.Millisecond

// Model is the pane.
type Model struct {
	env     *pane.Env
	store   Store
	actions []pane.Action

	w, h    int
	focused bool
	now     time.Time
	run     job.Header
	runs    int // how many there are
	pace    pace

	rows   []job.Row // those on the screen
	total  int       // how many there are under the filter
	from   int       // index of the first row on the screen
	sel    int       // index of the selected row
	room   int       // how many rows fit
	top    int       // line of the first row, 0: no rows are shown
	follow bool      // the window follows the oldest unfinished row
	filter filter

	asked    int         // counts starts
	starting string      // what is being opened; "" is nothing
	problem  error       // why the last start failed
	refused  job.Options // what it was asked with

	stale       bool
	drawn       string
	drawnAt     time.Time
	gen         int
	answerWidth int // of the last column, in cells
}

// New makes the pane.
func New(env *pane.Env, store Store) *Model {
	m := &Model{env: env, store: store, follow: true, stale: true}
	m.actions = m.table()
	return m
}

// Name is the pane's short name.
func (m *Model) Name() string { return "batch" }

// Typing is false: the pane takes no text.
func (m *Model) Typing() bool { return false }

// Cursor is nil: there is nothing to type into.
func (m *Model) Cursor() *tea.Cursor { return nil }

// Focus says whether the pane has the keys.
func (m *Model) Focus(on bool) {
	if on != m.focused {
		m.focused, m.stale = on, true
	}
}

// Actions are the pane's keys.
func (m *Model) Actions() []pane.Action { return m.actions }

// Resize gives the inner size.
func (m *Model) Resize(w, h int) {
	if w != m.w || h != m.h {
		m.w, m.h, m.stale = w, h, true
	}
}

// Refresh takes the header of the run that is shown. Its rows are asked for when the pane is drawn.
func (m *Model) Refresh(s *state.Snapshot) {
	if s.Run.ID != m.run.ID {
		m.follow, m.from, m.sel, m.filter, m.stale = true, 0, 0, everything, true
	}
	moving := s.Run.Underway() > 0 || s.Run.State == job.Reading
	if s.Run.Version != m.run.Version || moving && s.At.Sub(m.drawnAt) >= beat {
		m.stale = true
	}
	m.pace.observe(&s.Run, s.At)
	m.run, m.now, m.runs = s.Run, s.At, s.Runs
}

// window moves the first row so that the selected one, or the oldest unfinished one, is on the screen, and fetches n rows.
func (m *Model) window(n int) {
	m.room = max(n, 0)
	m.total = m.run.Rows
	if m.filter != everything {
		m.total = m.count(m.filter)
	}
	if m.follow {
		m.sel = m.store.RunFocus(m.run.ID)
		m.from = max(m.sel-2, 0)
	}
	for range 2 { // the number under a filter is known once its rows are: the window may have to move once more
		m.sel = min(max(m.sel, 0), max(m.total-1, 0))
		m.from = min(m.from, m.sel)
		if m.sel >= m.from+m.room {
			m.from = m.sel - m.room + 1
		}
		m.from = max(min(m.from, m.total-m.room), 0)
		before := m.total
		m.fetch()
		if m.total == before {
			return
		}
	}
}

func (m *Model) fetch() {
	if m.filter == everything {
		m.rows = m.store.RunRows(m.run.ID, m.from, m.room)
		return
	}
	m.rows, m.total = m.store.RunPick(m.run.ID, m.filter.keep, m.from, m.room)
}

// selected is the selected row if it is on the screen.
func (m *Model) selected() *job.Row {
	if i := m.sel - m.from; i >= 0 && i < len(m.rows) {
		return &m.rows[i]
	}
	return nil
}
