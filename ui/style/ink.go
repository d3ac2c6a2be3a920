package style

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// Ground is what text stands on.
type Ground uint8

// The grounds.
const (
	Bg    Ground = iota // the screen
	Panel               // code, composer, strip, overlays
	Sel                 // the selected row
	grounds
)

// Ink paints text in one role on one ground. Its escape sequences are cut out of the role's style once, with the
// theme. Every painted piece sets both colours and ends in the screen's own ground, so pieces can be joined in any
// order and blanks between them need no paint on Bg.
type Ink struct {
	dye    *dye
	ground Ground
	look   uint8 // bold, italic and struck, or-ed
}

// The attributes of a look.
const (
	bold uint8 = 1 << iota
	italic
	struck
	looks
)

// dye is what all inks of one role share.
type dye struct {
	role   lipgloss.Style
	under  [grounds]lipgloss.Style
	seq    [grounds][looks]string
	end    string
	fg, bg string          // the role's colour as SGR parameters; bg is for cells of two colours
	hollow [grounds]string // the grounds' colours as text
	shade  string          // what fills a cell where colours are missing, by the symbols in use
}

// Style is the ink as a lipgloss style, for a table, a viewport or whatever else is dressed with one.
func (i Ink) Style() lipgloss.Style {
	if i.dye == nil {
		return lipgloss.NewStyle()
	}
	return emphasise(i.dye.role, i.look).Inherit(i.dye.under[i.ground])
}

func emphasise(st lipgloss.Style, look uint8) lipgloss.Style {
	if look&bold != 0 {
		st = st.Bold(true)
	}
	if look&italic != 0 {
		st = st.Italic(true)
	}
	if look&struck != 0 {
		st = st.Strikethrough(true)
	}
	return st
}

// On is the same ink on another ground.
func (i Ink) On(g Ground) Ink { i.ground = g; return i }

// Bold is the same ink in bold.
func (i Ink) Bold() Ink { i.look |= bold; return i }

// Italic is the same ink in italics.
func (i Ink) Italic() Ink { i.look |= italic; return i }

// Struck is the same ink with a line through it.
func (i Ink) Struck() Ink { i.look |= struck; return i }

// Paint returns s in this ink. s holds no escape sequences: it was written by us or passed ui/text.
func (i Ink) Paint(s string) string {
	if s == "" || i.dye == nil {
		return s
	}
	return i.dye.seq[i.ground][i.look] + s + i.dye.end
}

// Start is the sequence that begins the ink, for a caller that paints in pieces; End ends it.
func (i Ink) Start() string {
	if i.dye == nil {
		return ""
	}
	return i.dye.seq[i.ground][i.look]
}

// End is the sequence that goes back to the screen's own ground.
func (i Ink) End() string {
	if i.dye == nil {
		return ""
	}
	return i.dye.end
}

// Over begins a cell in this ink's colour on the colour of another, for cells that show the border of two areas.
func (i Ink) Over(b *strings.Builder, under Ink) {
	if i.dye == nil || under.dye == nil {
		return
	}
	twoColours(b, i.dye.fg, under.dye.bg)
}

// Hollow begins a cell in the ground's colour on this ink's, for a block whose left edge lies within the cell.
func (i Ink) Hollow(b *strings.Builder) {
	if i.dye == nil {
		return
	}
	twoColours(b, i.dye.hollow[i.ground], i.dye.bg)
}

// twoColours joins two cut colours. A heatmap has any colour on any other, a thousand times a frame: too many to make
// a style of each beforehand, and too hot to make it there.
func twoColours(b *strings.Builder, fg, bg string) {
	b.WriteString("\x1b[0;")
	b.WriteString(fg)
	b.WriteByte(';')
	b.WriteString(bg)
	b.WriteByte('m')
}

// Shade is the one-cell text that stands for a filled cell of this ink where there are no colours.
func (i Ink) Shade() string {
	if i.dye == nil || i.dye.shade == "" {
		return "█"
	}
	return i.dye.shade
}
