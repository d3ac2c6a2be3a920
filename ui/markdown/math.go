package markdown

import (
	"bytes"
	"slices"
	"sort"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	gmtext "github.com/yuin/goldmark/text"
)

// span is a piece of math in a source, with its delimiters.
type span struct {
	start, end int
	display    bool // its lines are kept
	own        bool // it starts a line
}

// mathScan looks for math in one source. It reads every byte a bounded number of times: a closer that was not found
// once is not looked for again.
type mathScan struct {
	src     []byte
	missing map[string]bool
}

// mathSpans returns the math in the source of a block: $..$, $$..$$, \(..\), \[..\] and \begin{x}..\end{x}. A $ is
// read by the rule of pandoc, so that prices are text: what is inside neither starts nor ends with a blank, and no
// digit follows the closing $. Math starts nowhere in code.
func mathSpans(src []byte) []span {
	if bytes.IndexByte(src, '$') < 0 && bytes.IndexByte(src, '\\') < 0 {
		return nil
	}
	s := mathScan{src: src, missing: map[string]bool{}}
	var out []span
	for i := 0; i < len(src); {
		switch src[i] {
		case '`':
			i = s.code(i)
		case '$', '\\':
			end, display := s.at(i)
			if end < 0 {
				i += s.skip(i)
				continue
			}
			out = append(out, span{i, end, display, i == 0 || src[i-1] == '\n'})
			i = end
		default:
			i++
		}
	}
	return out
}

// skip returns how many bytes the sign at i takes that starts no math.
func (s *mathScan) skip(i int) int {
	if i+1 < len(s.src) && (s.src[i] == '\\' && s.src[i+1] != '\n' || s.src[i+1] == '$') {
		return 2
	}
	return 1
}

// code returns the end of the code span at i, or of its backticks if they open none.
func (s *mathScan) code(i int) int {
	n := i
	for n < len(s.src) && s.src[n] == '`' {
		n++
	}
	ticks := string(s.src[i:n])
	if s.missing[ticks] {
		return n
	}
	for at := n; at < len(s.src); {
		k := bytes.IndexByte(s.src[at:], '`')
		if k < 0 {
			break
		}
		from := at + k
		for at = from; at < len(s.src) && s.src[at] == '`'; {
			at++
		}
		if at-from == len(ticks) {
			return at
		}
	}
	s.missing[ticks] = true
	return n
}

// at returns the end of the math that starts at i, or -1.
func (s *mathScan) at(i int) (end int, display bool) {
	open, closer := mathOpener(string(s.src[i:min(len(s.src), i+openerMost)]))
	if open == "$" {
		return s.dollar(i), false
	}
	if open == "" || s.missing[closer] {
		return -1, false
	}
	n := closeOf(s.src[i+len(open):], closer)
	if n < 0 {
		s.missing[closer] = true
		return -1, false
	}
	return i + len(open) + n, open != `\(`
}

// openerMost is the most bytes of what opens math.
const openerMost = 40

// mathOpener returns the delimiter of math that s starts with, and the one that closes it.
func mathOpener(s string) (open, closer string) {
	switch {
	case strings.HasPrefix(s, "$$"):
		return "$$", "$$"
	case strings.HasPrefix(s, "$"):
		return "$", "$"
	case strings.HasPrefix(s, `\(`):
		return `\(`, `\)`
	case strings.HasPrefix(s, `\[`):
		return `\[`, `\]`
	case strings.HasPrefix(s, `\begin{`):
		if n := strings.IndexByte(s, '}'); n > 0 && n < openerMost {
			return s[:n+1], `\end` + s[len(`\begin`):n+1]
		}
	}
	return "", ""
}

// closeOf returns where the math that src continues ends, or -1. An escaped sign closes nothing.
func closeOf(src []byte, closer string) int {
	for i := 0; i < len(src); i++ {
		switch {
		case src[i] != closer[0] && src[i] != '\\':
		case bytes.HasPrefix(src[i:], []byte(closer)):
			return i + len(closer)
		case src[i] == '\\':
			i++
		}
	}
	return -1
}

// dollar returns the end of the math behind the single $ at i, or -1.
func (s *mathScan) dollar(i int) int {
	blank := func(c byte) bool { return c == ' ' || c == '\t' || c == '\n' }
	from := i + 1
	if from >= len(s.src) || blank(s.src[from]) {
		return -1
	}
	for k := from; k < len(s.src); k++ {
		switch c := s.src[k]; {
		case c == '`':
			return -1
		case c == '\\':
			k++
		case c != '$':
		case blank(s.src[k-1]), k+1 < len(s.src) && s.src[k+1] >= '0' && s.src[k+1] <= '9':
			return -1
		default:
			return k + 1
		}
	}
	return -1
}

// openMath returns the closer of the math that a line opens and does not close, or "". Only math that may take several
// lines counts, and none with a banned closer.
func openMath(line string, banned []string) string {
	for i := 0; i < len(line); {
		open, closer := mathOpener(line[i:])
		switch {
		case open != "" && slices.Contains(banned, closer):
			i += len(open)
		case open != "" && open != "$":
			i += len(open)
			n := closeOf([]byte(line[i:]), closer)
			if n < 0 {
				return closer
			}
			i += n
		case line[i] == '`':
			s := mathScan{src: []byte(line[i:]), missing: map[string]bool{}}
			n := s.code(0)
			if len(s.missing) > 0 { // code that goes on behind the line
				return ""
			}
			i += n
		case line[i] == '\\':
			i += 2
		default:
			i++
		}
	}
	return ""
}

// kindMath is the kind of a node of math.
var kindMath = ast.NewNodeKind("Math")

// mathNode is math as it stands in the source.
type mathNode struct {
	ast.BaseInline
	span
}

func (*mathNode) Kind() ast.NodeKind         { return kindMath }
func (*mathNode) Dump(src []byte, level int) {}
func newMath(s span) *mathNode               { return &mathNode{span: s} }

// mathParser makes a node of each span of math, so that nothing in it is read as Markdown.
type mathParser struct{}

// mathKey is where a parser's context has the spans of its source.
var mathKey = parser.NewContextKey()

func (mathParser) Trigger() []byte { return []byte{'$', '\\'} }

func (mathParser) Parse(_ ast.Node, block gmtext.Reader, pc parser.Context) ast.Node {
	spans, _ := pc.Get(mathKey).([]span)
	_, at := block.Position()
	i := sort.Search(len(spans), func(i int) bool { return spans[i].start >= at.Start })
	if i == len(spans) || spans[i].start != at.Start {
		return nil
	}
	end := spans[i].end
	for _, at = block.Position(); at.Stop < end; _, at = block.Position() {
		block.AdvanceLine()
	}
	block.Advance(end - at.Start)
	return newMath(spans[i])
}

// onOwnLine reports whether the line break at i of a source is beside math that has lines of its own.
func onOwnLine(spans []span, src []byte, i int) bool {
	for _, s := range spans {
		if s.display && s.own && (s.start == i+1 || s.end <= i && bytes.IndexByte(src[s.end:i], '\n') < 0) {
			return true
		}
	}
	return false
}
