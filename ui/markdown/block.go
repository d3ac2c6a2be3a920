package markdown

import (
	"strings"

	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// ProseWidth is the most cells that a line of prose takes: longer lines are hard to read.
const ProseWidth = 100

// painter draws blocks for one width and style.
type painter struct {
	kit   *Kit
	st    *style.Styles
	width int
	depth int // quotes around it
}

// gapBetween reports whether a blank line stands between two blocks: where one stood in the text, and always around what has a shape of its
// own. What follows a heading belongs to it.
func gapBetween(prev, b *block) bool {
	switch {
	case prev == nil || b.tight:
		return false
	case prev.kind == kindHeading:
		return b.kind != kindParagraph && b.kind != kindQuote
	case shaped(b.kind) || shaped(prev.kind):
		return true
	}
	return b.gap
}

func shaped(k kind) bool { return k != kindParagraph && k != kindQuote }

// block draws one block, with the blank line before it. It is never nil.
func (p painter) block(b, prev *block) []widget.Row {
	var body []widget.Row
	b = p.shallow(b)
	room := max(p.width-b.indent, 8)
	switch b.kind {
	case kindFence, kindIndented:
		return p.code(b, prev)
	case kindRule:
		body = []widget.Row{{Line: p.st.Grid.Paint(strings.Repeat(p.st.Glyphs.Rule, min(room, ProseWidth)))}}
	case kindTable:
		if body = p.table(b, room); b.tight && len(body) == 0 {
			return []widget.Row{}
		}
	case kindQuote:
		body = p.quote(b, room)
	case kindHeading:
		ink := p.st.Accent.Bold()
		if b.level > 2 {
			ink = p.st.Text.Bold()
		}
		body = wrapRuns(p.kit.runs(p.st, b.src, ink), min(room, ProseWidth))
	default:
		if len(b.src) == 0 && b.marker == "" {
			return []widget.Row{}
		}
		ink := p.st.Text
		if b.task == 'x' {
			ink = p.st.Muted
		}
		body = wrapRuns(p.kit.runs(p.st, b.src, ink), min(room, ProseWidth))
	}
	return p.place(b, prev, body)
}

// shallow keeps half of the width for the text, however deep a block stands.
func (p painter) shallow(b *block) *block {
	most := p.width / 2
	if b.indent <= most {
		return b
	}
	c := *b
	c.indent = max(most, len(b.marker)+1)
	return &c
}

// place indents the lines of a block, puts the marker of its item in front and pads them. The indentation is text, since it shows what
// belongs to what, but not where a line only goes on.
func (p painter) place(b, prev *block, body []widget.Row) []widget.Row {
	out := make([]widget.Row, 0, len(body)+1)
	if gapBetween(prev, b) {
		out = append(out, widget.Row{Line: widget.Blank(p.width)})
	}
	if len(body) == 0 {
		body = []widget.Row{{}}
	}
	body[0].Join = max(body[0].Join, b.join)
	for i, r := range body {
		head := widget.Blank(b.indent)
		if i == 0 {
			head = p.marker(b)
		}
		if r.From > 0 || r.Join != text.Apart {
			r.From += b.indent
		}
		r.Line = head + r.Line
		have := widget.Width(r.Line)
		if r.To += b.indent; r.To == b.indent { // not known yet: all that is drawn
			r.To = min(have, p.width)
		}
		if have > p.width {
			r.Line = widget.Fit(r.Line, p.width)
		} else {
			r.Line += widget.Blank(p.width - have)
		}
		out = append(out, r)
	}
	return out
}

// marker is what stands before the first line of a block: blanks, and the marker of the item that it begins.
func (p painter) marker(b *block) string {
	switch {
	case b.marker == "":
		return widget.Blank(b.indent)
	case b.task == 'x':
		return widget.Blank(b.indent-2) + p.st.OK.Paint(p.st.Glyphs.OK) + " "
	case b.task != 0:
		return widget.Blank(b.indent-2) + p.st.Accent.Paint(p.st.Glyphs.Waiting) + " "
	case b.marker == "-":
		return widget.Blank(b.indent-2) + p.st.Accent.Paint(p.st.Glyphs.Bullet) + " "
	}
	return widget.Blank(b.indent-len(b.marker)-1) + p.st.Accent.Paint(b.marker) + " "
}

// quote draws what stands in a quote as a text of its own.
func (p painter) quote(b *block, room int) []widget.Row {
	if room < 16 || p.depth >= maxDepth {
		return wrapRuns([]run{{text: strings.ReplaceAll(string(b.src), "\n", " "), ink: p.st.Muted}}, max(room, 8))
	}
	var s splitter
	for line := range strings.SplitSeq(strings.TrimSuffix(string(b.src), "\n"), "\n") {
		s.line(line)
	}
	s.finish()
	in := painter{kit: p.kit, st: p.st, width: min(room, ProseWidth) - 2, depth: p.depth + 1}
	bar := p.st.Border.Paint(p.st.Glyphs.Border.Left) + " "
	var out []widget.Row
	for i, c := range s.done {
		c.num = 0 // only the blocks of the text itself can be named
		for _, r := range in.block(c, s.before(i)) {
			out = append(out, r.In(bar, 2))
		}
	}
	return out
}
