package markdown

import (
	"net/url"
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

// Kit holds what all texts of a program share: the inline parser and the lexers. Both are made when they are first
// needed.
type Kit struct {
	once     sync.Once
	inline   parser.Parser
	lexers   lexers
	patience time.Duration // how long a lexer may take
}

// NewKit returns a Kit. It costs nothing until the first text is drawn.
func NewKit() *Kit { return &Kit{patience: highlightTime} }

// parser returns a parser that knows paragraphs only. The text is already split into blocks, and nothing inside a
// block may start another.
func (k *Kit) parser() parser.Parser {
	k.once.Do(func() {
		in := append(parser.DefaultInlineParsers(),
			util.Prioritized(extension.NewStrikethroughParser(), 500),
			util.Prioritized(extension.NewLinkifyParser(), 999))
		k.inline = parser.NewParser(
			parser.WithBlockParsers(util.Prioritized(parser.NewParagraphParser(), 1000)),
			parser.WithInlineParsers(in...))
	})
	return k.inline
}

// run is text in one ink. A newline in it is a hard line break.
type run struct {
	text string
	ink  style.Ink
	url  string // that the terminal opens on a click
}

// inline turns the inline markup of one block into runs.
type inline struct {
	st   *style.Styles
	src  []byte
	runs []run
}

func (k *Kit) runs(st *style.Styles, src []byte, base style.Ink) []run {
	in := inline{st: st, src: src}
	doc := k.parser().Parse(gmtext.NewReader(src))
	for c := doc.FirstChild(); c != nil; c = c.NextSibling() {
		if c != doc.FirstChild() {
			in.add("\n", base, "")
		}
		in.children(c, base, "")
	}
	return in.runs
}

func (in *inline) add(s string, ink style.Ink, link string) {
	if s != "" {
		in.runs = append(in.runs, run{s, ink, link})
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
		if n.HardLineBreak() {
			in.add("\n", ink, "")
		} else if n.SoftLineBreak() {
			in.add(" ", ink, link)
		}
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
		in.link(n, string(n.Destination), ink)
	case *ast.AutoLink:
		dest := string(n.URL(in.src))
		if n.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(dest, "mailto:") {
			dest = "mailto:" + dest
		}
		in.add(string(n.Label(in.src)), in.st.Accent, safeURL(dest))
	case *ast.Image:
		in.add("[image: ", in.st.Muted, "")
		in.link(n, string(n.Destination), in.st.Muted)
		in.add("]", in.st.Muted, "")
	case *ast.RawHTML:
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
	default:
		in.children(n, ink, link)
	}
}

// link draws a link and its real destination, since its words can claim any other.
func (in *inline) link(n ast.Node, dest string, ink style.Ink) {
	real := safeURL(dest)
	from := len(in.runs)
	in.children(n, in.st.Accent, real)
	var words strings.Builder
	for _, r := range in.runs[from:] {
		words.WriteString(r.text)
	}
	if w := strings.TrimSpace(words.String()); w != dest && "mailto:"+w != dest || real == "" {
		in.add(" ("+text.Truncate(text.Line(dest), 72)+")", in.st.Muted, real)
	}
}

// plain removes backslash escapes and resolves character references. The result passes the filter, which has only
// seen the reference.
func plain(src []byte) string {
	s := util.UnescapePunctuations(src)
	if strings.IndexByte(string(s), '&') < 0 {
		return string(s)
	}
	return text.Line(string(util.ResolveEntityNames(util.ResolveNumericReferences(s))))
}

func noBlank(r rune) rune {
	if r == ' ' || r == '\t' {
		return -1
	}
	return r
}

// safeURL returns a link that a terminal may open, or "". It accepts http, https and mailto, and no user info,
// which could pass for a host.
func safeURL(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.User != nil || len(s) > 2000 {
		return ""
	}
	switch {
	case (u.Scheme == "http" || u.Scheme == "https") && u.Host != "", u.Scheme == "mailto" && u.Opaque != "":
	default:
		return ""
	}
	out := u.String()
	for i := 0; i < len(out); i++ {
		if out[i] <= ' ' || out[i] >= 0x7f {
			return ""
		}
	}
	return out
}
