// Package widget turns values into text: frames, bars, charts, tables and figures.
//
// Everything here is pure: values in, strings out, each exactly of the size that was asked for, so that panes can
// join them without measuring. Strings passed in are painted or plain; text that the program did not write passed
// ui/text before. Widths are in cells.
//
// Bar is not the progress of bubbles, which fills one part: a run's bar has several (done, failed, in flight,
// left), each in its own ink and in eighths of a cell. The braille charts are drawn here because a frame of
// them takes 0.03 ms, against 3 ms with a chart library.
package widget

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"relaytop/ui/style"
)

// blanks is sliced for padding; longer runs are made on demand.
const blanks = "                                                                                                  " +
	"                              "

// Blank is w blanks.
func Blank(w int) string {
	if w <= 0 {
		return ""
	}
	if w <= len(blanks) {
		return blanks[:w]
	}
	return strings.Repeat(" ", w)
}

// Width is the number of cells that a painted string takes. Our own glyphs and Latin letters are counted in one pass:
// finding grapheme clusters costs ten times as much, and every line of every frame is measured.
func Width(s string) int {
	n := 0
	for i := 0; i < len(s); {
		if c := s[i]; ' ' <= c && c <= '~' {
			i, n = i+1, n+1
			continue
		}
		skip, cells := sgr(s, i), 0
		if skip == 0 {
			skip, cells = single(s, i), 1
		}
		if skip == 0 {
			return ansi.StringWidth(s) // all of s: the last character may belong to a cluster
		}
		i, n = i+skip, n+cells
	}
	return n
}

// sgr is the length in bytes of the colour sequence that begins at i, 0 if there is none.
func sgr(s string, i int) int {
	if i+1 >= len(s) || s[i] != '\x1b' || s[i+1] != '[' {
		return 0
	}
	for end := i + 2; end < len(s); end++ {
		switch c := s[end]; {
		case c == 'm':
			return end + 1 - i
		case (c < '0' || c > '9') && c != ';' && c != ':':
			return 0
		}
	}
	return 0
}

// single is the length in bytes of the character at i if it takes one cell and never joins another, else 0. It knows
// Latin letters with accents, dashes and quotes, arrows, box drawing, blocks, shapes and braille.
func single(s string, i int) int {
	r, n := utf8.DecodeRuneInString(s[i:])
	switch {
	case 0xa1 <= r && r < 0x250 && r != 0xad,
		0x2010 <= r && r < 0x2028, 0x2030 <= r && r < 0x2050,
		0x2190 <= r && r < 0x2200, 0x2500 <= r && r < 0x25fd,
		r == 0x2713, r == 0x2717, 0x2800 <= r && r < 0x2900:
		return n
	}
	return 0
}

// Fit makes s exactly w cells wide: cut with … or padded with blanks on the right.
func Fit(s string, w int) string {
	return fit(s, w, "…")
}

func fit(s string, w int, tail string) string {
	if w <= 0 {
		return ""
	}
	have := Width(s)
	if have > w {
		s = ansi.Truncate(s, w, tail)
		have = Width(s)
	}
	if have < w {
		s += Blank(w - have)
	}
	return s
}

// FitRight makes s exactly w cells wide, blanks on the left.
func FitRight(s string, w int) string {
	if w <= 0 {
		return ""
	}
	have := Width(s)
	if have > w {
		return Fit(s, w)
	}
	return Blank(w-have) + s
}

// FitCentre makes s exactly w cells wide, blanks on both sides. If they are odd, the right side gets one more.
func FitCentre(s string, w int) string {
	have := Width(s)
	if have >= w {
		return Fit(s, w)
	}
	left := (w - have) / 2
	return Blank(left) + s + Blank(w-have-left)
}

// FitEnd makes s exactly w cells wide and keeps its end: … replaces what is cut off at the front.
func FitEnd(s string, w int) string {
	if w <= 0 {
		return ""
	}
	have := Width(s)
	if have > w {
		whole := s
		for n := have - w + 1; have > w; n++ { // a wide character is not cut in half, so one cut may not be enough
			s = ansi.TruncateLeft(whole, n, "…")
			have = Width(s)
		}
	}
	return s + Blank(w-have)
}

// Spread puts left and right at the ends of one line of w cells. left is cut so that a blank stays before right.
func Spread(left, right string, w int) string {
	if right == "" {
		return Fit(left, w)
	}
	rw := Width(right)
	if rw >= w {
		return Fit(right, w)
	}
	return Fit(left, w-rw-1) + " " + right
}

// Lines makes exactly h lines of w cells, joined by newlines. Missing lines are blank, surplus ones are dropped.
func Lines(lines []string, w, h int) string {
	if h <= 0 {
		return ""
	}
	var b strings.Builder
	b.Grow(h * (w + 1))
	for i := range h {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i < len(lines) {
			b.WriteString(Fit(lines[i], w))
		} else {
			b.WriteString(Blank(w))
		}
	}
	return b.String()
}

// Chip is a filled label: one blank on each side.
func Chip(st *style.Styles, label string) string {
	return st.OnAccent.Bold().Paint(" " + label + " ")
}
