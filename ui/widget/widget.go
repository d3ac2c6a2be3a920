// Package widget turns values into text: frames, bars, charts, tables and figures.
//
// Everything here is pure: values in, strings out, each exactly of the size that was asked for, so that panes can join them without
// measuring. Strings handed in are painted already or plain, and passed ui/text if they are not ours; widths count cells.
package widget

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"relaytop/ui/style"
)

// blanks is cut for padding; longer runs are made on demand.
const blanks = "                                                                                                                                "

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

// Width is the number of cells that a painted string takes.
func Width(s string) int {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return ansi.StringWidth(s)
		}
	}
	return len(s)
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

// FitCentre makes s exactly w cells wide, in the middle; of an odd rest the right side gets more.
func FitCentre(s string, w int) string {
	have := Width(s)
	if have >= w {
		return Fit(s, w)
	}
	left := (w - have) / 2
	return Blank(left) + s + Blank(w-have-left)
}

// FitEnd makes s exactly w cells wide and keeps its end: what is cut off at the front becomes ….
func FitEnd(s string, w int) string {
	if w <= 0 {
		return ""
	}
	have := Width(s)
	if have > w {
		whole := s
		for n := have - w + 1; have > w; n++ { // a wide character that is cut through stays whole
			s = ansi.TruncateLeft(whole, n, "…")
			have = Width(s)
		}
	}
	return s + Blank(w-have)
}

// Spread puts left and right on one line of w cells. left is cut where they meet, one blank before right.
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

// Lines makes exactly h lines of w cells, joined by newlines. Missing ones are blank, further ones are cut off.
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
