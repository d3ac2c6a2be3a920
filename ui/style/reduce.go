package style

import (
	"image/color"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"relaytop/themes"
)

// color is a role's colour as this terminal shows it.
func (m *maker) color(role themes.Role) color.Color {
	c := m.theme.Colors[role]
	switch {
	case c.Default:
		return lipgloss.NoColor{}
	case c.ANSI >= 0:
		return ansi.BasicColor(c.ANSI)
	case m.indexed:
		return ansi.IndexedColor(m.index(role))
	}
	return color.RGBA{c.R, c.G, c.B, 0xff}
}

// index is a role's number among the 240 fixed colours, 16 to 255. Panel and Sel are so close to Bg that they may get
// the same number as Bg or each other: they are then moved along the greys, away from Bg.
func (m *maker) index(role themes.Role) int {
	n := reduce(m.theme.Colors[role])
	if role != themes.Panel && role != themes.Sel {
		return n
	}
	step := 1
	if m.theme.Kind == themes.KindLight {
		step = -1
	}
	taken := []int{reduce(m.theme.Colors[themes.Bg])}
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

// The levels of red, green and blue in the cube of 6x6x6 colours are 0, then 95 to 255 in steps of 40.
const (
	secondLevel = 95
	lastButOne  = 215
)

// reduce has colorprofile choose among the 240 fixed colours, except in two cases. Below the cube's second level and
// above its last but one there are only saturated colours, so #222433 would become a bright blue and #2d3046 a teal:
// such a colour is reduced as a grey. And colorprofile's distance ignores that hue is a circle, so a red such as
// #f7849b would become a grey: a colour that would lose its hue takes the nearest one of the cube.
func reduce(c themes.Color) int {
	low, high := min(c.R, c.G, c.B), max(c.R, c.G, c.B)
	if high < secondLevel || low > lastButOne {
		v := brightness(c)
		return convert(color.RGBA{v, v, v, 0xff})
	}
	const colourful = 64 // difference between the channels from which a colour does not pass for a grey
	n := convert(color.RGBA{c.R, c.G, c.B, 0xff})
	if n >= firstGrey && high-low >= colourful {
		n = convert(color.RGBA{level(c.R), level(c.G), level(c.B), 0xff})
	}
	return n
}

func convert(c color.RGBA) int {
	n, _ := colorprofile.ANSI256.Convert(c).(ansi.IndexedColor)
	return int(n)
}

// level is the cube's level nearest to v.
func level(v uint8) uint8 {
	if v <= secondLevel/2 {
		return 0
	}
	return uint8(secondLevel + (max(int(v), secondLevel)-secondLevel+20)/40*40)
}

// firstGrey is the number of the first of 24 greys, which go from 8 to 238 in steps of 10.
const firstGrey = 232

func nearestGrey(c themes.Color) int {
	return min(max(firstGrey+(int(brightness(c))-8+5)/10, firstGrey), 255)
}

// brightness is a colour's brightness, 0 to 255. Green counts most and blue least, as for the eye.
func brightness(c themes.Color) uint8 {
	return uint8((3*int(c.R) + 4*int(c.G) + 2*int(c.B)) / 9)
}

// rgb is a colour for the terminal itself; nil leaves the terminal's own.
func rgb(c themes.Color) color.Color {
	if c.Default || c.ANSI >= 0 {
		return nil
	}
	return color.RGBA{c.R, c.G, c.B, 0xff}
}
