package metrics

import (
	"fmt"
	"strings"

	"relaytop/relay"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// limitsLine is the state of one endpoint's limits: requests at once, and what is used of the minute's budgets. A
// limit that holds requests back comes first and in colour. What does not fit is left out.
func (p *page) limitsLine(a *relay.Allowance, name, w int) string {
	st := p.st
	of := func(what string, n, most string) string {
		return st.Muted.Paint(what+" ") + st.Text.Paint(n) + st.Muted.Paint(" of "+most)
	}
	parts := []string{st.Text.Paint(widget.Fit(text.Line(a.Endpoint), name))}
	if a.Out != "" {
		parts = append(parts, st.Error.Paint("no longer used: "+string(a.Out)))
	}
	if left := a.Cool.Sub(p.now); left > 0 {
		parts = append(parts, st.Warn.Paint("cools down, "+widget.Countdown(left)))
	}
	if left := a.Held.Sub(p.now); left > 0 {
		parts = append(parts, st.Warn.Paint("nothing left, "+widget.Countdown(left)))
	}
	most := widget.Count(int64(a.Most))
	if a.AtOnce < a.Most {
		parts = append(parts, st.Warn.Paint(fmt.Sprintf("slowed to %d of %s at once", a.AtOnce, most)))
	} else {
		parts = append(parts, of("at once", widget.Count(int64(a.InFlight)), most))
	}
	if a.RequestsMax > 0 {
		parts = append(parts, of("req/min", widget.Count(a.Requests), widget.Count(a.RequestsMax)))
	}
	if a.TokensMax > 0 {
		parts = append(parts, of("tok/min", widget.Short(a.Tokens), widget.Short(a.TokensMax)))
	}
	line := parts[0]
	for _, part := range parts[1:] {
		if text.Width(line)+2+text.Width(part) > w {
			break
		}
		line += "  " + part
	}
	return line
}

// limits are the limits of the endpoints in at most n lines, those that hold something back first.
func (p *page) limits(w, n int) []string {
	st := p.st
	name := 0
	var acting, calm []*relay.Allowance
	for i := range p.allowed {
		a := &p.allowed[i]
		name = max(name, min(text.Width(text.Line(a.Endpoint)), 12))
		if a.Acts(p.now) {
			acting = append(acting, a)
		} else {
			calm = append(calm, a)
		}
	}
	var lines []string
	for i, a := range append(acting, calm...) {
		if i == n {
			break
		}
		more := ""
		if i == n-1 && len(p.allowed) > n {
			more = st.Faint.Paint(fmt.Sprintf("  %d more", len(p.allowed)-n))
		}
		lines = append(lines, widget.Fit(p.limitsLine(a, name, w-text.Width(more))+more, w))
	}
	return lines
}

// warning is one line for a screen without tables: a breaker that is not closed, else the state of the limits.
func (p *page) warning(w int) string {
	if len(p.breakers) == 0 {
		return strings.Join(p.limits(w, 1), "")
	}
	return widget.Fit(p.worst(w), w)
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
	state := p.broken(b)
	for _, rest := range []string{"breaker of " + text.Line(b.Endpoint) + " " + text.Line(b.Model),
		text.Line(b.Endpoint) + " " + text.Line(b.Model), text.Line(b.Endpoint)} {
		if widget.Width(state)+2+text.Width(rest+more) <= w {
			return state + st.Muted.Paint("  "+rest+more)
		}
	}
	return text.Truncate(state+st.Muted.Paint("  "+text.Line(b.Endpoint)), w)
}

// alarm is the warning, or "" while nothing holds requests back.
func (p *page) alarm(w int) string {
	for i := range p.allowed {
		if p.allowed[i].Acts(p.now) {
			return p.warning(w)
		}
	}
	if len(p.breakers) > 0 {
		return p.warning(w)
	}
	return ""
}
