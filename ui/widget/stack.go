package widget

import (
	"math"
	"strings"

	"relaytop/ui/style"
)

// Part is one colour of a bar or a column: a share of the whole in Bar and Meter, a value in Stack.
type Part struct {
	Share float64
	Ink   style.Ink
}

// Stack draws stacked columns in h lines of w cells, in eighths of a cell, the first part lowest. high is the value
// at the top. A part above 0 is at least an eighth high, so that one failure in hundreds of requests can be seen.
// Missing columns are blank.
func Stack(st *style.Styles, w, h int, cols [][]Part, high float64) []string {
	if w <= 0 || h <= 0 {
		return nil
	}
	units := 8
	if st.Glyphs.ASCII || !st.Colour { // a shade fills whole cells
		units = 1
	}
	cells := make([]stackCell, w*h)
	for x := range min(w, len(cols)) {
		stackColumn(cells, x, w, h, units, cols[x], high)
	}
	out := make([]string, h)
	for y := range h {
		out[y] = stackRow(st, cells[y*w:(y+1)*w], units)
	}
	return out
}

// stackCell shows at most two parts: the lower one, up to n units, and over, the one above it, if the cell is full.
type stackCell struct {
	n           int
	lower, over style.Ink
	full        bool
}

func stackColumn(cells []stackCell, x, w, h, units int, parts []Part, high float64) {
	total, sum := 0, 0.0
	for _, p := range parts {
		if !(p.Share > 0) || !(high > 0) {
			continue
		}
		from := total
		sum += p.Share
		// the sum is rounded, not each part: small parts do not add up to a higher column
		total = max(from+1, int(math.RoundToEven(min(sum/high, 1)*float64(h*units))))
		for c := from / units; c < h && c*units < total; c++ {
			cell := &cells[(h-1-c)*w+x]
			n := min(total-c*units, units)
			if cell.n == 0 {
				cell.lower, cell.over, cell.n = p.Ink, p.Ink, n
			} else if n == units { // it fills the cell: the edge of the lower part can still be shown
				cell.over = p.Ink
			} else {
				cell.n = n
			}
			cell.full = n == units
		}
	}
}

func stackRow(st *style.Styles, cells []stackCell, units int) string {
	var b strings.Builder
	b.Grow(len(cells)*3 + 128)
	var last stackCell
	painted := false
	for _, c := range cells {
		switch {
		case c.n == 0:
			if painted {
				b.WriteString(last.lower.End())
				painted = false
			}
			b.WriteByte(' ')
			continue
		case painted && c.lower == last.lower && c.over == last.over && c.full == last.full:
		case c.full && units == 8:
			c.lower.Over(&b, c.over)
		default:
			b.WriteString(c.lower.Start())
		}
		painted, last = true, c
		switch {
		case units == 8:
			b.WriteRune(eighths[c.n])
		case st.Glyphs.ASCII && st.Colour:
			b.WriteString(st.Glyphs.Full)
		default:
			b.WriteString(c.lower.Shade())
		}
	}
	if painted {
		b.WriteString(last.lower.End())
	}
	return b.String()
}

// eighths are the blocks of 0 to 8 eighths, filled from the bottom.
var eighths = [...]rune{' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'}
