package chat

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"relaytop/ui/text"
)

// trimLines is a text without the empty lines around it: pasted into a shell the last line would run.
func trimLines(s string) string { return strings.Trim(strings.TrimRight(s, " \n"), "\n") }

func trimBlanks(s string) string { return strings.TrimRight(s, " ") }

// whole are the lines of a message that make one line of the text: what was wrapped only to fit.
func (m *Model) whole(e *entry, line int) (from, to int) {
	n := e.height(m)
	for from = line; from > 0 && e.row(m, from).Join != text.Apart; {
		from--
	}
	for to = line + 1; to < n && e.row(m, to).Join != text.Apart; {
		to++
	}
	return from, to - 1
}

// lineAt is the begin and the end of the line of text at a spot.
func (m *Model) lineAt(s spot) (from, to spot) {
	from, to = s, s
	i := m.indexOf(s.id)
	if i < 0 {
		return from, to
	}
	e := m.entryOf(i)
	if line := s.line + len(e.head); line >= 0 && line < e.height(m) {
		from.line, to.line = m.whole(e, line)
		from.line, to.line = from.line-len(e.head), to.line-len(e.head)
	}
	from.x, to.x = 0, m.w
	return from, to
}

// glyph is a character as it is seen.
type glyph struct {
	spot
	s string
	w int
}

// glyphs are the characters of a line of text, those of the blanks included where it was broken.
func (m *Model) glyphs(e *entry, from, to int) []glyph {
	var out []glyph
	for line := from; line <= to; line++ {
		r := e.row(m, line)
		if line > from && r.Join == text.Spaced {
			out = append(out, glyph{s: " "})
		}
		s, x, _ := cut(&r, 0, m.w)
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

// wordAt is the first and the last cell of the word at a spot. A word that was torn to fit is whole; of what is no word it is the character.
func (m *Model) wordAt(s spot) (from, to spot) {
	i := m.indexOf(s.id)
	if i < 0 {
		return s, s
	}
	e := m.entryOf(i)
	line := s.line + len(e.head)
	if line < 0 || line >= e.height(m) {
		return s, s
	}
	first, last := m.whole(e, line)
	all := m.glyphs(e, first, last)
	at := -1
	for k, g := range all {
		if g.id == s.id && g.line == s.line && g.x <= s.x && s.x < g.x+g.w {
			at = k
		}
	}
	if at < 0 {
		return s, s
	}
	a, b := at, at
	if wordy(all[at].s) {
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
	}
	to = all[b].spot
	to.x += max(all[b].w, 1) - 1
	return all[a].spot, to
}
