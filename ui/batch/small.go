package batch

import (
	"fmt"
	"math"
	"strings"

	"relaytop/relay"
	"relaytop/state/job"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// head is what stands above the rows in the small layout: progress, counts, money, and a banner or a blank line.
func (p *page) head() []string {
	lines := []string{p.progress(p.w), p.counts(), p.money()}
	if b := p.banner(p.w, 3); len(b) > 0 && p.h < 18 {
		return append(lines, b...)
	} else if len(b) > 0 {
		lines = append(lines, b...)
	}
	return append(lines, "")
}

// answeredRows is the number of rows with an outcome, and of those that a provider has answered and still keeps.
func answeredRows(h *job.Header) int {
	n := h.Done()
	if away(h) {
		n += h.Provider.Answered
	}
	return min(n, h.Rows)
}

// share is how much of the run is done. It is 100 % only when the output is written: before that some rows have no
// line.
func share(h *job.Header) string {
	pct := math.Floor(1000*float64(answeredRows(h))/float64(max(h.Rows, 1))) / 10
	if h.State != job.Finished {
		pct = min(pct, 99.9)
	}
	return fmt.Sprintf("%.1f%%", pct)
}

// progress is the bar with the percentage behind it.
func (p *page) progress(w int) string {
	st, h := p.st, p.run
	total := float64(max(h.Rows, 1))
	right := " " + st.Text.Bold().Paint(share(h)) +
		st.Muted.Paint(fmt.Sprintf("  %s / %s", widget.Count(int64(answeredRows(h))), widget.Count(int64(h.Rows))))
	parts := []widget.Part{
		{Share: float64(h.OK) / total, Ink: st.Done},
		{Share: float64(h.Failed) / total, Ink: st.Error},
		{Share: float64(h.Incomplete+h.Skipped) / total, Ink: st.Warn},
		{Share: float64(h.Underway()+h.Provider.Answered) / total, Ink: st.Fill[0]},
	}
	if h.More && h.State != job.Reading {
		right = " " + st.Text.Bold().Paint(widget.Count(int64(h.Done()))) +
			st.Muted.Paint(" of at least "+widget.Count(int64(h.Rows)))
	}
	if h.State == job.Reading {
		right, parts = " "+st.Text.Paint(widget.Count(int64(h.Rows)))+st.Muted.Paint(" rows read so far"), nil
	}
	return widget.Bar(st, max(w-widget.Width(right)-1, 4), parts, st.Grid) + " " + right
}

// counts are the rows by outcome, the rate and the time that is left.
func (p *page) counts() string {
	if away(p.run) {
		return p.providerCounts()
	}
	st, h, g := p.st, p.run, &p.st.Glyphs
	right := p.speed()
	avail := p.w - widget.Width(right) - 1
	left := ""
	add := func(glyph, text style.Ink, sign string, n int, always bool) {
		if n == 0 && !always {
			return
		}
		piece := glyph.Paint(sign) + text.Paint(" "+widget.Count(int64(n)))
		if left != "" {
			piece = "  " + piece
		}
		if widget.Width(left)+widget.Width(piece) <= avail {
			left += piece
		}
	}
	add(st.OK, st.Text, g.OK, h.OK, true)
	add(st.Error, st.Text, g.Failed, h.Failed, h.Failed > 0 || alive(p.run))
	add(st.Warn, st.Text, g.Warning, h.Incomplete+h.Skipped, false)
	add(st.Accent, st.Text, g.Live, h.InFlight, alive(p.run))
	if n := h.Writing; n > 0 {
		piece := st.Text.Paint("  "+widget.Count(int64(n))) + st.Muted.Paint(" writing")
		if widget.Width(left)+widget.Width(piece) <= avail {
			left += piece
		}
	}
	add(st.Warn, st.Text, g.Retrying, h.Retrying, false)
	add(st.Warn, st.Text, g.Waiting, h.Held, false)
	if p.w >= 64 {
		add(st.Faint, st.Faint, g.Queued, h.Queued, false)
	}
	return widget.Spread(left, right, p.w)
}

// speed is the rate and the time that is left, or what the run took.
func (p *page) speed() string {
	st, h := p.st, p.run
	right := ""
	if h.Rate > 0 && alive(p.run) {
		right = st.Text.Paint(fmt.Sprintf("%.1f", h.Rate)) + st.Muted.Paint("/s")
	}
	switch {
	case h.State == job.Running && h.HeldBy != "":
		right += "  " + st.Warn.Paint(p.heldRun())
	case h.State == job.Running && h.ETA > 0:
		right += st.Faint.Paint("  ETA ") + st.Text.Paint(widget.Clock(h.ETA))
	case h.Elapsed > 0 && alive(p.run):
		right += st.Faint.Paint("  for ") + st.Text.Paint(widget.Clock(h.Elapsed))
	case h.Elapsed > 0:
		right += st.Faint.Paint("  took ") + st.Text.Paint(widget.Clock(h.Elapsed))
	}
	return strings.TrimPrefix(right, "  ")
}

// heldRun says that the endpoint holds the whole run back, and for how long if that is known.
func (p *page) heldRun() string { return p.left("held", p.run.HeldUntil) }

// cost is what the run cost so far, as far as that is known.
func (p *page) cost() string {
	h := p.run
	if h.CostUnknown() {
		return "unknown"
	}
	return widget.About(h.Cost.Dollars(), h.Estimated)
}

// forecast is what the run will have cost at its end; "" if that is not known or the run is over.
func (p *page) forecast() string {
	h := p.run
	if h.High <= 0 || !alive(p.run) {
		return ""
	}
	low, high := rough(h.Low, h.High)
	if low == high {
		return high
	}
	return low + p.st.Glyphs.Range + strings.TrimPrefix(high, "$")
}

// rough formats the two ends of a forecast, rounded so that the lower one keeps two significant digits at least.
func rough(low, high relay.Money) (string, string) {
	unit := relay.USD / 1_000_000
	switch {
	case low >= relay.USD/10:
		unit = relay.USD / 100
	case low >= relay.USD/1000:
		unit = relay.USD / 10_000
	}
	round := func(m relay.Money) string { return ((m + unit/2) / unit * unit).Price() }
	return round(low), round(high)
}

// money is what the run cost and will cost, and how it is sent.
func (p *page) money() string {
	st, h := p.st, p.run
	right := p.modelLine()
	left := st.Faint.Paint("cost ") + st.Text.Paint(p.cost())
	avail := p.w - widget.Width(right) - 1
	add := func(piece string) {
		if widget.Width(left)+widget.Width(piece) <= avail {
			left += piece
		}
	}
	if h.Budget > 0 {
		add(st.Faint.Paint(" of ") + st.Text.Paint(h.Budget.Dollars()))
	}
	if f := p.forecast(); f != "" {
		add(st.Faint.Paint(" "+st.Glyphs.Arrow+" ") + st.Text.Paint(f))
	}
	if h.Unknown > 0 && h.Unknown < h.OK+h.Incomplete {
		add(st.Muted.Paint(fmt.Sprintf("  %s unknown", widget.Count(int64(h.Unknown)))))
	}
	if h.SavedKnown && !alive(p.run) {
		add(st.Faint.Paint("  saved ") + widget.Saved(st, h.Saved.Dollars(), h.Saved < 0))
	}
	return widget.Spread(left, right, p.w)
}

// banner says why a run stopped, what slows it down, or where its output is, in at most n lines.
func (p *page) banner(w, n int) []string {
	st, h := p.st, p.run
	switch {
	case h.State == job.Finished:
		note := ""
		if h.NothingLeft {
			note = st.Text.Paint("nothing was left to send  ")
		}
		written := widget.Fit(note+st.Faint.Paint("written to ")+st.Muted.Paint(text.Line(h.Out)), w)
		return append([]string{written}, p.noteLines(w, n-1)...)
	case h.State == job.Broken, h.State == job.Damaged, h.State == job.Cancelled,
		h.Stopped != "" && h.State != job.Running:
		lines := p.stopped(w, n)
		return append(lines, p.noteLines(w, n-len(lines))...)
	}
	return p.noteLines(w, n)
}

// stopped says why a run stopped and what to do, in at most n lines.
func (p *page) stopped(w, n int) []string {
	st, h := p.st, p.run
	ink, glyph := st.Error, st.Glyphs.Failed
	if h.Stopped == job.StopUser {
		ink, glyph = st.Warn, st.Glyphs.Waiting
	} else if h.State != job.Broken && h.State != job.Damaged {
		glyph = st.Glyphs.Warning
	}
	why := text.Line(h.Reason)
	if h.State == job.Pausing && h.Stopped == job.StopUser {
		why = "the rows in flight finish first"
	}
	if why == "" {
		why = string(h.State)
	}
	hint := ""
	if key := p.keys.Of("batch.budget", false); key != "" && h.Stopped == job.StopBudget && unlessMine(h) == "" {
		hint = key + " raises it"
	} else if key := p.keys.Of("batch.pause", false); key != "" && unlessSteerable(p.run) == "" && h.State != job.Pausing {
		hint = key + " resumes"
	}
	lines := text.Wrap(why, max(w-2, 1))
	if hint != "" {
		if last := len(lines) - 1; text.Width(lines[last])+3+len(hint) <= w-2 {
			hint = "   " + hint
		} else {
			lines = append(lines, "")
		}
	}
	if len(lines) > n {
		lines = append(lines[:n-1], lines[len(lines)-1])
		lines[n-2] = text.Truncate(lines[n-2], w-4) + st.Glyphs.Ellipsis
	}
	for i := range lines {
		mark := "  "
		if i == 0 {
			mark = ink.Paint(glyph) + " "
		}
		lines[i] = mark + ink.Paint(lines[i])
	}
	if hint != "" {
		key, does, _ := strings.Cut(strings.TrimLeft(hint, " "), " ")
		lines[len(lines)-1] += widget.Blank(len(hint)-len(strings.TrimLeft(hint, " "))) + st.Text.Bold().Paint(key) +
			st.Muted.Paint(" "+does)
	}
	return lines
}
