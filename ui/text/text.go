// Package text filters text that the program did not write: model answers, error bodies, header values, file names,
// titles. All such text passes it before it is drawn or printed to a terminal. What comes out has no byte under 0x20
// but the newline, and nothing that moves the cursor, hides or reorders text.
//
// The rules, rune by rune: C0 controls except newline and tab and DEL become their control pictures; C1 controls,
// bidi controls, tag characters, line and paragraph separators and byte order marks become ▯; invalid UTF-8 becomes
// U+FFFD; CRLF becomes a newline and a lone CR is shown; a tab becomes four blanks; the rest is brought to NFC.
// Escape sequences are not parsed and removed: their escape character is shown. So a sequence that is split between
// two pieces, or that has no end, can't swallow anything.
package text

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/text/unicode/norm"
)

const (
	hidden = '▯'    // replaces a rune that must not reach a terminal and has no control picture
	tab    = "    " // a fixed width: it must not depend on how the text was cut into pieces
)

// Clean returns s filtered for drawing. Printable ASCII is returned as it is, without a copy.
func Clean(s string) string {
	if plain(s) {
		return s
	}
	var f Filter
	return f.Write(s) + f.Flush()
}

// Line is Clean on one line: each run of newlines and the blanks around it becomes one blank.
func Line(s string) string {
	s = Clean(s)
	if strings.IndexByte(s, '\n') < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for part := range strings.SplitSeq(s, "\n") {
		if part = strings.Trim(part, " "); part == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(part)
	}
	return b.String()
}

// Width is the number of cells that s takes on one line.
func Width(s string) int {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return ansi.StringWidth(s)
		}
	}
	return len(s)
}

// Wrap breaks s into lines of at most w cells, at blanks where it can, inside a word where it must. A grapheme
// wider than w gets a line of its own. s is brought to NFC first: the wrapper would separate letters from their
// marks. s may hold painted pieces.
func Wrap(s string, w int) []string {
	w = max(w, 1)
	if strings.IndexByte(s, '\n') < 0 && len(s) <= w {
		return []string{s}
	}
	if !norm.NFC.IsNormalString(s) {
		s = norm.NFC.String(s)
	}
	wrapped := ansi.Wrap(s, w, "")
	if letters(wrapped) != letters(s) { // the wrapper drops the marks that are put on a blank
		wrapped = ansi.Hardwrap(s, w, true)
	}
	lines := strings.Split(wrapped, "\n")
	for i := 0; i < len(lines); i++ {
		if len(lines[i]) <= w || ansi.StringWidth(lines[i]) <= w {
			continue
		}
		// The wrapper does not count blanks at the start of a line.
		parts := strings.Split(ansi.Hardwrap(lines[i], w, true), "\n")
		lines = slices.Replace(lines, i, i+1, parts...)
		i += len(parts) - 1
	}
	return lines
}

// letters returns the number of runes that are no blanks.
func letters(s string) int {
	n := 0
	for _, r := range s {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

// plain reports that s is printable ASCII and newlines only.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < ' ' && c != '\n') || c >= utf8.RuneSelf-1 {
			return false
		}
	}
	return true
}
