package widget

import (
	"strings"

	"relaytop/ui/style"
)

// Heat draws a heatmap in h lines of w cells, each cell two counts in half blocks. cells has a slice for each
// column from the left, of 2*h counts from the top down. steps are the lowest counts for each of the five heat
// inks, ascending; counts under the first are blank.
func Heat(st *style.Styles, w, h int, cells [][]int, steps [5]int) []string {
	if w <= 0 || h <= 0 {
		return nil
	}
	level := func(x, y int) int {
		if x >= len(cells) || y >= len(cells[x]) {
			return 0
		}
		n := 0
		for n < len(steps) && cells[x][y] >= steps[n] && cells[x][y] > 0 {
			n++
		}
		return n
	}
	out := make([]string, h)
	for y := range h {
		var b strings.Builder
		b.Grow(w*3 + 256)
		top, bottom := 0, 0
		for x := range w {
			t, u := level(x, 2*y), level(x, 2*y+1)
			if st.Glyphs.ASCII || !st.Colour {
				b.WriteByte(" .:+##"[max(t, u)])
				continue
			}
			if t != top || u != bottom {
				heatStart(st, &b, t, u, top > 0 || bottom > 0)
				top, bottom = t, u
			}
			switch {
			case t == 0 && u == 0:
				b.WriteByte(' ')
			case t == 0:
				b.WriteString("▄")
			default:
				b.WriteString("▀")
			}
		}
		if top > 0 || bottom > 0 {
			b.WriteString(st.Heat[0].End())
		}
		out[y] = b.String()
	}
	return out
}

func heatStart(st *style.Styles, b *strings.Builder, top, bottom int, painted bool) {
	switch {
	case top > 0 && bottom > 0:
		st.Heat[top-1].Over(b, st.Heat[bottom-1])
	case top > 0:
		b.WriteString(st.Heat[top-1].Start())
	case bottom > 0:
		b.WriteString(st.Heat[bottom-1].Start())
	case painted:
		b.WriteString(st.Heat[0].End())
	}
}
