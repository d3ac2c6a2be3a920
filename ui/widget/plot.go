package widget

import (
	"math"
	"strings"

	"relaytop/ui/style"
)

// Series is one line of a plot: two values a cell, from the left. NaN is a gap, and so are missing values at the end;
// surplus ones are not drawn. Later series are drawn on top.
type Series struct {
	Values []float64
	Ink    style.Ink
	Mark   int // its place among the glyphs of lines, from 1; 0: that of its ink among the chart inks
}

// Scale maps values to the height of a plot: Low is the bottom, High the top. Values outside are drawn at the edge. A
// logarithmic scale needs Low > 0; values of 0 and less are then drawn at the bottom.
type Scale struct {
	Low, High float64
	Log       bool
}

// At is the height of v on the scale: 0 is the bottom, 1 the top.
func (s Scale) At(v float64) float64 { return s.ruler().at(v) }

// ruler is a Scale whose ends are computed: three logarithms for each value would be most of a plot's cost.
type ruler struct {
	low, span float64
	log       bool
}

func (s Scale) ruler() ruler {
	low, high := s.Low, s.High
	if s.Log {
		low, high = math.Log(max(low, 1e-12)), math.Log(max(high, 1e-12))
	}
	return ruler{low: low, span: high - low, log: s.Log}
}

func (r ruler) at(v float64) float64 {
	if !(r.span > 0) {
		return 0
	}
	if r.log {
		v = math.Log(max(v, math.SmallestNonzeroFloat64))
	}
	return min(max((v-r.low)/r.span, 0), 1)
}

// raster is the cells of a plot: the dots of each, and the series that was drawn there last.
type raster struct {
	bits  []uint8
	owner []uint8
	w, h  int
	dots  int // rows of dots in a cell
}

// Plot draws series in h lines of w cells: in braille (2x4 dots a cell), quarter blocks (2x2) or, in ASCII and
// where no colour tells them apart, one glyph for each series. Empty cells are unpainted blanks, in which Chart
// draws its grid.
func Plot(st *style.Styles, w, h int, series []Series, scale Scale) []string {
	if w <= 0 || h <= 0 {
		return nil
	}
	r := raster{bits: make([]uint8, w*h), owner: make([]uint8, w*h), w: w, h: h, dots: 4}
	switch {
	case st.Glyphs.ASCII || !st.Colour:
		r.dots = 1
	case st.Glyphs.Block:
		r.dots = 2
	}
	ruler := scale.ruler()
	for n, s := range series {
		if n < 255 {
			r.line(s.Values, ruler, uint8(n))
		}
	}
	return r.rows(st, series)
}

// line draws one series. A step of more than one dot is filled in the column of the later value, so that the line has
// no holes.
func (r *raster) line(values []float64, scale ruler, owner uint8) {
	last, top := -1, r.dots*r.h-1
	for i, v := range values[:min(len(values), 2*r.w)] {
		if math.IsNaN(v) {
			last = -1
			continue
		}
		y := int(math.RoundToEven((1 - scale.at(v)) * float64(top)))
		near := y
		switch {
		case last < 0:
		case y > last:
			near = last + 1
		case y < last:
			near = last - 1
		}
		for k := min(y, near); k <= max(y, near); k++ {
			at := k/r.dots*r.w + i/2
			if r.owner[at] != owner { // a cell has one colour: the line on top takes the whole cell
				r.bits[at], r.owner[at] = 0, owner
			}
			r.bits[at] |= dot(r.dots, i%2, k%r.dots)
		}
		last = y
	}
}

// quarters are the blocks of 2x2 by their bits: upper left, upper right, lower left, lower right.
var quarters = [...]rune{' ', '▘', '▝', '▀', '▖', '▌', '▞', '▛', '▗', '▚', '▐', '▜', '▄', '▙', '▟', '█'}

// braille is the bit of a dot by column and row.
var braille = [2][4]uint8{{1, 2, 4, 64}, {8, 16, 32, 128}}

func dot(dots, x, y int) uint8 {
	switch dots {
	case 4:
		return braille[x][y]
	case 2:
		return 1 << (2*y + x)
	}
	return 1
}

func (r *raster) rows(st *style.Styles, series []Series) []string {
	out := make([]string, r.h)
	var b strings.Builder
	for y := range r.h {
		b.Reset()
		b.Grow(r.w*3 + 128)
		current := -1
		for x := range r.w {
			at := y*r.w + x
			bits := r.bits[at]
			owner := int(r.owner[at])
			if bits == 0 {
				owner = -1
			}
			if owner != current {
				if current >= 0 {
					b.WriteString(series[current].Ink.End())
				}
				if owner >= 0 {
					b.WriteString(series[owner].Ink.Start())
				}
				current = owner
			}
			switch {
			case bits == 0:
				b.WriteByte(' ')
			case r.dots == 4:
				b.WriteByte(0xe2) // U+2800 + bits
				b.WriteByte(0xa0 | bits>>6)
				b.WriteByte(0x80 | bits&0x3f)
			case r.dots == 2:
				b.WriteRune(quarters[bits])
			default:
				b.WriteString(st.Glyphs.Lines[lineOf(st, &series[owner], owner)])
			}
		}
		if current >= 0 {
			b.WriteString(series[current].Ink.End())
		}
		out[y] = b.String()
	}
	return out
}

// lineOf is the place of a series among the glyphs of lines: its mark, that of its ink among the chart inks, or else
// its number.
func lineOf(st *style.Styles, s *Series, n int) int {
	if s.Mark > 0 {
		return (s.Mark - 1) % len(st.Glyphs.Lines)
	}
	for i, chart := range st.Chart {
		if chart == s.Ink {
			return i
		}
	}
	return n % len(st.Glyphs.Lines)
}

// LineLegend is the sample of the series in chart ink n, before its name in a chart's head.
func LineLegend(st *style.Styles, n int) string {
	if st.Glyphs.ASCII || !st.Colour {
		return st.Chart[n].Paint(st.Glyphs.Lines[n])
	}
	return st.Chart[n].Paint(st.Glyphs.Thin)
}
