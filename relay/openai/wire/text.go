package wire

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// MaxLine is the longest message that an error carries, in bytes.
	MaxLine = 500

	maxName = 200 // bytes of a model's name or a finish_reason
)

// Visible reports whether a person would see anything of a text: white space, control characters and characters
// without a width show nothing.
func Visible(s string) bool {
	for _, r := range s {
		if r < utf8.RuneSelf {
			if r > ' ' && r != 0x7f {
				return true
			}
			continue
		}
		switch {
		case unicode.IsSpace(r), unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector):
		case r == 0x034f, r == 0x115f, r == 0x1160, r == 0x2800, r == 0x3164, r == 0xffa0: // joiners and fillers
		default:
			return true
		}
	}
	return false
}

// OneLine puts a text on one line of at most MaxLine bytes. Control characters become their Unicode pictures, since
// errors also go to logs and pipes. It is not the filter that a terminal needs.
func OneLine(s string) string {
	if len(s) > 4*MaxLine {
		s = s[:4*MaxLine]
	}
	words := strings.FieldsFunc(strings.ToValidUTF8(s, replacement), unicode.IsSpace)
	return Cap(strings.Map(picture, strings.Join(words, " ")))
}

// picture returns the symbol of a control character.
func picture(r rune) rune {
	switch {
	case r < ' ':
		return '\u2400' + r
	case r == 0x7f:
		return '\u2421'
	}
	return r
}

// Cap cuts a text after at most MaxLine bytes and marks the cut.
func Cap(s string) string { return capAt(s, MaxLine) }

// Name puts a name that a relay chose on one line of at most 200 bytes. A name that needs no change is not copied.
func Name(s string) string {
	plain := len(s) <= maxName
	for i := 0; plain && i < len(s); i++ {
		plain = s[i] > ' ' && s[i] < 0x7f
	}
	if plain {
		return s
	}
	return capAt(OneLine(s), maxName)
}

func capAt(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	cut := limit
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
