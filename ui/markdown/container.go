package markdown

import (
	"slices"
	"strconv"
	"strings"

	"relaytop/ui/text"
)

// maxDepth is how deep lists may nest in a quote, and quotes in each other. Deeper markers are text.
const maxDepth = 8

// container is an open list item, footnote or quote.
type container struct {
	kind          byte // - * + . ) of a list, ^ of a footnote, > of a quote
	mark, content int  // columns of its marker and of its text, counted in the quote around it
	indent        int  // cells to the left of its text
	numbers       numbers
	bar           *bar // of a quote
}

// numbers are those of an ordered list.
type numbers struct{ first, last, next int }

// alerts are the words that make a quote an alert.
var alerts = []string{"NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION"}

// alertOf returns the word of an alert if a line is nothing else, as the line has it.
func alertOf(line string) (word, alert string) {
	line = strings.TrimRight(line, " \t")
	if len(line) < 4 || !strings.HasPrefix(line, "[!") || line[len(line)-1] != ']' {
		return "", ""
	}
	word = line[2 : len(line)-1]
	for _, a := range alerts {
		if strings.EqualFold(a, word) {
			return word, a
		}
	}
	return "", ""
}

func (s *splitter) indent() int {
	if n := len(s.in); n > 0 {
		return s.in[n-1].indent
	}
	return 0
}

func (s *splitter) bars() []*bar {
	var out []*bar
	for i := range s.in {
		if s.in[i].bar != nil {
			out = append(out, s.in[i].bar)
		}
	}
	return out
}

// items returns the open items in the innermost quote.
func (s *splitter) items() []container {
	for i := len(s.in); i > 0; i-- {
		if s.in[i-1].kind == '>' {
			return s.in[i:]
		}
	}
	return s.in
}

// inner returns the column where the text of the innermost item starts.
func (s *splitter) inner() int {
	if items := s.items(); len(items) > 0 {
		return items[len(items)-1].content
	}
	return 0
}

// marked reports whether the next block is the first of an item, behind its marker.
func (s *splitter) marked() bool { return s.pending.text != "" && len(s.items()) > 0 }

func (s *splitter) pop() { s.in = s.in[:len(s.in)-1] }

// holds reports whether a line that starts at a column belongs to an item.
func (c *container) holds(col int) bool { return col >= min(c.content, c.mark+2) }

func quoted(in []container) bool {
	return slices.ContainsFunc(in, func(c container) bool { return c.kind == '>' })
}

// unquote returns what is behind the mark of a quote.
func unquote(rest string) string { return strings.TrimPrefix(rest[1:], " ") }

// match returns how many of the open containers a line continues, and the line without the marks of their quotes.
func (s *splitter) match(l string) (int, string) {
	inner := 0
	for i := range s.in {
		c := &s.in[i]
		col, rest := indentOf(l)
		switch {
		case c.kind == '>':
			if rest == "" || rest[0] != '>' || col-inner >= 4 {
				return i, l
			}
			l, inner = unquote(rest), 0
		case rest == "":
		case c.holds(col):
			inner = c.content
		default:
			return i, l
		}
	}
	return len(s.in), l
}

// within returns how far a column is to the right of the text of the innermost of the outer containers.
func (s *splitter) within(outer, col int) int {
	if outer > 0 && s.in[outer-1].kind != '>' {
		return col - s.in[outer-1].content
	}
	return col
}

// lazy reports whether a line continues the open paragraph although it lacks the mark of a quote. A line that is
// indented like code starts no other block than an item.
func (s *splitter) lazy(rest string, deep bool) bool {
	if s.open == nil || s.open.kind != kindParagraph || len(s.open.src) == 0 || !deep && interrupts(rest) {
		return false
	}
	if it, ok := itemOf(rest); ok && (it.digits == "" || it.number == 1) {
		return false
	}
	label, _ := footnoteOf(rest)
	return label == "" || deep
}

// leave closes all containers but the outer ones.
func (s *splitter) leave(outer int) {
	s.end()
	s.flush()
	s.in = s.in[:outer]
}

// item takes a line that starts with a list marker. It reports false if the marker is plain text at this place.
func (s *splitter) item(l string, col int, it itemMarker, para bool) bool {
	var was *container
	for n := len(s.items()); n > 0; n-- {
		top := s.in[len(s.in)-1]
		if top.holds(col) {
			break
		}
		was = &top
		s.pop()
	}
	items := len(s.items())
	if items >= maxDepth {
		return false
	}
	if was == nil {
		if col-s.inner() >= 4 && !para {
			return false
		}
		if para && it.digits != "" && it.number != 1 && items == 0 {
			return false
		}
	}
	s.end()
	s.flush()
	c := container{mark: col, content: col + it.width, kind: it.kind}
	drawn := c.number(it, was)
	s.push(c, drawn, text.Width(drawn)+1)
	if _, rest := indentOf(it.rest); rest != "" {
		in, _ := indentOf(it.rest)
		if sub, ok := itemOf(rest); ok && !isRule(rest) && s.item(l, c.content+in, sub, false) {
			return true
		}
		s.leaf(it.rest, c.content+in, rest)
	}
	return true
}

// number returns the marker of an item as it is drawn; "-" stands for the bullet of the style. Numbers are those of
// the source, except in a list whose items all have the same number: they are counted.
func (c *container) number(it itemMarker, was *container) string {
	if it.digits == "" {
		return "-"
	}
	c.numbers = numbers{it.number, it.number, it.number + 1}
	shown := it.digits
	if was != nil && was.kind == it.kind {
		c.numbers.first = was.numbers.first
		if w := was.numbers; it.number == w.first && it.number == w.last {
			shown, c.numbers.next = strconv.Itoa(w.next), w.next+1
		}
	}
	return shown + string(it.kind)
}

// push opens an item or a footnote. Its marker is drawn before its first block.
func (s *splitter) push(c container, mark string, width int) {
	s.pending = marker{text: mark, at: s.indent(), width: width}
	c.indent = s.indent() + width
	s.in = append(s.in, c)
}

// The marker of a footnote stands beside its text if it takes at most footnoteWidth cells, else above it.
const (
	footnoteWidth  = 9
	footnoteIndent = 4
)

// footnote takes a line that defines a footnote. It reports false if the line is text at this place.
func (s *splitter) footnote(col int, rest string) bool {
	label, body := footnoteOf(rest)
	if label == "" || len(s.in) >= 2*maxDepth {
		return false
	}
	s.end()
	for n := len(s.items()); n > 0 && !s.in[len(s.in)-1].holds(col); n-- {
		s.pop()
	}
	s.flush()
	s.refs.define(footnoteKey(label), definition{})
	mark := "[" + label + "]:"
	width := text.Width(mark) + 1
	if width > footnoteWidth {
		width = footnoteIndent
	}
	s.push(container{kind: '^', mark: col, content: col + 4}, mark, width)
	if _, body = indentOf(body); body != "" {
		s.text(body, col+4, body)
	}
	return true
}

// quote takes a line that starts with the mark of a quote. It reports false if quotes are nested too deeply.
func (s *splitter) quote(rest string) bool {
	if len(s.bars()) >= maxDepth {
		return false
	}
	s.end()
	base := s.indent()
	b := &bar{at: base}
	s.in = append(s.in, container{kind: '>', indent: base + 2, bar: b})
	l := unquote(rest)
	col, rest := indentOf(l)
	if rest == "" {
		return true
	}
	if word, alert := alertOf(rest); word != "" && col < 4 {
		b.alert = alert
		s.start(kindAlert).src = []byte(word)
		s.end()
		return true
	}
	s.text(l, col, rest)
	return true
}
