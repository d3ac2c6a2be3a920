package inspect

import (
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

// overviewLines is everything in short: how it ended, the attempts, where the time went, what it cost, how it came, the headers.
func (m *Model) overviewLines() []string {
	lines := append(m.headLines(), "")
	lines = append(lines, m.attemptLines()...)
	if fall := m.waterfallLines(); len(fall) > 0 {
		lines = append(append(lines, ""), fall...)
	}
	headers := m.headerLines()
	if m.w < besideFrom {
		lines = append(append(lines, ""), m.priceLines(m.w)...)
		lines = append(append(lines, ""), m.gapLines(m.w, 4)...)
	} else {
		half := (m.w - 4) / 2
		price := m.priceLines(half)
		room := m.h - len(lines) - 1 - len(headers) - 2 // and a blank line above all
		high := min(max(room, len(price)), len(price)+6)
		gaps := m.gapLines(m.w-4-half, max(high-4, 2))
		beside := widget.Columns(4, widget.Block{Lines: price, W: half}, widget.Block{Lines: gaps, W: m.w - 4 - half})
		lines = append(append(lines, ""), strings.Split(beside, "\n")...)
	}
	return append(append(lines, ""), headers...)
}

// headLines say how it ended, or where it stands, and its figures.
func (m *Model) headLines() []string {
	st, r := m.env.Styles, m.in.Result
	glyph, words, rest := m.verdict()
	left := glyph + " " + st.Text.Bold().Paint(words) + st.Muted.Paint(rest)
	lines := []string{widget.Spread(left, m.figures(m.w-text.Width(words)-text.Width(rest)-6), m.w)}
	for _, l := range m.prose(m.reason(), 3) {
		lines = append(lines, "  "+l)
	}
	if r.Err != nil && !m.in.Live {
		if advice := r.Err.Advice(); advice != "" && r.Status != relay.StatusCancelled {
			lines = append(lines, "  "+st.Faint.Paint(text.Truncate(text.Line(advice), m.w-2)))
		}
	}
	return lines
}

// verdict is how it ended, or where it stands.
func (m *Model) verdict() (glyph, words, rest string) {
	st, r := m.env.Styles, m.in.Result
	g := &st.Glyphs
	if m.in.Live {
		return m.standing()
	}
	model := text.Line(firstOf(r.Model, r.Asked, r.Requested))
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
		return st.Warn.Paint(g.Warning), "unfinished", ": the program ended before the answer did"
	}
	return st.Warn.Paint(g.Warning), string(r.Status), ", by " + model + rest
}

// standing is where a request under way is.
func (m *Model) standing() (glyph, words, rest string) {
	st, r := m.env.Styles, m.in.Result
	g := &st.Glyphs
	since := ""
	if !r.Timing.Sched.IsZero() {
		since = " " + widget.Seconds(m.now.Sub(r.Timing.Sched)).String()
	}
	switch n := len(r.Attempts); {
	case m.in.Waits != "" && !m.in.Until.IsZero():
		left := int((max(m.in.Until.Sub(m.now), 0) + time.Second - 1) / time.Second)
		return st.Warn.Paint(g.Retrying), "waiting " + strconv.Itoa(left) + " s", ""
	case m.in.Waits != "":
		return st.Warn.Paint(g.Waiting), "waiting", since
	case n == 0:
		return st.Accent.Paint(g.Waiting), "waiting for a free worker", since
	case r.Timing.First.IsZero():
		return st.Accent.Paint(g.Waiting), "waiting for the first token", " " + widget.Seconds(m.now.Sub(r.Attempts[n-1].Timing.Send)).String() + ", " + text.Line(r.Asked)
	}
	return st.Accent.Paint(g.Live), "streaming", " " + widget.Seconds(m.now.Sub(r.Timing.First)).String() + ", " + text.Line(r.Asked)
}

// reason is why it came as it came.
func (m *Model) reason() string {
	r := m.in.Result
	switch {
	case m.in.Live && m.in.Waits != "":
		return text.Line(m.in.Waits)
	case r.Fallback != nil && (m.in.Live || r.Status.Answered()):
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

// figures are felt time, TTFT, speed and cost, as many as fit; the cost stays longest.
func (m *Model) figures(w int) string {
	st, r := m.env.Styles, m.in.Result
	type fact struct{ name, value, unit string }
	var all []fact
	add := func(name string, f widget.Figure) { all = append(all, fact{name, f.Value, f.Unit}) }
	t := &r.Timing
	if end := m.waitedTo(); !t.Sched.IsZero() && end.After(t.Sched) {
		add("felt", widget.Duration(end.Sub(t.Sched)))
	}
	if d, ok := t.TTFT(); ok {
		add("TTFT", widget.Duration(d))
	}
	if u := r.Usage; u != nil {
		if d, ok := t.TPOT(u.Output); ok {
			add("tok/s", widget.Figure{Value: about(u.Estimated) + speed(d)})
		}
	}
	switch {
	case r.Cost.Known():
		add("cost", widget.Figure{Value: about(r.Cost.Estimated) + widget.Money(int64(r.Cost.Amount))})
	case r.Cost.Source == relay.SourceUnknown:
		add("cost", widget.Figure{Value: "unknown"})
	}
	for i := range all { // from the left the first ones go
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

// waitedTo is the end of what a person waited for: the last token, or whatever ended it, or now.
func (m *Model) waitedTo() time.Time {
	t := &m.in.Result.Timing
	switch {
	case m.in.Live:
		return m.now
	case !t.Last.IsZero():
		return t.Last
	case !t.Done.IsZero():
		return t.Done
	}
	return m.in.Result.Wall
}

// headerLines are the few headers that say most.
func (m *Model) headerLines() []string {
	st, x := m.env.Styles, m.exchange()
	more := st.Text.Bold().Paint("enter") + st.Muted.Paint(" all of them")
	lines := []string{widget.Section(st, m.w, "headers", more)}
	if x == nil {
		return append([]string{m.section("headers", "")}, m.gone()...)
	}
	var out []string
	used := 0
	for _, want := range [...]string{"authorization", "x-request-id", "retry-after", "content-type", "x-ratelimit-remaining-requests", "x-ratelimit-remaining-tokens", "cf-ray", "server", "via"} {
		for _, list := range [][]relay.Field{x.Received, x.Sent} {
			v, ok := valueOf(list, want)
			if !ok {
				continue
			}
			v = text.Truncate(text.Line(v), 40)
			if n := len(want) + 2 + text.Width(v); used+n <= m.w {
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

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

func about(estimated bool) string {
	if estimated {
		return "~"
	}
	return ""
}

// speed is tokens a second at so much time for each.
func speed(each time.Duration) string {
	v := 1 / each.Seconds()
	if v < 9.95 {
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return widget.Count(int64(v + 0.5))
}

// figure paints a value and its unit.
func figure(st *style.Styles, f widget.Figure) string {
	if f.Unit == "" {
		return st.Text.Paint(f.Value)
	}
	return st.Text.Paint(f.Value) + st.Muted.Paint(" "+f.Unit)
}
