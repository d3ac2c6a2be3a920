package inspect

import (
	"strconv"
	"strings"

	"relaytop/relay"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// which names the attempt that the tab is about, where there are several.
func (m *Model) which() []string {
	st, i, n := m.env.Styles, m.attempt(), len(m.in.Result.Attempts)
	if n < 2 {
		return nil
	}
	a := &m.in.Result.Attempts[i]
	line := st.Text.Bold().Paint("attempt "+strconv.Itoa(a.N)) + st.Muted.Paint(" of "+strconv.Itoa(n)+", "+text.Line(a.Model)+" at "+text.Line(a.Endpoint))
	return []string{widget.Spread(line, st.Text.Bold().Paint("[")+st.Muted.Paint(" and ")+st.Text.Bold().Paint("]")+st.Muted.Paint(" for the others"), m.w), ""}
}

// gone says why there is nothing to show of what was on the wire.
func (m *Model) gone() []string {
	st, why := m.env.Styles, "Headers and bodies are not here any more. They are never written down: of the newest 200 requests they stay in memory, and they go with the program that sent them."
	switch r := m.in.Result; {
	case r.Cached:
		why = "Our own cache answered: nothing was sent."
	case m.in.Live:
		why = "Headers and bodies are here once the attempt has ended."
	case len(r.Attempts) == 0 && r.Status != "":
		why = "Nothing was sent."
	}
	var out []string
	for _, l := range text.Wrap(why, min(m.w, 100)) {
		out = append(out, st.Muted.Paint(l))
	}
	return out
}

// requestLines are what went out.
func (m *Model) requestLines() []string {
	st, lines, x := m.env.Styles, m.which(), m.exchange()
	if x == nil {
		return append(lines, m.gone()...)
	}
	lines = append(lines, flow([]piece{{text.Line(x.Method) + " ", st.Text.Bold()}, {text.Line(x.URL), st.Accent}}, m.w, 5)...)
	lines = append(lines, "", m.section("headers", strconv.Itoa(len(x.Sent))))
	lines = append(lines, m.fields(x.Sent)...)
	lines = append(lines, "", m.section("body", m.size(len(x.Body), x.BodySize, x.BodyCut)))
	return append(lines, m.bodyOf(x, x.Body, x.BodyCut)...)
}

// responseLines are what came back.
func (m *Model) responseLines() []string {
	st, lines, x := m.env.Styles, m.which(), m.exchange()
	if x == nil {
		return append(lines, m.gone()...)
	}
	if x.Status == 0 {
		lines = append(lines, st.Error.Paint("no response came"))
		if i := m.attempt(); i >= 0 {
			lines = append(lines, m.prose(text.Line(m.in.Result.Attempts[i].Message), 4)...)
		}
		return lines
	}
	ink := st.OK
	if x.Status >= 300 {
		ink = st.Error
	}
	lines = append(lines, ink.Bold().Paint("HTTP "+strconv.Itoa(x.Status)))
	lines = append(lines, "", m.section("headers", strconv.Itoa(len(x.Received))))
	lines = append(lines, m.fields(x.Received)...)
	lines = append(lines, "", m.section("body", m.size(len(x.Answer), x.AnswerSize, x.AnswerCut)))
	return append(lines, m.bodyOf(x, x.Answer, x.AnswerCut)...)
}

func (m *Model) section(name, right string) string {
	return widget.Section(m.env.Styles, m.w, name, m.env.Styles.Muted.Paint(right))
}

// size tells how long a body is, and how much of it is here.
func (m *Model) size(kept int, all int64, cut bool) string {
	if cut {
		return "the first " + widget.Bytes(int64(kept)).String() + " of " + widget.Bytes(all).String()
	}
	return widget.Bytes(all).String()
}

// bodyOf is a body laid out. It is made once: a body of 256 KiB has thousands of lines.
func (m *Model) bodyOf(x *relay.Exchange, body []byte, cut bool) []string {
	st := m.env.Styles
	key := paintedKey{id: x.ID, attempt: x.Attempt, tab: m.tab, w: m.w, gen: st.Generation}
	if m.body.key != key || m.body.lines == nil {
		lines := bodyLines(st, body, m.w)
		if cut {
			lines = append(lines, st.Warn.Paint(st.Glyphs.Ellipsis+" cut here: the rest was not kept"))
		}
		if len(body) == 0 {
			lines = []string{st.Faint.Paint("empty")}
		}
		m.body = painted{key: key, lines: lines}
	}
	return m.body.lines
}

// fields are header fields, names in a column.
func (m *Model) fields(list []relay.Field) []string {
	st, wide := m.env.Styles, 0
	for _, f := range list {
		wide = max(wide, text.Width(text.Line(f.Name)))
	}
	wide = min(wide, m.w/2)
	var out []string
	for _, f := range list {
		out = append(out, flow([]piece{{widget.Fit(text.Line(f.Name), wide) + "  ", st.Muted}, {text.Line(f.Value), st.Text}}, m.w, wide+2)...)
	}
	return out
}

// prose is running text in at most so many lines.
func (m *Model) prose(s string, most int) []string {
	if s == "" {
		return nil
	}
	lines := text.Wrap(s, min(m.w, 110))
	if len(lines) > most {
		lines = append(lines[:most-1:most-1], text.Truncate(strings.Join(lines[most-1:], " "), min(m.w, 110)))
	}
	for i := range lines {
		lines[i] = m.env.Styles.Muted.Paint(lines[i])
	}
	return lines
}
