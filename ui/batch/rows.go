package batch

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"relaytop/state/job"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// column is one column of the rows; it is shown from a width of the pane on.
type column struct {
	widget.Column
	least int
	cell  func(m *Model, r *job.Row, look look) string
}

// look is how an outcome is shown.
type look struct {
	glyph string
	ink   style.Ink // of the glyph
	text  style.Ink // of the words
	word  string
}

func columns() []column {
	c := func(title string, w int, right bool, least int, cell func(m *Model, r *job.Row, l look) string) column {
		return column{Column: widget.Column{Title: title, Width: w, Right: right}, least: least, cell: cell}
	}
	return []column{
		c("row", 4, true, 0, func(m *Model, r *job.Row, _ look) string { return m.env.Styles.Faint.Paint(strconv.Itoa(r.N)) }),
		c("id", 7, false, 99, func(m *Model, r *job.Row, _ look) string { return m.env.Styles.Muted.Paint(text.Line(r.ID)) }),
		c("status", 14, false, 0, func(_ *Model, _ *job.Row, l look) string { return l.ink.Paint(l.glyph) + l.text.Paint(" "+l.word) }),
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
func (m *Model) rowTable(w int) []string {
	var cols []column
	var heads []widget.Column
	rest := w
	for _, c := range columns() {
		if w < c.least {
			continue
		}
		if c.Title == "row" {
			c.Width = max(4, len(strconv.Itoa(m.run.Rows)))
		}
		if c.Title == "id" {
			c.Width = m.idWidth()
		}
		cols, heads = append(cols, c), append(heads, c.Column)
		rest -= c.Width + 2
	}
	m.answerWidth = rest + 2
	rows := make([][]string, len(m.rows))
	for i := range m.rows {
		r := &m.rows[i]
		l := m.look(r)
		rows[i] = make([]string, len(cols))
		for j, c := range cols {
			rows[i][j] = c.cell(m, r, l)
		}
	}
	sel := -1
	if m.focused {
		sel = m.sel - m.from
	}
	return widget.Table(m.env.Styles, w, heads, rows, sel)
}

// idWidth holds the ids of the window, within reason.
func (m *Model) idWidth() int {
	w := 7
	for i := range m.rows {
		w = max(w, text.Width(text.Line(m.rows[i].ID)))
	}
	return min(w, 16)
}

func (m *Model) look(r *job.Row) look {
	st, g := m.env.Styles, &m.env.Styles.Glyphs
	switch r.Outcome {
	case job.RowWaiting:
		return look{g.Waiting, st.Accent, st.Muted, "waiting"}
	case job.RowStreaming:
		return look{g.Live, st.Accent, st.Text, "streaming"}
	case job.RowRetrying:
		return look{g.Retrying, st.Warn, st.Warn, m.left("retry", r.Until)}
	case job.RowHeld:
		return look{g.Waiting, st.Warn, st.Warn, m.held(r)}
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
	}
	return look{g.Queued, st.Faint, st.Faint, "queued"}
}

// held is for how long a row is held back yet, or has been where nobody knows how long it will be.
func (m *Model) held(r *job.Row) string {
	if r.Until.IsZero() && !r.Since.IsZero() {
		return "held +" + widget.Seconds(m.now.Sub(r.Since)).String()
	}
	return m.left("held", r.Until)
}

// left is a countdown behind a word, short enough for its column; the word alone where nobody knows how long.
func (m *Model) left(word string, until time.Time) string {
	d := until.Sub(m.now)
	switch {
	case until.IsZero():
		return word
	case d >= 1000*time.Second:
		return word + " " + widget.Clock(d)
	}
	return fmt.Sprintf("%s %d s", word, int(math.Ceil(max(d, 0).Seconds())))
}

func modelCell(m *Model, r *job.Row, _ look) string {
	if r.Outcome == job.Pending {
		return ""
	}
	if r.Fallback != nil {
		return m.env.Styles.Chart[2].Paint(text.Line(r.Model))
	}
	return m.env.Styles.Muted.Paint(text.Line(r.Model))
}

func tryCell(m *Model, r *job.Row, _ look) string {
	if r.Attempt == 0 {
		return ""
	}
	return m.env.Styles.Muted.Paint(strconv.Itoa(r.Attempt))
}

func ttftCell(m *Model, r *job.Row, _ look) string {
	if r.TTFT <= 0 {
		return ""
	}
	f := widget.Duration(r.TTFT)
	return m.env.Styles.Text.Paint(f.Value) + m.env.Styles.Muted.Paint(" "+f.Unit)
}

func tokCell(m *Model, r *job.Row, _ look) string {
	if r.Out == 0 {
		return ""
	}
	return m.env.Styles.Text.Paint(about(r.OutEst) + widget.Short(r.Out))
}

func speedCell(m *Model, r *job.Row, _ look) string {
	if r.TokPerSec <= 0 {
		return ""
	}
	return m.env.Styles.Text.Paint(fmt.Sprintf("%.0f", r.TokPerSec))
}

func costCell(m *Model, r *job.Row, _ look) string {
	st := m.env.Styles
	switch {
	case r.Cost.Known():
		return st.Text.Paint(about(r.Cost.Estimated) + widget.Money(int64(r.Cost.Amount)))
	case r.Outcome == job.RowOK || r.Outcome == job.RowIncomplete:
		return st.Faint.Paint("unknown")
	case r.CostEst > 0:
		return st.Text.Paint("~" + widget.Money(int64(r.CostEst)))
	}
	return ""
}

func about(est bool) string {
	if est {
		return "~"
	}
	return ""
}

// answerCell shows the end of what streams with a cursor, the start of what ended, and why the others wait or failed.
func answerCell(m *Model, r *job.Row, l look) string {
	st, w := m.env.Styles, m.answerWidth
	switch r.Outcome {
	case job.RowStreaming:
		if r.Text == "" {
			return st.Muted.Paint("reasoning") + st.Accent.Paint(st.Glyphs.Bar)
		}
		return st.Text.Paint(widget.FitEnd(text.Line(r.Text), min(w-1, text.Width(text.Line(r.Text))))) + st.Accent.Paint(st.Glyphs.Bar)
	case job.RowWaiting:
		return st.Muted.Paint("first token: " + widget.Seconds(m.now.Sub(r.Since)).String())
	case job.RowHeld, job.RowRetrying, job.RowFailed, job.RowSkipped:
		return l.text.Paint(text.Line(r.Reason))
	case job.RowIncomplete:
		return st.Warn.Paint(text.Line(r.Reason)) + st.Muted.Paint("  "+text.Line(r.Text))
	}
	return st.Muted.Paint(text.Line(r.Text))
}
