package batch

import (
	"fmt"
	"slices"
	"strings"

	"relaytop/relay"
	"relaytop/state/job"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// parts are the parts of a run that a provider carries, and what happened to them last.
type parts struct {
	list  []job.Part
	steps []job.PartStep
}

// provided reports whether a provider carries the run, and has or had rows of it.
func provided(h *job.Header) bool { return h.Carrier == job.ByProvider && h.Provider.Endpoint != "" }

// away reports whether a provider has rows of the run.
func away(h *job.Header) bool { return provided(h) && h.Provider.Open > 0 }

// providerPhases are the phases of a run that a provider carries. The part that is least far stands for all of them.
func (p *page) providerPhases() string {
	st, g, h := p.st, &p.st.Glyphs, p.run
	names := [...]string{"reading", "uploading", "validating", "in progress", "finalizing", "merging"}
	at := providerPhase(h)
	left := ""
	for i, name := range names {
		if i > 0 {
			left += "   "
		}
		switch {
		case i < at:
			left += st.OK.Paint(g.OK) + st.Muted.Paint(" "+name)
		case i > at:
			left += st.Faint.Paint(g.Queued + " " + name)
		case h.State == job.Paused, h.State == job.Pausing:
			left += st.Warn.Paint(g.Waiting) + st.Text.Bold().Paint(" "+name)
		case h.State == job.Cancelled || h.State == job.Broken:
			left += st.Error.Paint(g.Failed) + st.Text.Bold().Paint(" "+string(h.State))
		default:
			left += st.Accent.Paint(g.Live) + st.Text.Bold().Paint(" "+name)
		}
	}
	return widget.Spread(left, p.polls(), p.w)
}

// providerPhase is the number of the phase that a run is in; one more than the last if it is over.
func providerPhase(h *job.Header) int {
	switch h.State {
	case job.Reading:
		return 0
	case job.Finished:
		return 6
	case job.Finishing:
		return 5
	case job.Running, job.Pausing, job.Paused, job.Cancelled, job.Broken, job.Damaged:
	}
	switch h.Provider.Phase {
	case "", "uploading", "creating":
		return 1
	case string(relay.BatchValidating):
		return 2
	case string(relay.BatchFinalizing), string(relay.BatchCancelling):
		return 4
	case "downloading":
		return 5
	}
	return 3
}

// polls says when the provider is asked again, and until when it keeps the batch.
func (p *page) polls() string {
	st, h := p.st, p.run
	var out []string
	if at := h.Provider.Next; h.State == job.Running && at.After(p.now) {
		out = append(out, st.Faint.Paint("next poll in ")+st.Text.Paint(relay.Seconds(at.Sub(p.now))))
	}
	if at := h.Provider.Expires; away(h) && at.After(p.now) {
		out = append(out, st.Faint.Paint("expires in ")+st.Muted.Paint(widget.Clock(at.Sub(p.now))))
	}
	if h.Elapsed > 0 {
		out = append(out, st.Faint.Paint("for ")+st.Muted.Paint(widget.Clock(h.Elapsed)))
	}
	return strings.Join(out, "   ")
}

// providerCounts is the line of a run of which a provider has rows, in the small layout.
func (p *page) providerCounts() string {
	st, h := p.st, p.run
	right := ""
	if at := h.Provider.Next; h.State == job.Running && at.After(p.now) {
		right = st.Faint.Paint("next poll ") + st.Text.Paint(relay.Seconds(at.Sub(p.now)))
	}
	ink, glyph := st.Accent, st.Glyphs.Live
	if h.State != job.Running {
		ink, glyph = st.Warn, st.Glyphs.Waiting
	}
	left := ink.Paint(glyph) + st.Text.Bold().Paint(" "+text.Line(h.Provider.Phase)) +
		st.Text.Paint("  "+widget.Count(int64(h.Provider.Answered))) +
		st.Muted.Paint(" of "+widget.Count(int64(h.Provider.Rows))+" answered at "+text.Line(h.Provider.Endpoint))
	if h.Provider.Note != "" {
		left += st.Warn.Paint("  " + text.Line(h.Provider.Note))
	}
	return widget.Spread(widget.Fit(left, max(p.w-widget.Width(right)-1, 1)), right, p.w)
}

// providerSections are the parts, the money and what happened last, side by side.
func (p *page) providerSections() []string {
	w := (p.w - 2*sectionGap) / 4
	left := p.w - 2*(w+sectionGap)
	blocks := []widget.Block{{Lines: p.partSection(left), W: left}, {Lines: p.costSection(w), W: w},
		{Lines: p.stepSection(w), W: w}}
	lines := strings.Split(widget.Columns(sectionGap, blocks...), "\n")
	for len(lines) <= sectionRows { // the rows below stand where they do in every run
		lines = append(lines, "")
	}
	return lines
}

// partSection has a line for each part; those that are open come first.
func (p *page) partSection(w int) []string {
	st, h := p.st, p.run
	right := st.Muted.Paint(fmt.Sprintf("%d %s at %s", h.Provider.Parts, text.Plural(h.Provider.Parts, "part"),
		text.Truncate(text.Line(h.Provider.Endpoint), 24)))
	out := []string{p.section(w, "parts", right)}
	list := slices.Clone(p.parts.list)
	slices.SortStableFunc(list, func(a, b job.Part) int { return rankOf(&a) - rankOf(&b) })
	for i := range list {
		if i == sectionRows-1 && len(list) > sectionRows {
			more := len(list) - i
			return append(out, st.Faint.Paint(fmt.Sprintf("%d more %s", more, text.Plural(more, "part"))))
		}
		out = append(out, p.partLine(&list[i], w))
	}
	return out
}

// rankOf is 0 for a part that is open.
func rankOf(p *job.Part) int {
	switch p.Step {
	case job.StepMerged, job.StepDropped, job.StepLost:
		return 1
	case job.StepPlanned, job.StepUploaded, job.StepSubmitting, job.StepCreated, job.StepEnded:
	}
	return 0
}

func (p *page) partLine(part *job.Part, w int) string {
	st, g := p.st, &p.st.Glyphs
	ink, glyph := st.Accent, g.Live
	switch part.Step {
	case job.StepMerged:
		ink, glyph = st.OK, g.OK
	case job.StepLost, job.StepDropped:
		ink, glyph = st.Error, g.Failed
	case job.StepPlanned, job.StepUploaded, job.StepSubmitting, job.StepCreated, job.StepEnded:
		if part.Note != "" {
			ink, glyph = st.Warn, g.Warning
		}
	}
	answered := part.Answered + part.Refused
	left := widget.FitRight(st.Muted.Paint(fmt.Sprint(part.N)), 3) + "  " +
		widget.FitRight(st.Text.Paint(widget.Count(int64(part.Rows))), 7) + "  " + ink.Paint(glyph) +
		widget.Fit(st.Text.Paint(" "+text.Line(part.Doing())), 13) +
		widget.FitRight(st.Text.Paint(widget.Count(int64(answered))), 8) + st.Muted.Paint(" answered") + "  "
	what := text.Line(part.Batch)
	if part.Note != "" {
		what = text.Line(part.Note)
	}
	bar := max(w-widget.Width(left)-26, 4)
	share := float64(answered) / float64(max(part.Rows, 1))
	left += widget.Meter(st, bar, []widget.Part{{Share: share, Ink: st.Done}}) + "  "
	return widget.Fit(left+st.Faint.Paint(text.Truncate(what, max(w-widget.Width(left), 1))), w)
}

// stepSection is what happened to the parts last, the newest first.
func (p *page) stepSection(w int) []string {
	st := p.st
	out := []string{p.section(w, "steps", st.Muted.Paint("in the journal"))}
	for _, s := range slices.Backward(p.parts.steps) {
		if len(out) > sectionRows {
			break
		}
		line := st.Faint.Paint(s.At.Format("15:04:05")) + widget.FitRight(st.Muted.Paint(fmt.Sprint(s.Part)), 4) +
			"  " + st.Text.Paint(text.Line(s.What))
		out = append(out, widget.Fit(line, w))
	}
	return out
}
