package openai

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// visible reports whether a person would see anything of a text: blanks, controls and characters without a width show nothing.
func visible(s string) bool {
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

// short is a name that a relay chose, on one line and capped. The usual ones are given back as they are.
func short(s string) string {
	plain := len(s) <= maxName
	for i := 0; plain && i < len(s); i++ {
		plain = s[i] > ' ' && s[i] < 0x7f
	}
	if plain {
		return s
	}
	if s = oneLine(s); len(s) <= maxName {
		return s
	}
	cut := maxName
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

// ends tells of a text that begins or ends with half a surrogate pair. encoding/json has put a U+FFFD in the place of each.
type ends struct{ head, tail rune }

// halves are the ends of the two texts of a chunk.
type halves struct{ content, reasoning ends }

// endsOf looks at a JSON string as it was written.
func endsOf(raw []byte) ends {
	var e ends
	if len(raw) < 8 || raw[0] != '"' {
		return e
	}
	s := scanner{b: raw}
	if r := s.hex(1); r >= 0xdc00 && r <= 0xdfff {
		e.head = r
	}
	at := len(raw) - 7
	slashes := 0
	for i := at; i > 0 && raw[i] == '\\'; i-- {
		slashes++
	}
	if r := s.hex(at); slashes%2 == 1 && r >= 0xd800 && r <= 0xdbff {
		e.tail = r
	}
	return e
}

// half is the first half of a pair, whose second is awaited in the next piece.
type half struct{ r rune }

const replacement = string(utf8.RuneError)

// join puts a pair together that was cut between two pieces.
func (h *half) join(s string, e ends) string {
	if s == "" {
		return s
	}
	first := ""
	if h.r != 0 {
		first = replacement
		if e.head != 0 {
			first, s = string(utf16.DecodeRune(h.r, e.head)), strings.TrimPrefix(s, replacement)
		}
	}
	h.r = e.tail
	if h.r != 0 {
		s = strings.TrimSuffix(s, replacement)
	}
	return first + s
}

// left is what stands for a half whose other never came.
func (h *half) left() string {
	if h.r == 0 {
		return ""
	}
	h.r = 0
	return replacement
}
