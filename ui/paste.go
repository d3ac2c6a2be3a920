package ui

import (
	"bytes"
	"io"
	"os"
	"runtime"
	"strings"
	"unicode/utf8"
)

// A terminal's bytes are read as keys and sequences, also those between the marks of a paste: an escape string
// without an end would swallow the mark, and every key behind it for good. So what is pasted is shielded on its way
// to the decoder: control characters stand as private ones, and as their pictures once the whole paste is there:
// what is sent is what is seen. Keys pass as they come.

const (
	pasteBegin = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
	shield     = 0x10FF00 // of the private plane 16: shield+b stands for the control character b
	widened    = utf8.UTFMax
	interrupt  = 0x03
)

// shielded is a terminal whose pastes can't act. It is a file, so that raw mode and waiting work as before.
type shielded struct {
	*os.File
	raw     []byte
	held    []byte // of a paste: a mark or a character that is not whole
	mark    int    // bytes of pasteBegin that have passed
	pasting bool
}

// shieldInput puts the shield before a terminal; nil is standard input. What is no file, and the input of Windows,
// which is read in another way, stay as they are.
func shieldInput(in io.Reader) io.Reader {
	if in == nil {
		in = os.Stdin
	}
	if f, ok := in.(*os.File); ok && runtime.GOOS != "windows" {
		return &shielded{File: f}
	}
	return in
}

// Read gives no more than fits: nothing may wait here that the one who waits for the file does not know of.
func (s *shielded) Read(p []byte) (int, error) {
	room := (len(p) - len(pasteEnd)) / widened
	if room < 1 {
		return s.File.Read(p)
	}
	if len(s.raw) < room {
		s.raw = make([]byte, room)
	}
	n, err := s.File.Read(s.raw[:max(room-len(s.held), 1)])
	return copy(p, s.pass(s.raw[:n])), err
}

// pass shields what was read.
func (s *shielded) pass(in []byte) []byte {
	if s.pasting && len(in) == 1 && in[0] == interrupt { // the end was lost, and somebody wants out
		s.pasting, s.held = false, nil
		return append([]byte(pasteEnd), interrupt)
	}
	out := make([]byte, 0, len(in)*widened+len(pasteEnd))
	buf := append(s.held, in...)
	s.held = nil
	for len(buf) > 0 {
		if !s.pasting {
			n := s.until(buf)
			out = append(out, buf[:n]...)
			buf = buf[n:]
			continue
		}
		var whole bool
		if out, buf, whole = s.pasted(out, buf); !whole {
			s.held = append([]byte(nil), buf...)
			break
		}
	}
	return out
}

// until finds the end of the mark that begins a paste; all of buf if there is none in it.
func (s *shielded) until(buf []byte) int {
	for i, b := range buf {
		switch b {
		case pasteBegin[s.mark]:
			s.mark++
		case pasteBegin[0]:
			s.mark = 1
		default:
			s.mark = 0
		}
		if s.mark == len(pasteBegin) {
			s.mark, s.pasting = 0, true
			return i + 1
		}
	}
	return len(buf)
}

// pasted shields the first character of what is pasted. whole is false if it is not all there yet.
func (s *shielded) pasted(out, buf []byte) (done, rest []byte, whole bool) {
	switch b := buf[0]; {
	case bytes.HasPrefix(buf, []byte(pasteEnd)):
		s.pasting = false
		return append(out, pasteEnd...), buf[len(pasteEnd):], true
	case b == pasteEnd[0] && len(buf) < len(pasteEnd) && strings.HasPrefix(pasteEnd, string(buf)):
		return out, buf, false
	case b < ' ' && b != '\n' && b != '\r' && b != '\t', b == 0x7f:
		return utf8.AppendRune(out, shield+rune(b)), buf[1:], true
	case b < utf8.RuneSelf:
		return append(out, b), buf[1:], true
	case !utf8.FullRune(buf):
		return out, buf, false
	}
	r, n := utf8.DecodeRune(buf)
	if r >= 0x80 && r < 0xa0 {
		r += shield
	}
	return utf8.AppendRune(out, r), buf[n:], true
}

// unshield draws the control characters of a paste: pictures, and for those of C1, which have none, the replacement
// character.
func unshield(s string) string {
	const pictures = 0x2400
	return strings.Map(func(r rune) rune {
		b := r - shield
		if b == 0x7f {
			return pictures + 0x21
		}
		if b >= 0 && b < ' ' {
			return pictures + b
		}
		if b >= 0x80 && b < 0xa0 {
			return utf8.RuneError
		}
		return r
	}, s)
}
