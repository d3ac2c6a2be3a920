package transcript

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"relaytop/ui/text"
)

// trimLines removes the empty lines around a text. Pasted into a shell, a newline at its end would run the last line.
func trimLines(s string) string { return strings.Trim(strings.TrimRight(s, " \n"), "\n") }

func trimBlanks(s string) string { return strings.TrimRight(s, " ") }

// cutLeft returns a painted line without its first cell.
func cutLeft(s string) string { return ansi.TruncateLeft(s, 1, "") }

// whole returns the first and the last drawn line of the line of text that a drawn line is part of.
func (e *entry) whole(line int) (from, to int) {
	n := e.height()
	for from = line; from > 0 && e.row(from).Join != text.Apart; {
		from--
	}
	for to = line + 1; to < n && e.row(to).Join != text.Apart; {
		to++
	}
	return from, to - 1
}

// lineAt returns the first and the last cell of the line of text at a spot.
func (l *messages) lineAt(s spot) (from, to spot) {
	from, to = s, s
	i := l.index(s.id)
	if i < 0 {
		return from, to
	}
	e := l.entry(i)
	if line := s.line + len(e.head); line >= 0 && line < e.height() {
		from.line, to.line = e.whole(line)
		from.line, to.line = from.line-len(e.head), to.line-len(e.head)
	}
	from.x, to.x = 0, l.look.Width
	return from, to
}

// glyph is a character on the screen.
type glyph struct {
	at spot
	s  string
	w  int
}

// glyphs returns the characters of drawn lines, and the blanks at which they were wrapped.
func (e *entry) glyphs(from, to int) []glyph {
	var out []glyph
	for line := from; line <= to; line++ {
		r := e.row(line)
		if line > from && r.Join == text.Spaced {
			out = append(out, glyph{s: " "})
		}
		s, x, _ := cut(&r, 0, e.look.Width)
		if line == to {
			s = trimBlanks(s)
		}
		for s != "" {
			c, w := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
			out = append(out, glyph{spot{e.view.ID, line - len(e.head), x}, c, w})
			s, x = s[len(c):], x+w
		}
	}
	return out
}

// Characters of paths, addresses and numbers that are part of a word, though some not at its ends.
const (
	inWord   = "_-./~@%+#=?&:"
	notFirst = "=?&:"
	notLast  = "=?&:."
)

// wordy reports whether a character may be part of a word.
func wordy(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune(inWord, r)
}

// wordAt returns the first and the last cell of the word at a spot, which may be wrapped. Outside of words it is a
// single character.
func (l *messages) wordAt(s spot) (from, to spot) {
	i := l.index(s.id)
	if i < 0 {
		return s, s
	}
	e := l.entry(i)
	line := s.line + len(e.head)
	if line < 0 || line >= e.height() {
		return s, s
	}
	all := e.glyphs(e.whole(line))
	at := -1
	for k, g := range all {
		if g.at.id == s.id && g.at.line == s.line && g.at.x <= s.x && s.x < g.at.x+g.w {
			at = k
		}
	}
	if at < 0 {
		return s, s
	}
	a, b := at, at
	if wordy(all[at].s) {
		a, b = wordAround(all, at)
	}
	to = all[b].at
	to.x += max(all[b].w, 1) - 1
	return all[a].at, to
}

// wordAround returns the first and the last character of the word around one.
func wordAround(all []glyph, at int) (a, b int) {
	a, b = at, at
	for a > 0 && wordy(all[a-1].s) {
		a--
	}
	for b < len(all)-1 && wordy(all[b+1].s) {
		b++
	}
	for a < at && strings.Contains(notFirst, all[a].s) {
		a++
	}
	for b > at && strings.Contains(notLast, all[b].s) {
		b--
	}
	return a, b
}
