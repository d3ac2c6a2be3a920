package text

import (
	"strings"

	"github.com/muesli/reflow/wordwrap"
)

// Prose breaks sentences of our own into lines of at most w cells, between words. A name in them that is not ASCII,
// or that is wider than a line, is left to Wrap: reflow counts other scripts wrong and never breaks a word.
func Prose(s string, w int) []string {
	if !plain(s) {
		return Wrap(s, w)
	}
	lines := strings.Split(wordwrap.String(s, w), "\n")
	for _, l := range lines {
		if len(l) > w {
			return Wrap(s, w)
		}
	}
	return lines
}

// Plural is a word for n things: Plural(1, "row") is "row", of any other number "rows".
func Plural[N int | int64](n N, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}
