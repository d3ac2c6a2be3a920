package widget

import (
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// TestSinglesAreOneCell holds each character that is counted quickly against the library, alone and beside each
// kind of neighbour.
func TestSinglesAreOneCell(t *testing.T) {
	for r := rune(0x80); r < 0x3000; r++ {
		one := string(r)
		if single(one, 0) == 0 {
			continue
		}
		for s, want := range map[string]int{one: 1, one + one: 2, "a" + one + "│" + one + "⣿ ": 6, "©" + one + "→": 3} {
			if got := ansi.StringWidth(s); got != want {
				t.Errorf("%U: %q is %d cells wide, not %d", r, s, got, want)
			}
		}
	}
}

// FuzzWidth holds the quick count against the one of the library that draws.
func FuzzWidth(f *testing.F) {
	for _, s := range []string{
		"", "plain", "\x1b[1;38;2;1;2;3mbold\x1b[22m │ ▁▃█ ⡇⣿", "│\u0301", "a\u0301", "─\ufe0f", "→\ufe0f", "©\ufe0f",
		"é…–•›✓✗", "\u00ad", "\u0085", "1\ufe0f\u20e3", "\x1b[", "\x1b[31", "\x1b[2Kx", "\x1b]0;t\x07x",
		"日本│", "┈┈ ▌▐ ■ ● ⠿ ⤀", "\u2594\u259f\u25a0", "│\u200d│", "\xe2\x94", "\xe2\x94a", "\t", "\x7f",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return // nothing of the kind passes ui/text
		}
		if got, want := Width(s), ansi.StringWidth(s); got != want {
			t.Errorf("%q is %d cells wide, not %d", s, want, got)
		}
	})
}

// BenchmarkWidth measures a line of a chart as it is painted.
func BenchmarkWidth(b *testing.B) {
	line := "\x1b[38;2;61;65;92m│\x1b[39m \x1b[1mreq/s\x1b[22m \x1b[38;2;45;48;70m┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈\x1b[39m ▁▂▃▄▅▆▇█ " +
		"several words that were said \x1b[38;2;61;65;92m│\x1b[39m"
	for b.Loop() {
		Width(line)
	}
}
