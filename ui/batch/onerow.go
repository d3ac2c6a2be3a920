package batch

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"relaytop/state/job"
	"relaytop/ui/overlay"
)

// unlessRetryable says why the selected row can't be sent again.
func (m *Model) unlessRetryable() string {
	if why := unlessMine(&m.run); why != "" {
		return why
	}
	return unlessRetryable(&m.run, m.list.selected())
}

func unlessRetryable(h *job.Header, r *job.Row) string {
	switch {
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

// unlessSkippable says why the selected row can't be left out.
func (m *Model) unlessSkippable() string {
	if why := unlessMine(&m.run); why != "" {
		return why
	}
	switch r := m.list.selected(); {
	case !alive(&m.run):
		return "the run is over"
	case r == nil:
		return "no row is selected"
	case r.Outcome >= job.RowOK:
		return "the row has its outcome"
	}
	return ""
}

// retryRow sends the selected row again.
func (m *Model) retryRow() tea.Cmd { return m.retry1(m.list.selected(), nil) }

// retry1 sends a row again, and then delivers a message. An answer that was paid for is paid again, so that is asked.
func (m *Model) retry1(r *job.Row, then tea.Msg) tea.Cmd {
	n, book := r.N, m.book
	again := tea.Sequence(m.do(fmt.Sprintf("retry row %d", n), func(id string) error { return book.RetryRow(id, n) }),
		func() tea.Msg { return then })
	if r.Outcome == job.RowOK || r.Outcome == job.RowIncomplete {
		return overlay.Open(overlay.Confirm(fmt.Sprintf("Send row %d again?", n),
			"It has an answer that was paid for. It is paid again, and the new answer takes its place.", again))
	}
	return again
}

// skipRow leaves the selected row out. Retrying the row sends it all the same.
func (m *Model) skipRow() tea.Cmd {
	n, book := m.list.selected().N, m.book
	return m.do(fmt.Sprintf("skip row %d", n), func(id string) error { return book.Skip(id, n) })
}
