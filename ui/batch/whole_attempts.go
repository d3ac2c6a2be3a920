package batch

import (
	"fmt"

	"relaytop/relay"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// attempts is the table of the last attempts.
func (d *wholeRow) attempts(w, most int) []string {
	st, r := d.env.Styles, &d.row
	if len(r.Attempts) == 0 {
		return []string{widget.Section(st, w, "attempts", st.Muted.Paint(widget.Count(int64(r.Attempt))))}
	}
	bad := 0
	for i := range r.Attempts {
		if r.Attempts[i].Class != "" {
			bad++
		}
	}
	right := st.Text.Paint(fmt.Sprint(max(r.Sent, len(r.Attempts))))
	if bad > 0 {
		right += st.Muted.Paint(", of them ") + st.Error.Paint(fmt.Sprintf("%d failed", bad))
	}
	if r.Sent > len(r.Attempts) {
		right += st.Faint.Paint(", the journal has the last one")
	}
	if r.Tries > 1 {
		right += st.Muted.Paint(fmt.Sprintf("   sent %d times", r.Tries))
	}
	cols := []widget.Column{{Title: "#", Width: 1}, {Title: "endpoint", Width: 8},
		{Title: "status", Width: 6, Right: true},
		{Title: "class", Width: 5}, {Title: "TTFT", Width: 6, Right: true}, {Title: "took", Width: 7, Right: true},
		{Title: "then"}}
	var rows [][]string
	for i := max(len(r.Attempts)-most, 0); i < len(r.Attempts); i++ {
		a := &r.Attempts[i]
		cells := attemptCells(a, r.Finish)
		for j := range cells[:len(cells)-1] {
			cols[j].Width = min(max(cols[j].Width, text.Width(cells[j])), 16)
		}
		ink := st.OK
		if a.Class != "" {
			ink = st.Error
		}
		for j := range cells {
			switch j {
			case 2, 3:
				cells[j] = ink.Paint(cells[j])
			default:
				cells[j] = st.Text.Paint(cells[j])
			}
		}
		rows = append(rows, cells)
	}
	return append([]string{widget.Section(st, w, "attempts", right)}, widget.Table(st, w, cols, rows, -1)...)
}

// attemptCells are the figures of an attempt in words.
func attemptCells(a *relay.Attempt, finish string) []string {
	status, class := widget.None, "ok"
	if a.Status > 0 {
		status = fmt.Sprint(a.Status)
	}
	if a.Class != "" {
		class = string(a.Class)
	}
	ttft, took, then := widget.None, widget.None, ""
	if d, ok := a.Timing.TTFT(); ok {
		ttft = widget.Duration(d).String()
	}
	if d, ok := a.Timing.E2E(); ok {
		took = widget.Duration(d).String()
	}
	switch {
	case a.Wait > 0:
		then = "waited " + widget.Duration(a.Wait).String()
		if a.WaitReason != "" {
			then += ": " + text.Line(a.WaitReason)
		}
	case a.Message != "":
		then = text.Line(a.Message)
	case finish != "":
		then = "finish_reason " + text.Line(finish)
	}
	return []string{fmt.Sprint(a.N), text.Line(a.Endpoint), status, class, ttft, took, then}
}

// cost says how the cost was found.
func (d *wholeRow) cost(w int) []string {
	st, r := d.env.Styles, &d.row
	amount := st.Faint.Paint("unknown")
	switch {
	case r.Live():
		amount = st.Muted.Paint("not settled yet")
	case r.Cost.Known():
		amount = st.Text.Bold().Paint(widget.About(r.Cost.Amount.Dollars(), r.Cost.Estimated))
	}
	lines := []string{widget.Section(st, w, "cost", amount)}
	line := func(name, value string) {
		lines = append(lines, widget.Spread(st.Muted.Paint(name), st.Text.Paint(value), w))
	}
	switch b := r.Cost.Bill; {
	case b != nil && len(b.Lines) > 0:
		for _, l := range b.Lines[:min(len(b.Lines), 3)] {
			line(fmt.Sprintf("%s %s %s $%s / M", widget.Count(l.Tokens), l.What, st.Glyphs.Times, l.Rate.Price()[1:]),
				"$"+l.Amount.String())
		}
	case r.Usage != nil:
		line("input", widget.Count(r.Usage.Input)+" tok")
		line("output", widget.Count(r.Usage.Output)+" tok")
	}
	if r.Cost.Known() {
		line("price from", sourceWords(r.Cost.ShownSource()))
	}
	if r.Prior > 0 {
		line("of it earlier tries", r.Prior.Dollars())
	}
	if saved, ok := r.Cost.Saved(); ok {
		lines = append(lines, widget.Spread(st.Muted.Paint("saved against list"),
			widget.Saved(st, saved.Dollars(), saved < 0), w))
	}
	return lines
}
