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

// broken lists the breakers that are not closed.
func (p *page) broken(w, h int) []string {
	st := p.st
	if len(p.breakers) == 0 {
		return []string{widget.Section(st, w, "breakers", ""),
			st.OK.Paint(st.Glyphs.Closed) + st.Muted.Paint(" all are closed")}
	}
	out := []string{widget.Section(st, w, "breakers", st.Error.Paint(fmt.Sprintf("%d not closed", len(p.breakers))))}
	for i := range p.breakers {
		if i == h-2 && len(p.breakers) > h-1 {
			return append(out, st.Faint.Paint(fmt.Sprintf("%d more", len(p.breakers)-i)))
		}
		b := &p.breakers[i]
		out = append(out, widget.Spread(st.Text.Paint(text.Line(b.Endpoint))+st.Muted.Paint(" "+text.Line(b.Model)),
			p.state(b), w))
	}
	return out
}
