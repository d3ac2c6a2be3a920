// Package batch is the pane of runs: it starts them from a file or the built-in sample, shows the rows while they
// stream, and pauses, resumes, resizes and cancels. It asks the store only for the rows that are on the screen, and
// only when it is drawn.
package batch

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/state/job"
	"relaytop/ui/pane"
)

// Store is what the pane needs of the state. RunRows, RunPick, RunFocus and Runs answer from memory; the others may
// wait and are called from commands.
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
	// RunPick returns n of the rows that keep accepts, from the from-th of them on, and how many there are.
	RunPick(id string, keep func(o job.Outcome, fellBack bool) bool, from, n int) (rows []job.Row, total int)
}

// redrawEvery is the shortest time between two drawings when only the clock moved: tenths of a second are shown.
const redrawEvery = 100 * time.Millisecond

// Model is the pane.
type Model struct {
	env     *pane.Env
	store   Store
	actions []pane.Action

	w, h    int
	focused bool
	now     time.Time
	run     job.Header
	runs    int // number of runs
	pace    pace

	list  list
	start opening
	drawn drawn
}

// opening is the run that is being started, or the last one that could not be.
type opening struct {
	serial  int         // counts starts: a stale reply is dropped
	opening string      // what is being opened; "": nothing
	problem error       // why the last start failed
	refused job.Options // what it was started with
}

// drawn is the last drawing and what it was made of.
type drawn struct {
	screen string
	at     time.Time
	gen    int // of the styles
	stale  bool
}

// New makes the pane.
func New(env *pane.Env, store Store) *Model {
	m := &Model{env: env, store: store, list: list{follow: true}, drawn: drawn{stale: true}}
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
		m.focused, m.drawn.stale = on, true
	}
}

// Actions are the pane's keys.
func (m *Model) Actions() []pane.Action { return m.actions }

// Resize gives the inner size.
func (m *Model) Resize(w, h int) {
	if w != m.w || h != m.h {
		m.w, m.h, m.drawn.stale = w, h, true
	}
}

// Refresh takes the header of the run that is shown. Its rows are asked for when the pane is drawn.
func (m *Model) Refresh(s *state.Snapshot) {
	if s.Run.ID != m.run.ID {
		m.list, m.drawn.stale = list{follow: true}, true
	}
	moving := s.Run.Underway() > 0 || s.Run.State == job.Reading
	if s.Run.Version != m.run.Version || moving && s.At.Sub(m.drawn.at) >= redrawEvery {
		m.drawn.stale = true
	}
	m.pace.observe(&s.Run, s.At)
	m.run, m.now, m.runs = s.Run, s.At, s.Runs
}
