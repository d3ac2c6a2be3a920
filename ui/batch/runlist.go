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
		Width: runListWidth, Columns: []widget.Column{{Title: "state", Width: 13}, {Title: "rows", Right: true},
			{Title: "%", Width: 5, Right: true}, {Title: "so far", Width: 6, Right: true}}}
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
		rowsColumn, costColumn := &o.Columns[1], &o.Columns[3] // a figure is never cut
		rowsColumn.Width = max(rowsColumn.Width, text.Width(rows))
		costColumn.Width = max(costColumn.Width, text.Width(cost))
		o.Choices = append(o.Choices, overlay.Choice{Title: listName(&h), Run: m.show(h.ID), Below: m.runLine(&h),
			Cells: []string{l.glyph + " " + l.word, rows, strings.TrimSuffix(share(&h), "%"), cost},
			Inks:  []style.Ink{stateInk(st, &h), st.Text, st.Text, st.Text}})
	}
	return overlay.Open(overlay.Picker(o))
}

// listName is the name of a run among others: the shards of one file are told apart.
func listName(h *job.Header) string {
	if h.Shard.N == 0 {
		return name(h)
	}
	return fmt.Sprintf("%s, shard %d of %d", name(h), h.Shard.I, h.Shard.N)
}

// stateInk is the colour of a state in a list: loud only where something waits or is wrong.
func stateInk(st *style.Styles, h *job.Header) style.Ink {
	if h.State == job.Finished && h.NotOK() == 0 {
		return st.Muted
	}
	return stateLook(st, h).ink
}

// runLine is the second line of a run: what it waits for, why it stands, who has it, how it is sent, and its id.
func (m *Model) runLine(h *job.Header) (facts []string) {
	add := func(format string, a ...any) { facts = append(facts, fmt.Sprintf(format, a...)) }
	ended := func() {
		if s := outcomes(h); s != "" {
			facts = append(facts, s)
		}
	}
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
		ended()
	case job.Cancelled, job.Broken, job.Damaged:
		if h.Reason != "" {
			add("! %s", h.Reason)
		}
		ended()
	case job.Finished:
		ended()
		add("took %s", widget.Clock(h.Elapsed))
	}
	if h.Model != "" {
		facts = append(facts, h.Model)
	}
	if !h.Started.IsZero() {
		add("started %s", h.Started.Format(clockOn(h.Started, m.seen.at)))
	}
	return append(facts, h.ID)
}

// flow is how the rows of a run go just now.
func flow(h *job.Header) (facts []string) {
	if s := outcomes(h); s != "" {
		facts = append(facts, s)
	}
	if n := h.InFlight + h.Writing; n > 0 {
		facts = append(facts, fmt.Sprintf("%s in flight", widget.Count(int64(n))))
	}
	if h.Retrying > 0 {
		facts = append(facts, fmt.Sprintf("%s to be retried", widget.Count(int64(h.Retrying))))
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
