package inspect

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"relaytop/relay"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// besideFrom is the width from which price and chunks stand side by side.
const besideFrom = 100

// overviewLines is everything in brief: the outcome, the attempts, where the time went, the cost, the chunks, the
// headers.
func (p *page) overviewLines() []string {
	lines := append(p.headLines(), "")
	lines = append(lines, p.attemptLines()...)
	if fall := p.waterfallLines(); len(fall) > 0 {
		lines = append(append(lines, ""), fall...)
	}
	headers := p.headerLines()
	if p.w < besideFrom {
		lines = append(append(lines, ""), p.priceLines(p.w)...)
		lines = append(append(lines, ""), p.gapLines(p.w, 4)...)
	} else {
		half := (p.w - 4) / 2
		price := p.priceLines(half)
		avail := p.h - len(lines) - 1 - len(headers) - 2 // and a blank line above all
		high := min(max(avail, len(price)), len(price)+6)
		gaps := p.gapLines(p.w-4-half, max(high-4, 2))
		beside := widget.Columns(4, widget.Block{Lines: price, W: half}, widget.Block{Lines: gaps, W: p.w - 4 - half})
		lines = append(append(lines, ""), strings.Split(beside, "\n")...)
	}
	return append(append(lines, ""), headers...)
}

// headLines are the outcome, or the state of a live request, and its figures.
func (p *page) headLines() []string {
	st, r := p.st, p.in.Result
	glyph, words, rest := p.verdict()
	left := glyph + " " + st.Text.Bold().Paint(words) + st.Muted.Paint(rest)
	lines := []string{widget.Spread(left, p.figures(p.w-text.Width(words)-text.Width(rest)-6), p.w)}
	for _, l := range p.prose(p.reason(), 3) {
		lines = append(lines, "  "+l)
	}
	if r.Err != nil && !p.in.Live {
		if advice := r.Err.Advice(); advice != "" && r.Status != relay.StatusCancelled {
			lines = append(lines, "  "+st.Faint.Paint(text.Truncate(text.Line(advice), p.w-2)))
		}
	}
	return lines
}

// verdict is how the request ended, or its state while it is live.
func (p *page) verdict() (glyph, words, rest string) {
	st, r := p.st, p.in.Result
	g := &st.Glyphs
	if p.in.Live {
		return p.liveVerdict()
	}
	model := text.Line(cmp.Or(r.Model, r.Asked, r.Requested))
	if r.Requested != "" && text.Line(r.Requested) != model {
		rest = ", asked for " + text.Line(r.Requested)
	}
	switch {
	case r.Cached:
		return st.OK.Paint(g.OK), "answered from our cache", ", by " + model
	case r.Status == relay.StatusOK && r.Fallback != nil:
		return st.Assistant.Paint(g.Fallback), "answered by " + model, rest
	case r.Status == relay.StatusOK:
		return st.OK.Paint(g.OK), "answered by " + model, rest
	case r.Status == relay.StatusFailed || r.Status == relay.StatusEmpty:
		class := string(r.Status)
		if r.Err != nil {
			class = string(r.Err.Class)
		}
		return st.Error.Paint(g.Failed), "failed  " + class, rest
	case r.Status == "":
		return p.unknownVerdict()
	}
	return st.Warn.Paint(g.Warning), string(r.Status), ", by " + model + rest
}

// unknownVerdict says why it is not known how the request ended.
func (p *page) unknownVerdict() (glyph, words, rest string) {
	st := p.st
	g := &st.Glyphs
	switch {
	case p.stored.reading:
		return st.Muted.Paint(g.Waiting), "reading", ": it is not in memory any more"
	case p.stored.err != nil:
		return st.Warn.Paint(g.Warning), "not known", ": it is not in memory, and what was stored can't be read: " +
			text.Line(p.stored.err.Error())
	case p.killed:
		return st.Warn.Paint(g.Warning), "unfinished", ": the end of this answer was not stored"
	}
	return st.Muted.Paint(g.Warning), "not kept", ": how this request ended is not in memory and not on disk"
}

// liveVerdict is the state of a live request.
func (p *page) liveVerdict() (glyph, words, rest string) {
	st, r := p.st, p.in.Result
	g := &st.Glyphs
	since := ""
	if !r.Timing.Sched.IsZero() {
		since = " " + widget.Seconds(p.now.Sub(r.Timing.Sched)).String()
	}
	switch n := len(r.Attempts); {
	case p.in.Waits != "" && !p.in.Until.IsZero():
		return st.Warn.Paint(g.Retrying), "waiting " + widget.Countdown(p.in.Until.Sub(p.now)), ""
	case p.in.Waits != "":
		return st.Warn.Paint(g.Waiting), "waiting", since
	case n == 0:
		return st.Accent.Paint(g.Waiting), "waiting for a free worker", since
	case r.Timing.First.IsZero():
		return st.Accent.Paint(g.Waiting), "waiting for the first token",
			" " + widget.Seconds(p.now.Sub(r.Attempts[n-1].Timing.Send)).String() + ", " + text.Line(r.Asked)
	}
	return st.Accent.Paint(g.Live), "streaming", " " + widget.Seconds(p.now.Sub(r.Timing.First)).String() + ", " +
		text.Line(r.Asked)
}

// reason is why it ended, waits or fell back; "" if there is nothing to explain.
func (p *page) reason() string {
	r := p.in.Result
	switch {
	case p.in.Live && p.in.Waits != "":
		return text.Line(p.in.Waits)
	case r.Fallback != nil && (p.in.Live || r.Status.Answered()):
		return text.Line(r.Fallback.From) + " was given up: " + text.Line(r.Fallback.Reason)
	case r.Err != nil:
		s := text.Line(r.Err.Message)
		if r.Err.Status != 0 && r.Err.Status != 200 {
			s = strconv.Itoa(r.Err.Status) + " " + s
		}
		return s
	}
	return ""
}

// figures are felt time, TTFT, speed and cost, as many as fit. The first ones are left out first.
func (p *page) figures(w int) string {
	st, r := p.st, p.in.Result
	type fact struct{ name, value, unit string }
	var all []fact
	add := func(name string, f widget.Figure) { all = append(all, fact{name, f.Value, f.Unit}) }
	t := &r.Timing
	if end := p.waitedTo(); !t.Sched.IsZero() && end.After(t.Sched) {
		add("felt", widget.Duration(end.Sub(t.Sched)))
	}
	if d, ok := t.TTFT(); ok {
		add("TTFT", widget.Duration(d))
	} else if d, ok := t.E2E(); ok && t.Whole {
		add("E2E", widget.Duration(d))
	}
	if u := r.AnswerUsage(); u != nil {
		if v, ok := t.Speed(u.Output); ok {
			add("tok/s", widget.Figure{Value: widget.About(widget.Speed(v), u.Estimated)})
		} else if t.Burst(u.Output) {
			add("tok/s", widget.Figure{Value: "burst"})
		}
	}
	switch {
	case r.Cost.Known():
		add("cost", widget.Figure{Value: widget.About(r.Cost.Amount.Dollars(), r.Cost.Estimated)})
	case r.Cost.Source == relay.SourceUnknown:
		add("cost", widget.Figure{Value: "unknown"})
	}
	for i := range all {
		var parts []string
		for _, f := range all[i:] {
			s := st.Muted.Paint(f.name+" ") + st.Text.Bold().Paint(f.value)
			if f.unit != "" {
				s += st.Muted.Paint(" " + f.unit)
			}
			parts = append(parts, s)
		}
		if s := strings.Join(parts, "   "); widget.Width(s) <= w {
			return s
		}
	}
	return ""
}

// waitedTo is the end of what a person waited for: the last token, else the end of the request, else now.
func (p *page) waitedTo() time.Time {
	t := &p.in.Result.Timing
	switch {
	case p.in.Live:
		return p.now
	case !t.Last.IsZero():
		return t.Last
	case !t.Done.IsZero():
		return t.Done
	}
	return p.in.Result.Wall
}

// headerLines are the most telling headers.
func (p *page) headerLines() []string {
	st, x := p.st, p.exchange()
	more := ""
	if key := p.keys.Of("inspect.all", false); key != "" {
		more = st.Text.Bold().Paint(key) + st.Muted.Paint(" all of them")
	}
	lines := []string{widget.Section(st, p.w, "headers", more)}
	if x == nil {
		return append([]string{p.section("headers", "")}, p.notKept()...)
	}
	var out []string
	used := 0
	for _, want := range [...]string{"authorization", "x-request-id", "retry-after", "content-type",
		"x-ratelimit-remaining-requests", "x-ratelimit-remaining-tokens", "cf-ray", "server", "via"} {
		for _, list := range [][]relay.Field{x.Received, x.Sent} {
			v, ok := valueOf(list, want)
			if !ok {
				continue
			}
			v = text.Truncate(text.Line(v), 40)
			if n := len(want) + 2 + text.Width(v); used+n <= p.w {
				out = append(out, st.Muted.Paint(want+"  ")+st.Text.Paint(v))
				used += n + 4
			}
			break
		}
	}
	return append(lines, strings.Join(out, "    "))
}

func valueOf(list []relay.Field, name string) (string, bool) {
	for _, f := range list {
		if strings.EqualFold(f.Name, name) {
			return f.Value, true
		}
	}
	return "", false
}

// figure paints a value and its unit.
func figure(st *style.Styles, f widget.Figure) string {
	if f.Unit == "" {
		return st.Text.Paint(f.Value)
	}
	return st.Text.Paint(f.Value) + st.Muted.Paint(" "+f.Unit)
}
