package batch

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/state/job"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// filter is which rows are shown.
type filter uint8

const (
	everything filter = iota
	live
	failed
	fallback
	incomplete
	skipped
	answered
	queued
	filters
)

func (f filter) String() string {
	return [...]string{"all", "live", "failed", "fallback", "incomplete", "skipped", "ok", "queued"}[f%filters]
}

// keep reports whether a row with this outcome is shown.
func (f filter) keep(o job.Outcome, fellBack bool) bool {
	switch f {
	case live:
		return o >= job.RowHeld && o <= job.RowRetrying
	case failed:
		return o == job.RowFailed
	case fallback:
		return fellBack
	case incomplete:
		return o == job.RowIncomplete
	case skipped:
		return o == job.RowSkipped
	case answered:
		return o == job.RowOK
	case queued:
		return o == job.Pending || o == job.RowQueued
	case everything, filters:
	}
	return true
}

// count is how many rows the filter keeps, by the counts of the header.
func (f filter) count(h *job.Header) int {
	return [...]int{h.Rows, h.Underway(), h.Failed, h.FellBack, h.Incomplete, h.Skipped, h.OK, h.Queued}[f%filters]
}

// turnFilter goes on to the next filter that has rows.
func (m *Model) turnFilter() tea.Cmd {
	next := m.list.filter + 1
	for next < filters && next.count(&m.run) == 0 {
		next++
	}
	m.list.show(next % filters)
	if m.search.on() {
		return m.ask()
	}
	m.load()
	return nil
}

// filterLine is the row of filters with their numbers, the chosen one in brackets.
func (p *page) filterLine(w int) string {
	st := p.st
	if p.search.line != nil {
		return p.searchLine(w)
	}
	left := ""
	for f := range filters {
		n := f.count(p.run)
		if n == 0 && f != everything && f != p.list.filter {
			continue
		}
		if left != "" {
			left += "   "
		}
		label := f.String() + " " + widget.Count(int64(n))
		if f == p.list.filter {
			left += st.Text.Bold().Paint("[" + label + "]")
		} else {
			left += st.Muted.Paint(label)
		}
	}
	var hints []string
	add := func(action, does string) {
		if key := p.keys.Of(action, false); key != "" {
			hints = append(hints, st.Text.Bold().Paint(key)+st.Muted.Paint(" "+does))
		}
	}
	if s := p.hits(); s != "" {
		hints = append(hints, st.Accent.Paint(text.Truncate(text.Line(p.search.text), 20))+"  "+s)
	}
	if p.run.Rows > 0 {
		add("batch.filter", "filter")
	}
	add("batch.sort", "sorted by "+p.search.by.String())
	add("batch.search", "search")
	return widget.Spread(left, strings.Join(hints, st.Muted.Paint("   ")), w)
}
