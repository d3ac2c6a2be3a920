package batch

import (
	"fmt"
	"strings"

	"relaytop/relay"
	"relaytop/state/job"
	"relaytop/ui/overlay"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// View draws the dialog.
func (d *resumption) View(w, h int) overlay.Box {
	st := d.env.Styles
	bw := min(84, w)
	inner := bw - 4
	var rows []row
	switch {
	case d.reading:
		rows = []row{{rank: gap},
			{text: st.Accent.Paint(st.Glyphs.Live) + st.Text.Paint(" reading the file and the journal")}}
	case d.err != nil:
		rows = []row{{rank: gap}}
		for _, l := range text.Wrap(text.Clean(sentence(d.err)), inner-2) {
			rows = append(rows, row{text: st.Error.Paint(st.Glyphs.Failed) + st.Text.Paint(" "+l)})
		}
	default:
		rows = append([]row{{rank: margin}}, d.rowRows(inner)...)
		rows = append(append(rows, row{rank: gap}), d.costRows(inner)...)
	}
	body := drawRows(append(rows, row{rank: gap}, row{text: d.last(inner)}), inner, h-2, d.edit)
	return overlay.Box{Title: "before it goes on", Sub: st.Muted.Paint(text.Truncate(text.Line(name(&d.run)), inner/2)),
		Status: st.OK.Paint("nothing sent yet"), Body: strings.Join(body, "\n"), W: bw, H: min(len(body)+2, h)}
}

// rowRows say what will be sent and what stays, and what was found when the run was read.
func (d *resumption) rowRows(w int) []row {
	st, g, h := d.env.Styles, &d.env.Styles.Glyphs, &d.run
	count := func(n int) string { return widget.Count(int64(n)) }
	head := st.Text.Bold().Paint(count(d.rows())) + st.Muted.Paint(" of "+count(h.Rows)+" will be sent")
	out := []row{{text: widget.Section(st, w, "rows", head)}}
	add := func(rank int, ink style.Ink, glyph string, n int, says string) {
		if n > 0 {
			out = append(out, row{rank: rank, text: widget.Fit(ink.Paint(glyph)+st.Text.Paint(" "+count(n))+
				st.Muted.Paint(" "+text.Plural(n, "row")+says), w)})
		}
	}
	if n := d.intent.row; n > 0 {
		says := st.Warn.Paint(g.Retrying) + st.Text.Paint(" row "+count(n)) + st.Muted.Paint(" is sent again")
		if d.intent.replaces {
			says += st.Muted.Paint(": its answer was paid for, and a new one takes its place")
		}
		out = append(out, row{text: widget.Fit(says, w)})
		add(needed, st.Faint, g.Queued, h.Rows-h.Done(), " not answered yet, and sent too")
	} else {
		add(nice, st.OK, g.OK, h.OK, " ok, and kept")
	}
	if d.intent.failed {
		add(needed, st.Warn, g.Retrying, h.Failed, " failed, and sent again")
	} else {
		add(useful, st.Error, g.Failed, h.Failed, " failed, and not sent again"+d.retryHint())
	}
	add(nice, st.Warn, g.Warning, h.Incomplete, " incomplete, and kept")
	add(nice, st.Warn, g.Warning, h.Skipped, " skipped")
	add(nice, st.Faint, g.Queued, h.Removed, " no longer in the file, and kept")
	if c := h.Changed; c != nil && !c.None() {
		says := fmt.Sprintf(" the file has changed: %s rows came, %s went, %s changed", count(c.Came), count(c.Went),
			count(c.Changed))
		out = append(out, row{text: widget.Fit(st.Warn.Paint(g.Warning)+st.Text.Paint(says), w)})
	}
	add(useful, st.Warn, g.Warning, h.Damaged, " with a record that can't be read, and sent again")
	add(useful, st.Warn, g.Warning, h.PaidTwice, " stopped after being sent: may be paid twice")
	return out
}

func (d *resumption) retryHint() string {
	if key := d.env.Keys.Of("batch.retry", false); key != "" {
		return " (" + key + " sends them)"
	}
	return ""
}

// costRows are what was spent, what the rest may cost, and the limits.
func (d *resumption) costRows(w int) []row {
	st, h := d.env.Styles, &d.run
	likely, least, most := d.rest()
	right := st.Muted.Paint("unknown: too few rows were answered")
	if d.intent.row > 0 && !d.row.Priced || h.CostUnknown() {
		right = st.Warn.Paint("unknown: " + text.Truncate(text.Line(h.Model), 24) + " has no known price")
	}
	rest := ""
	if likely > 0 {
		right = st.Muted.Paint("likely ") + st.Text.Bold().Paint(widget.About(likely.Dollars(), true)) +
			st.Muted.Paint(" more")
	}
	if most > least {
		rest = st.Muted.Paint("   the rest ") + st.Text.Paint(span(st, least, most))
	}
	out := []row{{text: widget.Section(st, w, "cost", right)},
		{text: st.Muted.Paint("so far ") + st.Text.Paint(widget.About(h.Cost.Dollars(), h.Estimated)) + rest}}
	says := st.Muted.Paint("no budget: nothing stops it at an amount")
	if d.budget > 0 {
		says = st.Muted.Paint("budget ") + st.Text.Paint(d.budget.Dollars()) + st.Muted.Paint(", of which ") +
			st.Text.Paint(max(d.budget-h.Cost, 0).Dollars()) + st.Muted.Paint(" are left")
	}
	if d.edit != nil {
		out = append(out, row{edit: true, text: d.edit.view(st, w)})
	} else {
		out = append(out, row{text: widget.Spread(says, keyHint(st, "$", "budget"), w)})
	}
	how := st.Text.Paint(text.Truncate(text.Line(h.Model), w/2)) + st.Muted.Paint(fmt.Sprintf(", %d at once", d.atOnce))
	if h.Carrier == job.ByProvider {
		how = st.Text.Paint(text.Truncate(text.Line(h.Model), w/2)) + st.Muted.Paint(" by a provider's batch")
		return append(out, row{text: how})
	}
	return append(out, row{rank: useful, text: widget.Spread(how, keyHint(st, "+/-", "concurrency"), w)})
}

// rest is what the rows that are sent may cost: by those that were answered, and by the price of a row that is sent
// again. Zeros: not known.
func (d *resumption) rest() (likely, least, most relay.Money) {
	n := d.rows()
	if d.intent.row == 0 {
		return d.others(n)
	}
	row := &d.row
	if n == 1 || !row.Priced {
		return row.Likely, row.Least, row.Most
	}
	if likely, least, most = d.others(n - 1); likely > 0 {
		likely += row.Likely
	}
	if most > least {
		least, most = least+row.Least, most+row.Most
	}
	return likely, least, most
}

// others is what n rows may cost by those that were answered.
func (d *resumption) others(n int) (likely, least, most relay.Money) {
	h := &d.run
	paid, left := h.OK+h.Failed+h.Incomplete-h.Unknown, h.Rows-h.Done()
	if paid > 0 && h.Cost > 0 {
		likely = h.Cost / relay.Money(paid) * relay.Money(n)
	}
	if h.High > 0 && left > 0 {
		least = (h.Low - h.Cost) / relay.Money(left) * relay.Money(n)
		most = (h.High - h.Cost) / relay.Money(left) * relay.Money(n)
	}
	return likely, least, most
}

// last is the line of keys at the bottom, or why enter does nothing.
func (d *resumption) last(w int) string {
	st := d.env.Styles
	back := keyHint(st, "esc", "back, nothing is sent")
	why := d.problem
	if why == "" && !d.reading && d.err == nil {
		why = d.blocked()
	}
	switch {
	case why != "":
		return st.Warn.Paint(st.Glyphs.Warning+" ") + st.Text.Paint(text.Truncate(why, w-2))
	case d.reading || d.err != nil:
		return widget.Spread("", back, w)
	}
	return widget.Spread(keyHint(st, "enter", d.intent.does), back, w)
}
