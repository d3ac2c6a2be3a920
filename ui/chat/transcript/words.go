package transcript

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"relaytop/ui/text"
)

// trimLines is a text without the empty lines around it. Pasted into a shell, a newline at the end would run the
// last line.
func trimLines(s string) string { return strings.Trim(strings.TrimRight(s, " \n"), "\n") }

func trimBlanks(s string) string { return strings.TrimRight(s, " ") }

// cutLeft is a painted line without its first cell.
func cutLeft(s string) string { return ansi.TruncateLeft(s, 1, "") }

// whole are the drawn lines that make one line of the text: those that were wrapped only to fit.
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

// lineAt is the first and the last cell of the line of text at a spot.
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

// glyph is a character as it is seen.
type glyph struct {
	at spot
	s  string
	w  int
}

// glyphs are the characters of a line of text, with the blanks at which it was broken.
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

// What stands between the letters of paths, addresses and numbers belongs to the word; at its ends it seldom does.
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

// wordAt is the first and the last cell of the word at a spot, whole even if it was torn to fit. Outside of a word
// it is one character.
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

// wordAround is the first and the last of the characters around one that make a word with it.
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
