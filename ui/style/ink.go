package style

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
	seq    *[grounds][4]string // by ground and bold|italic<<1
	ground Ground
	look   uint8
	end    string
}

// On is the same ink on another ground.
func (i Ink) On(g Ground) Ink { i.ground = g; return i }

// Bold is the same ink in bold.
func (i Ink) Bold() Ink { i.look |= 1; return i }

// Italic is the same ink in italics.
func (i Ink) Italic() Ink { i.look |= 2; return i }

// Paint returns s in this ink. s holds no escape sequences: it was written by us or passed ui/text.
func (i Ink) Paint(s string) string {
	if s == "" || i.seq == nil {
		return s
	}
	return i.seq[i.ground][i.look] + s + i.end
}

// Start is the sequence that begins the ink, for a caller that paints in pieces; End ends it.
func (i Ink) Start() string {
	if i.seq == nil {
		return ""
	}
	return i.seq[i.ground][i.look]
}

// End is the sequence that goes back to the screen's own ground.
func (i Ink) End() string { return i.end }
