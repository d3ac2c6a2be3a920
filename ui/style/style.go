// Package style turns a theme into what the panes paint with: inks by role, and glyphs by what the terminal can show.
//
// Everything painted says both of its colours and ends on the screen's own ground. That makes a line movable to another ground
// afterwards (On): a selected row or a dialog is painted like any other text and then set on its ground as a whole.
package style

import (
	"image/color"
	"strings"
)

// Styles is the whole look. It is made anew when the theme changes; Generation tells caches apart.
type Styles struct {
	Generation int
	Name       string
	Dark       bool
	Colour     bool // false: reverse, bold and shades stand for colours

	Inks
	Glyphs Glyphs

	ground     [grounds]string // the background's SGR parameters
	start      [grounds]string // text on that ground
	background color.Color
	foreground color.Color
}

// Inks are the theme's roles; what each is for stands in the theme files.
type Inks struct {
	Text, Muted, Faint, Dim           Ink
	Accent, OnAccent, Badge           Ink // OnAccent: text of a filled chip on accent; Badge: the DEMO chip
	OK, Warn, Error                   Ink
	User, Assistant                   Ink
	Border, BorderFocus, Grid         Ink
	Chart                             [4]Ink // p50, p95, p99, the fourth series
	Fill                              [3]Ink // bulk of requests, tokens, money
	Done                              Ink    // finished part of a bar
	Heat                              [5]Ink // few to many
	Keyword, Func, Type, Number, Code Ink
}

// On sets a painted line on another ground: everything that stood on Bg, blanks between the pieces included. Pieces that already
// stand on a ground of their own (chips, code) keep it.
func (s *Styles) On(g Ground, line string) string {
	if s.start[g] == "" {
		return line
	}
	return s.start[g] + strings.ReplaceAll(line, s.ground[Bg]+"m", s.ground[g]+"m") + s.start[Bg]
}

// Over is On for all that stands on a ground of ours, code too. Chips keep their own.
func (s *Styles) Over(g Ground, line string) string {
	return s.On(g, strings.ReplaceAll(line, s.ground[Panel]+"m", s.ground[Bg]+"m"))
}

// Start begins plain text on a ground: the screen begins with that of Bg, so blanks that were not painted get the theme's colour.
func (s *Styles) Start(g Ground) string { return s.start[g] }

// GroundOf tells on which ground a sequence that an Ink made puts its text; false: on another colour, as a chip does.
func (s *Styles) GroundOf(seq string) (Ground, bool) {
	for g := range grounds {
		if strings.HasSuffix(seq, s.ground[g]+"m") {
			return g, true
		}
	}
	return Bg, false
}

// Background and Foreground are for the terminal itself; nil leaves what it has.
func (s *Styles) Background() color.Color { return s.background }

// Foreground is the colour of text that nothing was said about; nil leaves the terminal's.
func (s *Styles) Foreground() color.Color { return s.foreground }
