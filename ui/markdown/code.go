package markdown

import (
	"embed"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/alecthomas/chroma/v2"

	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// lexerFiles are chroma's lexers for the languages that models write. Chroma's own package reads all 280 lexers at
// every start of the program; these are read when the first code block is painted.
//
//go:embed lexers/*.xml
var lexerFiles embed.FS

// Code that is longer than highlightBytes, or that takes a lexer longer than highlightTime, stays plain: a lexer is
// made of slow regular expressions.
const (
	highlightBytes = 64 << 10
	highlightTime  = 60 * time.Millisecond
)

type lexers struct {
	once sync.Once
	all  *chroma.LexerRegistry
}

func (l *lexers) get(lang string) chroma.Lexer {
	l.once.Do(func() {
		l.all = chroma.NewLexerRegistry()
		names, _ := fs.Glob(lexerFiles, "lexers/*.xml")
		for _, n := range names {
			if x, err := chroma.NewXMLLexer(lexerFiles, n); err == nil {
				l.all.Register(x)
			}
		}
	})
	if lang == "" || len(lang) > 32 {
		return nil
	}
	return l.all.Get(lang)
}

// highlight splits code into runs, line by line. The code is plain if there is no lexer for its language.
func (k *Kit) highlight(st *style.Styles, lang string, code []string) [][]run {
	plain := func() [][]run {
		out := make([][]run, len(code))
		for i, l := range code {
			out[i] = []run{{text: l, ink: st.Text}}
		}
		return out
	}
	whole := strings.Join(code, "\n") + "\n"
	if len(whole) > highlightBytes {
		return plain()
	}
	lexer := k.lexers.get(lang)
	if lexer == nil {
		return plain()
	}
	next, err := lexer.Tokenise(&chroma.TokeniseOptions{State: "root"}, whole)
	if err != nil {
		return plain()
	}
	out := make([][]run, 1, len(code)+1)
	end, n := time.Now().Add(k.patience), 0
	for t := next(); t != chroma.EOF; t = next() {
		n += len(t.Value)
		for i, part := range strings.Split(t.Value, "\n") {
			if i > 0 {
				out = append(out, nil)
			}
			out[len(out)-1] = addToken(out[len(out)-1], part, tokenInk(st, t.Type))
		}
		if time.Now().After(end) {
			return plain()
		}
	}
	if n != len(whole) || len(out) < len(code) {
		return plain()
	}
	return out[:len(code)]
}

// addToken adds a token to a line. It joins the run before it if both look alike, or if it is blank: each run costs
// some 30 bytes on the way to the terminal.
func addToken(line []run, s string, ink style.Ink) []run {
	if s == "" {
		return line
	}
	if n := len(line) - 1; n >= 0 && (line[n].ink == ink || strings.Trim(s, " ") == "") {
		line[n].text += s
		return line
	}
	return append(line, run{text: s, ink: ink})
}

func tokenInk(st *style.Styles, t chroma.TokenType) style.Ink {
	switch {
	case t == chroma.KeywordConstant, t.InCategory(chroma.Literal), t == chroma.NameConstant,
		t == chroma.NameBuiltinPseudo:
		return st.Number
	case t == chroma.KeywordType, t == chroma.NameClass, t == chroma.NameException, t == chroma.NameNamespace:
		return st.Type
	case t.InCategory(chroma.Keyword), t == chroma.NameTag, t == chroma.OperatorWord:
		return st.Keyword
	case t == chroma.NameFunction, t == chroma.NameFunctionMagic, t == chroma.NameBuiltin, t == chroma.NameDecorator,
		t == chroma.NameAttribute:
		return st.Func
	case t.InCategory(chroma.Comment):
		return st.Faint
	case t == chroma.Punctuation:
		return st.Muted
	case t == chroma.GenericInserted:
		return st.OK
	case t == chroma.GenericDeleted:
		return st.Error
	case t == chroma.GenericHeading, t == chroma.GenericSubheading:
		return st.Accent
	}
	return st.Text
}

// code draws a whole code block on a panel: a head with its language and number, then its lines.
func (p painter) code(b *block, above []widget.Row) []widget.Row {
	out := append(above, p.codeHead(b))
	for i, runs := range p.kit.highlight(p.st, b.lang, b.code) {
		out = append(out, p.codeLine(b, i, runs)...)
	}
	return out
}

// codeHeight returns the number of lines that code would draw.
func (p painter) codeHeight(b, prev *block) int {
	n := len(p.above(b, prev)) + 1 // the head
	b = p.shallow(b)
	w := p.codeWidth(b)
	for _, l := range b.code {
		if text.Width(l) <= w {
			n++
			continue
		}
		lens, _ := codeLens(l, w)
		n += len(lens)
	}
	return n
}

// codeWidth returns the cells of a line of code.
func (p painter) codeWidth(b *block) int { return max(p.width-b.indent-2*codePad, 1) }

// codeHead draws the line above code: its language, its number and the keys that copy it.
func (p painter) codeHead(b *block) widget.Row {
	w := max(p.width-b.indent, 1)
	left, right := b.lang, ""
	if b.num > 0 && !p.bare {
		right = "[" + strconv.Itoa(b.num) + "]"
		if keys := right + " " + strconv.Itoa(b.num) + "y copies"; text.Width(left)+len(keys)+6 <= w {
			right = keys
		}
	}
	ink := p.st.Faint.On(style.Panel)
	line := p.left(b, true) + ink.Paint("  "+widget.Spread(left, right, max(w-4, 1))+"  ")
	return widget.Row{Line: widget.Fit(line, p.width), Seam: widget.Seam{NoText: true}}
}

// codePad is the number of blank cells on each side of code.
const codePad = 2

// codeLine draws the n-th line of code. A line wider than the panel continues on further lines, which are marked
// and have the same indentation.
func (p painter) codeLine(b *block, n int, runs []run) []widget.Row {
	w := max(p.width-b.indent, 1)
	inked := make([]run, len(runs))
	for i, r := range runs {
		r.ink = r.ink.On(style.Panel)
		inked[i] = r
	}
	joinGraphemes(inked)
	pad := p.st.Text.On(style.Panel)
	left := p.left(b, false)
	mark := p.st.Faint.On(style.Panel).Paint(p.st.Glyphs.Wrapped + " ")
	lines, under := codeRuns(inked, p.codeWidth(b))
	out := make([]widget.Row, len(lines))
	for i, l := range lines {
		head, s := pad.Paint(widget.Blank(codePad)), widget.Seam{From: b.indent + codePad}
		if i > 0 {
			head, s = pad.Paint(widget.Blank(under))+mark, widget.Seam{From: b.indent + under + codePad, Join: text.MidWord}
		} else if slices.Contains(b.torn, n) {
			s.Join = text.MidWord
		}
		l = head + l
		s.To = b.indent + widget.Width(l)
		l = left + l + pad.Paint(widget.Blank(max(w-s.To+b.indent, 0)))
		out[i] = widget.Row{Line: widget.Fit(l, p.width), Seam: s}
	}
	return out
}
