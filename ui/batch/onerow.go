package batch

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/job"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// retryRow sends the selected row again.
func (m *Model) retryRow() tea.Cmd { return m.retry1(m.list.selected(), nil) }

// retry1 sends a row again, and then delivers a message. What it will cost is shown first: an answer that was paid
// for is paid again, and a run that rests goes on with its other rows.
func (m *Model) retry1(r *job.Row, then tea.Msg) tea.Cmd {
	n, book, id := r.N, m.book, m.run.ID
	what := fmt.Sprintf("retry row %d", n)
	do := func(id string) error { return book.RetryRow(id, n) }
	again := tea.Sequence(m.do(what, do), func() tea.Msg { return then })
	title := "Send row " + widget.Count(int64(n)) + " again?"
	replaced := ""
	if r.Outcome == job.RowOK || r.Outcome == job.RowIncomplete {
		replaced = "Its answer was paid for, and the new one takes its place."
	}
	switch {
	case m.seen.demo && replaced == "":
		return again
	case m.seen.demo:
		return overlay.Open(overlay.Confirm(title, replaced, again))
	case m.run.State.Rests() || m.run.State == job.Pausing:
		return m.goOn(&intent{what: what, does: "send it", row: n, replaces: replaced != "", then: then, do: do})
	}
	st := m.env.Styles
	return func() tea.Msg {
		cost, err := book.RowCost(id, n)
		if err != nil {
			return pane.ToastMsg{Level: state.Bad, Text: "could not " + what + ": " + err.Error()}
		}
		says := rowCost(st, &cost)
		if replaced != "" {
			says += "\n" + replaced
		}
		return overlay.Open(overlay.Confirm(title, says, again))()
	}
}

// rowCost is what a row will cost, as a sentence.
func rowCost(st *style.Styles, c *job.RowCost) string {
	if !c.Priced {
		return "What it costs is not known: " + text.Line(c.Model) + " has no known price."
	}
	return fmt.Sprintf("It costs %s, likely %s.", span(st, c.Least, c.Most), widget.About(c.Likely.Dollars(), true))
}

// span is a range of amounts.
func span(st *style.Styles, least, most relay.Money) string {
	low, high := rough(least, most)
	if low == high {
		return high
	}
	return low + st.Glyphs.Range + strings.TrimPrefix(high, "$")
}

// skipRow leaves the selected row out. Retrying the row sends it all the same.
func (m *Model) skipRow() tea.Cmd {
	n, book := m.list.selected().N, m.book
	return m.do(fmt.Sprintf("skip row %d", n), func(id string) error { return book.Skip(id, n) })
}
