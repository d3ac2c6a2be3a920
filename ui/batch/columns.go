package batch

import (
	"strconv"
	"time"

	"relaytop/state/job"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// column is one column of the rows. It is shown if the pane is at least least cells wide.
type column struct {
	widget.Column
	least int
	cell  func(p *page, r *job.Row, look look) string
}

// look is how an outcome is shown.
type look struct {
	glyph string
	ink   style.Ink // of the glyph
	text  style.Ink // of the words
	word  string
}

func columns() []column {
	c := func(title string, w int, right bool, least int, cell func(p *page, r *job.Row, l look) string) column {
		return column{Column: widget.Column{Title: title, Width: w, Right: right}, least: least, cell: cell}
	}
	return []column{
		c("row", 4, true, 0, func(p *page, r *job.Row, _ look) string { return p.st.Faint.Paint(strconv.Itoa(r.N)) }),
		c("id", 7, false, 99, func(p *page, r *job.Row, _ look) string { return p.st.Muted.Paint(text.Line(r.ID)) }),
		c("status", 14, false, 0, func(_ *page, _ *job.Row, l look) string {
			return l.ink.Paint(l.glyph) + l.text.Paint(" "+l.word)
		}),
		c("model", 16, false, 99, modelCell),
		c("try", 3, true, 99, tryCell),
		c("TTFT", 6, true, 64, ttftCell),
		c("tok", 4, true, 0, tokCell),
		c("tok/s", 5, true, 99, speedCell),
		c("cost", 10, true, 64, costCell),
		c("answer", 0, false, 0, answerCell),
	}
}

// rowTable is the head and the rows of the window.
func (p *page) rowTable(w int) []string {
	var cols []column
	var heads []widget.Column
	rest := w
	for _, c := range columns() {
		if w < c.least {
			continue
		}
		if c.Title == "row" {
			c.Width = max(4, len(strconv.Itoa(p.run.Rows)))
		}
		if c.Title == "id" {
			c.Width = p.idWidth()
		}
		cols, heads = append(cols, c), append(heads, c.Column)
		rest -= c.Width + 2
	}
	p.answerWidth = rest + 2
	rows := make([][]string, len(p.list.rows))
	for i := range p.list.rows {
		r := &p.list.rows[i]
		l := p.look(r)
		rows[i] = make([]string, len(cols))
		for j, c := range cols {
			rows[i][j] = c.cell(p, r, l)
		}
	}
	sel := -1
	if p.focused {
		sel = p.list.sel - p.list.from
	}
	return widget.Table(p.st, w, heads, rows, sel)
}

// idWidth holds the ids of the window, within reason.
func (p *page) idWidth() int {
	w := 7
	for i := range p.list.rows {
		w = max(w, text.Width(text.Line(p.list.rows[i].ID)))
	}
	return min(w, 16)
}

func (p *page) look(r *job.Row) look {
	st, g := p.st, &p.st.Glyphs
	if r.Writing {
		return look{g.Live, st.Muted, st.Muted, "writing"}
	}
	switch r.Outcome {
	case job.RowWaiting:
		return look{g.Waiting, st.Accent, st.Muted, "waiting"}
	case job.RowStreaming:
		return look{g.Live, st.Accent, st.Text, "streaming"}
	case job.RowRetrying:
		return look{g.Retrying, st.Warn, st.Warn, p.left("retry", r.Until)}
	case job.RowHeld:
		return look{g.Waiting, st.Warn, st.Warn, p.held(r)}
	case job.RowOK:
		if r.Fallback != nil {
			return look{g.Fallback, st.Chart[2], st.Muted, "fallback"}
		}
		return look{g.OK, st.OK, st.Muted, "ok"}
	case job.RowFailed:
		return look{g.Failed, st.Error, st.Error, "failed"}
	case job.RowIncomplete:
		return look{g.Warning, st.Warn, st.Warn, "incomplete"}
	case job.RowSkipped:
		return look{g.Warning, st.Warn, st.Muted, "skipped"}
	case job.Pending, job.RowQueued, job.RowElsewhere:
	}
	return look{g.Queued, st.Faint, st.Faint, "queued"}
}

// held is how long a row is still held, or how long it has been if the end is not known.
func (p *page) held(r *job.Row) string {
	if r.Until.IsZero() && !r.Since.IsZero() {
		return "held +" + widget.Seconds(p.now.Sub(r.Since)).String()
	}
	return p.left("held", r.Until)
}

// left is a word and a countdown, short enough for the column; the word alone if the end is not known.
func (p *page) left(word string, until time.Time) string {
	d := until.Sub(p.now)
	switch {
	case until.IsZero():
		return word
	case d >= 1000*time.Second:
		return word + " " + widget.Clock(d)
	}
	return word + " " + widget.Countdown(d)
}

func modelCell(p *page, r *job.Row, _ look) string {
	if r.Outcome == job.Pending {
		return ""
	}
	if r.Fallback != nil {
		return p.st.Chart[2].Paint(text.Line(r.Model))
	}
	return p.st.Muted.Paint(text.Line(r.Model))
}

func tryCell(p *page, r *job.Row, _ look) string {
	if r.Attempt == 0 {
		return ""
	}
	return p.st.Muted.Paint(strconv.Itoa(r.Attempt))
}

func ttftCell(p *page, r *job.Row, _ look) string {
	if r.TTFT <= 0 {
		return ""
	}
	f := widget.Duration(r.TTFT)
	return p.st.Text.Paint(f.Value) + p.st.Muted.Paint(" "+f.Unit)
}

func tokCell(p *page, r *job.Row, _ look) string {
	if r.Out == 0 {
		return ""
	}
	return p.st.Text.Paint(widget.About(widget.Short(r.Out), r.OutEst))
}

func speedCell(p *page, r *job.Row, _ look) string {
	switch {
	case r.TokPerSec > 0:
		return p.st.Text.Paint(widget.Speed(r.TokPerSec))
	case r.Burst:
		return p.st.Muted.Paint("burst")
	}
	return ""
}

func costCell(p *page, r *job.Row, _ look) string {
	st := p.st
	switch {
	case r.Cost.Known():
		return st.Text.Paint(widget.About(r.Cost.Amount.Dollars(), r.Cost.Estimated))
	case r.Outcome == job.RowOK || r.Outcome == job.RowIncomplete:
		return st.Faint.Paint("unknown")
	case r.CostEst > 0:
		return st.Text.Paint(widget.About(r.CostEst.Dollars(), true))
	}
	return ""
}

// answerCell is the end of a live answer with a cursor, the start of a finished one, or why a row waits or failed.
func answerCell(p *page, r *job.Row, l look) string {
	st, w := p.st, p.answerWidth
	if r.Writing {
		return st.Muted.Paint(widget.FitEnd(text.Line(r.Text), min(w, text.Width(text.Line(r.Text)))))
	}
	switch r.Outcome {
	case job.RowStreaming:
		if r.Text == "" {
			return st.Muted.Paint("reasoning") + st.Accent.Paint(st.Glyphs.Bar)
		}
		return st.Text.Paint(widget.FitEnd(text.Line(r.Text), min(w-1, text.Width(text.Line(r.Text))))) +
			st.Accent.Paint(st.Glyphs.Bar)
	case job.RowWaiting:
		if r.Since.IsZero() { // another process has sent it
			return st.Muted.Paint(text.Line(r.Reason))
		}
		return st.Muted.Paint("first token: " + widget.Seconds(p.now.Sub(r.Since)).String())
	case job.RowHeld, job.RowRetrying, job.RowFailed, job.RowSkipped:
		return l.text.Paint(text.Line(r.Reason))
	case job.RowIncomplete:
		return st.Warn.Paint(text.Line(r.Reason)) + st.Muted.Paint("  "+text.Line(r.Text))
	case job.RowQueued:
		return st.Faint.Paint(text.Line(r.Reason))
	case job.Pending, job.RowOK, job.RowElsewhere:
	}
	return st.Muted.Paint(text.Line(r.Text))
}
