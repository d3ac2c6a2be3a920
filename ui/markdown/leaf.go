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

// openDisplay is math that a paragraph has opened and not closed. Up to its closer it takes the lines of its
// container, whatever they look like. A blank line, a fence or a line outside of the container ends it: then it was
// no math, and its lines are read again as blocks. Outside is a line without the mark of a quote around the
// paragraph, or a line that starts left of the text of the item and of the line that opened the math.
type openDisplay struct {
	closer string   // that it still needs, or ""
	opener string   // the line that opened it
	col    int      // the column where that line starts
	at     int      // where the lines behind the first start in the source of the paragraph
	lines  []string // those lines
	banned []string // closers that did not come before the end: the lines before it are not searched for them again
}

// swallow takes a line of open math. It reports false if the line ends the math before it is closed.
func (s *splitter) swallow(raw string) bool {
	depth, l := s.match(raw)
	col, rest := indentOf(l)
	if mark, _ := fenceOf(rest); rest == "" || mark != "" || quoted(s.in[depth:]) {
		return false
	}
	if depth < len(s.in) && col < s.math.col {
		return false
	}
	b := s.open
	b.src = append(append(b.src, strings.TrimRight(stripIndent(l, s.inner()), "\r")...), '\n')
	s.math.lines = append(s.math.lines, raw)
	if n := closeOf([]byte(rest), s.math.closer); n >= 0 { // the lines so far are math
		s.math.wait(rest[n:], col, len(b.src))
	}
	s.bound()
	return true
}

// wait looks for math that a line leaves open. The line starts at a column, the next one at a place in the source of
// the paragraph.
func (m *openDisplay) wait(line string, col, at int) {
	*m = openDisplay{opener: line, col: col, at: at, banned: m.banned}
	if len(m.banned) < bannedMost {
		m.closer = openMath(line, m.banned)
	}
}

// bannedMost is how many times the lines of a paragraph are read again.
const bannedMost = 4

// giveUpMath reads the lines of open math again as what they are without it. What comes behind them may be math
// again.
func (s *splitter) giveUpMath() {
	for s.math.closer != "" {
		m := s.math
		s.math.banned = append(m.banned, m.closer)
		s.math.wait(m.opener, m.col, m.at)
		s.open.src = s.open.src[:m.at]
		for _, l := range m.lines {
			s.line(l)
		}
	}
	s.math = openDisplay{}
}

// add adds a line that starts at a column to the open paragraph.
func (s *splitter) add(rest string, col int) {
	b := s.open
	b.src = append(append(b.src, rest...), '\n')
	s.math.wait(rest, col, len(b.src))
}

// text takes a line that is neither blank nor code.
func (s *splitter) text(l string, col int, rest string) {
	para := s.open != nil && s.open.kind == kindParagraph
	if it, ok := itemOf(rest); ok && !isRule(rest) {
		if s.item(l, col, it, para) {
			return
		}
	}
	deep := s.deep(col, rest)
	if !deep && s.footnote(col, rest) {
		return
	}
	items := s.items()
	n := len(items)
	level := underlineLevel(rest)
	if n > 0 && !items[n-1].holds(col) {
		level = 0
	}
	if para && (deep || level == 0 && !interrupts(rest)) { // it continues, whatever its indentation
		s.more(rest, col)
		return
	}
	if para && level > 0 && len(s.open.src) > 0 {
		s.open.kind, s.open.level = kindHeading, level
		s.end()
		return
	}
	if b := s.open; b != nil && b.kind == kindTable && (deep || !interrupts(rest)) {
		b.src = append(append(b.src, rest...), '\n')
		return
	}
	for ; n > 0 && !items[n-1].holds(col); n-- {
		s.flush()
		s.pop()
	}
	s.leaf(l, col, rest)
}

// deep reports whether a line is indented so much that it starts no block but code. A fence in a list item still opens
// a code block: models indent it by the width of any marker.
func (s *splitter) deep(col int, rest string) bool {
	if col-s.inner() < 4 {
		return false
	}
	mark, _ := fenceOf(rest)
	return mark == "" || len(s.items()) == 0
}

// more adds a line to an open paragraph, or makes a table of it.
func (s *splitter) more(rest string, col int) {
	b := s.open
	n, at := delimiterCells(rest), strings.LastIndexByte(strings.TrimSuffix(string(b.src), "\n"), '\n')+1
	if n == 0 || countCells(string(b.src[at:])) != n {
		s.add(rest, col)
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

// leaf takes a line that starts a block.
func (s *splitter) leaf(l string, col int, rest string) {
	if !s.marked() && s.deep(col, rest) {
		s.indented(l)
		return
	}
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
	case s.definition(rest):
	default:
		task := s.marked() && s.pending.text == "-" && isTask(rest)
		b := s.start(kindParagraph)
		if task {
			b.task, rest = rest[1]|0x20, strings.TrimLeft(rest[4:], " \t")
		}
		s.add(rest, col)
	}
}

// indented takes a line of indented code.
func (s *splitter) indented(l string) {
	b := s.start(kindIndented)
	s.fence.col = s.inner() + 4
	b.code = []string{stripIndent(l, s.fence.col)}
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

// isTask reports whether the text of a list item starts with the box of a task and goes on.
func isTask(rest string) bool {
	return len(rest) > 3 && rest[0] == '[' && strings.IndexByte(" xX", rest[1]) >= 0 && rest[2:4] == "] " &&
		strings.TrimLeft(rest[4:], " \t") != ""
}
