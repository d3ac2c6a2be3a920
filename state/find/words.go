// Package find splits texts into words, for the full-text index and for the matches that are shown: both must split a
// text in the same way.
//
// Its rules:
//   - Case and marks don't count: người, nguoi and NGƯỜI are one word, and so are đâu and dau. What Unicode takes
//     for a letter of its own (đ, ø, ł) counts as the letter that people type in its place. One form in the index
//     costs a query one term, where asking for both forms of every d would cost two to the power of the d's.
//   - Scripts without blanks between words (Chinese, Japanese, Thai and the like, Korean too since its words carry
//     their endings) are cut into pairs of neighbours, and the last character of a run stands alone: 你好世界 is 你好 好世
//     世界 界. So any part of a run is a phrase of pairs, and a single character the beginning of one.
//   - Only letters, digits and symbols such as emoji are found; anything else separates words.
//   - An identifier in mixed case is one word, and a name of several parts: SetMaxOpenConns is also Set Max Open
//     Conns, HTTPServer is HTTP Server. The parts have a stream of their own, in which each name stands between the
//     word before it and the one behind it, so that a phrase may begin or end in a name. Joined again they are words
//     too, which stand alone: every two or three neighbours, and every part with all behind it, so that maxopen and
//     maxopenc are found in SetMaxOpenConns. What has more parts than people give a name is a key.
//   - A name that is looked for is the word, or its parts in a row: MaxOpen finds MaxOpen, maxopen, max_open and max
//     open.
//   - A change of a rule increments Rules: indexes that were made by other rules are rebuilt.
package find

import (
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Rules is the version of the rules by which texts are split.
const Rules = 2

// maxWord is how many bytes of a word count: longer ones are keys and encoded files, which differ in their beginning.
const maxWord = 96

// Word is one word of a text, and its position.
type Word struct {
	Text     []byte // folded; valid until the next word
	From, To int    // bytes of the text
	Mid      int    // end of the first character of a pair; else To
	Pair     bool
	Tail     bool // the last character of a run, which the pair before it holds too

	parts  []part // of a name; else none
	skip   int    // bytes of the name before the word, to which the ends of the parts are counted
	stream stream
	apart  bool // it does not follow the word before it in its stream
}

// Each yields all words of s in order, until yield returns false.
func Each(s string, yield func(Word) bool) {
	cut(s, func(w *Word) bool { return yield(*w) })
}

// cut is Each with one Word for all: it is large to hand around.
func cut(s string, yield func(*Word) bool) {
	c := cutter{yield: yield, s: s}
	for i := 0; i < len(s) && !c.stopped; {
		b := s[i]
		if b < utf8.RuneSelf && (i+1 == len(s) || s[i+1] < utf8.RuneSelf) {
			c.ascii(b, i)
			i++
			continue
		}
		what, n := c.classify(s[i:])
		c.take(what, i, i+n)
		i += n
	}
	c.gap()
}

// cutter is the word that is being read.
type cutter struct {
	folder
	s       string
	yield   func(*Word) bool
	given   Word
	stopped bool
	word    []byte // of letters
	from    int
	to      int
	inner   bool   // a capital stands within the word: it may be a name
	last    []byte // the last character of a run without blanks
	lastAt  int
	lastTo  int
	paired  bool // last stands in a pair already
	pair    []byte
	names   divider
}

// folder folds characters.
type folder struct {
	folded  []byte
	plain   []byte
	capital bool
}

// classify takes the character that s begins with, marks included, and leaves in folded what counts of it. n is its
// length.
func (c *folder) classify(s string) (what class, n int) {
	if r, n := utf8.DecodeRuneInString(s); alone(s[n:]) {
		if what := c.common(r, s[:n]); what != parts {
			return what, n
		}
	}
	n = max(norm.NFC.NextBoundaryInString(s, true), 1)
	return c.fold(s[:n]), n
}

func (c *cutter) ascii(b byte, at int) {
	switch {
	case b >= 'a' && b <= 'z' || b >= '0' && b <= '9':
	case b >= 'A' && b <= 'Z':
		b += 'a' - 'A'
		c.inner = c.inner || len(c.word) > 0
	default:
		c.gap()
		return
	}
	c.endRun()
	if len(c.word) == 0 {
		c.from = at
	}
	c.to = at + 1
	if len(c.word) < maxWord {
		c.word = append(c.word, b)
	}
}

// take goes on with one character and its marks, which stands at from..to; folded is what counts of it.
func (c *cutter) take(what class, from, to int) {
	switch what {
	case parts:
		c.gap()
	case joins:
		if len(c.word) > 0 {
			c.to = to
		}
	case letter:
		c.endRun()
		if len(c.word) == 0 {
			c.from = from
		}
		c.to = to
		c.inner = c.inner || c.capital && len(c.word) > 0
		if len(c.word)+len(c.folded) <= maxWord {
			c.word = append(c.word, c.folded...)
		}
	case dense:
		c.endWord()
		if len(c.last) > 0 {
			c.pair = append(append(c.pair[:0], c.last...), c.folded...)
			c.give(Word{Text: c.pair, From: c.lastAt, Mid: c.lastTo, To: to, Pair: true})
			c.paired = true
		}
		c.last = append(c.last[:0], c.folded...)
		c.lastAt, c.lastTo = from, to
	}
}

func (c *cutter) give(w Word) {
	if !c.stopped {
		c.given = w
		c.stopped = !c.yield(&c.given)
	}
}

func (c *cutter) gap() {
	c.endWord()
	c.endRun()
}

func (c *cutter) endWord() {
	if len(c.word) > 0 {
		w := Word{Text: c.word, From: c.from, Mid: c.to, To: c.to}
		if c.inner {
			w.parts = c.names.divide(c.s, &w)
		}
		c.give(w)
		c.word, c.inner = c.word[:0], false
	}
}

func (c *cutter) endRun() {
	if len(c.last) > 0 {
		c.give(Word{Text: c.last, From: c.lastAt, Mid: c.lastTo, To: c.lastTo, Tail: c.paired})
		c.last, c.paired = c.last[:0], false
	}
}

// class is what a character does to the words around it.
type class uint8

const (
	parts  class = iota // stands between words
	joins               // has no weight: a lone mark, a joiner, a soft hyphen
	letter              // goes on with a word
	dense               // of a script without blanks
)

// fold classifies one character with its marks, and leaves in folded what counts of it.
func (c *folder) fold(s string) class {
	c.folded = c.folded[:0]
	r, n := utf8.DecodeRuneInString(s)
	c.capital = unicode.IsUpper(r)
	switch {
	case r == utf8.RuneError: // not a symbol that anyone wrote
		return parts
	case isDense(r):
		if len(s) > maxWord/2 {
			s = s[:n]
		}
		c.folded = norm.NFKC.AppendString(c.folded, s)
		return dense
	}
	if len(s) > 4*maxWord { // a letter under a tower of marks, none of which counts
		s = s[:n]
	}
	c.plain = norm.NFKD.AppendString(c.plain[:0], s)
	what := parts
	for i := 0; i < len(c.plain); {
		r, n := utf8.DecodeRune(c.plain[i:])
		i += n
		switch {
		case weightless(r):
			what = max(what, joins)
		case unicode.In(r, unicode.L, unicode.N, unicode.M):
			what = letter
			c.folded = appendLower(c.folded, r)
		}
	}
	return what
}

// alone reports whether s cannot begin with a mark. It knows the most common characters; the others are looked up in
// the tables of Unicode.
func alone(s string) bool {
	if s == "" || s[0] < utf8.RuneSelf {
		return true
	}
	r, _ := utf8.DecodeRuneInString(s)
	return r < 0x300 || r >= 0x1E00 && r < 0x1F00 || isIdeograph(r) || isKana(r) || r >= 0x3000 && r < 0x302A
}

func isIdeograph(r rune) bool { return r >= 0x3400 && r <= 0x9FFF }

func isKana(r rune) bool {
	return r >= 0x3041 && r <= 0x3096 || r >= 0x30A1 && r <= 0x30FA || r == 0x30FC
}

// common folds Latin letters and ideographs without looking into the tables of Unicode, which takes ten times as
// long; parts is any other.
func (c *folder) common(r rune, s string) class {
	var at rune
	switch {
	case isIdeograph(r), isKana(r):
		c.folded = append(c.folded[:0], s...)
		return dense
	case r >= 0xC0 && r < 0x250:
		at = r - 0xC0
	case r >= 0x1E00 && r < 0x1F00:
		at = r - 0x1E00 + 0x190
	default:
		return parts
	}
	f := &latin()[at]
	if f.folded == "" {
		return parts
	}
	c.folded, c.capital = append(c.folded[:0], f.folded...), f.capital
	return letter
}

type latinLetter struct {
	folded  string
	capital bool
}

// latin is what fold makes of U+00C0 to U+024F and of U+1E00 to U+1EFF.
var latin = sync.OnceValue(func() *[0x290]latinLetter {
	var out [0x290]latinLetter
	var c folder
	for i := range out {
		r := rune(i + 0xC0)
		if i >= 0x190 {
			r = rune(i - 0x190 + 0x1E00)
		}
		if c.fold(string(r)) == letter {
			out[i] = latinLetter{string(c.folded), c.capital}
		}
	}
	return &out
})

// isDense reports whether a character is split into pairs. Symbols are, so that one emoji among others is found.
func isDense(r rune) bool {
	if r < 0x0E00 {
		return r == '©' || r == '®' || r == '°'
	}
	return r == 'ー' || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai,
		unicode.Lao, unicode.Khmer,
		unicode.Myanmar, unicode.Tibetan, unicode.Bopomofo, unicode.Yi, unicode.So)
}

// weightless reports the marks that people leave out (Latin, Greek, Cyrillic, Hebrew, Arabic) and what joins.
// Vowels of Indic scripts are marks too, and count.
func weightless(r rune) bool {
	switch {
	case r < 0x300:
		return r == 0xAD
	case r <= 0x36F, r >= 0x591 && r <= 0x5C7, r >= 0x64B && r <= 0x65F, r == 0x670:
		return true
	}
	return r >= 0x1AB0 && r <= 0x1AFF || r >= 0x1DC0 && r <= 0x1DFF || r >= 0x200B && r <= 0x200D || r == 0x2060 ||
		r >= 0x20D0 && r <= 0x20FF || r >= 0xFE00 && r <= 0xFE0F
}

// appendLower appends a letter in its small form, and as what is typed in its place.
func appendLower(b []byte, r rune) []byte {
	switch r = unicode.ToLower(r); r {
	case 'đ', 'ð', 'ɖ':
		r = 'd'
	case 'ø':
		r = 'o'
	case 'ł':
		r = 'l'
	case 'ħ':
		r = 'h'
	case 'ŧ':
		r = 't'
	case 'ŋ':
		r = 'n'
	case 'ı':
		r = 'i'
	case 'ς':
		r = 'σ'
	case 'æ':
		return append(b, "ae"...)
	case 'œ':
		return append(b, "oe"...)
	case 'ß':
		return append(b, "ss"...)
	case 'þ':
		return append(b, "th"...)
	}
	return utf8.AppendRune(b, r)
}
