package batch

import (
	"errors"

	tea "charm.land/bubbletea/v2"

	"relaytop/state/job"
	"relaytop/ui/pane"
)

const group = "batch"

func (m *Model) table() []pane.Action {
	steer := m.unlessAlive
	return []pane.Action{
		{Name: "batch.overwrite", Title: "Overwrite the output that is in the way", Group: group,
			Binding: pane.Bind("overwrite it", "w"), Why: m.unlessInTheWay, Do: m.overwrite},
		{Name: "batch.last", Title: "Go on with the newest run of this file", Group: group,
			Binding: pane.Bind("go on with its run", "c"), Why: m.unlessInTheWay, Do: m.last},
		{Name: "batch.back", Title: "Back to the run", Group: group, Binding: pane.Bind("back", "esc"),
			Why: m.unlessProblem, Do: m.back},
		{Name: "batch.row", Title: "Show the whole row", Group: group, Binding: pane.Bind("row", "enter"),
			Why: m.unlessRow, Do: m.showRow},
		{Name: "batch.inspect", Title: "Inspect the row's last request", Group: group,
			Binding: pane.Bind("inspect", "I", "alt+i"), Why: m.unlessRequest, Do: m.inspect},
		{Name: "batch.pause", Title: "Pause or resume the run", Group: group,
			Binding: pane.Bind("pause/resume", "space", "p"), Why: m.unlessSteerable, Do: m.pause},
		{Name: "batch.more", Title: "One more row at a time", Group: group,
			Binding: pane.BindAs("+/-", "concurrency", "+", "="),
			Why:     steer, Do: m.resize(1)},
		{Name: "batch.less", Title: "One row fewer at a time", Group: group, Hidden: true,
			Binding: pane.Bind("less concurrency", "-"), Why: steer, Do: m.resize(-1)},
		{Name: "batch.budget", Title: "Change what the run may cost", Group: group, Binding: pane.Bind("budget", "$"),
			Why: steer, Do: m.budget},
		{Name: "batch.retry", Title: "Retry failed rows", Group: group, Binding: pane.Bind("retry failed", "R"),
			Why: m.unlessFailed, Do: m.retry},
		{Name: "batch.filter", Title: "Show rows of one status only", Group: group, Binding: pane.Bind("filter", "f"),
			Why: m.unlessRow, Do: m.turnFilter},
		{Name: "batch.search", Title: "Search ids, prompts, answers and errors", Group: group,
			Binding: pane.Bind("search", "/"), Why: m.unlessRow, Do: m.startSearch},
		{Name: "batch.sort", Title: "Sort the rows by another column", Group: group, Binding: pane.Bind("sort", "S"),
			Why: m.unlessRow, Do: m.turnSort},
		{Name: "batch.unsearch", Title: "Show all rows in their order", Group: group, Hidden: true,
			Binding: pane.Bind("show all rows", "esc"), Why: m.unlessSearched, Do: m.endSearch},
		{Name: "batch.retryrow", Title: "Send the selected row again", Group: group, Hidden: true,
			Binding: pane.Bind("retry row", "t"), Why: m.unlessRetryable, Do: m.retryRow},
		{Name: "batch.skip", Title: "Leave the selected row out", Group: group, Hidden: true,
			Binding: pane.Bind("skip row", "d"), Why: m.unlessSkippable, Do: m.skipRow},
		{Name: "batch.cancel", Title: "Cancel the run", Group: group, Binding: pane.Bind("cancel", "x"), Why: steer,
			Do: m.cancel},
		{Name: "batch.open", Title: "Open a file of prompts", Group: group, Binding: pane.Bind("open a file", "o"),
			Do: m.open},
		{Name: "batch.sample", Title: "Run the built-in sample", Group: group, Binding: pane.Bind("run the sample", "s"),
			Why: m.whileBusy,
			Do:  func() tea.Cmd { return m.preflight(job.Options{Sample: true}) }},
		{Name: "batch.runs", Title: "Choose a run", Group: group, Binding: pane.Bind("runs", "r"), Why: m.unlessRuns,
			Do: m.choose},
		{Name: "batch.goto", Title: "Go to a row by its number", Group: group, Hidden: true,
			Binding: pane.Bind("go to a row", "#"), Why: m.unlessRow, Do: m.jump},
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
	}
}

// alive reports whether a run can still do something by itself or after a resume.
func alive(h *job.Header) bool {
	switch h.State {
	case job.Reading, job.Running, job.Pausing, job.Paused:
		return true
	case "", job.Finishing, job.Finished, job.Cancelled, job.Broken, job.Damaged:
	}
	return false
}

// unlessMine says why a run cannot be controlled at all.
func unlessMine(h *job.Header) string {
	switch {
	case h.ID == "":
		return "there is no run"
	case h.ReadOnly:
		return "another process runs it"
	}
	return ""
}

// unlessSteerable says why a run cannot be paused or resumed. A cancelled or broken run can be resumed.
func unlessSteerable(h *job.Header) string {
	if why := unlessMine(h); why != "" {
		return why
	}
	switch h.State {
	case job.Finishing, job.Finished:
		return "the run is over"
	case job.Broken:
		if h.Stopped == job.StopInput {
			return "its file cannot be used"
		}
	case job.Damaged:
		return "it is damaged: relaytop batch resume --forget would pay for rows again"
	case "", job.Reading, job.Running, job.Pausing, job.Paused, job.Cancelled:
	}
	return ""
}

func (m *Model) unlessAlive() string {
	if why := unlessMine(&m.run); why != "" || alive(&m.run) {
		return why
	}
	return "the run is over"
}

func (m *Model) unlessSteerable() string { return unlessSteerable(&m.run) }

func (m *Model) whileBusy() string {
	switch m.run.State {
	case job.Reading, job.Running, job.Pausing, job.Finishing:
		return "a run is going on"
	case "", job.Paused, job.Finished, job.Cancelled, job.Broken, job.Damaged:
	}
	return ""
}

func (m *Model) unlessFailed() string {
	if why := unlessMine(&m.run); why != "" {
		return why
	}
	if m.run.State == job.Finishing {
		return "its output is being written"
	}
	if m.run.Failed == 0 {
		return "no row failed"
	}
	return ""
}

func (m *Model) unlessRuns() string {
	if m.run.ID == "" && m.runs == 0 {
		return "there are no runs yet"
	}
	return ""
}

func (m *Model) unlessRow() string {
	if m.run.Rows == 0 {
		return "there is no row"
	}
	return ""
}

func (m *Model) unlessRequest() string {
	if why := m.unlessRow(); why != "" {
		return why
	}
	if r := m.list.selected(); r == nil || r.Request == 0 {
		return "the row was not sent yet"
	}
	return ""
}

func (m *Model) unlessSearched() string {
	if !m.search.on() {
		return "all rows are shown"
	}
	return ""
}

func (m *Model) unlessProblem() string {
	if m.launch.problem == nil {
		return "nothing was refused"
	}
	return ""
}

func (m *Model) unlessInTheWay() string {
	if !errors.Is(m.launch.problem, job.ErrExists) {
		return "no output is in the way"
	}
	return ""
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
	return m.goOn(&intent{what: "retry the failed rows", does: "retry", failed: true, do: m.book.RetryFailed})
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
