package wire

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Joiner restores characters whose surrogate pair was cut between two chunks of a stream. The zero value is ready
// to use.
type Joiner struct{ content, reasoning pendingHalf }

// Join replaces the texts of a chunk: a half at the end is held back until its other half comes.
func (j *Joiner) Join(c *Chunk) {
	if c.cut == nil && *j == (Joiner{}) {
		return
	}
	var cut cutHalves
	if c.cut != nil {
		cut = *c.cut
	}
	c.Content = j.content.join(c.Content, cut.content)
	c.Reasoning = j.reasoning.join(c.Reasoning, cut.reasoning)
}

// Rest ends the stream: U+FFFD for each half whose other half never came, else "".
func (j *Joiner) Rest() (content, reasoning string) { return j.content.rest(), j.reasoning.rest() }

// halves are the halves of surrogate pairs at the ends of a text; 0: none. encoding/json has put U+FFFD in their
// place.
type halves struct{ head, tail rune }

// cutHalves are the halves at the ends of the two texts of a chunk.
type cutHalves struct{ content, reasoning halves }

// halvesOf looks at a JSON string as it was sent.
func halvesOf(raw []byte) halves {
	var h halves
	if len(raw) < 8 || raw[0] != '"' {
		return h
	}
	s := scanner{b: raw}
	if r := s.hex(1); r >= 0xdc00 && r <= 0xdfff {
		h.head = r
	}
	at := len(raw) - 7
	slashes := 0
	for i := at; i > 0 && raw[i] == '\\'; i-- {
		slashes++
	}
	if r := s.hex(at); slashes%2 == 1 && r >= 0xd800 && r <= 0xdbff {
		h.tail = r
	}
	return h
}

// pendingHalf is the first half of a pair, whose second half is expected in the next piece; 0: none.
type pendingHalf struct{ r rune }

const replacement = string(utf8.RuneError)

func (p *pendingHalf) join(s string, h halves) string {
	if s == "" {
		return s
	}
	first := ""
	if p.r != 0 {
		first = replacement
		if h.head != 0 {
			first, s = string(utf16.DecodeRune(p.r, h.head)), strings.TrimPrefix(s, replacement)
		}
	}
	p.r = h.tail
	if p.r != 0 {
		s = strings.TrimSuffix(s, replacement)
	}
	return first + s
}

func (p *pendingHalf) rest() string {
	if p.r == 0 {
		return ""
	}
	p.r = 0
	return replacement
}
