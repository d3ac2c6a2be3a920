package markdown

import (
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
	kindQuote
	kindTable
	kindRule
)

// block is a piece of a text that is drawn on its own. Lists are flat: every item, and every block inside an item,
// is a block with an indentation, so a long list is not rendered again for each new item.
type block struct {
	kind   kind
	src    []byte   // without the indentation and the markers of lists
	code   []string // lines of code
	torn   []int    // lines of code that continue the one before, which was too long
	lang   string
	num    int // number of the code block, from 1
	level  int // of a heading
	indent int // cells to the left of it, for the lists around it
	marker string
	task   byte      // ' ' or 'x' if it is a task
	gap    bool      // the text has a blank line before it
	tight  bool      // continues a block that was cut because it grew too long
	join   text.Join // how its text continues that block

	rows []widget.Row // as they are drawn; nil: not yet
}

// maxDepth is how deep lists and quotes may nest. Deeper markers are text.
const maxDepth = 8

// list is an open list.
type list struct {
	mark, content int  // columns of its marker and of the text of its item
	kind          byte // - * + . )
	next          int  // the number of its next item
	indent        int  // cells to the left of the text of its item
}

// splitter splits a text into blocks, line by line, in linear time. It only looks at whole lines, so the result
// does not depend on the pieces that the text came in. It follows CommonMark except for two mistakes that models
// make: list items that are indented too little, and code in a list item that is not indented at all.
type splitter struct {
	done  []*block
	open  *block
	lists []list
	last  *block // the block before the first of done, in a probe
	blank bool   // the line before was blank
	codes int
	torn  bool // the next line is the rest of a line that was cut in the middle

	fence     string // the line of backticks or tildes that opened the fence
	fenceCols int
	prefix    string // the marker that the next block gets
	prefixIn  int    // the indentation of that block, in cells
}

// probe returns a copy that continues from here without a change to s. It shows what the text looks like if the
// open line ended now.
func (s *splitter) probe() *splitter {
	c := *s
	c.last, c.done = s.before(len(s.done)), nil
	c.lists = append([]list(nil), s.lists...)
	if s.open != nil {
		b := *s.open
		b.src = append([]byte(nil), b.src...)
		b.code = append([]string(nil), b.code...)
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
	s.end()
	if s.prefix != "" { // an empty list item
		s.start(kindParagraph, s.indent())
		s.end()
	}
}

func (s *splitter) end() {
	if b := s.open; b != nil {
		for b.kind == kindIndented && len(b.code) > 0 && b.code[len(b.code)-1] == "" {
			b.code = b.code[:len(b.code)-1]
		}
		s.done, s.open = append(s.done, b), nil
	}
}

// cut continues behind a piece of a line that is too long. It ends the open block, except for code, which keeps its
// lines.
func (s *splitter) cut(torn bool) {
	s.torn = true
	join := text.Spaced
	if torn {
		join = text.MidWord
	}
	s.cutOpen(join)
}

// cutOpen ends a block that grew too long and starts another that continues it.
func (s *splitter) cutOpen(join text.Join) {
	if b := s.open; b != nil && b.kind != kindFence {
		s.end()
		s.blank = false
		switch b.kind {
		case kindParagraph:
			n := s.start(kindParagraph, b.indent)
			n.tight, n.join = true, join
		case kindTable:
			n := s.start(kindTable, b.indent)
			n.tight, n.src = true, tableHead(b.src)
		case kindHeading, kindFence, kindIndented, kindQuote, kindRule:
		}
	}
}

func (s *splitter) indent() int {
	if n := len(s.lists); n > 0 {
		return s.lists[n-1].indent
	}
	return 0
}

func (s *splitter) start(k kind, indent int) *block {
	s.end()
	b := &block{kind: k, indent: indent, gap: s.blank, marker: s.prefix}
	if s.prefix != "" {
		b.indent = s.prefixIn
		s.prefix = ""
	}
	s.blank = false
	s.open = b
	return b
}

// line takes one whole line, without its end.
func (s *splitter) line(l string) {
	torn := s.torn
	s.torn = false
	if s.open != nil && s.open.kind == kindFence {
		if s.closes(l) {
			s.end()
			return
		}
		if torn {
			s.open.torn = append(s.open.torn, len(s.open.code))
		}
		s.open.code = append(s.open.code, s.inFence(l))
		return
	}
	col, rest := indentOf(l)
	if rest == "" {
		s.blankLine()
		return
	}
	if s.open != nil && s.open.kind == kindIndented {
		if col >= s.fenceCols {
			s.open.code = append(s.open.code, stripIndent(l, s.fenceCols))
			return
		}
		s.end()
		s.blank = true
	}
	s.text(l, col, rest)
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
	s.blank = true
}

// text takes a line that is neither blank nor code.
func (s *splitter) text(l string, col int, rest string) {
	para := s.open != nil && (s.open.kind == kindParagraph || s.open.kind == kindQuote)
	if it, ok := itemOf(rest); ok && !isRule(rest) {
		if s.item(l, col, it, para) {
			return
		}
	}
	if para && !startsBlock(rest) { // it continues, whatever its indentation
		s.more(rest)
		return
	}
	if s.open != nil && s.open.kind == kindParagraph && underlineLevel(rest) > 0 && len(s.open.src) > 0 && s.inside(col) {
		s.open.kind, s.open.level = kindHeading, underlineLevel(rest)
		s.end()
		return
	}
	for len(s.lists) > 0 && s.prefix == "" {
		top := s.lists[len(s.lists)-1]
		if col >= min(top.content, top.mark+2) {
			break
		}
		s.lists = s.lists[:len(s.lists)-1]
	}
	s.leaf(l, col, rest)
}

// inside reports whether a column belongs to the innermost item.
func (s *splitter) inside(col int) bool {
	n := len(s.lists)
	return n == 0 || col >= min(s.lists[n-1].content, s.lists[n-1].mark+2)
}

// more adds a line to an open paragraph or quote.
func (s *splitter) more(rest string) {
	b := s.open
	if b.kind == kindQuote {
		b.src = append(append(b.src, rest...), '\n')
		return
	}
	n, at := delimiterCells(rest), strings.LastIndexByte(strings.TrimSuffix(string(b.src), "\n"), '\n')+1
	if n > 0 && countCells(string(b.src[at:])) == n {
		head := string(b.src[at:])
		if at > 0 { // the lines above it are still a paragraph
			b.src = b.src[:at]
			s.start(kindTable, b.indent)
		} else {
			b.kind, b.src = kindTable, nil
		}
		s.open.src = append(append(append(s.open.src, head...), rest...), '\n')
		return
	}
	b.src = append(append(b.src, rest...), '\n')
}

// item takes a line that starts with a list marker. It reports false if the marker is plain text at this place.
func (s *splitter) item(l string, col int, it itemMarker, para bool) bool {
	var was *list
	for n := len(s.lists); n > 0; n = len(s.lists) {
		top := s.lists[n-1]
		if col >= min(top.content, top.mark+2) {
			break
		}
		was = &top
		s.lists = s.lists[:n-1]
	}
	base := s.indent()
	if len(s.lists) >= maxDepth {
		return false
	}
	if was == nil {
		inner := 0
		if n := len(s.lists); n > 0 {
			inner = s.lists[n-1].content
		}
		if col-inner >= 4 && !para {
			return false
		}
		if para && it.kind != '-' && it.kind != '*' && it.kind != '+' && it.number != 1 && len(s.lists) == 0 {
			return false
		}
	}
	s.end()
	if s.prefix != "" {
		s.start(kindParagraph, base)
		s.end()
	}
	opened := list{mark: col, content: col + it.width, kind: it.kind, next: it.number}
	if was != nil && was.kind == it.kind {
		opened.next = was.next
	}
	marker, w := drawnMarker(it.kind, opened.next)
	opened.next++
	opened.indent = base + w
	s.lists = append(s.lists, opened)
	s.prefix, s.prefixIn = marker, opened.indent
	if _, rest := indentOf(it.rest); rest != "" {
		in, _ := indentOf(it.rest)
		if sub, ok := itemOf(rest); ok && !isRule(rest) && s.item(l, opened.content+in, sub, false) {
			return true
		}
		s.leaf(it.rest, opened.content+in, rest)
	}
	return true
}

// leaf takes a line that starts a block or continues an open table.
func (s *splitter) leaf(l string, col int, rest string) {
	in := s.indent()
	inner := 0
	if n := len(s.lists); n > 0 {
		inner = s.lists[n-1].content
	}
	if fence, lang := fenceOf(rest); fence != "" {
		b := s.start(kindFence, in)
		s.codes++
		b.lang, b.num = lang, s.codes
		s.fence, s.fenceCols = fence, col
		return
	}
	if n := headingLevel(rest); n > 0 {
		b := s.start(kindHeading, in)
		b.level = n
		b.src = []byte(strings.TrimSpace(strings.TrimRight(strings.TrimSpace(rest[n:]), "#")))
		s.end()
		return
	}
	switch {
	case isRule(rest):
		s.start(kindRule, in)
		s.end()
	case rest[0] == '>':
		if s.open == nil || s.open.kind != kindQuote {
			s.start(kindQuote, in)
		}
		s.open.src = append(append(s.open.src, strings.TrimPrefix(rest[1:], " ")...), '\n')
	case s.open != nil && s.open.kind == kindTable:
		s.open.src = append(append(s.open.src, rest...), '\n')
	case col-inner >= 4 && s.prefix == "":
		b := s.start(kindIndented, in)
		s.fenceCols = inner + 4
		b.code = []string{stripIndent(l, s.fenceCols)}
	default:
		b := s.start(kindParagraph, in)
		if len(s.lists) > 0 && b.marker != "" && isTask(rest) {
			b.task, rest = rest[1]|0x20, rest[4:]
		}
		b.src = append(append(b.src, rest...), '\n')
	}
}

// isTask reports whether the text of a list item starts with the box of a task.
func isTask(rest string) bool {
	return len(rest) > 3 && rest[0] == '[' && strings.IndexByte(" xX", rest[1]) >= 0 && rest[2:4] == "] "
}

// closes reports whether a line ends the open fence.
func (s *splitter) closes(l string) bool {
	t := strings.TrimSpace(l)
	return len(t) >= len(s.fence) && strings.Trim(t, s.fence[:1]) == ""
}

// inFence removes the indentation of the fence itself from a line of its code.
func (s *splitter) inFence(l string) string { return stripIndent(l, s.fenceCols) }
