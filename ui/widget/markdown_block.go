package widget

import (
	"strings"

	"relaytop/ui/style"
	"relaytop/ui/text"
)

// mdProse is how wide prose gets at most: longer lines are hard to read.
const mdProse = 100

// mdPainter draws blocks for one width and style.
type mdPainter struct {
	kit   *MarkdownKit
	st    *style.Styles
	width int
	depth int // quotes around it
}

// mdGap reports whether a blank line stands between two blocks: where one stood in the text, and always around what has a shape of its
// own. What follows a heading belongs to it.
func mdGap(prev, b *mdBlock) bool {
	switch {
	case prev == nil || b.tight:
		return false
	case prev.kind == mdHeading:
		return b.kind != mdPara && b.kind != mdQuote
	case shaped(b.kind) || shaped(prev.kind):
		return true
	}
	return b.gap
}

func shaped(k mdKind) bool { return k != mdPara && k != mdQuote }

// block draws one block, with the blank line before it. It is never nil.
func (p mdPainter) block(b, prev *mdBlock) []Row {
	var body []Row
	b = p.shallow(b)
	room := max(p.width-b.indent, 8)
	switch b.kind {
	case mdFence, mdIndent:
		return p.code(b, prev)
	case mdRule:
		body = []Row{{Line: p.st.Grid.Paint(strings.Repeat(p.st.Glyphs.Rule, min(room, mdProse)))}}
	case mdTable:
		if body = p.table(b, room); b.tight && len(body) == 0 {
			return []Row{}
		}
	case mdQuote:
		body = p.quote(b, room)
	case mdHeading:
		ink := p.st.Accent.Bold()
		if b.level > 2 {
			ink = p.st.Text.Bold()
		}
		body = wrapRuns(p.kit.runs(p.st, b.src, ink), min(room, mdProse))
	default:
		if len(b.src) == 0 && b.marker == "" {
			return []Row{}
		}
		ink := p.st.Text
		if b.task == 'x' {
			ink = p.st.Muted
		}
		body = wrapRuns(p.kit.runs(p.st, b.src, ink), min(room, mdProse))
	}
	return p.place(b, prev, body)
}

// shallow keeps half of the width for the text, however deep a block stands.
func (p mdPainter) shallow(b *mdBlock) *mdBlock {
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
func (p mdPainter) place(b, prev *mdBlock, body []Row) []Row {
	out := make([]Row, 0, len(body)+1)
	if mdGap(prev, b) {
		out = append(out, Row{Line: Blank(p.width)})
	}
	if len(body) == 0 {
		body = []Row{{}}
	}
	body[0].Join = max(body[0].Join, b.join)
	for i, r := range body {
		head := Blank(b.indent)
		if i == 0 {
			head = p.marker(b)
		}
		if r.From > 0 || r.Join != text.Apart {
			r.From += b.indent
		}
		r.Line = head + r.Line
		have := Width(r.Line)
		if r.To += b.indent; r.To == b.indent { // not known yet: all that is drawn
			r.To = min(have, p.width)
		}
		if have > p.width {
			r.Line = Fit(r.Line, p.width)
		} else {
			r.Line += Blank(p.width - have)
		}
		out = append(out, r)
	}
	return out
}

// marker is what stands before the first line of a block: blanks, and the marker of the item that it begins.
func (p mdPainter) marker(b *mdBlock) string {
	switch {
	case b.marker == "":
		return Blank(b.indent)
	case b.task == 'x':
		return Blank(b.indent-2) + p.st.OK.Paint(p.st.Glyphs.OK) + " "
	case b.task != 0:
		return Blank(b.indent-2) + p.st.Accent.Paint(p.st.Glyphs.Waiting) + " "
	case b.marker == "-":
		return Blank(b.indent-2) + p.st.Accent.Paint(p.st.Glyphs.Bullet) + " "
	}
	return Blank(b.indent-len(b.marker)-1) + p.st.Accent.Paint(b.marker) + " "
}

// quote draws what stands in a quote as a text of its own.
func (p mdPainter) quote(b *mdBlock, room int) []Row {
	if room < 16 || p.depth >= mdDepth {
		return wrapRuns([]mdRun{{text: strings.ReplaceAll(string(b.src), "\n", " "), ink: p.st.Muted}}, max(room, 8))
	}
	var s mdSplitter
	for line := range strings.SplitSeq(strings.TrimSuffix(string(b.src), "\n"), "\n") {
		s.line(line)
	}
	s.finish()
	in := mdPainter{kit: p.kit, st: p.st, width: min(room, mdProse) - 2, depth: p.depth + 1}
	bar := p.st.Border.Paint(p.st.Glyphs.Vertical) + " "
	var out []Row
	for i, c := range s.done {
		c.num = 0 // only the blocks of the text itself can be named
		for _, r := range in.block(c, s.before(i)) {
			out = append(out, r.In(bar, 2))
		}
	}
	return out
}
