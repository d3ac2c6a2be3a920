package batch

import (
	"fmt"
	"path/filepath"

	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/state/job"
	"relaytop/ui/pane"
)

// The pane's own messages: a run was asked for, it started or did not, a row was asked for.
type (
	startMsg job.Options
	goTo     int // a row's number, from 1
	started  struct {
		asked int // which start this answers: a stale one is dropped
		o     job.Options
		err   error
	}
)

// chosen asks for a run.
func chosen(o job.Options) tea.Cmd { return func() tea.Msg { return startMsg(o) } }

// start begins a run. Looking at the file is the store's matter and may take a while: the pane says what it opens.
func (m *Model) start(o job.Options) tea.Cmd {
	m.asked++
	m.starting, m.problem, m.stale = "the built-in sample", nil, true
	if !o.Sample {
		m.starting = filepath.Base(o.Input)
	}
	asked, store := m.asked, m.store
	return func() tea.Msg {
		_, err := store.StartRun(o) // it shows the run, too
		return started{asked: asked, o: o, err: err}
	}
}

// do runs a verb on the shown run; what goes wrong becomes a line.
func (m *Model) do(what string, verb func(id string) error) tea.Cmd {
	id := m.run.ID
	return func() tea.Msg {
		if err := verb(id); err != nil {
			return pane.ToastMsg{Level: state.Bad, Text: fmt.Sprintf("could not %s: %v", what, err)}
		}
		return nil
	}
}

// show makes another run the shown one.
func (m *Model) show(id string) tea.Cmd {
	store := m.store
	return func() tea.Msg {
		store.ShowRun(id)
		return nil
	}
}
