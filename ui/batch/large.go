package batch

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
	"relaytop/state/job"
	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

const (
	sectionRows = 5 // lines of a section under its head
	detailRows  = 4 // lines of the selected row's text
	sectionGap  = 4
)

// aboveLarge is what stands above the rows in the large layout: phases, the bar, four sections.
func (p *page) aboveLarge() []string {
	lines := []string{"", p.phases(), ""}
	if provided(p.run) {
		lines[1] = p.providerPhases()
	}
	if b := p.banner(p.w, 2); len(b) > 0 {
		lines = append(append(lines, b...), "")
	}
	lines = append(lines, p.progress(p.w), "")
	return append(append(lines, p.sections()...), "")
}

// phases are the phases of the run: done, current and to come, and their times.
func (p *page) phases() string {
	st, g, h := p.st, &p.st.Glyphs, p.run
	at := 1
	switch h.State {
	case job.Reading:
		at = 0
	case job.Finishing:
		at = 2
	case job.Finished:
		at = 3
	case job.Running, job.Pausing, job.Paused, job.Cancelled, job.Broken, job.Damaged:
	}
	left := ""
	for i, p := range [...]string{"reading", "running", "finishing"} {
		if i > 0 {
			left += "    "
		}
		switch {
		case i == 0 && at == 1 && h.More: // rows are sent while the file is read
			left += st.Accent.Paint(g.Live) + st.Text.Paint(" "+p)
		case i < at:
			left += st.OK.Paint(g.OK) + st.Muted.Paint(" "+p)
		case i > at:
			left += st.Faint.Paint(g.Queued + " " + p)
		case h.State == job.Paused || h.State == job.Pausing:
			left += st.Warn.Paint(g.Waiting) + st.Text.Bold().Paint(" "+string(h.State))
		case h.State == job.Cancelled || h.State == job.Broken || h.State == job.Damaged:
			left += st.Error.Paint(g.Failed) + st.Text.Bold().Paint(" "+string(h.State))
		default:
			left += st.Accent.Paint(g.Live) + st.Text.Bold().Paint(" "+p)
		}
	}
	return widget.Spread(left, p.times(), p.w)
}

func (p *page) times() string {
	st, h := p.st, p.run
	var parts []string
	if !h.Started.IsZero() {
		parts = append(parts, st.Faint.Paint("started ")+st.Muted.Paint(h.Started.Format(clockOn(h.Started, p.now))))
	}
	if h.Elapsed > 0 {
		parts = append(parts, st.Faint.Paint("elapsed ")+st.Text.Paint(widget.Clock(h.Elapsed)))
	}
	switch {
	case h.State == job.Running && h.HeldBy != "":
		parts = append(parts, st.Faint.Paint("ETA ")+st.Warn.Paint(p.heldRun()))
	case h.State == job.Running && h.ETA > 0:
		at := p.now.Add(h.ETA)
		parts = append(parts, st.Faint.Paint("ETA ")+st.Text.Bold().Paint(widget.Clock(h.ETA))+
			st.Muted.Paint(" at "+at.Format(clockOn(at, p.now))))
	case !h.Ended.IsZero():
		parts = append(parts, st.Faint.Paint("ended ")+st.Muted.Paint(h.Ended.Format(clockOn(h.Ended, p.now))))
	}
	return strings.Join(parts, "   ")
}

// clockOn is the layout of a time: without the day if that is today.
func clockOn(t, now time.Time) string {
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return "15:04:05"
	}
	return "2 Jan 15:04"
}

// sections are rows, failures, money and speed side by side.
func (p *page) sections() []string {
	if provided(p.run) {
		return p.providerSections()
	}
	w := (p.w - 3*sectionGap) / 4
	last := p.w - 3*(w+sectionGap)
	blocks := []widget.Block{{Lines: p.rowSection(w), W: w}, {Lines: p.failSection(w), W: w},
		{Lines: p.costSection(w), W: w}, {Lines: p.paceSection(last), W: last}}
	return strings.Split(widget.Columns(sectionGap, blocks...), "\n")
}

func (p *page) section(w int, title, right string) string {
	return widget.Section(p.st, w, title, right)
}

// measure is a name, a thin bar and a figure.
func (p *page) measure(w, at int, left, right string, share float64, ink style.Ink) string {
	bar := widget.Meter(p.st, max(w-at-7, 1), []widget.Part{{Share: share, Ink: ink}})
	return widget.Fit(left, at) + bar + widget.FitRight(right, w-at-max(w-at-7, 1))
}

func (p *page) rowSection(w int) []string {
	st, g, h := p.st, &p.st.Glyphs, p.run
	right := st.Text.Paint(fmt.Sprint(h.Concurrency)) +
		st.Muted.Paint(" at a time, "+text.Truncate(text.Line(h.Model), max(w-21, 4)))
	if h.Writing > 0 {
		right = st.Text.Paint(fmt.Sprint(h.Concurrency)) + st.Muted.Paint(" at a time, ") +
			st.Text.Paint(widget.Count(int64(h.Writing))) + st.Muted.Paint(" writing")
	}
	out := []string{p.section(w, "rows", right)}
	total := float64(max(h.Rows, 1))
	add := func(ink style.Ink, glyph, name string, n int, fill style.Ink) {
		out = append(out, p.measure(w, 15, ink.Paint(glyph)+st.Muted.Paint(" "+name), st.Text.Paint(widget.Count(int64(n))),
			float64(n)/total, fill))
	}
	add(st.OK, g.OK, "ok", h.OK, st.Done)
	add(st.Error, g.Failed, "failed", h.Failed, st.Error)
	if n := h.Incomplete + h.Skipped; n > 0 { // there are five lines: a rare outcome replaces in flight and retrying
		name := "cut, skipped"
		if h.Skipped == 0 {
			name = "incomplete"
		} else if h.Incomplete == 0 {
			name = "skipped"
		}
		add(st.Warn, g.Warning, name, n, st.Warn)
		add(st.Accent, g.Live, "under way", h.Underway(), st.Accent)
	} else {
		add(st.Accent, g.Live, "in flight", h.InFlight, st.Accent)
		name, glyph := "retrying", g.Retrying
		if h.Held > 0 {
			name, glyph = "held, retried", g.Waiting
			if h.Retrying == 0 {
				name = "held back"
			}
		}
		add(st.Warn, glyph, name, h.Retrying+h.Held, st.Warn)
	}
	add(st.Faint, g.Queued, "queued", h.Queued, st.Fill[0])
	return out
}

// failSection has the classes of the failed rows, the most frequent first.
func (p *page) failSection(w int) []string {
	st, h := p.st, p.run
	type entry struct {
		class relay.Class
		n     int
	}
	var all []entry
	for c, n := range h.ByClass {
		if n > 0 {
			all = append(all, entry{c, n})
		}
	}
	slices.SortFunc(all, func(a, b entry) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.class, b.class)) })
	if len(all) == 0 && h.Failed == 0 {
		return []string{p.section(w, "failed", st.Muted.Paint("no row")), st.Faint.Paint("by class, once a row fails")}
	}
	share := widget.Percent(float64(h.Failed) / float64(max(h.Done(), 1)))
	right := st.Text.Paint(widget.Count(int64(h.Failed))) +
		st.Muted.Paint(fmt.Sprintf(" %s, %s", text.Plural(h.Failed, "row"), share))
	out := []string{p.section(w, "failed", right)}
	for i, e := range all {
		if i == sectionRows-1 && len(all) > sectionRows {
			rest := 0
			for _, e := range all[i:] {
				rest += e.n
			}
			return append(out, widget.Spread(st.Faint.Paint(fmt.Sprintf("%d more classes", len(all)-i)),
				st.Text.Paint(widget.Count(int64(rest))), w))
		}
		out = append(out, p.measure(w, 17, st.Muted.Paint(string(e.class)), st.Text.Paint(widget.Count(int64(e.n))),
			float64(e.n)/float64(all[0].n), pane.GroupInk(st, e.class.Traits().Group)))
	}
	return out
}

func (p *page) costSection(w int) []string {
	st, h := p.st, p.run
	right := ""
	switch {
	case h.Simulated:
		right = st.Muted.Paint("simulated, nothing is billed")
	case h.Budget > 0:
		right = st.Warn.Paint(st.Glyphs.BudgetBar) + st.Muted.Paint(" budget ") + st.Text.Paint(h.Budget.Dollars())
	case h.Unknown > 0:
		right = st.Muted.Paint(widget.Count(int64(h.Unknown)) + " " + text.Plural(h.Unknown, "row") + " unknown")
	}
	line := func(name, value string) string { return widget.Spread(st.Muted.Paint(name), value, w) }
	dash := st.Faint.Paint(widget.None)
	end, mean, saved := dash, dash, st.Faint.Paint("unknown")
	last := "at the end"
	if f := p.forecast(); f != "" {
		end = st.Text.Paint(f)
	} else if h.Provider.Worst > 0 {
		last, end = "at the end, at most", st.Text.Paint(widget.About((h.Cost+h.Provider.Worst).Dollars(), true))
	}
	paid := h.OK + h.Failed + h.Incomplete - h.Unknown
	if paid > 0 && h.Cost > 0 {
		mean = st.Text.Paint(widget.About((h.Cost / relay.Money(paid)).Dollars(), h.Estimated))
	}
	if h.SavedKnown {
		saved = widget.Saved(st, h.Saved.Dollars(), h.Saved < 0)
	}
	third := line("a row, mean", mean)
	if h.Budget > 0 {
		third = line("left of the budget", p.budgetLeft())
	}
	out := []string{p.section(w, "cost", right), line("so far", st.Text.Bold().Paint(p.cost())), line(last, end),
		third, line("saved against list", saved)}
	if alive(p.run) && (h.High > 0 || h.Budget > 0) {
		out = append(out, p.costMeter(w))
	}
	return out
}

// costMeter is what was spent and will be, with the budget as a mark.
func (p *page) costMeter(w int) string {
	st, h := p.st, p.run
	most := float64(max(h.High, h.Budget, h.Cost, 1))
	bar := widget.Meter(st, w, []widget.Part{{Share: float64(h.Cost) / most, Ink: st.Done},
		{Share: float64(max(h.Low-h.Cost, 0)) / most, Ink: st.Fill[0]},
		{Share: float64(max(h.High-max(h.Low, h.Cost), 0)) / most, Ink: st.Fill[2]}})
	if h.Budget <= 0 {
		return bar
	}
	at := min(int(float64(h.Budget)/most*float64(w)), w-1)
	return ansi.Truncate(bar, at, "") + st.Warn.Paint(st.Glyphs.BudgetBar) + ansi.TruncateLeft(bar, at+1, "")
}

// budgetLeft is what the budget still covers, and what of the run is of unknown cost beside it.
func (p *page) budgetLeft() string {
	st, h := p.st, p.run
	left, ink := h.Budget-h.Cost, st.Text
	if left < 0 {
		left, ink = 0, st.Error
	}
	out := ink.Paint(left.Dollars())
	if h.Unknown > 0 {
		out = st.Warn.Paint(widget.Count(int64(h.Unknown))+" unknown") + st.Muted.Paint(" beside ") + out
	}
	return out
}

// paceSection draws how many rows ended in each second, the failed ones at the bottom.
func (p *page) paceSection(w int) []string {
	st := p.st
	const gutter = 5
	rates, step := p.pace.columns(w - gutter)
	top := 0.0
	cols := make([][]widget.Part, len(rates))
	for i, r := range rates {
		top = max(top, r.ok+r.bad)
		cols[i] = []widget.Part{{Share: r.bad, Ink: st.Error}, {Share: r.ok, Ink: st.Fill[0]}}
	}
	high := widget.Nice(max(top, .1))
	span := time.Duration(step) * time.Duration(len(rates)) * time.Second
	right := st.Faint.Paint(widget.None)
	if p.run.Rate > 0 {
		right = st.Text.Paint(widget.Rate(p.run.Rate))
	}
	spec := widget.ChartSpec{Left: "rows/s", Right: right, Gutter: gutter,
		YLabels: []string{axis(high), "0"},
		XLabels: []string{"-" + widget.Clock(span), "-" + widget.Clock(span/2), "now"},
		Draw:    func(pw, ph int) []string { return widget.Stack(st, pw, ph, cols, high) }}
	if p.pace.standing {
		spec.XLabels[2] = "end"
	}
	if top == 0 {
		spec.YLabels[0] = "5"
		spec.Note, spec.Draw = []string{"rows that end"}, nil
	}
	return strings.Split(widget.Chart(st, w, sectionRows+1, spec), "\n")
}

func axis(v float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0") }
