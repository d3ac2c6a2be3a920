package markdown

import (
	"unicode"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	gmtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// emphasis reads runs of * and _ as CommonMark does, except beside Chinese, Japanese and Korean. These write no blank
// between words, so the rules for * beside a punctuation mark would leave **「太字」**です as it is. The rules here
// are those of the CJK-friendly amendments to CommonMark. A * that multiplies opens nothing: 2*x*y, 2**3**2.
type emphasis struct{}

// operator is a * that multiplies. It may open as far as the rule of three is concerned, so that the one in
// **2*x** does not close the two, but it opens nothing.
type operator struct{ emphasis }

func (operator) CanOpenCloser(_, _ *parser.Delimiter) bool { return false }

// strike reads ~~. A single ~ is text ("3~5 times"), and so are three or more.
type strike struct{}

func (emphasis) Trigger() []byte { return []byte{'*', '_'} }
func (strike) Trigger() []byte   { return []byte{'~'} }

func (emphasis) IsDelimiter(c byte) bool { return c == '*' || c == '_' }
func (strike) IsDelimiter(c byte) bool   { return c == '~' }

func (emphasis) CanOpenCloser(opener, closer *parser.Delimiter) bool {
	return opener.Char == closer.Char
}
func (strike) CanOpenCloser(opener, closer *parser.Delimiter) bool { return opener.Char == closer.Char }

func (emphasis) OnMatch(n int) ast.Node { return ast.NewEmphasis(n) }
func (strike) OnMatch(int) ast.Node     { return extast.NewStrikethrough() }

func (e emphasis) Parse(_ ast.Node, block gmtext.Reader, pc parser.Context) ast.Node {
	before := block.PrecendingCharacter()
	line, _ := block.PeekLine()
	return delimiter(parser.ScanDelimiter(line, before, 1, e), before, block, pc)
}

func (s strike) Parse(_ ast.Node, block gmtext.Reader, pc parser.Context) ast.Node {
	before := block.PrecendingCharacter()
	line, _ := block.PeekLine()
	d := parser.ScanDelimiter(line, before, 2, s)
	if d == nil || d.Length > 2 || before == '~' {
		return nil
	}
	return delimiter(d, before, block, pc)
}

// delimiter hands a run of delimiters to the parser, with what it may open and close.
func delimiter(d *parser.Delimiter, before rune, block gmtext.Reader, pc parser.Context) ast.Node {
	line, at := block.PeekLine()
	after := ' '
	if d.Length < len(line) {
		after = util.ToRune(line, d.Length)
	}
	left := opens(before, after)
	right := opens(after, before)
	d.CanOpen, d.CanClose = left, right
	if d.Char == '_' {
		double := d.Length > 1 // one _ between CJK is part of a name
		d.CanOpen = left && (!right || util.IsPunctRune(before) || double && isCJK(before))
		d.CanClose = right && (!left || util.IsPunctRune(after) || double && isCJK(after))
	}
	if d.Char == '*' && multiplies(before, after, d.Length) {
		d.Processor = operator{}
		d.CanClose = d.CanClose && !(isDigit(before) && isDigit(after))
	}
	d.Segment = at.WithStop(at.Start + d.Length)
	block.Advance(d.Length)
	pc.PushDelimiter(d)
	return d
}

// multiplies reports whether n asterisks between two characters are an operator: one between letters or digits, more
// beside a digit. walk**ed** is emphasis.
func multiplies(before, after rune, n int) bool {
	return isWord(before) && isWord(after) && (n == 1 || isDigit(before) || isDigit(after))
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }
func isWord(r rune) bool  { return isDigit(r) || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// opens reports whether a run of delimiters between outer and inner belongs to what inner is part of.
func opens(outer, inner rune) bool {
	if util.IsSpaceRune(inner) {
		return false
	}
	if !util.IsPunctRune(inner) || isCJK(inner) {
		return true
	}
	return util.IsSpaceRune(outer) || util.IsPunctRune(outer) || isCJK(outer)
}

// cjkSigns are the punctuation marks, forms and variation selectors of Chinese, Japanese and Korean that are in the
// script table of none of them.
var cjkSigns = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x2E80, Hi: 0x303F, Stride: 1}, // radicals, description characters, punctuation
		{Lo: 0x30FB, Hi: 0x30FC, Stride: 1},
		{Lo: 0x3190, Hi: 0x319F, Stride: 1},
		{Lo: 0x31C0, Hi: 0x31EF, Stride: 1},
		{Lo: 0x3200, Hi: 0x33FF, Stride: 1}, // enclosed and squared
		{Lo: 0xFE00, Hi: 0xFE0E, Stride: 1},
		{Lo: 0xFE10, Hi: 0xFE1F, Stride: 1},
		{Lo: 0xFE30, Hi: 0xFE6F, Stride: 1}, // vertical and small forms
		{Lo: 0xFF00, Hi: 0xFFEF, Stride: 1}, // full and half width
	},
	R32: []unicode.Range32{
		{Lo: 0x20000, Hi: 0x3FFFD, Stride: 1}, // ideographs, with those to come
		{Lo: 0xE0100, Hi: 0xE01EF, Stride: 1},
	},
}

func isCJK(r rune) bool {
	return r >= 0x1100 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
		unicode.Bopomofo, unicode.Yi, cjkSigns)
}
