package metrics

import (
	"fmt"

	"relaytop/relay"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// limit is one line of the limits: what is used of it, or in words why nothing is sent.
type limit struct {
	endpoint, name string
	used, most     int64
	short          bool // numbers are shortened: tokens
	words          string
	ink            style.Ink
}

// limitsOf are the lines of one endpoint: what holds its requests back first, in colour.
func (p *page) limitsOf(a *relay.Allowance) []limit {
	st := p.st
	var out []limit
	add := func(l limit) { l.endpoint = a.Endpoint; out = append(out, l) }
	if a.Out != "" {
		add(limit{words: "no longer used: " + string(a.Out), ink: st.Error})
	}
	if left := a.Cool.Sub(p.now); left > 0 {
		add(limit{words: "cools down, " + widget.Countdown(left), ink: st.Warn})
	}
	if left := a.Held.Sub(p.now); left > 0 {
		add(limit{words: "nothing left, " + widget.Countdown(left), ink: st.Warn})
	}
	once := limit{name: "at once", used: int64(a.InFlight), most: int64(a.Most), ink: st.Accent}
	if a.AtOnce < a.Most {
		once.words, once.ink = fmt.Sprintf("slowed to %d of %s", a.AtOnce, widget.Count(int64(a.Most))), st.Warn
		add(once)
	}
	if a.RequestsMax > 0 {
		add(limit{name: "requests", used: a.Requests, most: a.RequestsMax, ink: st.Accent})
	}
	if a.TokensMax > 0 {
		add(limit{name: "tokens", used: a.Tokens, most: a.TokensMax, short: true, ink: st.Accent})
	}
	if a.AtOnce >= a.Most {
		add(once)
	}
	return out
}

// allLimits are those of every endpoint, endpoints that are held back first.
func (p *page) allLimits() (all []limit, endpoints int) {
	for _, acting := range []bool{true, false} {
		for i := range p.allowed {
			if a := &p.allowed[i]; a.Acts(p.now) == acting {
				all = append(all, p.limitsOf(a)...)
			}
		}
	}
	return all, len(p.allowed)
}

func (p *page) limitLines() int {
	all, _ := p.allLimits()
	return len(all)
}

// limits are bars: what is used of the budgets of a minute and of the requests at once. The name of a single endpoint
// stands in the heading.
func (p *page) limits(w, h int) []string {
	st := p.st
	all, endpoints := p.allLimits()
	name := 0
	for _, l := range all {
		name = max(name, min(widget.Width(text.Line(l.endpoint)), 14))
	}
	right := "a minute, sliding"
	if endpoints == 1 {
		right, name = text.Line(all[0].endpoint)+", a minute", 0
	}
	if n := len(all) - (h - 1); n > 0 {
		right = fmt.Sprintf("%d more   %s", n, right)
		all = all[:max(h-1, 0)]
	}
	out := []string{widget.Section(st, w, "limits", st.Muted.Paint(right))}
	if len(all) == 0 {
		return append(out, st.Faint.Paint("known from the first request on"))
	}
	last := ""
	for _, l := range all {
		line := ""
		if name > 0 {
			shown := text.Line(l.endpoint)
			if shown == last {
				shown = ""
			} else {
				last = shown
			}
			line = widget.Fit(st.Text.Paint(widget.Fit(shown, name)), name) + "  "
		}
		out = append(out, p.limitLine(&l, line, w))
	}
	return out
}

// limitLine is one limit behind the name of its endpoint.
func (p *page) limitLine(l *limit, before string, w int) string {
	st := p.st
	if l.name == "" {
		return before + l.ink.Paint(l.words)
	}
	show := widget.Count
	if l.short {
		show = widget.Short
	}
	right := st.Text.Paint(show(l.used)) + st.Muted.Paint(" of "+show(l.most))
	if l.words != "" {
		right = l.ink.Paint(l.words)
	}
	line := before + st.Muted.Paint(widget.Fit(l.name, 8)) + "  "
	const figures = 16
	if room := w - widget.Width(line) - 2 - max(figures, widget.Width(right)); room >= 4 {
		ink := l.ink
		if l.most > 0 && 10*l.used >= 9*l.most {
			ink = st.Warn
		}
		line += widget.Meter(st, room, []widget.Part{{Share: float64(l.used) / float64(max(l.most, 1)), Ink: ink}}) + "  "
	}
	return line + widget.FitRight(right, w-widget.Width(line))
}

// worst is the open breaker, or else one that is half-open, and how many more are not closed. If the line is too long
// the model is left out first.
func (p *page) worst(w int) string {
	st, b := p.st, &p.breakers[0]
	for i := range p.breakers {
		if p.breakers[i].State == relay.BreakerOpen {
			b = &p.breakers[i]
			break
		}
	}
	more := ""
	if n := len(p.breakers) - 1; n > 0 {
		more = fmt.Sprintf(", %d more", n)
	}
	state := p.state(b)
	for _, rest := range []string{"breaker of " + text.Line(b.Endpoint) + " " + text.Line(b.Model),
		text.Line(b.Endpoint) + " " + text.Line(b.Model), text.Line(b.Endpoint)} {
		if widget.Width(state)+2+text.Width(rest+more) <= w {
			return state + st.Muted.Paint("  "+rest+more)
		}
	}
	return text.Truncate(state+st.Muted.Paint("  "+text.Line(b.Endpoint)), w)
}

// alarm is one line for a screen without tables: the worst breaker, else a limit that holds requests back; "" if
// there is neither.
func (p *page) alarm(w int) string {
	if len(p.breakers) > 0 {
		return widget.Fit(p.worst(w), w)
	}
	for i := range p.allowed {
		if a := &p.allowed[i]; a.Acts(p.now) {
			l := p.limitsOf(a)[0]
			words := l.words
			if l.name != "" {
				words += " " + l.name
			}
			return widget.Fit(p.st.Text.Paint(text.Line(a.Endpoint))+"  "+l.ink.Paint(words), w)
		}
	}
	return ""
}
