package metrics

import (
	"fmt"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// breakerWidth is the width of a breaker's state in a table.
const breakerWidth = 21

// breaker is the worst state of an endpoint's breakers.
func (p *page) breaker(endpoint string, w int) string {
	st := p.st
	var worst *state.Breaker
	for i := range p.breakers {
		if b := &p.breakers[i]; b.Endpoint == endpoint && (worst == nil || b.State == relay.BreakerOpen) {
			worst = b
		}
	}
	if worst == nil {
		return st.OK.Paint(st.Glyphs.Closed) + st.Text.Paint(" closed")
	}
	return text.Truncate(p.state(worst), w)
}

// state is a breaker that is not closed: its state, and when it lets a probe through.
func (p *page) state(b *state.Breaker) string {
	st := p.st
	if b.State != relay.BreakerOpen {
		return st.Warn.Paint(st.Glyphs.HalfOpen) + st.Text.Paint(" half-open, probing")
	}
	s := st.Error.Paint(st.Glyphs.Open) + st.Text.Paint(" open")
	switch left := b.Until.Sub(p.now); {
	case b.Until.IsZero():
	case left > 0:
		s += st.Text.Paint(", probe in " + widget.Countdown(left))
	default: // the next request is the probe
		s += st.Text.Paint(", ready to probe")
	}
	return s
}

// broken lists the breakers that are not closed, then what the endpoints do differently, newest first.
func (p *page) broken(w, h int) []string {
	st := p.st
	right := ""
	if n := len(p.breakers); n > 0 {
		right = st.Error.Paint(fmt.Sprintf("%d not closed", n))
	}
	var rows []string
	if len(p.breakers) == 0 {
		rows = append(rows, st.OK.Paint(st.Glyphs.Closed)+st.Muted.Paint(" all breakers are closed"))
	}
	for i := range p.breakers {
		b := &p.breakers[i]
		rows = append(rows, widget.Spread(st.Text.Paint(text.Line(b.Endpoint))+st.Muted.Paint(" "+text.Line(b.Model)),
			p.state(b), w))
	}
	for i := range p.health.Quirks {
		q := &p.health.Quirks[i]
		what := st.Text.Paint(text.Line(q.Endpoint))
		if q.Model != "" {
			what += st.Muted.Paint(" " + text.Line(q.Model))
		}
		what += st.Muted.Paint("  " + text.Line(q.Reason))
		rows = append(rows, widget.Spread(what, st.Faint.Paint(q.At.Format("15:04")), w))
	}
	shown := fitting(len(rows), h-1)
	if more := len(rows) - shown; more > 0 {
		rows = append(rows[:shown], st.Faint.Paint(fmt.Sprintf("%d more", more)))
	}
	return append([]string{widget.Section(st, w, "breakers and quirks", right)}, rows...)
}
