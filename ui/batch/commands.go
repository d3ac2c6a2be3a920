package batch

import (
	"fmt"
	"path/filepath"

	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/state/job"
	"relaytop/ui/pane"
)

// The pane's own messages: start a run, go to a row, and how a start ended.
type (
	startMsg job.Options
	goTo     int // a row's number, from 1
	// chooseMsg opens the list of runs.
	chooseMsg struct{}
	started   struct {
		serial int    // of the start
		id     string // of the run; "": none was started
		o      job.Options
		err    error
	}
)

// chosen starts a run.
func chosen(o job.Options) tea.Cmd { return func() tea.Msg { return startMsg(o) } }

// begin starts a run. The store reads the file, which may take a while: meanwhile the pane shows what it opens.
func (m *Model) begin(o job.Options) tea.Cmd {
	m.launch.serial++
	m.launch.file, m.launch.problem = "the built-in sample", nil
	if !o.Sample {
		m.launch.file = filepath.Base(o.Input)
	}
	m.load()
	serial, book := m.launch.serial, m.book
	return func() tea.Msg {
		id, err := book.Start(o) // which shows the run
		return started{serial: serial, id: id, o: o, err: err}
	}
}

// do runs a verb on the shown run. An error becomes a toast.
func (m *Model) do(what string, verb func(id string) error) tea.Cmd { return m.doThen(what, verb, "") }

// doThen is do, and says done, unless it is "", once the verb has succeeded.
func (m *Model) doThen(what string, verb func(id string) error, done string) tea.Cmd {
	id := m.run.ID
	return func() tea.Msg {
		if err := verb(id); err != nil {
			return pane.ToastMsg{Level: state.Bad, Text: fmt.Sprintf("could not %s: %v", what, err)}
		}
		if done != "" {
			return pane.ToastMsg{Text: done}
		}
		return nil
	}
}

// show shows another run.
func (m *Model) show(id string) tea.Cmd {
	book := m.book
	return func() tea.Msg {
		book.Show(id)
		return nil
	}
}
