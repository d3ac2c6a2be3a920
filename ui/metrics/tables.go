package metrics

import (
	"fmt"

	"relaytop/state/meter"
	"relaytop/ui/style"
	"relaytop/ui/widget"
)

// cell draws one cell of a row.
type cell func(st *style.Styles, r *meter.Row) string

// column is one column of a table; it is shown from a width of the table on. The widest cell may make it wider.
type column struct {
	widget.Column
	least int
	cell  cell
}

// columnsOf are the columns of the table of a part, the name of a row first.
func (p *page) columnsOf(of part) []column {
	f := func(title string, w, least int, draw cell) column {
		return column{Column: widget.Column{Title: title, Width: w, Right: true}, least: least, cell: draw}
	}
	ttft := func(share float64) cell {
		return func(st *style.Styles, r *meter.Row) string { return quantile(st, &r.TTFT, share) }
	}
	e2e := func(share float64) cell {
		return func(st *style.Styles, r *meter.Row) string { return quantile(st, &r.E2E, share) }
	}
	second := 60 // the width from which a table has the columns of second rank
	if of == partEndpoints {
		second = 90 // the breakers take their place
	}
	first, _, _ := p.tableOf(of)
	all := []column{
		{Column: widget.Column{Title: first}, cell: func(st *style.Styles, r *meter.Row) string {
			return st.Text.Paint(key(r.Key))
		}},
		f("req", 5, 0, func(st *style.Styles, r *meter.Row) string { return st.Text.Paint(widget.Count(r.Requests)) }),
		f("err %", 5, 0, errCell),
		f("TTFT p50", 8, 40, ttft(.5)),
		f("p95", 7, second, ttft(.95)),
		f("p99", 7, 90, ttft(.99)),
		f("E2E p50", 7, 90, e2e(.5)),
		f("p95", 7, 120, e2e(.95)),
		f("p99", 7, 120, e2e(.99)),
		f("TPOT", 7, 140, func(st *style.Styles, r *meter.Row) string { return quantile(st, &r.TPOT, .5) }),
		f("tok/s", 5, second, speedCell),
		f("in", 6, 140, func(st *style.Styles, r *meter.Row) string { return tokensCell(st, r.Input) }),
		f("out", 6, 140, func(st *style.Styles, r *meter.Row) string { return tokensCell(st, r.Output) }),
		f("cost", 7, 60, costCell),
		f("saved", 7, 90, savedCell),
	}
	if of == partEndpoints && len(p.view.Endpoints) > 0 {
		all = append(all, column{Column: widget.Column{Title: "breaker", Width: breakerWidth}, least: 54,
			cell: func(_ *style.Styles, r *meter.Row) string { return p.breaker(r.Key, breakerWidth) }})
	}
	return all
}

// tableOf is what a row of the table of a part is, the rows, and the note at the right end of the heading.
func (p *page) tableOf(of part) (row string, rows []meter.Row, note string) {
	st := p.st
	if of == partLanes {
		return "lane", p.view.Lanes, ""
	}
	if of != partEndpoints {
		return "model", p.view.Models, st.Faint.Paint("grey: too few samples")
	}
	if len(p.breakers) == 0 {
		note = st.Faint.Paint("breakers closed")
	}
	return "endpoint", p.view.Endpoints, note
}

// rowsOf are the rows of the table of a part.
func (p *page) rowsOf(of part) []meter.Row {
	_, rows, _ := p.tableOf(of)
	return rows
}

// table draws the table of a part: a heading where the grid has them, and as many rows as fit. The last
// line counts the others.
func (p *page) table(of part, w, h int) []string {
	var out []string
	if p.layout.grid.heads {
		row, _, note := p.tableOf(of)
		if of == partEndpoints && len(p.breakers) > 0 { // a breaker may have no row: no request ended there yet
			note = p.worst(w - 14)
		}
		out, h = append(out, p.section(of, w, "by "+row, note)), h-1
	}
	return append(out, p.rows(of, w, h)...)
}

// rows are the names of the columns and the rows in h lines.
func (p *page) rows(of part, w, h int) []string {
	st, rows := p.st, p.rowsOf(of)
	shown := fitting(len(rows), h-1)
	selected := -1
	var cols []widget.Column
	cells := make([][]string, shown)
	for _, c := range p.columnsOf(of) {
		if w < c.least {
			continue
		}
		for i := range cells {
			one := c.cell(st, &rows[i])
			if c.Width > 0 {
				c.Width = max(c.Width, widget.Width(one))
			}
			cells[i] = append(cells[i], one)
		}
		cols = append(cols, c.Column)
	}
	for i := range cells {
		if p.selected.is(of, rows[i].Key) {
			selected = i
		}
	}
	if more := len(rows) - shown; more > 0 {
		cells = append(cells, []string{st.Faint.Paint(fmt.Sprintf("%d more", more))})
	}
	return widget.Table(st, w, cols, cells, selected)
}

// fitting is how many of n rows fit into h lines, one of which counts those that do not.
func fitting(n, h int) int {
	if n <= h {
		return n
	}
	return max(h-1, 0)
}

// fitting is how many rows the table of a part shows in h lines.
func (p *page) fitting(of part, h int) int {
	if p.layout.grid.heads {
		h--
	}
	return fitting(len(p.rowsOf(of)), h-1)
}

// section is the heading of a part. That of the selected one has a mark.
func (p *page) section(of part, w int, title, right string) string {
	if p.selected.is(of, "") {
		return widget.SectionIn(p.st, p.st.Accent.Bold(), w, p.st.Glyphs.Prompt+" "+title, right)
	}
	return widget.Section(p.st, w, title, right)
}

func errCell(st *style.Styles, r *meter.Row) string {
	if r.Failed == 0 {
		return st.Faint.Paint("0.0")
	}
	return st.Text.Paint(fmt.Sprintf("%.1f", 100*float64(r.Failed)/float64(max(r.Requests, 1))))
}

func speedCell(st *style.Styles, r *meter.Row) string {
	if r.TokPerSec <= 0 {
		return st.Faint.Paint(widget.None)
	}
	return st.Text.Paint(widget.Speed(r.TokPerSec))
}

func tokensCell(st *style.Styles, n int64) string {
	if n == 0 {
		return st.Faint.Paint(widget.None)
	}
	return st.Text.Paint(widget.Short(n))
}

func savedCell(st *style.Styles, r *meter.Row) string {
	if r.Requests == r.Failed {
		return st.Faint.Paint(widget.None)
	}
	if !r.SavedKnown {
		return st.Faint.Paint("unknown")
	}
	return widget.Saved(st, r.Saved.Dollars(), r.Saved < 0)
}

func costCell(st *style.Styles, r *meter.Row) string {
	switch {
	case r.Requests == r.Failed && r.Cost == 0:
		return st.Faint.Paint(widget.None)
	case r.Unknown > 0 && r.Unknown >= r.Requests-r.Failed:
		return st.Faint.Paint("unknown")
	}
	return st.Text.Paint(widget.About(r.Cost.Dollars(), r.Estimated))
}

// quantile draws the quantile of a share, .5 for the median, or a dash if it is unknown.
func quantile(st *style.Styles, q *meter.Quantiles, share float64) string {
	d, ok := q.At(share)
	if !ok {
		return st.Faint.Paint(widget.None)
	}
	return figure(st, widget.Duration(d), q.Enough(share))
}
