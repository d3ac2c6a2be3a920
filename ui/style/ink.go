package style

import "strings"

// Ground is what text stands on.
type Ground uint8

// The grounds.
const (
	Bg    Ground = iota // the screen
	Panel               // code, composer, strip, overlays
	Sel                 // the selected row
	grounds
)

// Ink paints text in one role on one ground. Its escape sequences are made once, with the theme: painting is one
// concatenation. Every painted piece sets both colours and ends in the screen's own ground, so pieces can be joined in any order and
// blanks between them need no paint on Bg.
type Ink struct {
	dye    *dye
	ground Ground
	look   uint8
}

// dye is what all inks of one role share.
type dye struct {
	seq    [grounds][8]string // by ground and bold|italic<<1|struck<<2
	end    string
	fg, bg string          // the role's colour as SGR parameters; bg is for cells of two colours
	hollow [grounds]string // the grounds' colours as text
	shade  string          // what fills a cell where colours are missing, by the symbols in use
}

// On is the same ink on another ground.
func (i Ink) On(g Ground) Ink { i.ground = g; return i }

// Bold is the same ink in bold.
func (i Ink) Bold() Ink { i.look |= 1; return i }

// Italic is the same ink in italics.
func (i Ink) Italic() Ink { i.look |= 2; return i }

// Struck is the same ink with a line through it.
func (i Ink) Struck() Ink { i.look |= 4; return i }

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
	b.WriteString("\x1b[0;")
	b.WriteString(i.dye.fg)
	b.WriteByte(';')
	b.WriteString(under.dye.bg)
	b.WriteByte('m')
}

// Hollow begins a cell in the ground's colour on this ink's, for a block whose left edge lies within the cell.
func (i Ink) Hollow(b *strings.Builder) {
	if i.dye == nil {
		return
	}
	b.WriteString("\x1b[0;")
	b.WriteString(i.dye.hollow[i.ground])
	b.WriteByte(';')
	b.WriteString(i.dye.bg)
	b.WriteByte('m')
}

// Shade is the one-cell text that stands for a filled cell of this ink where there are no colours.
func (i Ink) Shade() string {
	if i.dye == nil || i.dye.shade == "" {
		return "█"
	}
	return i.dye.shade
}
