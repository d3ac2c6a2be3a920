package batch

import (
	"fmt"
	"strings"

	"relaytop/relay"
	"relaytop/state/job"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// detail is the selected row: its figures in the head, and as much of its text as fits.
func (p *page) detail() []string {
	st := p.st
	r := p.list.selected()
	if r == nil {
		return nil
	}
	l := p.look(r)
	dot := " " + st.Glyphs.Dot + " "
	facts := l.ink.Paint(l.glyph) + st.Text.Paint(" "+l.word)
	if f := p.facts(r); len(f) > 0 {
		facts += st.Muted.Paint(dot + strings.Join(f, dot))
	}
	name := strings.TrimSpace(fmt.Sprintf("row %d  %s", r.N, text.Truncate(text.Line(r.ID), 40)))
	lines := []string{p.section(p.w, name, facts)}
	put := func(label, body string, n int, tail bool) {
		if body == "" {
			return
		}
		wrapped := text.Wrap(body, p.w-10)
		if len(wrapped) > n && tail {
			wrapped = wrapped[len(wrapped)-n:]
		} else if len(wrapped) > n {
			wrapped = wrapped[:n]
			wrapped[n-1] = text.Truncate(wrapped[n-1], p.w-12) + st.Glyphs.Ellipsis
		}
		for i, line := range wrapped {
			if i > 0 {
				label = ""
			}
			ink := st.Text
			if label == "why" {
				ink = l.text
			}
			line = st.Faint.Paint(widget.Fit(label, 8)) + "  " + ink.Paint(line)
			if tail && i == len(wrapped)-1 {
				line += st.Accent.Paint(st.Glyphs.Bar)
			}
			lines = append(lines, line)
		}
	}
	if r.Outcome != job.RowStreaming && r.Outcome != job.RowOK {
		put("why", text.Line(r.Reason), 2, false)
	}
	if r.Outcome == job.RowFailed {
		put("to do", r.Class.Advice(), 1, false)
	}
	if f := r.Fallback; f != nil {
		put("fallback", text.Line(f.From+" "+st.Glyphs.Arrow+" "+f.To+": "+f.Reason), 1, false)
	}
	if avail := detailRows + 1 - len(lines); avail > 0 {
		put("answer", text.Line(r.Text), avail, r.Outcome == job.RowStreaming)
	}
	return lines
}

// facts are the figures of a row, each in its unit.
func (p *page) facts(r *job.Row) []string {
	var out []string
	if r.Model != "" && r.Outcome != job.Pending {
		out = append(out, text.Line(r.Model))
	}
	if r.TTFT > 0 {
		out = append(out, "TTFT "+widget.Duration(r.TTFT).String())
	}
	if r.Out > 0 {
		out = append(out, widget.About(widget.Count(r.Out), r.OutEst)+" tok")
	}
	if r.TokPerSec > 0 {
		out = append(out, fmt.Sprintf("%.0f tok/s", r.TokPerSec))
	}
	switch {
	case r.Attempt > 0 && r.Of > 1:
		out = append(out, fmt.Sprintf("attempt %d of %d", r.Attempt, r.Of))
	case r.Attempt > 0:
		out = append(out, fmt.Sprintf("attempt %d", r.Attempt))
	}
	switch {
	case r.Cost.Source == relay.SourceCache:
		out = append(out, "cached answer, nothing paid")
	case r.Cost.Known():
		out = append(out, widget.About(widget.Money(int64(r.Cost.Amount)), r.Cost.Estimated))
	case r.CostEst > 0:
		out = append(out, widget.About(widget.Money(int64(r.CostEst)), true))
	}
	return out
}
