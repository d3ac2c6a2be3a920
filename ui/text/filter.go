package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Filter is Clean for text that comes in pieces. The pieces may be cut anywhere, also inside a rune: what Write and
// Flush return is, together, what Clean returns for the whole text. It holds back what the next piece could still
// change: a trailing CR, an incomplete rune and the last grapheme. The zero Filter is ready to use.
type Filter struct {
	raw   string // bytes not decoded yet: a CR or the start of a rune
	held  string // decoded, not normalised: the last grapheme
	since int    // decomposed runes since the last one that can't join the rune before it
	flags int    // regional indicators in a row
	zwj   bool   // the last rune was a zero width joiner: the next one belongs to its grapheme
}

// maxJoined is how many runes may join one base: no script needs more. Unicode's stream-safe format allows 30;
// staying under that keeps the normaliser from inserting anything, and bounds what is held back.
const maxJoined = 24

// Write takes the next piece and returns what is ready.
func (f *Filter) Write(piece string) string {
	if f.raw == "" && plain(piece) {
		if piece == "" {
			return ""
		}
		return f.ascii(piece)
	}
	return f.decode(f.raw+piece, false)
}

// Flush ends the text and returns what was held back. The filter can then be used again.
func (f *Filter) Flush() string {
	out := f.decode(f.raw, true) + normal(f.held)
	*f = Filter{}
	return out
}

// ascii passes a piece of printable ASCII on. It holds its last character back, which a mark could still join, unless
// that is a newline or a blank.
func (f *Filter) ascii(piece string) string {
	out := ""
	switch len(f.held) {
	case 0:
	case 1:
		out = f.held
	default:
		out = normal(f.held)
	}
	last := len(piece) - 1
	if c := piece[last]; c == '\n' || c == ' ' {
		last++
	}
	f.held, f.since, f.flags, f.zwj = piece[last:], 2, 0, false
	if out == "" {
		return piece[:last]
	}
	return out + piece[:last]
}

func (f *Filter) decode(s string, end bool) string {
	var b strings.Builder
	b.Grow(len(f.held) + len(s) + 8)
	b.WriteString(f.held)
	keep := 0 // where in b the last grapheme begins
	f.raw = ""
	for i := 0; i < len(s); {
		if s[i] == '\r' {
			switch {
			case i+1 < len(s) && s[i+1] == '\n':
				i++
				continue
			case i+1 == len(s) && !end:
				f.raw = s[i:]
			default:
				f.add(&b, &keep, '␍')
			}
			i++
			continue
		}
		if !end && s[i] >= utf8.RuneSelf && !utf8.FullRuneInString(s[i:]) {
			f.raw = s[i:]
			break
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		if r == '\t' {
			for range len(tab) {
				f.add(&b, &keep, ' ')
			}
			continue
		}
		f.add(&b, &keep, show(r))
	}
	all := b.String()
	f.held = all[keep:]
	return normal(all[:keep])
}

// show is the rune that is drawn for r.
func show(r rune) rune {
	switch {
	case r == '\n' || r >= ' ' && r < 0x7f:
		return r
	case r < ' ':
		return 0x2400 + r // control pictures
	case r == 0x7f:
		return '␡'
	case Acts(r):
		return hidden
	}
	return r
}

// Acts reports whether a character above those of C0 acts on a terminal or on the text around it: DEL, C1, and what is
// invisible and reorders, breaks or hides text.
func Acts(r rune) bool { return r >= 0x7f && r < 0xa0 || hides(r) }

// hides reports that r is invisible and reorders, breaks or hides text.
func hides(r rune) bool {
	switch {
	case r == 0x061c, r == 0x200e, r == 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069: // bidi
		return true
	case r == 0x2028, r == 0x2029, r == 0xfeff:
		return true
	}
	return r >= 0xe0000 && r <= 0xe007f // tags
}

// add appends a rune, and moves keep to it if it begins a grapheme. The text before keep can always be normalised
// without what follows.
func (f *Filter) add(b *strings.Builder, keep *int, r rune) {
	if r < 0x300 { // these never join the rune before them
		f.since, f.flags, f.zwj = 2, 0, false
		*keep = b.Len()
		b.WriteRune(r)
		if r == '\n' || r == ' ' {
			*keep = b.Len()
		}
		return
	}
	p := norm.NFC.PropertiesString(string(r))
	runes := max(utf8.RuneCount(p.Decomposition()), 1)
	if !p.BoundaryBefore() {
		f.since += runes
		if f.since > maxJoined {
			f.add(b, keep, hidden)
			return
		}
		b.WriteRune(r)
		return
	}
	join := f.joins(r)
	if join && f.since+runes <= maxJoined {
		f.since += runes
	} else {
		f.since = runes
		*keep = b.Len()
	}
	b.WriteRune(r)
}

// joins reports that r belongs to the grapheme before it although it is no combining mark for the normaliser: emoji
// sequences, flags, vowel signs.
func (f *Filter) joins(r rune) bool {
	after := f.zwj
	f.zwj = r == 0x200d
	if r >= 0x1f1e6 && r <= 0x1f1ff {
		f.flags++
		return f.flags%2 == 0
	}
	f.flags = 0
	selects := r >= 0xfe00 && r <= 0xfe0f || r >= 0xe0100 && r <= 0xe01ef
	skin := r >= 0x1f3fb && r <= 0x1f3ff
	return after || f.zwj || selects || skin || unicode.In(r, unicode.M)
}

func normal(s string) string {
	if norm.NFC.IsNormalString(s) {
		return s
	}
	return norm.NFC.String(s)
}
