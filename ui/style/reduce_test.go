package style

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"relaytop/themes"
)

// value is what a terminal shows for one of its 256 colours.
func value(n int) themes.Color {
	r, g, b, _ := ansi.IndexedColor(n).RGBA()
	return themes.Color{R: uint8(r >> 8), G: uint8(g >> 8), B: uint8(b >> 8), ANSI: -1}
}

func TestReducedColoursKeepTheirHue(t *testing.T) {
	for _, name := range themes.Names() {
		theme, err := themes.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for role, c := range theme.Colors {
			n := reduce(c)
			got := value(n)
			spread := max(got.R, got.G, got.B) - min(got.R, got.G, got.B)
			if vivid := max(c.R, c.G, c.B)-min(c.R, c.G, c.B) >= 90; vivid && spread < 40 {
				t.Errorf("%s: %s, %v, becomes the grey %v", name, role, c, got)
			}
			if quiet := max(c.R, c.G, c.B)-min(c.R, c.G, c.B) < 36; quiet && spread > 40 {
				t.Errorf("%s: %s, %v, becomes the loud %v", name, role, c, got)
			}
		}
	}
}

// TestReducedTextCanBeRead: the cube is coarse, so text comes out with less than the 4.5:1 that the themes promise,
// but never with less than what is asked of large text.
func TestReducedTextCanBeRead(t *testing.T) {
	for _, name := range themes.Names() {
		theme, err := themes.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		if theme.Kind == themes.KindMono {
			continue
		}
		m := maker{theme: theme, indexed: true}
		for _, d := range themes.Roles() {
			for _, ground := range []themes.Role{themes.Bg, themes.Panel, themes.Sel} {
				got := themes.Contrast(value(m.index(d.Role)), value(m.index(ground)))
				if d.Read && got < 3 {
					t.Errorf("%s: %s on %s has a contrast of %.2f, under 3", name, d.Role, ground, got)
				}
			}
		}
	}
}

func TestIndexedKeepsGroundsApart(t *testing.T) {
	for _, name := range themes.Names() {
		s := load(t, name, Options{Indexed: true})
		if !s.Colour {
			continue
		}
		if s.ground[Bg] == s.ground[Panel] || s.ground[Panel] == s.ground[Sel] || s.ground[Bg] == s.ground[Sel] {
			t.Errorf("%s: grounds %q", name, s.ground)
		}
		if got := s.Accent.Paint("x"); strings.Contains(got, ";2;") {
			t.Errorf("%s: 24 bits in %q", name, got)
		}
	}
}

// TestIndexedKeepsTheSameColourApart: a theme may give all grounds one colour, or colours that reduce to one.
func TestIndexedKeepsTheSameColourApart(t *testing.T) {
	for kind, greys := range map[themes.Kind][2]int{themes.KindDark: {0, 200}, themes.KindLight: {60, 255}} {
		for v := greys[0]; v <= greys[1]; v++ {
			c := themes.Color{R: uint8(v), G: uint8(v), B: uint8(v), ANSI: -1}
			m := maker{indexed: true, theme: &themes.Theme{Kind: kind,
				Colors: map[themes.Role]themes.Color{themes.Bg: c, themes.Panel: c, themes.Sel: c}}}
			if bg, panel, sel := m.index(themes.Bg), m.index(themes.Panel), m.index(themes.Sel); bg == panel ||
				panel == sel || bg == sel {
				t.Errorf("%s, grey %d: screen %d, panel %d, selection %d", kind, v, bg, panel, sel)
			}
		}
	}
}

func TestLevelIsTheNearest(t *testing.T) {
	for v := range 256 {
		best := 0
		for _, l := range []int{0, 95, 135, 175, 215, 255} {
			if max(l, v)-min(l, v) < max(best, v)-min(best, v) {
				best = l
			}
		}
		if got := int(level(uint8(v))); max(got, v)-min(got, v) != max(best, v)-min(best, v) {
			t.Errorf("level %d for %d, want %d", got, v, best)
		}
	}
}
