package markdown

import (
	"slices"
	"strings"

	"relaytop/ui/text"
	"relaytop/ui/widget"
)

type kind uint8

const (
	kindParagraph kind = iota
	kindHeading
	kindFence    // fenced code, numbered
	kindIndented // indented code
	kindTable
	kindRule
	kindDefinition // of a link
	kindAlert      // the head of an alert, as [!NOTE]
)

// block is a piece of a text that is drawn on its own. Lists and quotes are flat: every item, and every block inside
// an item or a quote, is a block with an indentation, so a long list is not rendered again for each new item.
type block struct {
	kind  kind
	src   []byte   // without the indentation and the markers of what is around it
	code  []string // lines of code
	torn  []int    // lines of code that continue the one before, which was too long
	lang  string
	num   int  // number of the code block, from 1
	level int  // of a heading
	task  byte // ' ' or 'x' if it is a task
	gap   bool // the text has a blank line before it
	tight bool // continues a block that was cut because it grew too long
	join  text.Join

	place
	rows []widget.Row // as they are drawn; nil: not yet
}

// place is where a block is drawn.
type place struct {
	indent int    // cells to the left of it, for the lists and quotes around it
	bars   []*bar // of the quotes around it, the outermost first
	marker marker // that stands before it
}

// bar is the line beside a quote. It is the same for all blocks of the quote.
type bar struct {
	at    int    // the cell where it is drawn
	alert string // NOTE, TIP, IMPORTANT, WARNING or CAUTION if the quote is an alert
}

// marker is the marker of a list item or of a footnote.
type marker struct {
	text  string
	at    int // the cell where it starts
	width int // cells that it has, with the blank behind it
}

// splitter splits a text into blocks, line by line, in linear time. It only looks at whole lines, so the result
// does not depend on the pieces that the text came in. It follows CommonMark except for two mistakes that models
// make: list items that are indented too little, and code in a list item that is not indented at all.
type splitter struct {
	done  []*block
	open  *block
	in    []container // around the next line, the outermost first
	last  *block      // the block before the first of done, in a probe
	blank bool        // the line before was blank
	codes int
	torn  bool // the next line is the rest of a line that was cut

	fence   fence
	math    openDisplay
	pending marker // that the next block gets
	refs    references
}

// probe returns a copy that continues from here without a change to s. It shows what the text looks like if the
// open line ended now.
func (s *splitter) probe() *splitter {
	c := *s
	c.last, c.done = s.before(len(s.done)), nil
	c.in = slices.Clone(s.in)
	c.math.lines, c.math.banned = slices.Clip(s.math.lines), slices.Clip(s.math.banned)
	c.refs.frozen = true
	if s.open != nil {
		b := *s.open
		b.src, b.code, b.torn = slices.Clone(b.src), slices.Clip(b.code), slices.Clip(b.torn)
		c.open = &b
	}
	return &c
}

// before returns the block before the i-th finished one.
func (s *splitter) before(i int) *block {
	if i > 0 {
		return s.done[i-1]
	}
	return s.last
}

func (s *splitter) finish() {
	s.giveUpMath()
	s.end()
	s.flush()
}

// end ends the open block.
func (s *splitter) end() {
	b := s.open
	if b == nil {
		return
	}
	for b.kind == kindIndented && len(b.code) > 0 && b.code[len(b.code)-1] == "" {
		b.code = b.code[:len(b.code)-1]
	}
	s.refs.use(b, len(s.done))
	s.done, s.open = append(s.done, b), nil
}

// flush draws the marker of an item that has no text.
func (s *splitter) flush() {
	if s.pending.text != "" {
		s.start(kindParagraph)
		s.end()
	}
}

func (s *splitter) start(k kind) *block {
	s.end()
	b := &block{kind: k, gap: s.blank, place: place{indent: s.indent(), bars: s.bars(), marker: s.pending}}
	s.pending, s.blank = marker{}, false
	s.open, s.math = b, openDisplay{}
	return b
}

// line takes one whole line, without its end.
func (s *splitter) line(l string) {
	if s.torn {
		s.torn = false
		s.rest(l)
		return
	}
	if s.open != nil && s.open.kind == kindFence {
		if body, ok := s.inFence(l); ok {
			if s.fence.closedBy(body) {
				s.end()
			} else {
				s.open.code = append(s.open.code, stripIndent(body, s.fence.col))
			}
			return
		}
	}
	if s.math.closer != "" {
		if !s.swallow(l) {
			s.giveUpMath()
			s.line(l)
		}
		return
	}
	depth, l := s.match(l)
	col, rest := indentOf(l)
	if quoted(s.in[depth:]) {
		if rest != "" && s.lazy(rest, s.within(depth, col) >= 4) {
			s.add(rest, col)
			s.bound()
			return
		}
		s.leave(depth)
	}
	if rest == "" {
		s.blankLine()
		return
	}
	s.inside(l, col, rest)
}

// inside takes a line that is not blank, without the marks of the quotes around it.
func (s *splitter) inside(l string, col int, rest string) {
	if s.open != nil && s.open.kind == kindIndented {
		if col >= s.fence.col {
			s.open.code = append(s.open.code, stripIndent(l, s.fence.col))
			return
		}
		s.end()
		s.blank = true
	}
	s.text(l, col, rest)
	s.bound()
}

// bound cuts a block that grew too long.
func (s *splitter) bound() {
	if b := s.open; b != nil && len(b.src) > maxOpen {
		s.cutOpen(text.Spaced)
	}
}

func (s *splitter) blankLine() {
	if s.open != nil && s.open.kind == kindIndented {
		s.open.code = append(s.open.code, "")
		return
	}
	s.end()
	if s.pending.text != "" { // the item ends without a text
		s.flush()
		s.pop()
	}
	s.blank, s.math = true, openDisplay{}
}

// cut ends a piece of a line that is too long. The next line is the rest of it.
func (s *splitter) cut(torn bool) {
	s.torn = true
	join := text.Spaced
	if torn {
		join = text.MidWord
	}
	s.cutOpen(join)
}

// rest takes the rest of a line that was cut. It is text, whatever it starts with.
func (s *splitter) rest(l string) {
	b := s.open
	if b != nil && (b.kind == kindFence || b.kind == kindIndented) {
		b.torn = append(b.torn, len(b.code))
		b.code = append(b.code, l)
		return
	}
	l = strings.Trim(l, " \t\r")
	if l == "" {
		return
	}
	if b == nil {
		b = s.start(kindParagraph)
		b.tight = true
	}
	b.src = append(append(b.src, l...), '\n')
	s.bound()
}

// cutOpen ends a block that grew too long and starts another that continues it. Code keeps its lines.
func (s *splitter) cutOpen(join text.Join) {
	b := s.open
	if b == nil || b.kind == kindFence || b.kind == kindIndented {
		return
	}
	s.end()
	s.blank = false
	switch b.kind {
	case kindParagraph:
		n := s.start(kindParagraph)
		n.tight, n.join = true, join
	case kindTable:
		n := s.start(kindTable)
		n.tight, n.src = true, tableHead(b.src)
	case kindHeading, kindFence, kindIndented, kindRule, kindDefinition, kindAlert:
	}
}
