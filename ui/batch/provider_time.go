package batch

import (
	"fmt"
	"math"
	"slices"
	"time"

	"relaytop/relay"
	"relaytop/state/job"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// timeSection says how long the first part that runs takes, when its batch expires and when it is polled.
func (p *page) timeSection(w int) []string {
	st, h := p.st, p.run
	line := func(name, value string) string { return widget.Spread(st.Muted.Paint(name), value, w) }
	out := []string{p.section(w, "time", st.Muted.Paint("the provider sets the pace"))}
	if !away(h) {
		for _, at := range []struct {
			name string
			t    time.Time
		}{{"started", h.Started}, {"ended", h.Ended}} {
			if !at.t.IsZero() {
				out = append(out, line(at.name, st.Text.Paint(at.t.Format(clockOn(at.t, p.now)))))
			}
		}
		return append(out, line("took", st.Text.Bold().Paint(widget.Clock(h.Elapsed))))
	}
	if q := p.first(); q != nil {
		out = append(out, p.partTime(q, line)...)
	}
	if at := h.Provider.Expires; at.After(p.now) {
		out = append(out, line("expires, the first part", st.Muted.Paint("in ")+st.Text.Paint(widget.Clock(at.Sub(p.now)))+
			st.Muted.Paint(" at "+at.Format(clockOn(at, p.now)))))
	}
	next := st.Muted.Paint("now")
	switch at := h.Provider.Next; {
	case h.State != job.Running:
		next = st.Muted.Paint("once the run is resumed")
	case at.After(p.now):
		next = st.Muted.Paint("in ") + st.Text.Bold().Paint(relay.Seconds(at.Sub(p.now)))
	}
	return append(out, line("next poll", next))
}

// first is the open part that began first to be answered, else the first open part; nil: none is open.
func (p *page) first() *job.Part {
	var out *job.Part
	for i := range p.parts.list {
		q := &p.parts.list[i]
		runs := q.Current() == job.PartInProgress
		if !q.Over() && (out == nil || runs && out.Current() != job.PartInProgress) {
			out = q
		}
	}
	return out
}

// partTime is since when a part is in its phase, its pace, and when it is likely to be done at that pace.
func (p *page) partTime(q *job.Part, line func(name, value string) string) []string {
	st, t := p.st, &q.Times
	part := fmt.Sprintf("part %d", q.N)
	since := t.Planned
	switch q.Current() {
	case job.PartCreating:
		since = t.Uploaded
	case job.PartValidating:
		since = t.Created
	case job.PartInProgress:
		since = t.InProgress
	case job.PartFinalizing, job.PartCancelling:
		since = t.Finalizing
	case job.PartDownloading:
		since = t.Ended
	case "", job.PartUploading:
	}
	doing := part + " " + phaseWord(q.Doing())
	if since.IsZero() {
		return []string{line(doing, "")}
	}
	out := []string{line(doing+" since "+since.Format("15:04:05"), st.Text.Paint(took(since, p.now)))}
	unknown := st.Faint.Paint("unknown until it runs")
	spent, answered := p.now.Sub(since), q.Answered+q.Refused
	if q.Current() != job.PartInProgress || spent <= 0 || answered == 0 {
		return append(out, line(part+" likely done", unknown))
	}
	perMinute := float64(answered) / spent.Minutes()
	figure := widget.Count(int64(math.Round(perMinute)))
	if perMinute < 10 {
		figure = fmt.Sprintf("%.1f", perMinute)
	}
	left := time.Duration(float64(q.Rows-answered) / perMinute * float64(time.Minute))
	at := p.now.Add(left)
	clock := "15:04"
	if clockOn(at, p.now) != "15:04:05" {
		clock = clockOn(at, p.now)
	}
	return append(out, line("its pace so far", st.Text.Paint(figure)+st.Muted.Paint(" rows a minute")),
		line(part+" likely done", st.Text.Bold().Paint("~"+widget.Clock(left))+st.Muted.Paint(" at "+at.Format(clock))))
}

// stepSection is what happened to the parts last, the newest first.
func (p *page) stepSection(w int) []string {
	st := p.st
	out := []string{p.section(w, "polls and steps", st.Muted.Paint("as the journal has them"))}
	for _, s := range slices.Backward(p.parts.steps) {
		if len(out) > sectionRows {
			break
		}
		did := phaseWord(s.What)
		if s.Answered+s.Refused > 0 {
			did += fmt.Sprintf(": %s ok, %s failed", widget.Count(int64(s.Answered)), widget.Count(int64(s.Refused)))
		}
		line := st.Faint.Paint(s.At.Format("15:04:05")) + widget.FitRight(st.Muted.Paint(fmt.Sprint(s.Part)), 4) +
			"  " + st.Text.Paint(text.Truncate(did, max(w-14, 1)))
		out = append(out, widget.Fit(line, w))
	}
	return out
}
