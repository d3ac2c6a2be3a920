package widget

import (
	"slices"

	"github.com/charmbracelet/x/ansi"

	"relaytop/ui/style"
	"relaytop/ui/text"
)

// Highlight paints parts of a painted line of w cells as chips: words that were searched for. Each mark is a range of
// bytes of the line without its styles; marks do not overlap.
func Highlight(st *style.Styles, line string, marks [][2]int, w int) string {
	plain := ansi.Strip(line)
	for _, m := range slices.Backward(marks) {
		from, to := text.Width(plain[:m[0]]), text.Width(plain[:m[1]])
		line = ansi.Cut(line, 0, from) + st.OnAccent.Paint(plain[m[0]:m[1]]) + ansi.Cut(line, to, w)
	}
	return line
}
