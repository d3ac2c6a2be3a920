package overlay

import (
	"strings"
	"unicode/utf8"

	"relaytop/ui/style"
)

// dim makes a painted line quiet: one colour for all text, the grid's for what is solid. What stood on a panel still does; chips and
// selections fall back to it.
func dim(st *style.Styles, line string) string {
	var b strings.Builder
	b.Grow(len(line) + 64)
	ground, solid, painted := style.Bg, false, false
	plain := true // the line's own ground needs no paint for blanks
	for i := 0; i < len(line); {
		if line[i] == 0x1b {
			n := strings.IndexByte(line[i:], 'm')
			if n < 0 {
				break
			}
			next, known := st.GroundOf(line[i : i+n+1])
			if !known || next == style.Sel {
				next = style.Panel
			}
			if next != ground {
				ground, painted = next, false
			}
			i += n + 1
			continue
		}
		r, n := utf8.DecodeRuneInString(line[i:])
		if now := isSolid(r); !painted || now != solid {
			solid, painted, plain = now, true, false
			ink := st.Dim
			if solid {
				ink = st.Grid
			}
			b.WriteString(ink.On(ground).Start())
		}
		b.WriteString(line[i : i+n])
		i += n
	}
	if !plain {
		b.WriteString(st.Start(style.Bg))
	}
	return b.String()
}

// isSolid reports block elements that fill an area: columns, bars, heatmaps. The half block at the left is a bar beside text.
func isSolid(r rune) bool {
	return r >= '▀' && r <= '▓' && r != '▌' && r != '░'
}
