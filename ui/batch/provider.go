package batch

import (
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
	case job.PartValidating:
		return 2
	case job.PartFinalizing, job.PartCancelling:
		return 4
	case job.PartDownloading:
		return 5
	case "", job.PartUploading, job.PartCreating:
		return 1
	case job.PartInProgress:
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
	left := ink.Paint(glyph) + st.Text.Bold().Paint(" "+phaseWord(h.Provider.Doing())) +
		st.Text.Paint("  "+widget.Count(int64(h.Provider.Answered))) +
		st.Muted.Paint(" of "+widget.Count(int64(h.Provider.Rows))+" answered at "+text.Line(h.Provider.Endpoint))
	if h.Provider.Note != "" {
		left += st.Warn.Paint("  " + text.Line(h.Provider.Note))
	}
	return widget.Spread(widget.Fit(left, max(p.w-widget.Width(right)-1, 1)), right, p.w)
}
