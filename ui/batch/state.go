package batch

import (
	"fmt"

	"relaytop/relay"
	"relaytop/state/job"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// stateLook is how the state of a run is shown. A run that another process has is watched, one that sends nothing
// until a relay is back is held, and one that a provider carries has the provider's own phase.
func stateLook(st *style.Styles, h *job.Header) look {
	g := &st.Glyphs
	word := string(h.State)
	switch h.State {
	case job.Reading, job.Running, job.Finishing, job.Pausing:
		switch {
		case h.ReadOnly:
			return look{g.HalfOpen, st.Chart[2], st.Text, "watched"}
		case h.State == job.Running && away(h):
			return look{g.Live, st.Accent, st.Text, phaseWord(h.Provider.Doing())}
		case h.State == job.Running && h.HeldBy != "":
			return look{g.Waiting, st.Warn, st.Warn, "held"}
		case h.State == job.Pausing:
			return look{g.Waiting, st.Warn, st.Text, word}
		}
		return look{g.Live, st.Accent, st.Text, word}
	case job.Paused:
		if away(h) {
			word = "with " + text.Line(h.Provider.Endpoint)
		}
		return look{g.Waiting, st.Warn, st.Text, word}
	case job.Finished:
		if h.NotOK() > 0 {
			return look{g.Warning, st.Warn, st.Text, word}
		}
		return look{g.OK, st.OK, st.Text, word}
	case job.Cancelled, job.Broken, job.Damaged:
	}
	return look{g.Failed, st.Error, st.Text, word}
}

// note is one fact about a run, with its mark.
type note struct {
	glyph string
	ink   style.Ink // of the glyph
	says  string
}

// notes are what is to be known about a run beside its figures, the most urgent first.
func (p *page) notes() (list []note) {
	st, g, h := p.st, &p.st.Glyphs, p.run
	add := func(glyph string, says string) { list = append(list, note{glyph, st.Warn, says}) }
	count := func(n int) string { return widget.Count(int64(n)) }
	if h.ReadOnly && h.State.Moves() {
		add(g.Warning, "another process runs it: you can only watch")
	}
	if h.State == job.Running && h.HeldBy != "" {
		add(g.Warning, h.HeldBy)
	} else if h.State == job.Running && h.PacedBy != "" {
		add(g.Waiting, "paced by "+h.PacedBy)
	}
	if note := h.DamageNote(); note != "" {
		add(g.Warning, note)
	}
	if c := h.Changed; c != nil && !c.None() {
		add(g.Warning, fmt.Sprintf("the file has changed since the last time: %s rows came, %s went, %s changed",
			count(c.Came), count(c.Went), count(c.Changed)))
	}
	switch {
	case h.Removed == 1:
		list = append(list, note{g.Queued, st.Faint, "1 row is no longer in the file: its answer is kept"})
	case h.Removed > 1:
		list = append(list, note{g.Queued, st.Faint, count(h.Removed) +
			" rows are no longer in the file: their answers are kept"})
	}
	if h.PaidTwice > 0 {
		add(g.Warning, relay.Counted(h.PaidTwice, "row")+" may be paid twice: stopped after being sent")
	}
	return list
}

// noteLines are the notes in at most n lines.
func (p *page) noteLines(w, n int) (lines []string) {
	all := p.notes()
	for i, f := range all[:min(max(n, 0), len(all))] {
		says := text.Line(f.says)
		if more := len(all) - n; i == n-1 && more > 0 {
			tail := "  and " + relay.Counted(more, "more note")
			says = text.Truncate(says, max(w-2-text.Width(tail), 1)) + tail
		}
		lines = append(lines, widget.Fit(f.ink.Paint(f.glyph)+p.st.Text.Paint(" "+says), w))
	}
	return lines
}
