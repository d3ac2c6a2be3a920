package batch

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
	"relaytop/state/job"
	"relaytop/ui/overlay"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// row is one line of the dialog.
type row struct {
	text string
	edit bool
	rank int // where the screen is low, the lines of the highest rank are dropped first, those of rank needed never
}

// Ranks of lines.
const (
	needed = iota
	useful
	nice
	gap    // the blank line between two sections: all of them stay, or none
	margin // a blank line that parts no sections
)

// View draws the dialog.
func (p *preflight) View(w, h int) overlay.Box {
	st := p.env.Styles
	bw, inner := min(96, w), min(96, w)-4
	status := st.OK.Paint("nothing sent yet")
	var rows []row
	switch {
	case p.reading && p.input.to == nil:
		rows = []row{{rank: gap}, {text: st.Accent.Paint(st.Glyphs.Live) + st.Text.Paint(" reading the file")}}
	case p.input.err != nil:
		rows = []row{{rank: gap}}
		for _, l := range text.Wrap(text.Clean(sentence(p.input.err)), inner-2) {
			rows = append(rows, row{text: st.Error.Paint(st.Glyphs.Failed) + st.Text.Paint(" "+l)})
		}
		rows = append(rows, row{rank: gap}, p.field(inner, "t", st.Muted.Paint(p.template()), "template"))
	default:
		rows = p.rows(inner)
	}
	if p.reading && p.input.to != nil {
		status = st.Accent.Paint(st.Glyphs.Live) + st.Text.Paint(" reading again")
	}
	rows = append(rows, row{rank: gap}, row{text: p.last(inner)})
	body := drawRows(rows, inner, h-2, p.edit)
	return overlay.Box{Title: "before it starts", Sub: st.Muted.Paint(text.Line(p.name())), Status: status,
		Body: strings.Join(body, "\n"), W: bw, H: min(len(body)+2, h)}
}

// drawRows makes at most h lines of w cells of the rows of a dialog, and notes where the edited one stands.
func drawRows(rows []row, w, h int, e *edit) []string {
	rows = squeeze(rows, h)
	body := make([]string, len(rows))
	for i, r := range rows {
		if r.edit {
			e.row = i
		}
		body[i] = widget.Fit(r.text, w)
	}
	return body
}

// squeeze drops lines until at most n are left.
func squeeze(rows []row, n int) []row {
	for rank := margin; rank > needed && len(rows) > n; rank-- {
		if rank == gap {
			rows = slices.DeleteFunc(rows, func(r row) bool { return r.rank == gap })
			continue
		}
		for i := len(rows) - 1; i >= 0 && len(rows) > n; i-- {
			if rows[i].rank == rank && !rows[i].edit {
				rows = slices.Delete(rows, i, i+1)
			}
		}
	}
	return rows
}

func (p *preflight) name() string {
	if p.o.Sample {
		return "built-in sample"
	}
	return base(p.o.Input)
}

// hint is a key and what it does.
func (p *preflight) hint(key, does string) string { return keyHint(p.env.Styles, key, does) }

func keyHint(st *style.Styles, key, does string) string {
	return st.Text.Bold().Paint(key) + st.Muted.Paint(" "+does)
}

// rows are all lines of the dialog but the last.
func (p *preflight) rows(w int) []row {
	rows := append([]row{{rank: margin}}, p.inputRows(w)...)
	rows = append(append(rows, row{rank: gap}), p.costRows(w)...)
	rows = append(append(rows, row{rank: gap}), p.timeRows(w)...)
	rows = append(append(rows, row{rank: gap}), p.howRows(w)...)
	return append(append(rows, row{rank: gap}), p.diskRows(w)...)
}

// inputRows say what will be sent, and what is wrong with the rest.
func (p *preflight) inputRows(w int) []row {
	st, g, plan := p.env.Styles, &p.env.Styles.Glyphs, &p.input.plan
	head := st.Text.Paint(widget.Count(int64(plan.Rows))) + st.Muted.Paint(" in ") + figure(st, widget.Bytes(plan.Size))
	if plan.More {
		head = st.Muted.Paint("at least ") + st.Text.Paint(widget.Count(int64(plan.Rows))) +
			st.Muted.Paint(" rows so far, in ") + figure(st, widget.Bytes(plan.Size))
	}
	rows := []row{{text: widget.Section(st, w, "rows", head)}}
	warn := func(s string) string { return st.Warn.Paint(g.Warning) + " " + s }

	ids := ", no id twice"
	if plan.Repeats > 0 {
		ids = ""
	}
	line := st.OK.Paint(g.OK) + st.Text.Paint(" "+widget.Count(int64(plan.Good))) + st.Muted.Paint(" will run on ") +
		st.Text.Paint(text.Truncate(p.models(), max(w-50, 12))) + st.Muted.Paint(ids)
	rows = append(rows, p.field(w, "m", line, "model"))
	if n := plan.BadRows; n > 0 {
		does, key := "are skipped and listed in the errors file", "stop instead"
		if n == 1 {
			does = "is skipped and listed in the errors file"
		}
		if p.o.StopOnBad {
			does, key = "stop the run before it starts", "skip instead"
		}
		line := warn(st.Text.Paint(widget.Count(int64(n))) +
			st.Muted.Paint(" bad "+text.Plural(n, "row")+" "+does))
		rows = append(rows, row{text: widget.Spread(line, p.hint("b", key), w)},
			row{text: widget.Spread("  "+st.Faint.Paint(p.reasons(w-14)), p.hint("v", "view"), w), rank: useful})
	}
	if n := plan.Repeats; n > 0 {
		line := warn(st.Text.Paint(widget.Count(int64(n))) +
			st.Muted.Paint(" "+text.Plural(n, "row")+" with an id that an earlier row has, the first is ") +
			st.Text.Paint(text.Truncate(text.Line(plan.Duplicates[0]), 20)))
		key := "accept"
		if p.o.AllowDuplicate {
			key = "refuse"
		}
		rows = append(rows, row{text: widget.Spread(line, p.hint("a", key), w)})
	}
	for _, k := range slices.Sorted(maps.Keys(plan.Unused)) {
		n := plan.Unused[k]
		rows = append(rows, row{rank: useful, text: warn(st.Text.Paint(text.Truncate(text.Line(k), 24)) +
			st.Muted.Paint(fmt.Sprintf(" is in %s %s and is not sent", widget.Count(int64(n)), text.Plural(n, "row"))))})
	}
	t := p.field(w, "t", st.Faint.Paint("template  ")+
		st.Muted.Paint(text.Truncate(p.template(), max(w-26, 8))), "template")
	t.rank = useful
	return append(rows, t)
}

func (p *preflight) template() string {
	if p.o.Template == "" {
		return "none: the prompt of a row is sent as it is"
	}
	return text.Line(p.o.Template)
}

// models names the models of the rows.
func (p *preflight) models() string {
	all := p.input.plan.Models
	if len(all) == 1 {
		return text.Line(p.model())
	}
	var parts []string
	for _, m := range slices.Sorted(maps.Keys(all)) {
		parts = append(parts, fmt.Sprintf("%s (%s)", text.Line(m), widget.Count(int64(all[m]))))
	}
	return strings.Join(parts, ", ")
}

// reasons are the first bad rows in one line of at most w cells.
func (p *preflight) reasons(w int) string {
	plan := &p.input.plan
	dot := " " + p.env.Styles.Glyphs.Dot + " "
	more := func(shown int) string {
		if plan.BadRows == shown {
			return ""
		}
		return dot + widget.Count(int64(plan.BadRows-shown)) + " more"
	}
	out := ""
	for i, b := range plan.Bad {
		s := "line " + widget.Count(int64(b.Line)) + " " + text.Line(b.Reason)
		if i > 0 {
			s = dot + s
		}
		if i > 0 && text.Width(out+s+more(i+1)) > w {
			return text.Truncate(out+more(i), w)
		}
		out += s
	}
	return text.Truncate(out+more(len(plan.Bad)), w)
}

// costRows are the range of the cost, and the budget in it.
func (p *preflight) costRows(w int) []row {
	st, plan := p.env.Styles, &p.input.plan
	tokens := st.Muted.Paint(fmt.Sprintf("tokens: ~%s in, ~%s out, at most %s", widget.Short(plan.InputTokens),
		widget.Short(plan.OutputLikely), widget.Short(plan.OutputMax)))
	budget := "no budget: nothing stops it at an amount"
	if p.o.Budget > 0 {
		budget = "budget " + p.o.Budget.Dollars() + ": it stops before it costs more"
	}
	limit := p.field(w, "$", st.Muted.Paint(budget), "budget")
	c := p.costs()
	if !c.priced {
		why := "unknown"
		if len(plan.Unpriced) > 0 {
			why = "unknown: no price is known for " + text.Truncate(text.Line(strings.Join(plan.Unpriced, ", ")), w/2)
		}
		rows := []row{{text: widget.Section(st, w, "cost", st.Warn.Paint(why))}, {text: tokens, rank: useful}, limit}
		if p.o.Budget > 0 && p.o.BudgetUnknown {
			rows = append(rows, row{text: st.Warn.Paint(st.Glyphs.Warning) +
				st.Muted.Paint(" rows of unknown cost are sent, and not counted")})
		}
		return rows
	}
	word := "likely "
	if plan.More {
		word = "of the rows so far "
	}
	likely := st.Muted.Paint(word) + st.Text.Bold().Paint(widget.About(c.likely.Dollars(), true))
	rows := []row{{text: widget.Section(st, w, "cost", likely)}, {rank: margin}}
	for i, l := range p.costBar(w) {
		rank := useful
		if i >= 2 {
			rank = needed
		}
		rows = append(rows, row{text: l, rank: rank})
	}
	from := text.Truncate("prices: "+c.source, max(w-widget.Width(tokens)-3, 0))
	return append(rows, row{text: widget.Spread(tokens, st.Faint.Paint(from), w), rank: useful}, limit)
}

// source is where the prices of a plan are from.
func source(plan *job.Plan) string {
	s := sourceWords(plan.Source)
	if plan.AsOf != "" {
		s += ", " + plan.AsOf
	}
	return s
}

// sourceWords says where an amount is from.
func sourceWords(s relay.Source) string {
	switch s {
	case relay.SourceReported:
		return "the answer itself"
	case relay.SourceHeader:
		return "a header of the answer"
	case relay.SourceUser:
		return "your price file"
	case relay.SourceRelay:
		return "the relay's list"
	case relay.SourceList:
		return "the vendor's list"
	case relay.SourceCache:
		return "an answer paid for before"
	case relay.SourceSim:
		return "simulated"
	case relay.SourceEstimated, relay.SourceUnknown:
	}
	return string(s)
}

// costBar is the bar from nothing to the most that the run can cost, with the budget as a mark, and its legend.
func (p *preflight) costBar(w int) []string {
	st, g, c := p.env.Styles, &p.env.Styles.Glyphs, p.costs()
	most := float64(max(c.most, 1))
	parts := []widget.Part{{Share: float64(c.least) / most, Ink: st.Done},
		{Share: float64(c.likely-c.least) / most, Ink: st.Fill[0]},
		{Share: float64(c.most-c.likely) / most, Ink: st.Border}}
	bar := widget.Bar(st, w, parts, st.Grid)
	if b := p.o.Budget; b > 0 && b <= c.most {
		at := min(int(float64(b)/most*float64(w)), w-1)
		bar = ansi.Truncate(bar, at, "") + st.Warn.Paint(g.BudgetBar) + ansi.TruncateLeft(bar, at+1, "")
	}
	type entry struct {
		ink          style.Ink
		glyph        string
		label, value string
	}
	all := []entry{{st.Done, g.Legend, "input, certain", c.least.Dollars()},
		{st.Fill[0], g.Legend, "likely output", widget.About(c.likely.Dollars(), true)},
		{st.Border, g.Legend, "at max_tokens", c.most.Dollars()}}
	if p.o.Budget > 0 {
		all = slices.Insert(all, 2, entry{st.Warn, g.BudgetBar, "budget", p.o.Budget.Dollars()})
	}
	cell := w / len(all)
	labels, values := "", ""
	for _, e := range all {
		mark := e.ink.Paint(e.glyph)
		if e.glyph == g.Legend {
			mark = widget.Legend(st, e.ink)
		}
		labels += widget.Fit(mark+" "+st.Muted.Paint(e.label), cell)
		values += widget.Fit("  "+st.Text.Paint(e.value), cell)
	}
	return []string{bar, labels, values}
}

// last is the line of keys at the bottom, or why enter did nothing.
func (p *preflight) last(w int) string {
	st := p.env.Styles
	back := p.hint("esc", "back, nothing is sent")
	switch why := p.problem; {
	case why != "":
		return st.Error.Paint(st.Glyphs.Failed+" ") + st.Text.Paint(text.Truncate(why, w-2))
	case p.seconds > 0 && !p.reading && p.blocked() == "":
		left := p.hint("enter", "start") + st.Muted.Paint(fmt.Sprintf("   the demo starts by itself in %d s, any other "+
			"key stops that", p.seconds))
		return widget.Fit(left, w)
	case p.blocked() != "" && !p.reading && p.input.err == nil:
		return st.Warn.Paint(st.Glyphs.Warning+" ") + st.Text.Paint(text.Truncate(p.blocked(), w-2))
	}
	if p.reading || p.input.err != nil {
		return widget.Spread("", back, w)
	}
	return widget.Spread(p.hint("enter", "start"), back, w)
}

// figure is a value and its unit.
func figure(st *style.Styles, f widget.Figure) string {
	return st.Text.Paint(f.Value) + st.Muted.Paint(" "+f.Unit)
}
