package batch

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
	"relaytop/state/job"
	"relaytop/ui/markdown"
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
	put := func(label, body string, n int) {
		if body == "" {
			return
		}
		wrapped := text.Wrap(body, p.w-labelWidth)
		if len(wrapped) > n {
			wrapped = wrapped[:n]
			wrapped[n-1] = text.Truncate(wrapped[n-1], p.w-labelWidth-2) + st.Glyphs.Ellipsis
		}
		for i, line := range wrapped {
			if i > 0 {
				label = ""
			}
			ink := st.Text
			if label == "why" {
				ink = l.text
			}
			lines = append(lines, p.label(label)+ink.Paint(line))
		}
	}
	if r.Outcome != job.RowStreaming && r.Outcome != job.RowOK {
		put("why", text.Line(r.Reason), 2)
	}
	if r.Outcome == job.RowFailed {
		put("to do", r.Class.Advice(), 1)
	}
	if f := r.Fallback; f != nil {
		put("fallback", text.Line(f.From+" "+st.Glyphs.Arrow+" "+f.To+": "+f.Reason), 1)
	}
	if avail := detailRows + 1 - len(lines); avail > 0 && r.Text != "" {
		lines = append(lines, p.answer(r, avail)...)
	}
	return lines
}

// labelWidth is how many cells a label and the blanks behind it take.
const labelWidth = 10

func (p *page) label(s string) string { return p.st.Faint.Paint(widget.Fit(s, labelWidth-2)) + "  " }

// answer draws at most n lines of the text of a row, without blank ones: its end while it streams, else its start.
func (p *page) answer(r *job.Row, n int) []string {
	streaming, width := r.Outcome == job.RowStreaming, p.w-labelWidth
	md := markdown.New(p.kit, p.st, width)
	md.Unnumbered()
	md.Write(text.Clean(r.Text))
	md.Close()
	lines := slices.DeleteFunc(md.Lines(nil, 0, md.Height()), func(l string) bool {
		return strings.TrimSpace(ansi.Strip(l)) == ""
	})
	if len(lines) == 0 {
		return nil
	}
	switch last := &lines[len(lines)-1]; {
	case streaming:
		if !r.Writing {
			*last = md.Cursor(*last)
		}
		lines = lines[max(len(lines)-n, 0):]
	case len(lines) > n:
		lines = lines[:n]
		lines[n-1] = ansi.Truncate(lines[n-1], width-2, "") + p.st.Glyphs.Ellipsis
	}
	for i := range lines {
		label := "answer"
		if i > 0 {
			label = ""
		}
		lines[i] = p.label(label) + lines[i]
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
	switch {
	case r.TokPerSec > 0:
		out = append(out, widget.Speed(r.TokPerSec)+" tok/s")
	case r.Burst:
		out = append(out, "burst")
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
		out = append(out, widget.About(r.Cost.Amount.Dollars(), r.Cost.Estimated))
	case r.CostEst > 0:
		out = append(out, widget.About(r.CostEst.Dollars(), true))
	}
	return out
}
