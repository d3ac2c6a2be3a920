package widget

import (
	"unicode/utf8"

	"relaytop/ui/style"
)

// ChartCursor is a vertical line through a plot. Label stands below it as a chip, and beside the chip what it reads
// there: the first of Reads that fits.
type ChartCursor struct {
	Column int
	Label  string   // plain
	Reads  []string // painted
}

// labels is the line of the x labels with those of the cursor. What stands in their way is left out.
func (c *ChartCursor) labels(st *style.Styles, w int, labels []string) string {
	chip := Chip(st, c.Label)
	n := Width(chip)
	if n > w {
		return Blank(w)
	}
	from := min(max(c.Column-n/2, 0), w-n)
	taken, to := chip, from+n
	for _, reads := range c.Reads {
		if n := Width(reads); to+1+n <= w {
			taken, to = chip+" "+reads, to+1+n
			break
		} else if from-1-n >= 0 {
			taken, from = reads+" "+chip, from-1-n
			break
		}
	}
	left, right := "", ""
	for i, label := range labels {
		n := Width(label)
		at := place(i, len(labels), w-n)
		switch {
		case at+n < from && at >= Width(left):
			left += Blank(at-Width(left)) + label + " "
		case at > to && at >= to+1+Width(right):
			right += Blank(at-to-Width(right)) + label
		}
	}
	left = Fit(left, from)
	return st.Faint.Paint(left) + taken + st.Faint.Paint(right) + Blank(w-to-Width(right))
}

// replaceCell puts a painted glyph of one cell in place of the cell at column x of a row, whose characters are those
// of plots: one cell each. The colours after it are those before it.
func replaceCell(row string, x int, glyph string) string {
	ink := ""
	for i, n := 0, 0; i < len(row); {
		if skip := sgr(row, i); skip > 0 {
			ink = row[i : i+skip]
			i += skip
			continue
		}
		_, size := utf8.DecodeRuneInString(row[i:])
		if n == x {
			return row[:i] + glyph + ink + row[i+size:]
		}
		i, n = i+size, n+1
	}
	return row
}
