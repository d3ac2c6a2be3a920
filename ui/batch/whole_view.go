package batch

import (
	"fmt"
	"strings"

	"relaytop/state/job"
	"relaytop/ui/overlay"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// Sizes of the parts of a whole row.
const (
	promptLines  = 3  // messages of which the first line is shown
	attemptsMost = 4  // of the newest attempts
	twoColumns   = 96 // width from which attempts and cost stand side by side
	lowRow       = 26 // height under which there are no blank lines, and one attempt
)

// View draws the row over all of the screen.
func (d *wholeRow) View(w, h int) overlay.Box {
	st := d.env.Styles
	iw, ih := w-4, h-2
	above, below := d.above(iw, ih), d.below(iw, ih)
	answer := max(ih-len(above)-len(below)-1, 1)
	d.scroll.find.row = len(above)
	lines := append(above, d.answer(iw, answer)...)
	for len(lines) < ih-len(below) {
		lines = append(lines, "")
	}
	lines = append(lines, below...)
	if len(lines) > ih {
		lines = lines[:ih]
	}
	for i := range lines {
		lines[i] = widget.Fit(lines[i], iw)
	}
	p := &page{st: st, now: d.at}
	l := p.look(&d.row.Row)
	before := "‹ "
	if st.Glyphs.ASCII {
		before = "< "
	}
	status := st.Muted.Paint(before) + st.Text.Paint(widget.Count(int64(d.n))) + st.Muted.Paint(" of "+
		widget.Count(int64(d.run.Rows))+" "+st.Glyphs.Prompt+"   ") + l.ink.Paint(l.glyph) + st.Text.Paint(" "+l.word)
	return overlay.Box{Title: fmt.Sprintf("row %d", d.n), Status: status, W: w, H: h, Screen: true,
		Sub:  st.Muted.Paint(text.Truncate(text.Line(d.row.ID), 40) + " of " + text.Line(name(&d.run))),
		Body: strings.Join(lines, "\n")}
}

// above is what stands above the answer: the figures, the prompt, and the error.
func (d *wholeRow) above(w, h int) []string {
	st, r := d.env.Styles, &d.row
	blank := func(lines []string) []string {
		if h < lowRow {
			return lines
		}
		return append(lines, "")
	}
	lines := blank(nil)
	lines = blank(append(lines, d.facts(w)))
	lines = append(lines, d.promptHead(w))
	if r.PromptErr != "" {
		lines = append(lines, st.Warn.Paint(st.Glyphs.Warning+" ")+st.Muted.Paint(text.Line(r.PromptErr)))
	}
	for i, m := range r.Prompt {
		if i == promptLines {
			lines = append(lines, st.Faint.Paint(fmt.Sprintf("%d more messages", len(r.Prompt)-i)))
			break
		}
		lines = append(lines, d.messageLine(m.Role, m.Text, w))
	}
	lines = blank(lines)
	if e := d.errorLines(w); len(e) > 0 {
		lines = blank(append(lines, e...))
	}
	return lines
}

// facts are the model and the figures.
func (d *wholeRow) facts(w int) string {
	st, r := d.env.Styles, &d.row
	left := st.Text.Bold().Paint(text.Line(r.Model))
	if r.Endpoint != "" {
		left += st.Muted.Paint(" on " + text.Line(r.Endpoint))
	}
	if r.Finish != "" {
		left += st.Muted.Paint(", finish_reason " + text.Line(r.Finish))
	}
	if f := r.Fallback; f != nil {
		left += st.Muted.Paint(", in place of " + text.Line(f.From) + ": " + text.Line(f.Reason))
	}
	var parts []string
	add := func(name, value, unit string) {
		s := st.Muted.Paint(name+" ") + st.Text.Paint(value)
		if unit != "" {
			s += st.Muted.Paint(" " + unit)
		}
		parts = append(parts, s)
	}
	if r.Took > 0 {
		f := widget.Duration(r.Took)
		add("felt", f.Value, f.Unit)
	}
	if r.TTFT > 0 {
		f := widget.Duration(r.TTFT)
		add("TTFT", f.Value, f.Unit)
	}
	if r.TokPerSec > 0 && w >= 90 {
		add("tok/s", widget.Speed(r.TokPerSec), "")
	}
	if r.Out > 0 {
		add("out", widget.About(widget.Count(r.Out), r.OutEst), "")
	}
	if r.Cost.Known() {
		add("cost", widget.About(r.Cost.Amount.Dollars(), r.Cost.Estimated), "")
	}
	return widget.Spread(left, strings.Join(parts, "   "), w)
}

func (d *wholeRow) promptHead(w int) string {
	st, r := d.env.Styles, &d.row
	right := ""
	if n := len(r.Prompt); n > 0 {
		right = st.Muted.Paint(fmt.Sprintf("%d %s   ", n, text.Plural(n, "message")))
	}
	if u := r.Usage; u != nil {
		right += st.Text.Paint(widget.About(widget.Count(u.Input), u.Estimated)) + st.Muted.Paint(" tok")
		if u.Cached > 0 {
			right += st.Muted.Paint(", " + widget.Count(u.Cached) + " cached")
		}
		right += "   "
	}
	return widget.Section(st, w, "prompt", right+st.Text.Bold().Paint("p")+st.Muted.Paint(" all of it"))
}

// messageLine is a role and the first line of a message.
func (d *wholeRow) messageLine(role, body string, w int) string {
	st := d.env.Styles
	body = strings.TrimRight(body, "\n")
	first, _, _ := strings.Cut(body, "\n")
	more := ""
	if n := strings.Count(body, "\n"); n > 0 {
		more = st.Faint.Paint(fmt.Sprintf("%d more %s", n, text.Plural(n, "line")))
	}
	head := st.Faint.Paint(widget.Fit(text.Line(role), labelWidth-2)) + "  "
	return widget.Spread(head+st.Text.Paint(text.Line(first)), more, w)
}

// errorLines say why the row has no complete answer, and what to do.
func (d *wholeRow) errorLines(w int) []string {
	st, r := d.env.Styles, &d.row
	why := r.Error
	if why == "" && r.Outcome != job.RowOK {
		why = r.Reason
	}
	if why == "" || r.Live() && r.Outcome != job.RowRetrying && r.Outcome != job.RowHeld {
		return nil
	}
	ink, head := st.Error, string(r.Class)
	if r.Outcome != job.RowFailed {
		ink = st.Warn
	}
	if r.HTTP >= 300 {
		head = strings.TrimSpace(fmt.Sprintf("%s  HTTP %d", head, r.HTTP))
	}
	lines := []string{widget.SectionIn(st, ink.Bold(), w, "why", ink.Paint(text.Line(head)))}
	for i, l := range text.Wrap(text.Clean(why), w) {
		if i == 4 {
			lines[i] += st.Glyphs.Ellipsis
			break
		}
		lines = append(lines, ink.Paint(l))
	}
	if r.Outcome == job.RowFailed && r.Class != "" {
		lines = append(lines, st.Muted.Paint(text.Truncate(r.Class.Advice(), w)))
	}
	return lines
}

// answer is the head of the answer and the lines of it that fit, with what is scrolled off counted.
func (d *wholeRow) answer(w, h int) []string {
	st, s := d.env.Styles, &d.scroll
	title, other := "answer", "raw"
	if d.raw {
		other = "drawn"
	}
	if d.asked {
		title = "prompt"
	}
	lines := d.content(w - 4)
	s.h = max(h, 1)
	if len(lines) > s.h {
		s.h = max(s.h-2, 1) // for what is above and below
	}
	s.by(0)
	s.search()
	to := min(s.top+s.h, len(lines))
	right := ""
	if len(lines) > s.h {
		right = st.Muted.Paint(fmt.Sprintf("lines %d%s%d of %s   ", s.top+1, st.Glyphs.Range, to,
			widget.Count(int64(len(lines)))))
	}
	right += st.Text.Bold().Paint("v") + st.Muted.Paint(" "+other)
	out := []string{widget.Section(st, w, title, right)}
	if s.find.on() || s.find.line != nil {
		out[0] = d.findHead(w)
	}
	scrolled := func(glyph string, n int, where string) {
		line := ""
		if n > 0 {
			line = st.Faint.Paint(fmt.Sprintf("  %s %s %s %s", glyph, widget.Count(int64(n)), text.Plural(n, "line"), where))
		}
		out = append(out, line)
	}
	switch {
	case !d.read:
		return append(out, st.Faint.Paint("  reading"))
	case d.err != nil:
		return append(out, "  "+st.Error.Paint(text.Line(d.err.Error())))
	case len(lines) == 0 || len(lines) == 1 && strings.TrimSpace(lines[0]) == "":
		return append(out, st.Faint.Paint("  "+d.nothing()))
	}
	long := len(lines) > s.h
	if long {
		scrolled(st.Glyphs.Up, s.top, "above")
	}
	thumb := d.thumb(len(lines), to-s.top)
	for i, l := range lines[s.top:to] {
		line := "  " + widget.Fit(s.mark(st, s.top+i, l, w-4), w-4)
		if long {
			line += " " + thumb[i]
		}
		out = append(out, line)
	}
	if long {
		scrolled(st.Glyphs.Down, len(lines)-to, "below")
	}
	return out
}

// nothing says why there is no answer to show.
func (d *wholeRow) nothing() string {
	switch {
	case d.asked:
		return "there is no prompt to show"
	case d.row.Live():
		return "no token yet"
	case d.row.Outcome == job.Pending:
		return "it was not sent yet"
	}
	return "there is no text in its answer"
}

// thumb is a scroll bar of h cells for n lines.
func (d *wholeRow) thumb(n, h int) []string {
	st := d.env.Styles
	size := max(h*h/max(n, 1), 1)
	at := 0
	if n > h {
		at = (h - size) * d.scroll.top / (n - h)
	}
	out := make([]string, h)
	for i := range out {
		if i >= at && i < at+size {
			out[i] = st.Accent.Paint(st.Glyphs.BudgetBar)
		} else {
			out[i] = st.Grid.Paint(st.Glyphs.Separator)
		}
	}
	return out
}

// below is what stands below the answer: attempts, cost, and where it is written.
func (d *wholeRow) below(w, h int) []string {
	var lines []string
	if h >= lowRow {
		lines = append(lines, "")
	}
	most := attemptsMost
	if h < lowRow {
		most = 1
	}
	if w >= twoColumns {
		left := w*2/3 - 2
		right := w - left - sectionGap
		blocks := []widget.Block{{Lines: d.attempts(left, most), W: left}, {Lines: d.cost(right), W: right}}
		lines = append(lines, strings.Split(widget.Columns(sectionGap, blocks...), "\n")...)
	} else {
		lines = append(lines, d.attempts(w, most)...)
	}
	return append(lines, d.place(w))
}

// place says where the row's line is.
func (d *wholeRow) place(w int) string {
	st := d.env.Styles
	verb := "goes to "
	if d.run.State == job.Finished {
		verb = "written to "
	}
	left := st.Faint.Paint(verb) + st.Muted.Paint(fmt.Sprintf("%s, line %d", text.Line(base(d.run.Out)), d.n))
	right := ""
	if at := d.row.At; !at.IsZero() {
		right = st.Faint.Paint("journal at ") + st.Muted.Paint(at.Local().Format("2 Jan 15:04:05"))
	}
	return widget.Spread(left, right, w)
}
