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

// gapBetween reports whether a blank line is drawn between two blocks: where the text has one, and always around
// blocks with a shape of their own. None is drawn between a heading and the text under it.
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

// block draws one block, with the blank line before it. The result is never nil.
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
	case kindParagraph:
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

// shallow limits the indentation of a block, so that half of the width is left for its text.
func (p painter) shallow(b *block) *block {
	most := p.width / 2
	if b.indent <= most {
		return b
	}
	c := *b
	c.indent = max(most, len(b.marker)+1)
	return &c
}

// place indents the lines of a block, puts the marker of its list item in front and pads them. The indentation
// counts as text that is copied, since it shows what belongs to what, except on a line that only continues the one
// above.
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
		if r.To += b.indent; r.To == b.indent { // not known: the whole line
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

// marker is what comes before the first line of a block: blanks, and the marker if the block starts a list item.
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

// quote draws the contents of a quote as a text of its own.
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
		c.num = 0 // only code blocks outside of quotes have numbers
		for _, r := range in.block(c, s.before(i)) {
			out = append(out, r.In(bar, 2))
		}
	}
	return out
}
