package uitest

import (
	"strings"

	uv "github.com/charmbracelet/ultraviolet"

	"relaytop/ui/style"
)

// OnGround is what stands on a ground, line by line; lines without any are left out.
func OnGround(s *style.Styles, g style.Ground, view string) string {
	ground := draw(s.Text.On(g).Paint("x")).Line(0)[0].Style.Bg
	buf := draw(view)
	var out []string
	for y := range buf.Height() {
		var b strings.Builder
		for _, c := range buf.Line(y) {
			if c.Style.Bg == ground {
				b.WriteString(c.Content)
			}
		}
		if b.Len() > 0 {
			out = append(out, b.String())
		}
	}
	return strings.Join(out, "\n")
}

// draw puts a view into cells.
func draw(view string) uv.ScreenBuffer {
	drawn := uv.NewStyledString(view)
	area := drawn.Bounds()
	buf := uv.NewScreenBuffer(area.Dx(), area.Dy())
	drawn.Draw(buf, area)
	return buf
}
