package batch

import (
	"slices"
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

// filterLine is the row of filters with their numbers, the chosen one in brackets, and the keys. Where it is too long
// it loses the keys but the first, and then filters, from the end.
func (p *page) filterLine(w int) string {
	if p.search.line != nil {
		return p.searchLine(w)
	}
	labels, chosen := p.filterLabels()
	hints := p.filterHints()
	const apart = "   "
	width := func(parts []string) int { return widget.Width(strings.Join(parts, apart)) }
	for len(hints) > 1 && width(labels)+1+width(hints) > w {
		hints = hints[:len(hints)-1]
	}
	for len(labels) > 1 && width(labels)+1+width(hints) > w {
		last := len(labels) - 1
		if last == chosen {
			last--
			chosen--
		}
		labels = slices.Delete(labels, last, last+1)
	}
	return widget.Spread(strings.Join(labels, apart), strings.Join(hints, p.st.Muted.Paint(apart)), w)
}

// filterLabels are the filters that have rows, with their numbers, and the index of the chosen one.
func (p *page) filterLabels() (labels []string, chosen int) {
	st := p.st
	for f := range filters {
		n := f.count(p.run)
		if n == 0 && f != everything && f != p.list.filter {
			continue
		}
		label := f.String() + " " + widget.Count(int64(n))
		if f == p.list.filter {
			chosen = len(labels)
			labels = append(labels, st.Text.Bold().Paint("["+label+"]"))
		} else {
			labels = append(labels, st.Muted.Paint(label))
		}
	}
	return labels, chosen
}

// filterHints are what was searched for and the keys of the line of filters.
func (p *page) filterHints() (hints []string) {
	st := p.st
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
	return hints
}
