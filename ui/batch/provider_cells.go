package batch

import (
	"time"

	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
	"relaytop/state/job"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// past is a phase that a part has left.
func (p *page) past(s string) string {
	if s != "" {
		s = " " + s
	}
	return p.st.OK.Paint(p.st.Glyphs.OK) + p.st.Muted.Paint(s)
}

// present is the phase that a part is in.
func (p *page) present(s string) string {
	ink, glyph := p.st.Accent, p.st.Glyphs.Live
	if p.run.State != job.Running && p.run.State != job.Finishing {
		ink, glyph = p.st.Warn, p.st.Glyphs.Waiting
	}
	return ink.Paint(glyph) + p.st.Text.Bold().Paint(" "+s)
}

// future is a phase that a part has not reached.
func (p *page) future(s string) string {
	if s != "" {
		s = " " + s
	}
	return p.st.Faint.Paint(p.st.Glyphs.Queued + s)
}

// took is the time between two steps; "" if one of them is not known.
func took(from, to time.Time) string {
	if from.IsZero() || to.Before(from) {
		return ""
	}
	return widget.Clock(to.Sub(from))
}

func (p *page) uploadCell(q *job.Part) string {
	size := widget.Bytes(q.Bytes).String()
	if q.Times.Uploaded.IsZero() {
		if q.Over() {
			return p.future(size)
		}
		return p.present(size)
	}
	if d := q.Times.Uploaded.Sub(q.Times.Planned); d >= time.Second && !q.Times.Planned.IsZero() {
		size += "  " + relay.Seconds(d.Round(time.Second))
	}
	return p.past(size)
}

func (p *page) createdCell(q *job.Part) string {
	switch {
	case !q.Times.Created.IsZero():
		return p.past(q.Times.Created.Format("15:04:05"))
	case q.Step == job.StepUploaded, q.Step == job.StepSubmitting:
		return p.present("creating")
	}
	return p.future("")
}

func (p *page) validatingCell(q *job.Part) string {
	t := &q.Times
	switch {
	case q.Current() == job.PartValidating:
		return p.present(took(t.Created, p.now))
	case t.Created.IsZero():
		return p.future("")
	case q.Phase == relay.BatchFailed:
		return p.st.Error.Paint(p.st.Glyphs.Failed + " failed")
	case t.InProgress.IsZero():
		return p.past("")
	}
	return p.past(took(t.Created, t.InProgress))
}

// inProgressCell is how many rows the provider has answered, in w cells.
func (p *page) inProgressCell(q *job.Part, w int) string {
	rows, answered := widget.Count(int64(q.Rows)), q.Answered+q.Refused
	switch {
	case q.Current() == job.PartInProgress:
		share := float64(answered) / float64(max(q.Rows, 1))
		left := p.present(widget.Count(int64(answered)) + " / " + rows)
		right := p.st.Muted.Paint(widget.Percent(share))
		if bar := w - widget.Width(left) - 2 - 1 - 6; bar >= 4 {
			left += "  " + widget.Meter(p.st, bar, []widget.Part{{Share: share, Ink: p.st.Done}})
		}
		return left + " " + widget.FitRight(right, 6)
	case q.Current() == job.PartValidating, q.Times.Created.IsZero():
		return p.future(rows + " rows")
	case answered == 0:
		return p.future("")
	}
	return p.past(widget.Count(int64(answered)) + " / " + rows)
}

func (p *page) finalizingCell(q *job.Part) string {
	switch phase := q.Current(); {
	case phase == job.PartCancelling:
		return p.present("cancelling")
	case phase == job.PartFinalizing:
		return p.present(took(q.Times.Finalizing, p.now))
	case q.Times.Ended.IsZero():
		return p.future("")
	}
	switch q.Phase {
	case relay.BatchFailed, relay.BatchExpired, relay.BatchCancelled:
		return p.st.Warn.Paint(p.st.Glyphs.Warning + " " + string(q.Phase))
	case relay.BatchCompleted, relay.BatchInProgress, relay.BatchFinalizing, relay.BatchCancelling, relay.BatchValidating:
	}
	return p.past(took(q.Times.Finalizing, q.Times.Ended))
}

func (p *page) mergedCell(q *job.Part) string {
	switch q.Step {
	case job.StepEnded:
		return p.present("fetching")
	case job.StepMerged:
		return p.past(q.Times.Merged.Format("15:04:05"))
	case job.StepDropped, job.StepLost:
		return p.st.Error.Paint(p.st.Glyphs.Failed + " " + string(q.Step))
	case job.StepPlanned, job.StepUploaded, job.StepSubmitting, job.StepCreated:
	}
	return p.future("")
}

func (p *page) expiresCell(q *job.Part) string {
	at := q.Times.Expires
	switch {
	case q.Over() || at.IsZero():
		return p.future("")
	case !at.After(p.now):
		return p.st.Warn.Paint("is due")
	}
	return p.st.Muted.Paint("in " + widget.Clock(at.Sub(p.now)))
}

// cutMiddle shortens an id to w cells and keeps its end, by which it is told apart.
func cutMiddle(s string, w int, mark string) string {
	const end = 4
	wide := text.Width(s)
	if wide <= w || w <= 2*end {
		return s
	}
	return ansi.Truncate(s, w-end-text.Width(mark), "") + mark + ansi.TruncateLeft(s, wide-end, "")
}
