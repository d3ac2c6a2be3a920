package inspect

import (
	"strconv"
	"strings"

	"relaytop/relay"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// which names the attempt that the tab shows, if there are several.
func (p *page) which() []string {
	st, i, n := p.st, p.attempt(), len(p.in.Result.Attempts)
	if n < 2 {
		return nil
	}
	a := &p.in.Result.Attempts[i]
	line := st.Text.Bold().Paint("attempt "+strconv.Itoa(a.N)) +
		st.Muted.Paint(" of "+strconv.Itoa(n)+", "+text.Line(a.Model)+" at "+text.Line(a.Endpoint))
	hint := ""
	before, next := p.keys.Of("inspect.attempt.previous", false), p.keys.Of("inspect.attempt.next", false)
	if before != "" && next != "" {
		hint = st.Text.Bold().Paint(before) + st.Muted.Paint(" and ") + st.Text.Bold().Paint(next) +
			st.Muted.Paint(" for the others")
	}
	return []string{widget.Spread(line, hint, p.w), ""}
}

// notKept says why the headers and bodies are not here.
func (p *page) notKept() []string {
	st, why := p.st, "Headers and bodies are not here any more. They are never written down: of the newest 200 "+
		"requests they stay in memory, and they go with the program that sent them."
	switch r := p.in.Result; {
	case r.Cached:
		why = "Our own cache answered: nothing was sent."
	case p.in.Live:
		why = "Headers and bodies are here once the attempt has ended."
	case len(r.Attempts) == 0 && r.Status != "":
		why = "Nothing was sent."
	}
	var out []string
	for _, l := range text.Prose(why, min(p.w, 100)) {
		out = append(out, st.Muted.Paint(l))
	}
	return out
}

// requestLines are what went out.
func (p *page) requestLines() []string {
	st, lines, x := p.st, p.which(), p.exchange()
	if x == nil {
		return append(lines, p.notKept()...)
	}
	url := []piece{{text.Line(x.Method) + " ", st.Text.Bold()}, {text.Line(x.URL), st.Accent}}
	lines = append(lines, flow(url, p.w, 5)...)
	lines = append(lines, "", p.section("headers", strconv.Itoa(len(x.Sent))))
	lines = append(lines, p.fields(x.Sent)...)
	lines = append(lines, "", p.section("body", p.size(len(x.Body), x.BodySize, x.BodyCut)))
	return append(lines, p.bodyOf(x, false)...)
}

// responseLines are what came back.
func (p *page) responseLines() []string {
	st, lines, x := p.st, p.which(), p.exchange()
	if x == nil {
		return append(lines, p.notKept()...)
	}
	if x.Status == 0 {
		lines = append(lines, st.Error.Paint("no response came"))
		if i := p.attempt(); i >= 0 {
			lines = append(lines, p.prose(text.Line(p.in.Result.Attempts[i].Message), 4)...)
		}
		return lines
	}
	ink := st.OK
	if x.Status >= 300 {
		ink = st.Error
	}
	lines = append(lines, ink.Bold().Paint("HTTP "+strconv.Itoa(x.Status)))
	lines = append(lines, "", p.section("headers", strconv.Itoa(len(x.Received))))
	lines = append(lines, p.fields(x.Received)...)
	lines = append(lines, "", p.section("body", p.size(len(x.Answer), x.AnswerSize, x.AnswerCut)))
	return append(lines, p.bodyOf(x, true)...)
}

func (p *page) section(name, right string) string {
	return widget.Section(p.st, p.w, name, p.st.Muted.Paint(right))
}

// size is the length of a body, and how much of it was kept.
func (p *page) size(kept int, all int64, cut bool) string {
	if cut {
		return "the first " + widget.Bytes(int64(kept)).String() + " of " + widget.Bytes(all).String()
	}
	return widget.Bytes(all).String()
}

// bodyCache is the last body that was laid out: one of 256 KiB has thousands of lines.
type bodyCache struct {
	key   bodyKey
	lines []string
}

type bodyKey struct {
	id       relay.ID
	attempt  int
	response bool
	w, gen   int
}

// bodyOf is a body laid out.
func (p *page) bodyOf(x *relay.Exchange, response bool) []string {
	st := p.st
	body, cut := x.Body, x.BodyCut
	if response {
		body, cut = x.Answer, x.AnswerCut
	}
	key := bodyKey{id: x.ID, attempt: x.Attempt, response: response, w: p.w, gen: st.Generation}
	if p.body.key != key || p.body.lines == nil {
		lines := bodyLines(st, body, p.w)
		if cut {
			lines = append(lines, st.Warn.Paint(st.Glyphs.Ellipsis+" cut here: the rest was not kept"))
		}
		if len(body) == 0 {
			lines = []string{st.Faint.Paint("empty")}
		}
		*p.body = bodyCache{key: key, lines: lines}
	}
	return p.body.lines
}

// fields are header fields, names in a column.
func (p *page) fields(list []relay.Field) []string {
	st, wide := p.st, 0
	for _, f := range list {
		wide = max(wide, text.Width(text.Line(f.Name)))
	}
	wide = min(wide, p.w/2)
	var out []string
	for _, f := range list {
		field := []piece{{widget.Fit(text.Line(f.Name), wide) + "  ", st.Muted}, {text.Line(f.Value), st.Text}}
		out = append(out, flow(field, p.w, wide+2)...)
	}
	return out
}

// prose is running text in at most limit lines.
func (p *page) prose(s string, limit int) []string {
	if s == "" {
		return nil
	}
	lines := text.Wrap(s, min(p.w, 110))
	if len(lines) > limit {
		lines = append(lines[:limit-1:limit-1], text.Truncate(strings.Join(lines[limit-1:], " "), min(p.w, 110)))
	}
	for i := range lines {
		lines[i] = p.st.Muted.Paint(lines[i])
	}
	return lines
}
