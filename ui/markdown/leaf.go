package markdown

import (
	"slices"
	"strings"
)

// fence is the line that opened a code block.
type fence struct {
	mark string // its backticks or tildes
	col  int    // the column where they, or indented code, start
}

// closedBy reports whether a line ends the fence.
func (f fence) closedBy(l string) bool {
	col, rest := indentOf(l)
	rest = strings.TrimRight(rest, " \t")
	return col < f.col+4 && len(rest) >= len(f.mark) && strings.Trim(rest, f.mark[:1]) == ""
}

// inFence removes the marks of the quotes around the open fence from a line. It reports false if one is missing: the
// line then ends the quote and its fence.
func (s *splitter) inFence(l string) (string, bool) {
	inner := 0
	for i := range s.in {
		c := &s.in[i]
		if c.kind != '>' {
			inner = c.content
			continue
		}
		col, rest := indentOf(l)
		if rest == "" || rest[0] != '>' || col-inner >= 4 {
			return "", false
		}
		l, inner = unquote(rest), 0
	}
	return l, true
}

// openDisplay is math that a paragraph has opened and not closed.
type openDisplay struct {
	closer string   // that it waits for, or ""
	at     int      // where the lines behind the first start in the source of the paragraph
	lines  []string // those lines
	off    bool     // no math is opened
}

// swallow takes a line of open math. What it looks like does not matter.
func (s *splitter) swallow(l, rest string) {
	b := s.open
	b.src = append(append(b.src, strings.TrimRight(stripIndent(l, s.inner()), " \t\r")...), '\n')
	s.math.lines = append(s.math.lines, l)
	if s.math.closer = openMath(rest, s.math.closer); s.math.closer == "" {
		s.math.lines = nil
	}
	s.bound()
}

// giveUpMath reads the lines of open math again as what they are without it.
func (s *splitter) giveUpMath() {
	m := s.math
	s.math = openDisplay{}
	if m.closer == "" || len(m.lines) == 0 {
		return
	}
	s.open.src = s.open.src[:m.at]
	s.math.off = true
	for _, l := range m.lines {
		col, rest := indentOf(l)
		s.text(l, col, rest)
	}
	s.math.off = false
}

// add adds a line to the open paragraph.
func (s *splitter) add(rest string) {
	b := s.open
	b.src = append(append(b.src, rest...), '\n')
	if !s.math.off {
		if s.math.closer = openMath(rest, ""); s.math.closer != "" {
			s.math.at, s.math.lines = len(b.src), nil
		}
	}
}

// text takes a line that is neither blank nor code.
func (s *splitter) text(l string, col int, rest string) {
	para := s.open != nil && s.open.kind == kindParagraph
	if it, ok := itemOf(rest); ok && !isRule(rest) {
		if s.item(l, col, it, para) {
			return
		}
	}
	if col-s.inner() < 4 && s.footnote(col, rest) {
		return
	}
	if para && !startsBlock(rest) { // it continues, whatever its indentation
		s.more(l, rest)
		return
	}
	items := s.items()
	n := len(items)
	in := n == 0 || items[n-1].holds(col)
	if level := underlineLevel(rest); para && level > 0 && len(s.open.src) > 0 && in {
		s.open.kind, s.open.level = kindHeading, level
		s.end()
		return
	}
	for ; n > 0 && s.pending.text == "" && !items[n-1].holds(col); n-- {
		s.pop()
	}
	s.leaf(l, col, rest)
}

// more adds a line to an open paragraph, or makes a table of it.
func (s *splitter) more(l, rest string) {
	if s.math.closer != "" {
		s.swallow(l, rest)
		return
	}
	b := s.open
	n, at := delimiterCells(rest), strings.LastIndexByte(strings.TrimSuffix(string(b.src), "\n"), '\n')+1
	if n == 0 || countCells(string(b.src[at:])) != n {
		s.add(rest)
		return
	}
	head := slices.Clone(b.src[at:])
	if at > 0 { // the lines above it are still a paragraph
		b.src = b.src[:at]
		s.start(kindTable)
	} else {
		b.kind, b.src = kindTable, nil
	}
	s.open.src = append(append(append(s.open.src, head...), rest...), '\n')
}

// leaf takes a line that starts a block or continues an open table.
func (s *splitter) leaf(l string, col int, rest string) {
	inner := s.inner()
	if mark, lang := fenceOf(rest); mark != "" {
		b := s.start(kindFence)
		s.codes++
		b.lang, b.num = lang, s.codes
		s.fence = fence{mark, col}
		return
	}
	if n := headingLevel(rest); n > 0 {
		b := s.start(kindHeading)
		b.level, b.src = n, []byte(headingText(rest[n:]))
		if len(b.src) == 0 { // nothing else shows it
			b.src = []byte(rest)
		}
		s.end()
		return
	}
	switch {
	case isRule(rest):
		s.start(kindRule)
		s.end()
	case rest[0] == '>' && s.quote(rest):
	case s.open != nil && s.open.kind == kindTable:
		s.open.src = append(append(s.open.src, rest...), '\n')
	case col-inner >= 4 && s.pending.text == "":
		b := s.start(kindIndented)
		s.fence.col = inner + 4
		b.code = []string{stripIndent(l, s.fence.col)}
	case s.definition(rest):
	default:
		b := s.start(kindParagraph)
		if b.marker.text == "-" && isTask(rest) {
			b.task, rest = rest[1]|0x20, strings.TrimLeft(rest[4:], " \t")
		}
		s.add(rest)
	}
}

// definition takes a line that defines a link. It reports false if it does not.
func (s *splitter) definition(rest string) bool {
	label, d, _ := definitionOf(rest)
	if label == "" {
		return false
	}
	s.start(kindDefinition).src = []byte(rest)
	s.end()
	s.refs.define(label, d)
	return true
}

// isTask reports whether the text of a list item starts with the box of a task.
func isTask(rest string) bool {
	return len(rest) > 3 && rest[0] == '[' && strings.IndexByte(" xX", rest[1]) >= 0 && rest[2:4] == "] "
}
