package batch

import (
	"errors"

	"relaytop/state/job"
)

// unless is the Why of an action on the shown run.
func (m *Model) unless(why func(*job.Header) string) func() string {
	return func() string { return why(&m.run) }
}

// unlessSelected is the Why of an action on the selected row, which is nil if none is on the screen.
func (m *Model) unlessSelected(why func(*job.Header, *job.Row) string) func() string {
	return func() string { return why(&m.run, m.list.selected()) }
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

// unlessAlive says why the settings of a run can't be changed.
func unlessAlive(h *job.Header) string {
	if why := unlessMine(h); why != "" || alive(h) {
		return why
	}
	return "the run is over"
}

// unlessPaced says why the number of rows that are sent at a time can't be changed.
func unlessPaced(h *job.Header) string {
	if h.Carrier == job.ByProvider && h.ID != "" {
		return "the provider sets the pace"
	}
	return unlessAlive(h)
}

// unlessPolled says why no provider is asked about the run now.
func unlessPolled(h *job.Header) string {
	switch why := unlessMine(h); {
	case why != "":
		return why
	case !away(h):
		return "no provider has rows of it"
	case h.State != job.Running:
		return "the run is not running"
	}
	return ""
}

// unlessIdle says why the sample can't be run now.
func unlessIdle(h *job.Header) string {
	if h.State.Moves() {
		return "a run is going on"
	}
	return ""
}

// unlessFailed says why no failed row can be sent again.
func unlessFailed(h *job.Header) string {
	switch why := unlessMine(h); {
	case why != "":
		return why
	case h.State == job.Finishing:
		return "its output is being written"
	case !h.Retryable() && h.Incomplete > 0:
		return "no row failed: answers cut by length or filtered are not sent again"
	case !h.Retryable():
		return "no row failed"
	}
	return ""
}

// unlessRow says why there is no row to act on.
func unlessRow(h *job.Header) string {
	if h.Rows == 0 {
		return "there is no row"
	}
	return ""
}

// unlessRequest says why the request of a row can't be inspected.
func unlessRequest(h *job.Header, r *job.Row) string {
	if why := unlessRow(h); why != "" {
		return why
	}
	if r == nil || r.Request == 0 {
		return "the row was not sent yet"
	}
	return ""
}

// unlessRetryable says why a row can't be sent again.
func unlessRetryable(h *job.Header, r *job.Row) string {
	switch why := unlessMine(h); {
	case why != "":
		return why
	case h.State == job.Finishing:
		return "its output is being written"
	case r == nil:
		return "no row is selected"
	case r.Outcome < job.RowOK:
		return "the row has no outcome yet"
	case r.Outcome == job.RowSkipped && r.Request == 0 && r.Since.IsZero():
		return "the row can't be sent"
	}
	return ""
}

// unlessSkippable says why a row can't be left out.
func unlessSkippable(h *job.Header, r *job.Row) string {
	switch why := unlessMine(h); {
	case why != "":
		return why
	case !alive(h):
		return "the run is over"
	case away(h):
		return "the provider has the rows"
	case r == nil:
		return "no row is selected"
	case r.Outcome >= job.RowOK:
		return "the row has its outcome"
	}
	return ""
}

// unlessDetached says why the run can't be left to its provider.
func (m *Model) unlessDetached() string {
	why := unlessPolled(&m.run)
	if why == "" && m.seen.demo {
		return "the demo relay ends with relaytop, and its batches with it"
	}
	return why
}

func (m *Model) unlessRuns() string {
	if m.run.ID == "" && m.seen.runs == 0 {
		return "there are no runs yet"
	}
	return ""
}

func (s *search) unlessSearched() string {
	if !s.on() {
		return "all rows are shown"
	}
	return ""
}

func (l *launch) unlessProblem() string {
	if l.problem == nil {
		return "nothing was refused"
	}
	return ""
}

func (l *launch) unlessInTheWay() string {
	if !errors.Is(l.problem, job.ErrExists) {
		return "no output is in the way"
	}
	return ""
}
