package style

import (
	"fmt"
	"image/color"

	"relaytop/themes"
)

// sgr gives a role's colour as parameters; base is 30 for text, 40 for its ground.
func (m *maker) sgr(role themes.Role, base int) string {
	c := m.theme.Colors[role]
	switch {
	case c.Default:
		return fmt.Sprint(base + 9)
	case c.ANSI >= 8:
		return fmt.Sprint(base + 60 + int(c.ANSI) - 8)
	case c.ANSI >= 0:
		return fmt.Sprint(base + int(c.ANSI))
	case m.indexed:
		return fmt.Sprintf("%d;5;%d", base+8, m.index(role))
	}
	return fmt.Sprintf("%d;2;%d;%d;%d", base+8, c.R, c.G, c.B)
}

// index is the nearest of the 240 fixed colours. Panel and selection are so close to the screen's ground that they would become one
// with it or with each other: they then move along the greys, away from it.
func (m *maker) index(role themes.Role) int {
	n := nearest(m.theme.Colors[role])
	if role != themes.Panel && role != themes.Sel {
		return n
	}
	step := 1
	if m.theme.Kind == themes.KindLight {
		step = -1
	}
	taken := []int{nearest(m.theme.Colors[themes.Bg])}
	if role == themes.Sel {
		taken = append(taken, m.index(themes.Panel))
	}
	for _, other := range taken {
		if n == other {
			n = nearestGrey(m.theme.Colors[role]) + step
		}
	}
	for _, other := range taken {
		if n == other {
			n += step
		}
	}
	return min(max(n, 16), 255)
}

// nearest weighs the difference in green most and in blue least, as the eye does.
func nearest(c themes.Color) int {
	best, least := 16, 1<<30
	for n := 16; n < 256; n++ {
		r, g, b := indexed(n)
		dr, dg, db := int(c.R)-r, int(c.G)-g, int(c.B)-b
		if d := 3*dr*dr + 4*dg*dg + 2*db*db; d < least {
			best, least = n, d
		}
	}
	return best
}

// nearestGrey is one of the 24 greys.
func nearestGrey(c themes.Color) int {
	grey := (3*int(c.R) + 4*int(c.G) + 2*int(c.B)) / 9
	return min(max(232+(grey-8+5)/10, 232), 255)
}

// indexed is the value of a fixed colour: a cube of 6x6x6 from 16 on, then 24 greys.
func indexed(n int) (r, g, b int) {
	if n >= 232 {
		v := 8 + 10*(n-232)
		return v, v, v
	}
	level := func(i int) int {
		if i == 0 {
			return 0
		}
		return 55 + 40*i
	}
	n -= 16
	return level(n / 36), level(n / 6 % 6), level(n % 6)
}

func rgb(c themes.Color) color.Color {
	if c.Default || c.ANSI >= 0 {
		return nil
	}
	return color.RGBA{c.R, c.G, c.B, 0xff}
}
