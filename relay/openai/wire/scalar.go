package wire

import (
	"unicode/utf16"
	"unicode/utf8"
)

// blank skips white space.
func (s *scanner) blank() {
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ' ', '\t', '\n', '\r':
			s.i++
		default:
			return
		}
	}
}

// eat skips white space and takes the byte c, if it is next.
func (s *scanner) eat(c byte) bool {
	s.blank()
	if s.i < len(s.b) && s.b[s.i] == c {
		s.i++
		return true
	}
	return false
}

// null takes a null, if it is next.
func (s *scanner) null() bool { s.blank(); return s.word("null") }

func (s *scanner) word(w string) bool {
	if len(s.b)-s.i >= len(w) && string(s.b[s.i:s.i+len(w)]) == w {
		s.i += len(w)
		return true
	}
	return false
}

// scalar skips a string, a number, true, false or null.
func (s *scanner) scalar() bool {
	s.blank()
	if s.i == len(s.b) {
		return false
	}
	switch s.b[s.i] {
	case '"':
		_, ok := s.str()
		return ok
	case 'n':
		return s.word("null")
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	}
	return s.number()
}

// inNumber reports whether the current byte continues the number.
func (s *scanner) inNumber() bool {
	if s.i == len(s.b) {
		return false
	}
	switch c := s.b[s.i]; c {
	case '.', 'e', 'E', '+', '-':
		return true
	default:
		return c >= '0' && c <= '9'
	}
}

// number skips an integer without a sign; every other number is left to encoding/json.
func (s *scanner) number() bool {
	start := s.i
	for s.i < len(s.b) && s.b[s.i] >= '0' && s.b[s.i] <= '9' {
		s.i++
	}
	n := s.i - start
	return n > 0 && (n == 1 || s.b[start] != '0') && !s.inNumber()
}

// str reads a string. The result is part of the document or of the scratch buffer: valid until the next string.
func (s *scanner) str() ([]byte, bool) {
	if s.i >= len(s.b) || s.b[s.i] != '"' {
		return nil, false
	}
	start := s.i + 1
	wide := byte(0)
	for i := start; i < len(s.b); i++ {
		switch c := s.b[i]; {
		case c == '"':
			s.i = i + 1
			return s.b[start:i], wide < utf8.RuneSelf || utf8.Valid(s.b[start:i])
		case c == '\\':
			return s.escaped(start, i)
		case c < ' ':
			return nil, false
		default:
			wide |= c
		}
	}
	return nil, false
}

// escaped reads the string that begins at start and whose first escape is at i.
func (s *scanner) escaped(start, i int) ([]byte, bool) {
	out := append(s.d.scratch[:0], s.b[start:i]...)
	for i < len(s.b) {
		c := s.b[i]
		switch {
		case c == '"':
			s.i, s.d.scratch = i+1, out
			return out, utf8.Valid(out)
		case c < ' ':
			return nil, false
		case c != '\\':
			out = append(out, c)
			i++
			continue
		}
		if i+1 == len(s.b) {
			return nil, false
		}
		switch c = s.b[i+1]; c {
		case '"', '\\', '/':
		case 'n':
			c = '\n'
		case 't':
			c = '\t'
		case 'r':
			c = '\r'
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'u':
			r, n := s.unicode(i)
			if n == 0 {
				return nil, false
			}
			out = utf8.AppendRune(out, r)
			i += n
			continue
		default:
			return nil, false
		}
		out = append(out, c)
		i += 2
	}
	return nil, false
}

// unicode reads \uXXXX, or a surrogate pair of them, at i. n is the length in bytes; 0: it is broken, or half a pair.
func (s *scanner) unicode(i int) (r rune, n int) {
	r = s.hex(i)
	if r < 0 || !utf16.IsSurrogate(r) {
		if r < 0 {
			return r, 0
		}
		return r, 6
	}
	low := s.hex(i + 6)
	if r = utf16.DecodeRune(r, low); low < 0 || r == utf8.RuneError {
		return r, 0
	}
	return r, 12
}

// hex returns the code unit of \uXXXX at i, or -1.
func (s *scanner) hex(i int) rune {
	if i+6 > len(s.b) || s.b[i] != '\\' || s.b[i+1] != 'u' {
		return -1
	}
	var r rune
	for _, c := range s.b[i+2 : i+6] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}
