// Package style turns a theme into what the panes paint with: inks by role, and glyphs by what the terminal can show.
//
// A role is defined once, as a lipgloss style; an Ink is the start of that style's rendered text. Rendering each
// piece by lipgloss costs some 2 us, and a busy frame has a thousand pieces: the sequences are cut out once a
// theme, so that painting is one concatenation.
//
// Every painted piece sets both of its colours and ends with those of the screen. So a painted line can be moved to
// another ground afterwards (On): a selected row or a dialog is painted like any other text, and then moved to its
// ground as a whole.
package style

import (
	"image/color"
	"strings"
)

// Styles is how everything looks. It is replaced when the theme changes, with another Generation: what was drawn with
// an older one is stale.
type Styles struct {
	Generation int
	Name       string
	Dark       bool
	Colour     bool // false: reverse, bold and shades take the place of colours

	Inks
	Glyphs Glyphs

	ground     [grounds]string // the end of a sequence that puts text on the ground
	start      [grounds]string // text on that ground
	background color.Color
	foreground color.Color
}

// Inks has an ink for each role of themes.Roles; the tags name them. What each is for is written in the theme files.
type Inks struct {
	Text      Ink `role:"text"`
	Muted     Ink `role:"muted"`
	Faint     Ink `role:"faint"`
	Dim       Ink `role:"dim"`
	Accent    Ink `role:"accent"`
	OnAccent  Ink `role:"on_accent"` // text of a filled chip
	Badge     Ink `role:"on_badge"`  // the DEMO chip
	OK        Ink `role:"ok"`
	Warn      Ink `role:"warn"`
	Error     Ink `role:"error"`
	User      Ink `role:"user"`
	Assistant Ink `role:"assistant"`

	Border      Ink `role:"border"`
	BorderFocus Ink `role:"border_focus"`
	Grid        Ink `role:"grid"`

	Chart [4]Ink `role:"chart1 chart2 chart3 chart4"` // p50, p95, p99, the fourth series
	Fill  [3]Ink `role:"fill1 fill2 fill3"`           // bulk of requests, tokens, money
	Done  Ink    `role:"done"`                        // finished part of a bar
	Heat  [5]Ink `role:"heat1 heat2 heat3 heat4 heat5"`

	Keyword Ink `role:"keyword"`
	Func    Ink `role:"func"`
	Type    Ink `role:"type"`
	Number  Ink `role:"number"`
	Code    Ink `role:"code"`
}

// On moves a painted line to another ground: everything that is on Bg, blanks between the pieces included. Pieces
// on another ground (chips, code) stay there.
func (s *Styles) On(g Ground, line string) string {
	if s.start[g] == "" {
		return line
	}
	return s.start[g] + moved(line, s.ground[Bg], s.ground[g]) + s.start[Bg]
}

// moved replaces the ends of colour sequences. The same characters in the text, or in the address of a link, stay: what
// leads up to them is not ESC [ and parameters. Neither holds an ESC itself.
func moved(line, from, to string) string {
	if from == to {
		return line
	}
	var b strings.Builder
	done := 0 // bytes of the line that are in b
	for at := 0; ; {
		i := strings.Index(line[at:], from)
		if i < 0 {
			return b.String() + line[done:]
		}
		i += at
		at = i + len(from)
		if params := strings.TrimRight(line[done:i], "0123456789;:"); strings.HasSuffix(params, "\x1b[") {
			b.WriteString(line[done:i])
			b.WriteString(to)
			done = at
		}
	}
}

// Over is On for everything but chips: code moves too.
func (s *Styles) Over(g Ground, line string) string {
	return s.On(g, moved(line, s.ground[Panel], s.ground[Bg]))
}

// Start is the sequence that begins plain text on a ground. The screen begins with that of Bg, so that blanks that
// were not painted get the theme's colour.
func (s *Styles) Start(g Ground) string { return s.start[g] }

// Background is the colour of Bg, for the terminal itself; nil leaves the terminal's own.
func (s *Styles) Background() color.Color { return s.background }

// Foreground is the colour of plain text, for the terminal itself; nil leaves the terminal's own.
func (s *Styles) Foreground() color.Color { return s.foreground }
