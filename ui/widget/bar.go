package widget

import (
	"math"
	"strings"

	"relaytop/ui/style"
)

// Bar is a bar of w cells: parts from the left in eighths of a cell, then track. Shares add up to at most 1; a part
// with a share above 0 is at least an eighth wide.
func Bar(st *style.Styles, w int, parts []Part, track style.Ink) string {
	if w <= 0 {
		return ""
	}
	units := 8
	if st.Glyphs.ASCII || !st.Colour {
		units = 1
	}
	edges := barEdges(parts, w*units, units)
	var b strings.Builder
	for i := range w {
		base := i * units
		first := 0
		for first < len(edges) && edges[first] <= base {
			first++
		}
		here, rest, n := track, track, units
		if first < len(edges) {
			here, n = parts[first].Ink, min(edges[first]-base, units)
			next := first + 1
			for next < len(edges) && edges[next] <= edges[first] {
				next++ // a part of no width
			}
			if next < len(edges) {
				rest = parts[next].Ink
			}
		}
		switch {
		case units == 1 && st.Glyphs.ASCII && st.Colour:
			if first < len(edges) {
				b.WriteString(here.Paint(st.Glyphs.Full))
			} else {
				b.WriteString(here.Paint("."))
			}
		case units == 1:
			b.WriteString(here.Paint(here.Shade()))
		case n == units:
			here.Over(&b, here)
			b.WriteString("█")
		default:
			here.Over(&b, rest)
			b.WriteRune(lefts[n])
		}
	}
	b.WriteString(track.End())
	return b.String()
}

// barEdges is the right edge of each part in units, ascending and at most whole.
func barEdges(parts []Part, whole, units int) []int {
	edges := make([]int, len(parts))
	total := 0.0
	for i, p := range parts {
		if p.Share > 0 {
			total += max(p.Share*float64(whole), 1)
		}
		edges[i] = min(int(math.RoundToEven(total)), whole)
	}
	return edges
}

// lefts are the blocks of 0 to 8 eighths, filled from the left.
var lefts = [...]rune{' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'}

// Meter is a thin bar of w cells for a list. Shares are as in Bar; a part with a share above 0 is at least a cell
// wide.
func Meter(st *style.Styles, w int, parts []Part) string {
	var b strings.Builder
	left := max(w, 0)
	for _, p := range parts {
		if !(p.Share > 0) || left == 0 {
			continue
		}
		n := min(max(int(math.RoundToEven(min(p.Share, 1)*float64(w))), 1), left)
		b.WriteString(p.Ink.Paint(strings.Repeat(st.Glyphs.Thin, n)))
		left -= n
	}
	b.WriteString(st.Border.Paint(strings.Repeat(st.Glyphs.ThinRule, left)))
	return b.String()
}

// Span draws one row of a waterfall: a span in eighths of a cell between blanks. from and to are shares of the width,
// 0 to 1; the span is at least a quarter of a cell wide. A waiting span is shaded.
func Span(st *style.Styles, w int, from, to float64, ink style.Ink, waiting bool) string {
	if w <= 0 || math.IsNaN(from) || math.IsNaN(to) {
		return Blank(w)
	}
	whole := w * 8
	p := min(max(int(math.RoundToEven(from*float64(whole))), 0), whole-2)
	q := min(max(int(math.RoundToEven(to*float64(whole))), p+2), whole)
	var b strings.Builder
	first, end := p/8, (q+7)/8
	b.WriteString(Blank(first))
	for i := first; i < end; i++ {
		lo, hi := max(p-8*i, 0), min(q-8*i, 8)
		switch {
		case waiting:
			b.WriteString(ink.Paint(st.Glyphs.Shade))
		case st.Glyphs.ASCII || !st.Colour:
			b.WriteString(ink.Paint(st.Glyphs.Full))
		case lo > 0: // the left part of the cell is ground, so the block is drawn in the ground's colour on the ink's
			ink.Inverse(&b)
			b.WriteRune(lefts[lo])
		case hi == 8:
			ink.Over(&b, ink)
			b.WriteString("█")
		default:
			b.WriteString(ink.Start())
			b.WriteRune(lefts[hi])
		}
	}
	b.WriteString(ink.End())
	b.WriteString(Blank(w - end))
	return b.String()
}

// Legend is the sample before a name in a chart's head: a square in the ink, or its shade where there are no
// colours.
func Legend(st *style.Styles, ink style.Ink) string {
	if !st.Colour {
		return ink.Paint(ink.Shade())
	}
	return ink.Paint(st.Glyphs.Legend)
}
