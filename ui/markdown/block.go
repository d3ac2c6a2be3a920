package markdown

import (
	"strings"

	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// ProseWidth is the most cells of a line of prose: longer lines are hard to read.
const ProseWidth = 100

// painter draws blocks for one width and style.
type painter struct {
	kit   *Kit
	st    *style.Styles
	width int
	defs  definitions
	bare  bool // code blocks have no numbers
}

// gapBetween reports whether a blank line is drawn between two blocks: where the text has one, and always around code,
// tables and rules, but not between a heading and the text under it.
func gapBetween(prev, b *block) bool {
	switch {
	case prev == nil || b.tight:
		return false
	case prev.kind == kindHeading:
		return shaped(b.kind)
	case shaped(b.kind) || shaped(prev.kind):
		return true
	}
	return b.gap
}

func shaped(k kind) bool { return k != kindParagraph && k != kindDefinition && k != kindAlert }

// block draws one block, with the blank line before it. The result is never nil.
func (p painter) block(b, prev *block) []widget.Row {
	above := p.above(b, prev)
	b = p.shallow(b)
	width := max(p.width-b.indent, 1)
	prose := max(min(width, ProseWidth-2*len(b.bars)), 1)
	var body []widget.Row
	switch b.kind {
	case kindFence, kindIndented:
		return p.code(b, above)
	case kindRule:
		body = []widget.Row{{Line: p.st.Grid.Paint(strings.Repeat(p.st.Glyphs.Rule, prose))}}
	case kindTable:
		if body = p.table(b, width); b.tight && len(body) == 0 {
			return []widget.Row{}
		}
	case kindHeading:
		ink := p.st.Accent.Bold()
		if b.level > 2 {
			ink = p.st.Text.Bold()
		}
		body = wrapRuns(p.runs(b.src, ink), prose)
	case kindDefinition:
		body = wrapRuns(p.definition(string(b.src)), prose)
	case kindAlert:
		body = wrapRuns([]run{{text: string(b.src), ink: p.alert(b.bars[len(b.bars)-1]).Bold()}}, prose)
	case kindParagraph:
		if len(b.src) == 0 && b.marker.text == "" {
			return []widget.Row{}
		}
		ink := p.st.Text
		if b.task == 'x' {
			ink = p.st.Muted
		}
		body = wrapRuns(p.runs(b.src, ink), prose)
	}
	return p.place(b, above, body)
}

// definition returns the line that defines a link. It is drawn in its place, so that the text above never moves.
func (p painter) definition(line string) []run {
	_, d, at := definitionOf(line)
	return []run{
		{text: line[:at], ink: p.st.Muted},
		{text: line[at:], ink: p.st.Muted, url: safeURL(text.Line(plain([]byte(d.target))))},
	}
}

// shallow limits the indentation of a block to half of the width. Bars of quotes that do not fit are left out, the
// outermost first.
func (p painter) shallow(b *block) *block {
	less := b.indent - p.width/2
	if less <= 0 {
		return b
	}
	c := *b
	c.indent -= less
	c.marker.at -= less
	c.bars = nil
	for _, old := range b.bars {
		if at := old.at - less; at >= 0 {
			c.bars = append(c.bars, &bar{at, old.alert})
		}
	}
	if b.kind == kindAlert && len(c.bars) == 0 {
		c.kind = kindParagraph
	}
	return &c
}

// place puts a block to the right of its bars and its marker. These are copied with the text, since they show the
// structure, except on a line that only continues the one above.
func (p painter) place(b *block, above, body []widget.Row) []widget.Row {
	if len(body) == 0 {
		body = []widget.Row{{}}
	}
	body[0].Join = max(body[0].Join, b.join)
	out := above
	for i, r := range body {
		out = append(out, p.beside(b, i == 0, r))
	}
	return out
}
