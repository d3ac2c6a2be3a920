package inspect

import (
	"strconv"
	"time"

	"relaytop/relay"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// thenFrom is the width, in cells, from which an attempt's row also shows what followed it.
const thenFrom = 100

// attemptCount is the number of attempts, and how many of them failed or are not kept.
func (p *page) attemptCount() string {
	st, list := p.st, p.in.Result.Attempts
	if n := p.earlier(); n > 0 {
		return st.Text.Paint(strconv.Itoa(n+len(list))) +
			st.Muted.Paint(", "+relay.Counted(n, "earlier one")+" not kept")
	}
	failed := 0
	for i := range list {
		if list[i].Class.Failed() {
			failed++
		}
	}
	count := st.Text.Paint(strconv.Itoa(len(list)))
	if failed > 0 {
		count += st.Muted.Paint(", of them ") + st.Error.Paint(strconv.Itoa(failed)+" failed")
	}
	return count
}

// attemptLines is a row for each attempt, and the message of the chosen one.
func (p *page) attemptLines() []string {
	st, r := p.st, p.in.Result
	if p.lost() {
		why := "not kept: neither in memory nor on disk"
		switch {
		case p.stored.reading:
			why = "being read"
		case p.stored.err != nil:
			why = "not read"
		case p.killed:
			why = "not stored: they are when a request ends, and the end of this one was not; what came is in the chat"
		}
		return []string{widget.Section(st, p.w, "attempts", st.Muted.Paint("not known")), st.Muted.Paint(why)}
	}
	lines := []string{widget.Section(st, p.w, "attempts", p.attemptCount())}
	if len(r.Attempts) == 0 {
		return append(lines, st.Muted.Paint("none: nothing was sent"))
	}
	wide := p.w >= thenFrom
	cols := []widget.Column{
		{Title: "#", Width: 2},
		{Title: "endpoint", Width: 12},
		{Title: "model"},
		{Title: "status", Width: 6, Right: true},
		{Title: "class", Width: 14},
		{Title: "TTFT", Width: 7, Right: true},
		{Title: "took", Width: 7, Right: true},
	}
	if wide {
		cols[2].Width = 18
		cols = append(cols, widget.Column{Title: "then"})
	}
	rows := make([][]string, len(r.Attempts))
	for i := range r.Attempts {
		rows[i] = p.attemptRow(i)
		if wide {
			rows[i] = append(rows[i], st.Muted.Paint(p.then(i)))
		}
	}
	sel := -1
	if len(rows) > 1 {
		sel = p.attempt()
	}
	lines = append(lines, widget.Table(st, p.w, cols, rows, sel)...)
	if i := p.attempt(); i >= 0 {
		a := &r.Attempts[i]
		if !wide && p.then(i) != "" {
			lines = append(lines, p.labelled("then", p.then(i), 2)...)
		}
		if len(rows) > 1 && a.Message != "" && a.Class != "" {
			lines = append(lines, p.labelled("said", text.Line(a.Message), 2)...)
		}
	}
	return lines
}

// labelled is a faint word and running text beside it.
func (p *page) labelled(label, s string, most int) []string {
	st := p.st
	lines := text.Wrap(s, max(p.w-6, 10))
	if len(lines) > most {
		lines = append(lines[:most-1:most-1], text.Truncate(lines[most-1], p.w-7)+st.Glyphs.Ellipsis)
	}
	for i, l := range lines {
		lines[i] = st.Faint.Paint(widget.Fit(label, 4)) + "  " + st.Muted.Paint(l)
		label = ""
	}
	return lines
}

func (p *page) attemptRow(i int) []string {
	st, r := p.st, p.in.Result
	a := &r.Attempts[i]
	live := p.in.Live && i == len(r.Attempts)-1 && a.Class == ""
	status, ink := "", st.OK
	switch {
	case a.Status != 0:
		status = strconv.Itoa(a.Status)
	case !live:
		status = widget.None
	}
	class := "ok"
	switch {
	case a.Class != "":
		class, ink = string(a.Class), st.Error
	case live:
		class, ink = "under way", st.Accent
	case !r.Status.Answered() && i == len(r.Attempts)-1:
		class, ink = string(r.Status), st.Warn
	}
	if a.Class == relay.ClassCancelled {
		ink = st.Warn
	}
	ttft := st.Faint.Paint(widget.None)
	if d, ok := a.Timing.TTFT(); ok {
		ttft = figure(st, widget.Duration(d))
	}
	took := st.Faint.Paint(widget.None)
	if d, ok := p.took(i); ok {
		took = figure(st, widget.Duration(d))
	}
	return []string{st.Muted.Paint(strconv.Itoa(a.N)), st.Text.Paint(text.Line(a.Endpoint)),
		st.Text.Paint(text.Line(a.Model)), ink.Paint(status), ink.Paint(class), ttft, took}
}

// took is the time from sending to the end of an attempt, or to now.
func (p *page) took(i int) (time.Duration, bool) {
	a := &p.in.Result.Attempts[i]
	end := p.over(i)
	if a.Timing.Send.IsZero() || end.Before(a.Timing.Send) {
		return 0, false
	}
	return end.Sub(a.Timing.Send), true
}

// over is when an attempt ended, or now if it is live.
func (p *page) over(i int) time.Time {
	t := &p.in.Result.Attempts[i].Timing
	switch {
	case !t.Done.IsZero():
		return t.Done
	case p.in.Live && i == len(p.in.Result.Attempts)-1:
		return p.now
	}
	return t.Last
}

// then is what followed an attempt, and why.
func (p *page) then(i int) string {
	r := p.in.Result
	a := &r.Attempts[i]
	why := text.Line(a.WaitReason)
	if i == len(r.Attempts)-1 {
		switch {
		case a.Wait > 0 && p.in.Live:
			return "waits " + widget.Duration(a.Wait).String() + ": " + why
		case r.Finish != "":
			return "finish_reason " + text.Line(r.Finish)
		case why != "":
			return why
		case p.in.Live:
			return ""
		}
		return string(r.Status)
	}
	s := ""
	if a.Wait > 0 {
		s = "waited " + widget.Duration(a.Wait).String()
	}
	if next := &r.Attempts[i+1]; next.Model != a.Model {
		if s != "" {
			s += ", "
		}
		s += "fell back to " + text.Line(next.Model)
	} else if s == "" && next.Endpoint != a.Endpoint {
		s = "another endpoint"
	}
	if why != "" {
		if s != "" {
			s += ": "
		}
		s += why
	}
	return s
}
