package batch

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"relaytop/state/job"
	"relaytop/ui/overlay"
)

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
