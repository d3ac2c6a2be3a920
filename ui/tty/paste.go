package tty

import (
	"bytes"
	"strings"
	"time"
	"unicode/utf8"
)

// The decoder reads all bytes as keys and sequences, also those between the two marks of a paste. An escape string
// without an end would swallow the end mark and every key after it. So pasted text is shielded before it reaches the
// decoder: control characters are replaced by private ones, and those by control pictures once the paste has arrived:
// what is sent is what is seen.

const (
	pasteBegin = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
	shield     = 0x10FF00 // in private plane 16: shield+b replaces the control character b
	notUTF8    = shield + 0xFD
	maxPasted  = 16 // bytes of a sequence that means something in a paste
)

// paste is a bracketed paste that has begun.
type paste struct {
	on    bool
	held  []byte    // a sequence or a character that has not all arrived
	alone []byte    // a read that was ctrl+c and nothing else
	at    time.Time // of that read
}

// interrupted returns what is to be filtered of a read. ctrl+c alone, inside a paste, waits: if more follows at once it
// was pasted.
func (f *filter) interrupted(in []byte) []byte {
	p := &f.paste
	switch {
	case !p.on:
	case !f.full && interrupts(in) > 0:
		p.alone, p.at = append(p.alone, in...), f.now
		return nil
	case len(p.alone) > 0:
		in = append(p.alone, in...)
		p.alone = nil
	}
	return in
}

// interrupt ends a paste whose end mark was lost.
func (f *filter) interrupt() {
	f.out = append(f.out, pasteEnd...)
	f.out = append(f.out, strings.Repeat("\x03", interrupts(f.paste.alone))...)
	f.paste = paste{}
}

// interrupts counts the ctrl+c, in each of its forms, of bytes that hold nothing else; 0 if they hold more.
func interrupts(in []byte) (n int) {
next:
	for ; len(in) > 0; n++ {
		for _, form := range []string{"\x03", "\x1b[99;5u", "\x1b[27;5;99~"} {
			if rest, ok := bytes.CutPrefix(in, []byte(form)); ok {
				in = rest
				continue next
			}
		}
		return 0
	}
	return n
}

// pasted shields what belongs to the paste and returns the rest of a read.
func (f *filter) pasted(in []byte) []byte {
	p := &f.paste
	for len(p.held) > 0 && len(in) > 0 {
		p.held = append(p.held, in[0])
		in = in[1:]
		held := p.held
		for len(held) > 0 {
			n := f.pastedPiece(held)
			if n == 0 {
				break
			}
			if !p.on {
				return in // the byte that was added is the last one of the end mark
			}
			held = held[n:]
		}
		p.held = append(p.held[:0], held...)
	}
	for len(in) > 0 {
		n := f.pastedPiece(in)
		if n == 0 {
			p.held = append(p.held, in...)
			return nil
		}
		if in = in[n:]; !p.on {
			return in
		}
	}
	return nil
}

// pastedPiece shields the first character of what was pasted and returns its length; 0: it has not all arrived.
func (f *filter) pastedPiece(in []byte) int {
	b := in[0]
	switch {
	case b == esc:
		n, known := pastedSequence(in)
		switch {
		case n == 0:
			return 0
		case known == pasteEnd:
			f.out = append(f.out, pasteEnd...)
			f.paste = paste{}
			return n
		case known != "":
			f.out = append(f.out, known...)
			return n
		}
	case b < utf8.RuneSelf:
	case !utf8.FullRune(in):
		return 0
	default:
		r, n := utf8.DecodeRune(in)
		f.out = utf8.AppendRune(f.out, shielded(r))
		return n
	}
	f.out = utf8.AppendRune(f.out, shielded(rune(b)))
	return 1
}

// pastedSequence is the length of the sequence that pasted text begins with, and what it stands for: the end of the
// paste, or a line end or a tab, which terminals with an extended keyboard send as keys (tmux does). 0: it has not
// all arrived. "": it stands for nothing, and ESC is a character like any other.
func pastedSequence(in []byte) (n int, known string) {
	for n = 1; n < len(in) && n < maxPasted; n++ {
		switch b := in[n]; {
		case n == 1 && b == '[', n > 1 && (b >= '0' && b <= '9' || b == ';'):
			continue
		case n > 2 && b == '~', n > 2 && b == 'u':
			return n + 1, pastedKey(string(in[2 : n+1]))
		}
		return 1, ""
	}
	if n == maxPasted {
		return 1, ""
	}
	return 0, ""
}

// pastedKey is what a key in a paste stands for: CSI u and the older form of xterm, ESC [ 27 ; modifiers ; key ~
func pastedKey(s string) string {
	if s == "201~" {
		return pasteEnd
	}
	var code, mod string
	if rest, ok := strings.CutPrefix(s, "27;"); ok && strings.HasSuffix(s, "~") {
		mod, code, _ = strings.Cut(strings.TrimSuffix(rest, "~"), ";")
	} else if rest, ok := strings.CutSuffix(s, "u"); ok {
		code, mod, _ = strings.Cut(rest, ";")
	}
	const ctrl = "5"
	switch {
	case code == "13", code == "106" && mod == ctrl, code == "109" && mod == ctrl: // enter, ctrl+j, ctrl+m
		return "\n"
	case code == "9", code == "105" && mod == ctrl:
		return "\t"
	}
	return ""
}

// shielded is the character that a pasted one is replaced by.
func shielded(r rune) rune {
	switch {
	case r == '\n' || r == '\r' || r == '\t':
		return r
	case r < ' ', r >= 0x7f && r < 0xa0:
		return shield + r
	case r == utf8.RuneError: // the decoder would drop it
		return notUTF8
	}
	return r
}

// Unshield replaces the shielded control characters of a paste by control pictures, and those of C1, which have none,
// by U+FFFD.
func Unshield(s string) string {
	const pictures = 0x2400
	return strings.Map(func(r rune) rune {
		b := r - shield
		if b == 0x7f {
			return pictures + 0x21
		}
		if b >= 0 && b < ' ' {
			return pictures + b
		}
		if b >= 0x80 && b < 0xa0 || r == notUTF8 {
			return utf8.RuneError
		}
		return r
	}, s)
}
