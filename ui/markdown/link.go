package markdown

import (
	"bytes"
	"net/url"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	gmtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// definition is the target of a reference link. That of a footnote has none.
type definition struct{ target, title string }

// definitions are the link definitions and footnotes of a text by normalised label. The label of a footnote starts
// with ^.
type definitions map[string]definition

// references are the definitions of a text, and the blocks that wait for one.
type references struct {
	defs   definitions
	uses   map[string][]int // finished blocks that may refer to a label which is not defined yet
	late   []int            // finished blocks whose definition has come since they were last drawn
	frozen bool             // nothing is added: the last line has not ended
}

// define adds a definition. The first one of a label counts.
func (r *references) define(label string, d definition) {
	if _, ok := r.defs[label]; ok || r.frozen {
		return
	}
	if r.defs == nil {
		r.defs = definitions{}
	}
	r.defs[label] = d
	r.late = append(r.late, r.uses[label]...)
	delete(r.uses, label)
}

// use notes the labels that the i-th finished block may refer to.
func (r *references) use(b *block, i int) {
	if r.frozen {
		return
	}
	labels(b.src, func(label string) {
		if _, ok := r.defs[label]; ok {
			return
		}
		if r.uses == nil {
			r.uses = map[string][]int{}
		}
		if at := r.uses[label]; len(at) == 0 || at[len(at)-1] != i {
			r.uses[label] = append(at, i)
		}
	})
}

// labelMost is the most bytes between the brackets of a label.
const labelMost = 999

// labels calls yield for each label in brackets that may refer to a definition.
func labels(src []byte, yield func(label string)) {
	for open := -1; ; {
		n := bytes.IndexAny(src[open+1:], "[]")
		if n < 0 {
			return
		}
		at := open + 1 + n
		if src[at] == ']' && open >= 0 && src[open] == '[' && at-open-1 <= labelMost && at > open+1 {
			yield(util.ToLinkReference(src[open+1 : at]))
		}
		open = at
	}
}

// definitionOf reads a line that defines the target of reference links. at is where the target starts in the line.
func definitionOf(rest string) (label string, d definition, at int) {
	n := strings.IndexByte(rest, ']')
	if n < 2 || n > labelMost || rest[0] != '[' || strings.IndexByte(rest[1:n], '[') >= 0 || rest[n-1] == '\\' ||
		strings.TrimSpace(rest[1:n]) == "" || n+1 >= len(rest) || rest[n+1] != ':' {
		return "", d, 0
	}
	s := strings.TrimLeft(rest[n+2:], " \t")
	at = len(rest) - len(s)
	title := ""
	if strings.HasPrefix(s, "<") {
		end := strings.IndexByte(s, '>')
		if end < 0 {
			return "", d, 0
		}
		d.target, title = s[1:end], s[end+1:]
	} else {
		end := strings.IndexAny(s, " \t")
		if end < 0 {
			end = len(s)
		}
		d.target, title = s[:end], s[end:]
		if d.target == "" {
			return "", d, 0
		}
	}
	if t := strings.TrimSpace(title); t != "" {
		q := strings.IndexByte(`"'(`, t[0])
		if title == t || q < 0 || len(t) < 2 || t[len(t)-1] != `"')`[q] {
			return "", d, 0
		}
		d.title = t[1 : len(t)-1]
	}
	return util.ToLinkReference([]byte(rest[1:n])), d, at
}

// footnoteOf reads the start of the definition of a footnote: its label, and the text after the colon.
func footnoteOf(rest string) (label, body string) {
	if !strings.HasPrefix(rest, "[^") {
		return "", ""
	}
	n := strings.Index(rest, "]:")
	if n < 3 || n > labelMost || strings.ContainsAny(rest[2:n], "[] \t") {
		return "", ""
	}
	return rest[2:n], rest[n+2:]
}

// footnoteKey is the key of a footnote's definition.
func footnoteKey(label string) string { return util.ToLinkReference([]byte("^" + label)) }

// defsKey is the key of the definitions in a parser's context.
var defsKey = parser.NewContextKey()

// refer gives the parser the definitions that a source may refer to.
func (d definitions) refer(src []byte, pc parser.Context) {
	if len(d) == 0 {
		return
	}
	pc.Set(defsKey, d)
	labels(src, func(label string) {
		if def, ok := d[label]; ok && label[0] != '^' {
			pc.AddReference(parser.NewReference([]byte(label), []byte(def.target), []byte(def.title)))
		}
	})
}

// kindFootnote is the kind of a node that refers to a footnote.
var kindFootnote = ast.NewNodeKind("FootnoteReference")

// footnoteNode is a reference to a footnote.
type footnoteNode struct {
	ast.BaseInline
	label string
}

func (*footnoteNode) Kind() ast.NodeKind { return kindFootnote }
func (*footnoteNode) Dump([]byte, int)   {}

// links reads links and footnotes. The source after the words of a link is kept.
type links struct{ inner parser.InlineParser }

// behind is the attribute of a link for the source after its words.
const behind = "behind"

func (l links) Trigger() []byte { return l.inner.Trigger() }

func (l links) CloseBlock(parent ast.Node, block gmtext.Reader, pc parser.Context) {
	if c, ok := l.inner.(parser.CloseBlocker); ok {
		c.CloseBlock(parent, block, pc)
	}
}

func (l links) Parse(parent ast.Node, block gmtext.Reader, pc parser.Context) ast.Node {
	line, from := block.PeekLine()
	if d, _ := pc.Get(defsKey).(definitions); d != nil && bytes.HasPrefix(line, []byte("[^")) {
		if n := bytes.IndexByte(line, ']'); n > 2 {
			label := string(line[2:n])
			if _, ok := d[footnoteKey(label)]; ok && !strings.ContainsAny(label, "[ ") {
				block.Advance(n + 1)
				return &footnoteNode{label: label}
			}
		}
	}
	n := l.inner.Parse(parent, block, pc)
	switch n.(type) {
	case *ast.Link, *ast.Image:
		_, to := block.Position()
		n.SetAttributeString(behind, string(block.Source()[from.Start+1:to.Start]))
	}
	return n
}

// safeURL returns a link that a terminal may open, or "". It accepts http, https and mailto, without user info, which
// could look like a host.
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
