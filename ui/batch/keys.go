package batch

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/job"
	"relaytop/ui/pane"
	"relaytop/ui/text"
)

const group = "batch"

// detachFor bounds how long the last request to a provider may take.
const detachFor = 10 * time.Second

func (m *Model) table() []pane.Action { return append(m.runActions(), m.rowActions()...) }

// runActions act on the run.
func (m *Model) runActions() []pane.Action {
	steer := m.unless(unlessAlive)
	return []pane.Action{
		{Name: "batch.overwrite", Title: "Overwrite the output that is in the way", Group: group,
			Binding: pane.Bind("overwrite it", "w"), Why: m.launch.unlessInTheWay, Do: m.overwrite},
		{Name: "batch.last", Title: "Go on with the newest run of this file", Group: group,
			Binding: pane.Bind("go on with its run", "c"), Why: m.launch.unlessInTheWay, Do: m.last},
		{Name: "batch.back", Title: "Back to the run", Group: group, Binding: pane.Bind("back", "esc"),
			Why: m.launch.unlessProblem, Do: m.back},
		{Name: "batch.row", Title: "Show the whole row", Group: group, Binding: pane.Bind("row", "enter"),
			Why: m.unless(unlessRow), Do: m.showRow},
		{Name: "batch.inspect", Title: "Inspect the row's last request", Group: group,
			Binding: pane.Bind("inspect", "I", "alt+i"), Why: m.unlessSelected(unlessRequest), Do: m.inspect},
		{Name: "batch.pause", Title: "Pause or resume the run", Group: group,
			Binding: pane.Bind("pause/resume", "space", "p"), Why: m.unless(unlessSteerable), Do: m.pause},
		{Name: "batch.poll", Title: "Ask the provider now how far the batches are", Group: group,
			Binding: pane.Bind("poll now", "u"), Why: m.unless(unlessPolled), Do: m.poll},
		{Name: "batch.more", Title: "One more row at a time", Group: group,
			Binding: pane.BindAs("+/-", "concurrency", "+", "="),
			Why:     m.unless(unlessPaced), Do: m.resize(1)},
		{Name: "batch.less", Title: "One row fewer at a time", Group: group, Hidden: true,
			Binding: pane.Bind("less concurrency", "-"), Why: m.unless(unlessPaced), Do: m.resize(-1)},
		{Name: "batch.budget", Title: "Change what the run may cost", Group: group, Binding: pane.Bind("budget", "$"),
			Why: steer, Do: m.budget},
		{Name: "batch.retry", Title: "Retry failed rows", Group: group, Binding: pane.Bind("retry failed", "R"),
			Why: m.unless(unlessFailed), Do: m.retry},
		{Name: "batch.filter", Title: "Show rows of one status only", Group: group, Binding: pane.Bind("filter", "f"),
			Why: m.unless(unlessRow), Do: m.turnFilter},
		{Name: "batch.search", Title: "Search ids, prompts, answers and errors", Group: group,
			Binding: pane.Bind("search", "/"), Why: m.unless(unlessRow), Do: m.startSearch},
		{Name: "batch.sort", Title: "Sort the rows by another column", Group: group, Binding: pane.Bind("sort", "S"),
			Why: m.unless(unlessRow), Do: m.turnSort},
		{Name: "batch.unsearch", Title: "Show all rows in their order", Group: group, Hidden: true,
			Binding: pane.Bind("show all rows", "esc"), Why: m.search.unlessSearched, Do: m.endSearch},
		{Name: "batch.retryrow", Title: "Send the selected row again", Group: group, Hidden: true,
			Binding: pane.Bind("retry row", "t"), Why: m.unlessSelected(unlessRetryable), Do: m.retryRow},
		{Name: "batch.skip", Title: "Leave the selected row out", Group: group, Hidden: true,
			Binding: pane.Bind("skip row", "d"), Why: m.unlessSelected(unlessSkippable), Do: m.skipRow},
		{Name: "batch.detach", Title: "Leave the run to its provider", Group: group, Binding: pane.Bind("detach", "d"),
			Why: m.unlessDetached, Do: m.detach},
		{Name: "batch.cancel", Title: "Cancel the run", Group: group, Binding: pane.Bind("cancel", "x"), Why: steer,
			Do: m.cancel},
		{Name: "batch.open", Title: "Open a file of prompts", Group: group, Binding: pane.Bind("open a file", "o"),
			Do: m.open},
		{Name: "batch.sample", Title: "Run the built-in sample", Group: group, Binding: pane.Bind("run the sample", "s"),
			Why: m.unless(unlessIdle),
			Do:  func() tea.Cmd { return m.preflight(job.Options{Sample: true}) }},
		{Name: "batch.runs", Title: "Choose a run", Group: group, Binding: pane.Bind("runs", "r"), Why: m.unlessRuns,
			Do: m.choose},
	}
}

// rowActions move among the rows.
func (m *Model) rowActions() []pane.Action {
	return []pane.Action{
		{Name: "batch.goto", Title: "Go to a row by its number", Group: group, Hidden: true,
			Binding: pane.Bind("go to a row", "#"), Why: m.unless(unlessRow), Do: m.jump},
		{Name: "batch.down", Title: "Next row", Group: group, Hidden: true, Binding: pane.Bind("next row", "j", "down"),
			Do: m.move(1)},
		{Name: "batch.up", Title: "Previous row", Group: group, Hidden: true, Binding: pane.Bind("previous row", "k", "up"),
			Do: m.move(-1)},
		{Name: "batch.pgdown", Title: "A page down", Group: group, Hidden: true,
			Binding: pane.Bind("page down", "pgdown", "ctrl+d"), Do: m.movePage(1)},
		{Name: "batch.pgup", Title: "A page up", Group: group, Hidden: true,
			Binding: pane.Bind("page up", "pgup", "ctrl+u"), Do: m.movePage(-1)},
		{Name: "batch.top", Title: "First row", Group: group, Hidden: true, Binding: pane.Bind("first row", "g", "home"),
			Do: m.edge(false)},
		{Name: "batch.follow", Title: "Follow the oldest unfinished row", Group: group, Hidden: true,
			Binding: pane.Bind("follow", "G", "end"), Do: m.edge(true)},
		{Name: "batch.searched", Title: "Choose among the rows that were found", Group: group, Typing: true,
			Binding: pane.Bind("choose a row", "enter"), Why: m.search.unlessTyped, Do: m.chooseFound},
		{Name: "batch.unsearched", Title: "End the search", Group: group, Typing: true,
			Binding: pane.Bind("all rows", "esc"), Why: m.search.unlessTyped, Do: m.endSearch},
	}
}

func (m *Model) poll() tea.Cmd { return m.do("poll the provider", m.book.PollNow) }

// detach leaves the run to its provider.
func (m *Model) detach() tea.Cmd {
	id, book, at := m.run.ID, m.book, m.run.Provider.Endpoint
	return func() tea.Msg {
		ctx, stop := context.WithTimeout(context.Background(), detachFor)
		defer stop()
		if err := book.Detach(ctx, id); err != nil {
			return pane.ToastMsg{Level: state.Bad, Text: "could not leave the run: " + err.Error()}
		}
		return pane.ToastMsg{Text: text.Line(at) + " keeps the rows: resume the run to fetch the answers"}
	}
}

func (m *Model) back() tea.Cmd {
	m.launch.problem = nil
	m.load()
	return nil
}

// last goes on with the newest run of the file whose output was in the way.
func (m *Model) last() tea.Cmd {
	o := m.launch.refused
	o.Resume = "last"
	return m.begin(o)
}

func (m *Model) move(by int) func() tea.Cmd {
	return func() tea.Cmd {
		m.list.move(by)
		m.load()
		return nil
	}
}

func (m *Model) movePage(by int) func() tea.Cmd {
	return func() tea.Cmd { return m.move(by * max(m.list.height-1, 1))() }
}

func (m *Model) edge(last bool) func() tea.Cmd {
	return func() tea.Cmd {
		m.list.edge(last)
		m.load()
		return nil
	}
}

func (m *Model) retry() tea.Cmd {
	again := "the rows that failed are sent again"
	if n := m.run.Failed; n > 0 {
		again = relay.Counted(n, "failed row") + " to be sent again"
	}
	return m.goOn(&intent{what: "retry the failed rows", does: "retry", failed: true, do: m.book.RetryFailed,
		done: again})
}

func (m *Model) pause() tea.Cmd {
	switch m.run.State {
	case job.Running, job.Reading:
		if m.run.Stopped == "" { // a file that is read can be on hold already
			return m.do("pause the run", m.book.Pause)
		}
	case job.Pausing, job.Paused, job.Finishing, job.Finished, job.Cancelled, job.Broken, job.Damaged:
	}
	return m.goOn(&intent{what: "resume the run", does: "resume", do: m.book.Resume})
}

func (m *Model) resize(by int) func() tea.Cmd {
	return func() tea.Cmd {
		id, n, book := m.run.ID, max(m.run.Concurrency+by, 1), m.book
		return func() tea.Msg {
			book.Resize(id, n)
			return nil
		}
	}
}
