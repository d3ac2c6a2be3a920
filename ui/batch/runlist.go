package batch

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state/job"
	"relaytop/ui/overlay"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// runListWidth is the width of the list of runs, in cells.
const runListWidth = 100

// chooseRun lists the runs, newest first: figures, and below them why a run stands where it does, or who has it.
func (m *Model) chooseRun() tea.Cmd {
	st := m.env.Styles
	o := overlay.PickerOptions{Title: "runs", Placeholder: "part of a file name", Empty: "no runs yet",
		Width: runListWidth, Columns: []widget.Column{{Title: "state", Width: 13}, {Title: "rows", Width: 17, Right: true},
			{Title: "%", Width: 5, Right: true}, {Title: "so far", Width: 9, Right: true}}}
	for i, h := range m.book.List() {
		if h.ID == m.run.ID {
			o.Current = i
		}
		l := stateLook(st, &h)
		rows := widget.Count(int64(answeredRows(&h))) + " of " + widget.Count(int64(h.Rows))
		cost := widget.None
		if h.Cost > 0 {
			cost = widget.About(h.Cost.Dollars(), h.Estimated)
		}
		o.Choices = append(o.Choices, overlay.Choice{Title: name(&h), Run: m.show(h.ID), Below: m.runLine(&h),
			Cells: []string{l.glyph + " " + l.word, rows, strings.TrimSuffix(share(&h), "%"), cost},
			Inks:  []style.Ink{stateInk(st, &h), st.Text, st.Text, st.Text}})
	}
	return overlay.Open(overlay.Picker(o))
}

// stateInk is the colour of a state in a list: loud only where something waits or is wrong.
func stateInk(st *style.Styles, h *job.Header) style.Ink {
	if h.State == job.Finished && h.NotOK() == 0 {
		return st.Muted
	}
	return stateLook(st, h).ink
}

// runLine is the second line of a run: what it waits for, why it stands, who has it, and how it is sent.
func (m *Model) runLine(h *job.Header) string {
	var facts []string
	add := func(format string, a ...any) { facts = append(facts, fmt.Sprintf(format, a...)) }
	switch h.State {
	case job.Reading, job.Running, job.Pausing, job.Finishing:
		switch {
		case h.ReadOnly:
			add("another process runs it: you can only watch")
		case away(h):
			facts = append(facts, m.providerFacts(h)...)
		case h.HeldBy != "":
			add("! %s", h.HeldBy)
		}
		if !away(h) {
			facts = append(facts, flow(h)...)
		}
	case job.Paused:
		if away(h) {
			facts = append(facts, m.providerFacts(h)...)
			break
		}
		if h.Reason != "" {
			add("%s", h.Reason)
		}
	case job.Cancelled, job.Broken, job.Damaged:
		if h.Reason != "" {
			add("! %s", h.Reason)
		}
	case job.Finished:
		if h.NotOK() > 0 {
			facts = append(facts, outcomes(h))
		}
		add("took %s", widget.Clock(h.Elapsed))
	}
	if !h.Started.IsZero() {
		add("started %s", h.Started.Format(clockOn(h.Started, m.seen.at)))
	}
	return strings.Join(facts, "   ")
}

// flow is how the rows of a run go just now.
func flow(h *job.Header) (facts []string) {
	if n := h.InFlight + h.Writing; n > 0 {
		facts = append(facts, fmt.Sprintf("%s in flight", widget.Count(int64(n))))
	}
	if h.Retrying > 0 {
		facts = append(facts, fmt.Sprintf("%s to be retried", widget.Count(int64(h.Retrying))))
	}
	if s := outcomes(h); s != "" {
		facts = append(facts, s)
	}
	if h.Rate > 0 {
		facts = append(facts, fmt.Sprintf("%.1f/s", h.Rate))
	}
	if h.ETA > 0 {
		facts = append(facts, "ETA "+widget.Clock(h.ETA))
	}
	return facts
}

// outcomes are the rows that did not end well; "": every row did.
func outcomes(h *job.Header) string {
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{h.Failed, "failed"}, {h.Incomplete, "incomplete"}, {h.Skipped, "skipped"}} {
		if p.n > 0 {
			parts = append(parts, widget.Count(int64(p.n))+" "+p.what)
		}
	}
	return strings.Join(parts, ", ")
}

// providerFacts are how far the parts of a run are at their provider.
func (m *Model) providerFacts(h *job.Header) []string {
	p := &h.Provider
	facts := []string{relay.Counted(p.Open, "part") + " at " + text.Line(p.Endpoint)}
	if left := p.Expires.Sub(m.seen.at); left > 0 {
		facts = append(facts, "expires in "+widget.Clock(left.Truncate(time.Minute)))
	}
	if left := p.Next.Sub(m.seen.at); h.State == job.Running && left > 0 {
		facts = append(facts, "next poll in "+relay.Seconds(left))
	}
	if p.Note != "" {
		facts = append(facts, "! "+text.Line(p.Note))
	}
	return facts
}
