package style

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// Ground is the background that text is drawn on.
type Ground uint8

// The grounds.
const (
	Bg    Ground = iota // the screen
	Panel               // code, composer, strip, overlays
	Sel                 // the selected row
	grounds
)

// Ink paints text in one role on one ground. Its escape sequences are cut out of the role's style once a theme.
// Every painted piece sets both colours and ends with those of the screen, so pieces can be joined in any order, and
// blanks between them need no paint on Bg. The zero Ink paints nothing.
type Ink struct {
	role   *role
	ground Ground
	attrs  uint8 // bold, italic and struck, or-ed
}

// The attributes.
const (
	bold uint8 = 1 << iota
	italic
	struck
	attrSets // how many combinations there are
)

// role is what all inks of one role share.
type role struct {
	style    lipgloss.Style
	grounds  [grounds]lipgloss.Style
	start    [grounds][attrSets]string // the sequence that begins a piece
	end      string                    // the sequence that ends it
	fg, bg   string                    // the role's colour as SGR parameters; bg is for cells of two colours
	groundFg [grounds]string           // the grounds' colours as those of text
	shade    string                    // fills a cell where there are no colours
}

// Style is the ink as a lipgloss style: a table or a viewport takes one.
func (i Ink) Style() lipgloss.Style {
	if i.role == nil {
		return lipgloss.NewStyle()
	}
	return withAttrs(i.role.style, i.attrs).Inherit(i.role.grounds[i.ground])
}

func withAttrs(st lipgloss.Style, attrs uint8) lipgloss.Style {
	if attrs&bold != 0 {
		st = st.Bold(true)
	}
	if attrs&italic != 0 {
		st = st.Italic(true)
	}
	if attrs&struck != 0 {
		st = st.Strikethrough(true)
	}
	return st
}

// On is the same ink on another ground.
func (i Ink) On(g Ground) Ink { i.ground = g; return i }

// Bold is the same ink in bold.
func (i Ink) Bold() Ink { i.attrs |= bold; return i }

// Italic is the same ink in italics.
func (i Ink) Italic() Ink { i.attrs |= italic; return i }

// Struck is the same ink, struck through.
func (i Ink) Struck() Ink { i.attrs |= struck; return i }

// Paint returns s in this ink. s holds no escape sequences: it was written by us or passed ui/text.
func (i Ink) Paint(s string) string {
	if s == "" || i.role == nil {
		return s
	}
	return i.role.start[i.ground][i.attrs] + s + i.role.end
}

// Start is the sequence that begins the ink, for a caller that paints in pieces; End ends it.
func (i Ink) Start() string {
	if i.role == nil {
		return ""
	}
	return i.role.start[i.ground][i.attrs]
}

// End is the sequence that goes back to the screen's text and ground.
func (i Ink) End() string {
	if i.role == nil {
		return ""
	}
	return i.role.end
}

// Over begins a cell in this ink's colour on the colour of under, for a cell in which two areas meet.
func (i Ink) Over(b *strings.Builder, under Ink) {
	if i.role == nil || under.role == nil {
		return
	}
	twoColours(b, i.role.fg, under.role.bg)
}

// Inverse begins a cell in the ground's colour on this ink's, for a block whose left edge lies within the cell.
func (i Ink) Inverse(b *strings.Builder) {
	if i.role == nil {
		return
	}
	twoColours(b, i.role.groundFg[i.ground], i.role.bg)
}

// twoColours sets two colours. A heatmap has any colour on any other, a thousand times a frame: too many pairs to
// make the sequences beforehand, and too often to render a style each time.
func twoColours(b *strings.Builder, fg, bg string) {
	b.WriteString("\x1b[0;")
	b.WriteString(fg)
	b.WriteByte(';')
	b.WriteString(bg)
	b.WriteByte('m')
}

// Shade is the glyph that fills a cell in place of this ink's colour where there are no colours.
func (i Ink) Shade() string {
	if i.role == nil || i.role.shade == "" {
		return "█"
	}
	return i.role.shade
}
