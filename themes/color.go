package themes

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Color is one colour: 24 bits, one of the terminal's sixteen, or the terminal's default.
type Color struct {
	R, G, B uint8
	ANSI    int8 // 0 to 15 one of the sixteen (R, G, B are then xterm's value for it); -1 not one of them
	Default bool // the terminal's own background or text
}

// parseColor reads "#rrggbb", "ansi:0" to "ansi:15" and "default".
func parseColor(s string) (Color, error) {
	if s == "default" {
		return Color{ANSI: -1, Default: true}, nil
	}
	if num, ok := strings.CutPrefix(s, "ansi:"); ok {
		n, err := strconv.ParseUint(num, 10, 8)
		if err != nil || n > 15 {
			return Color{}, fmt.Errorf("%q is not a colour: ansi: takes 0 to 15", s)
		}
		c := xterm(int(n))
		c.ANSI = int8(n)
		return c, nil
	}
	if n, err := strconv.ParseUint(strings.TrimPrefix(s, "#"), 16, 32); err == nil && len(s) == 7 && s[0] == '#' {
		return Color{R: uint8(n >> 16), G: uint8(n >> 8), B: uint8(n), ANSI: -1}, nil
	}
	return Color{}, fmt.Errorf("%q is neither a colour (#rrggbb, ansi:0 to ansi:15, default) nor a name of [palette]", s)
}

// xterm is the value that xterm shows for colour n of the sixteen, 0 to 15. Contrast is computed with it.
func xterm(n int) Color {
	return [16]Color{
		{}, {R: 205}, {G: 205}, {R: 205, G: 205}, {B: 238}, {R: 205, B: 205}, {G: 205, B: 205}, {R: 229, G: 229, B: 229},
		{R: 127, G: 127, B: 127}, {R: 255}, {G: 255}, {R: 255, G: 255}, {R: 92, G: 92, B: 255}, {R: 255, B: 255},
		{G: 255, B: 255}, {R: 255, G: 255, B: 255},
	}[n]
}

// Contrast is the WCAG 2 contrast ratio of two colours, from 1 (the same) to 21 (black on white).
func Contrast(a, b Color) float64 {
	x, y := luminance(a), luminance(b)
	if x < y {
		x, y = y, x
	}
	return (x + 0.05) / (y + 0.05)
}

func luminance(c Color) float64 {
	linear := func(v uint8) float64 {
		f := float64(v) / 255
		if f <= 0.03928 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}
