package text

import (
	"strings"

	"github.com/muesli/reflow/wordwrap"
)

// Prose breaks the program's own sentences into lines of at most w cells, between words. If s is not ASCII, or has a
// word wider than a line, it is left to Wrap: reflow miscounts other scripts and never breaks a word.
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

// Plural is word for n things: Plural(1, "row") is "row", for any other n it is "rows".
func Plural[N int | int64](n N, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}
