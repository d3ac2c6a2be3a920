package ui

import (
	"bytes"
	"io"
	"os"
	"runtime"
	"strings"
	"unicode/utf8"
)

// The decoder reads all bytes of a terminal as keys and sequences, also those between the two marks of a paste. An
// escape string without an end would swallow the end mark and every key after it. So pasted text is shielded before
// it reaches the decoder: control characters are replaced by private ones, and those by control pictures once the
// paste has arrived: what is sent is what is seen. Keys are passed on unchanged.

const (
	pasteBegin = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
	shield     = 0x10FF00    // in private plane 16: shield+b replaces the control character b
	maxWidth   = utf8.UTFMax // bytes that a shielded byte may take
	ctrlC      = 0x03
)

// shielded is a terminal whose pastes hold no control characters. It is a file, so that raw mode and polling work.
type shielded struct {
	*os.File
	raw     []byte
	held    []byte // an incomplete mark or character of a paste
	mark    int    // bytes of pasteBegin that were just passed on
	pasting bool
}

// shieldInput shields a terminal; nil is standard input. A reader that is not a file is returned as it is, and so
// is the input on Windows, which is read in another way.
func shieldInput(in io.Reader) io.Reader {
	if in == nil {
		in = os.Stdin
	}
	if f, ok := in.(*os.File); ok && runtime.GOOS != "windows" {
		return &shielded{File: f}
	}
	return in
}

// Read reads no more than fits into p once it is shielded: whoever polls the file would not see bytes that are left
// over here.
func (s *shielded) Read(p []byte) (int, error) {
	room := (len(p) - len(pasteEnd)) / maxWidth
	if room < 1 {
		return s.File.Read(p)
	}
	if len(s.raw) < room {
		s.raw = make([]byte, room)
	}
	n, err := s.File.Read(s.raw[:max(room-len(s.held), 1)])
	return copy(p, s.pass(s.raw[:n])), err
}

// pass returns what was read, shielded.
func (s *shielded) pass(in []byte) []byte {
	if s.pasting && len(in) == 1 && in[0] == ctrlC { // the end mark was lost: ctrl+c ends the paste
		s.pasting, s.held = false, nil
		return append([]byte(pasteEnd), ctrlC)
	}
	out := make([]byte, 0, len(in)*maxWidth+len(pasteEnd))
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

// until is how many bytes of buf come before a paste, its begin mark included; all of buf if no paste begins in it.
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

// pasted shields the first character or end mark of buf, appends it to out, and returns the rest of buf. whole is
// false if it has not all arrived yet.
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

// unshield replaces the shielded control characters of a paste by control pictures, and those of C1, which have
// none, by U+FFFD.
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
