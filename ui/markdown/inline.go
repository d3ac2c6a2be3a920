package markdown

import (
	"bytes"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	gmtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"relaytop/ui/style"
	"relaytop/ui/text"
)

// Kit is the inline parser and the lexers, which all texts share. Both are made when they are first needed.
type Kit struct {
	once     sync.Once
	inline   parser.Parser
	lexers   lexers
	patience time.Duration // how long a lexer may take
}

// NewKit returns a Kit. It costs nothing until the first text is drawn.
func NewKit() *Kit { return &Kit{patience: highlightTime} }

// parser returns a parser whose only blocks are paragraphs: the text is split into blocks already.
func (k *Kit) parser() parser.Parser {
	k.once.Do(func() {
		k.inline = parser.NewParser(
			parser.WithBlockParsers(util.Prioritized(parser.NewParagraphParser(), 1000)),
			parser.WithInlineParsers(
				util.Prioritized(mathParser{}, 50),
				util.Prioritized(parser.NewCodeSpanParser(), 100),
				util.Prioritized(links{parser.NewLinkParser()}, 200),
				util.Prioritized(parser.NewAutoLinkParser(), 300),
				util.Prioritized(parser.NewRawHTMLParser(), 400),
				util.Prioritized(emphasis{}, 500),
				util.Prioritized(strike{}, 500),
				util.Prioritized(extension.NewLinkifyParser(), 999)))
	})
	return k.inline
}

// run is text in one ink. A newline in it is a hard line break.
type run struct {
	text string
	ink  style.Ink
	url  string // that the terminal opens on a click
	// ghost text takes its cells when lines are wrapped, but is not drawn. So no line moves when the definition of a
	// reference comes.
	ghost bool
}

// inline turns the inline markup of one block into runs.
type inline struct {
	st   *style.Styles
	src  []byte
	math []span
	runs []run
}

// runs returns the text of a block without its inline markup.
func (p painter) runs(src []byte, base style.Ink) []run {
	in := inline{st: p.st, src: src, math: mathSpans(src)}
	pc := parser.NewContext()
	pc.Set(mathKey, in.math)
	p.defs.refer(src, pc)
	doc := p.kit.parser().Parse(gmtext.NewReader(src), parser.WithContext(pc))
	for c := doc.FirstChild(); c != nil; c = c.NextSibling() {
		if c != doc.FirstChild() {
			in.add("\n", base, "")
		}
		in.children(c, base, "")
	}
	joinGraphemes(in.runs)
	return in.runs
}

func (in *inline) add(s string, ink style.Ink, link string) {
	if s != "" {
		in.runs = append(in.runs, run{text: s, ink: ink, url: link})
	}
}

func (in *inline) children(n ast.Node, ink style.Ink, link string) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		in.node(c, ink, link)
	}
}

func (in *inline) node(n ast.Node, ink style.Ink, link string) {
	switch n := n.(type) {
	case *ast.Text:
		in.add(plain(n.Segment.Value(in.src)), ink, link)
		if n.HardLineBreak() || n.SoftLineBreak() && in.besideMath(n.Segment.Stop) {
			in.add("\n", ink, "")
		} else if n.SoftLineBreak() {
			in.add(" ", ink, link)
		}
	case *mathNode:
		s := text.Clean(string(in.src[n.start:n.end]))
		if !n.display {
			s = strings.ReplaceAll(s, "\n", " ")
		}
		in.add(s, ink, link)
	case *footnoteNode:
		in.add("[", in.st.Accent, "")
		in.ghost("^")
		in.add(n.label+"]", in.st.Accent, "")
	case *ast.String:
		in.add(plain(n.Value), ink, link)
	case *ast.CodeSpan:
		var b strings.Builder
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			if t, ok := c.(*ast.Text); ok {
				b.Write(t.Segment.Value(in.src))
			}
		}
		in.add(strings.ReplaceAll(b.String(), "\n", " "), in.st.Code, link)
	case *ast.Emphasis:
		if n.Level >= 2 {
			ink = ink.Bold()
		} else {
			ink = ink.Italic()
		}
		in.children(n, ink, link)
	case *extast.Strikethrough:
		in.children(n, in.st.Muted.Struck(), link)
	case *ast.Link:
		in.link(n, n.Destination, n.Reference != nil, ink)
	case *ast.AutoLink:
		dest := string(n.URL(in.src))
		if n.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(dest, "mailto:") {
			dest = "mailto:" + dest
		}
		in.add(string(n.Label(in.src)), in.st.Accent, safeURL(dest))
	case *ast.Image:
		in.add("[image: ", in.st.Muted, "")
		in.link(n, n.Destination, n.Reference != nil, in.st.Muted)
		in.add("]", in.st.Muted, "")
	case *ast.RawHTML:
		in.html(n, ink, link)
	default:
		in.children(n, ink, link)
	}
}

// html draws a tag as it stands, except for a line break.
func (in *inline) html(n *ast.RawHTML, ink style.Ink, link string) {
	var b strings.Builder
	for i := range n.Segments.Len() {
		s := n.Segments.At(i)
		b.Write(s.Value(in.src))
	}
	if tag := strings.ToLower(strings.Map(noBlank, b.String())); tag == "<br>" || tag == "<br/>" {
		in.add("\n", ink, "")
		return
	}
	in.add(strings.ReplaceAll(b.String(), "\n", " "), in.st.Muted, link)
}

// ghost adds a sign that is not drawn.
func (in *inline) ghost(s string) { in.runs = append(in.runs, run{text: s, ghost: true}) }

// link draws the words of a link, and after them its target, since the words may claim another one, or its label. The
// target is left out if it equals the words.
func (in *inline) link(n ast.Node, target []byte, reference bool, ink style.Ink) {
	v, _ := n.AttributeString(behind)
	rest, _ := v.(string)
	rest = text.Line(rest)
	dest := text.Line(plain(target))
	real := safeURL(dest)
	if reference {
		in.reference(n, rest, real)
		return
	}
	from := len(in.runs)
	in.children(n, in.st.Accent, real)
	w := strings.TrimSpace(runsText(in.runs[from:]))
	if rest == "("+w+")" && real != "" || rest == "(mailto:"+w+")" && real != "" {
		return
	}
	in.add(" "+rest, in.st.Muted, real)
}

// reference draws a link whose target is in a definition. The brackets around its words are left out if a label
// follows.
func (in *inline) reference(n ast.Node, label, real string) {
	if strings.Trim(label, "[ ]") == "" {
		in.add("[", in.st.Accent, real)
		in.children(n, in.st.Accent, real)
		in.add("]"+label, in.st.Accent, real)
		return
	}
	in.ghost("[")
	in.children(n, in.st.Accent, real)
	in.ghost("]")
	in.add(label, in.st.Muted, real)
}

// besideMath reports whether the line break at i is kept because math has a line of its own there.
func (in *inline) besideMath(i int) bool {
	for i < len(in.src) && in.src[i] != '\n' {
		i++
	}
	return onOwnLine(in.math, in.src, i)
}

// mathEscapes are the characters that keep a backslash before them: LaTeX uses these pairs outside of its delimiters
// too.
const mathEscapes = "()[]{},;!"

// plain removes backslash escapes and resolves character references. The resolved characters pass the filter, which
// has only seen the references.
func plain(src []byte) string {
	if bytes.IndexByte(src, '\\') < 0 && bytes.IndexByte(src, '&') < 0 {
		return string(src)
	}
	out := make([]byte, 0, len(src))
	for i := 0; i < len(src); i++ {
		switch c := src[i]; {
		case c == '\\' && i+1 < len(src) && util.IsPunct(src[i+1]):
			if i++; strings.IndexByte(mathEscapes, src[i]) >= 0 {
				out = append(out, c)
			}
			out = append(out, src[i])
		case c == '&':
			s, n := reference(src[i:])
			out = append(out, s...)
			i += n - 1
		default:
			out = append(out, c)
		}
	}
	return string(out)
}

// reference resolves the character reference at the start of src and returns its length. Without one it returns the
// &.
func reference(src []byte) (string, int) {
	const longest = 33 // &CounterClockwiseContourIntegral;
	for i := 1; i < min(len(src), longest); i++ {
		if src[i] == ';' {
			if src[1] == '#' {
				return numeric(string(src[2:i])), i + 1
			}
			return text.Line(string(util.ResolveEntityNames(src[:i+1]))), i + 1
		}
		if !util.IsAlphaNumeric(src[i]) && (i > 1 || src[i] != '#') {
			break
		}
	}
	return "&", 1
}

// numeric resolves the number of a character reference: 65 or x41. goldmark takes any number of hexadecimal digits,
// and decimal ones that begin with 0 as octal. CommonMark has at most 7 and 6 digits; more are text.
func numeric(s string) string {
	digits, base, most := s, 10, 7
	if s != "" && (s[0] == 'x' || s[0] == 'X') {
		digits, base, most = s[1:], 16, 6
	}
	v, err := strconv.ParseUint(digits, base, 32)
	if err != nil || len(digits) > most {
		return "&#" + s + ";"
	}
	return text.Line(string(util.ToValidRune(rune(v))))
}

func noBlank(r rune) rune {
	if r == ' ' || r == '\t' {
		return -1
	}
	return r
}
