package tty

import (
	"bytes"
	"strings"
	"time"
)

// form is the kind of a sequence.
type form uint8

const (
	none     form = iota
	escape        // ESC, once or twice
	intro         // ESC and one of [ O ] P _
	control       // ESC [ and parameters: a key, a report of the mouse or an answer
	single        // ESC O and a modifier: a key
	str           // ESC ] 1, ESC P 1, ESC _ G and so on: an answer that ends with BEL or ESC \
	mouse         // ESC [ M and three bytes: a report of the mouse in the old form
	function      // ESC [ [ and a letter: F1 to F5 of the Linux console
)

// Longer sequences are no answers that the program asks for: they are read to their end and dropped.
const (
	maxControl = 128
	maxString  = 512
)

// sequence is an escape sequence that has begun.
type sequence struct {
	form  form
	raw   []byte
	began time.Time
	at    time.Time // of its last byte
	rest  int       // bytes that a report in the old form still needs
	esc   bool      // the last byte of a string was ESC
	drop  bool      // it will not be passed on
}

func (s *sequence) begin(at time.Time, raw ...byte) {
	s.end()
	s.form, s.began, s.at = escape, at, at
	s.raw = append(s.raw, raw...)
	if len(raw) > 1 {
		s.form = intro
	}
}

func (s *sequence) end() { *s = sequence{raw: s.raw[:0]} }

// short reports that what has come is a key if nothing follows soon.
func (s *sequence) short() bool {
	return s.form == escape || s.form == intro || s.form == control && shifted(s.raw) && !s.drop
}

// shifted reports that a sequence is ESC [ 3 $ or the like: rxvt's way to send a key with shift.
func shifted(raw []byte) bool {
	n := len(raw) - 1
	return n > 2 && raw[n] == '$' && strings.Trim(string(raw[2:n]), "0123456789") == ""
}

// verdict is what becomes of a sequence with one more byte.
type verdict uint8

const (
	more    verdict = iota // it goes on
	whole                  // it ends with the byte
	apart                  // it was a key, and the byte is not part of it
	joined                 // it was ESC, and the byte is a key that is pressed with alt
	broken                 // it is dropped, and the byte is not part of it
	spent                  // it is dropped, and the byte with it
	restart                // it is dropped, and another one began with the ESC before the byte
)

// add takes one more byte.
func (s *sequence) add(b byte) verdict {
	switch s.form {
	case none:
		return broken
	case escape:
		return s.second(b)
	case intro:
		return s.third(b)
	case control:
		switch {
		case b >= 0x20 && b < 0x40:
			return s.keep(b, control, maxControl)
		case b >= 0x40 && b < 0x7f:
			s.keep(b, control, maxControl)
			return whole
		}
		return cancelled(b)
	case single:
		switch {
		case b >= '0' && b <= '9':
			return s.keep(b, single, maxControl)
		case b >= 0x40 && b < 0x7f:
			s.keep(b, single, maxControl)
			return whole
		}
		return cancelled(b)
	case str:
		return s.inString(b)
	case mouse:
		if b < ' ' {
			return cancelled(b)
		}
		s.keep(b, mouse, maxControl)
		if s.rest--; s.rest > 0 {
			return more
		}
		return whole
	case function:
		if b < ' ' {
			return cancelled(b)
		}
		s.keep(b, function, maxControl)
		s.drop = s.drop || b < 'A' || b > 'E'
		return whole
	}
	return broken
}

// keep appends a byte of a form.
func (s *sequence) keep(b byte, f form, limit int) verdict {
	s.form = f
	if len(s.raw) < limit {
		s.raw = append(s.raw, b)
	} else {
		s.drop = true
	}
	return more
}

// cancelled is the verdict on a byte that cannot be part of the sequence.
func cancelled(b byte) verdict {
	if b == 0x18 || b == 0x1a { // CAN and SUB, which cancel one
		return spent
	}
	return broken
}

// second takes the byte behind ESC.
func (s *sequence) second(b byte) verdict {
	switch b {
	case '[', 'O', ']', 'P', '_':
		return s.keep(b, intro, maxControl)
	case esc:
		if len(s.raw) == 1 {
			return s.keep(b, escape, maxControl)
		}
		return apart
	case ctrlC:
		return apart
	}
	return joined
}

// third takes the byte behind ESC and an introducer.
func (s *sequence) third(b byte) verdict {
	digit := b >= '0' && b <= '9'
	switch s.raw[len(s.raw)-1] {
	case '[':
		switch {
		case b == 'M':
			s.rest = 3
			return s.keep(b, mouse, maxControl)
		case b == '[':
			return s.keep(b, function, maxControl)
		case b >= 0x20 && b < 0x40:
			return s.keep(b, control, maxControl)
		case b >= 0x40 && b < 0x7f:
			s.keep(b, control, maxControl)
			return whole
		}
	case 'O':
		switch {
		case digit:
			return s.keep(b, single, maxControl)
		case singleKey(b):
			s.keep(b, single, maxControl)
			return whole
		}
	case ']':
		if digit {
			return s.keep(b, str, maxString)
		}
	case 'P':
		if digit || strings.IndexByte(">$+!", b) >= 0 {
			return s.keep(b, str, maxString)
		}
	case '_':
		if b == 'G' {
			return s.keep(b, str, maxString)
		}
	}
	return apart
}

// singleKey reports that ESC O and the byte are a key: an arrow, F1 to F4, or a key of the number pad.
func singleKey(b byte) bool { return strings.IndexByte("ABCDEFHMPQRSXabcdjklmnopqrstuvwxy", b) >= 0 }

// inString takes one more byte of a string. No answer that the program asks for holds a control character.
func (s *sequence) inString(b byte) verdict {
	if s.esc {
		if b != '\\' {
			return restart
		}
		return s.terminated("\x1b\\")
	}
	switch {
	case b == esc:
		s.esc = true
		return more
	case b == '\a':
		return s.terminated("\a")
	case b == 0x9c && !s.drop: // ST in one byte; in what is not ASCII it may be a part of a character
		return s.terminated("\x1b\\")
	case b == ctrlC:
		return broken
	case b < ' ' || b == 0x7f:
		return spent
	case b >= 0x80:
		s.drop = true
	}
	return s.keep(b, str, maxString)
}

func (s *sequence) terminated(by string) verdict {
	s.raw = append(s.raw, by...)
	return whole
}

// abandoned reports that a sequence gets no more bytes. Letters that someone types fit into most strings: one that goes
// on for more than a second is an answer only if its bytes come fast, or are those of a colour.
func (s *sequence) abandoned(now time.Time) bool {
	long := s.form == str && !s.colour() && now.Sub(s.began) >= longGap && now.Sub(s.at) >= typedGap
	return s.form != none && !s.short() && (long || now.Sub(s.at) >= longGap)
}

// colour reports that a string is the answer to the question for a colour: ESC ] 4 ; or ESC ] 10 ; to ESC ] 19 ;
func (s *sequence) colour() bool {
	return len(s.raw) > 4 && (s.raw[2] == '4' && s.raw[3] == ';' || s.raw[2] == '1' && s.raw[4] == ';')
}

// isTyped reports that a byte is not one of the colour that it would belong to.
func (s *sequence) isTyped(b byte, now time.Time) bool {
	return s.form == str && s.colour() && now.Sub(s.began) >= longGap && b > ' ' && b < 0x7f && !s.esc &&
		strings.IndexByte("0123456789abcdefABCDEFrg:/;#?", b) < 0
}

// sequel takes one more byte of the sequence that has begun.
func (f *filter) sequel(b byte) {
	if f.seq.isTyped(b, f.now) {
		f.seq.end()
		f.take(b)
		return
	}
	switch f.seq.add(b) {
	case more:
		f.seq.at = f.now
	case whole:
		f.whole()
	case apart:
		f.keys()
		f.take(b)
	case joined:
		f.seq.raw = f.seq.raw[:len(f.seq.raw)-1]
		f.keys()
		f.alt = true
		f.take(b)
	case broken:
		f.seq.end()
		f.take(b)
	case spent:
		f.seq.end()
	case restart:
		f.seq.begin(f.now, esc)
		f.take(b)
	}
}

// whole passes on a complete sequence.
func (f *filter) whole() {
	s := f.seq
	f.seq.end()
	raw, alt := s.raw, false
	if len(raw) > 1 && raw[1] == esc {
		raw, alt = raw[1:], true
	}
	if s.form == function && !s.drop { // ESC [ [ A is ESC [ 1 1 ~
		raw = append(raw[:2], '1', '1'+raw[3]-'A', '~')
	}
	switch {
	case s.drop || string(raw) == pasteEnd: // an end without a beginning
	case string(raw) == pasteBegin:
		f.settle()
		f.out = append(f.out, pasteBegin...)
		f.paste = paste{on: true}
	case alt && takesAlt(raw):
		f.key("\x1b" + string(raw))
	case alt:
		f.key(escapeKey)
		f.key(string(raw))
	default:
		f.key(string(raw))
	}
}

// takesAlt reports that a sequence is a key, and not a report or an answer.
func takesAlt(raw []byte) bool {
	return raw[1] == 'O' || raw[1] == '[' && len(raw) > 2 && (raw[2] < '<' || raw[2] > '?') &&
		bytes.IndexByte([]byte("MIOnty"), raw[len(raw)-1]) < 0
}

// keys passes on the start of a sequence as the keys that it was.
func (f *filter) keys() {
	s := f.seq
	f.seq.end()
	if shifted(s.raw) {
		f.key(string(s.raw[:len(s.raw)-1]) + ";2~")
		return
	}
	escapes := bytes.Count(s.raw, []byte{esc})
	if s.form == intro {
		escapes-- // it is alt
	}
	for range escapes {
		f.key(escapeKey)
	}
	if s.form == intro {
		f.key(altKey(rune(s.raw[len(s.raw)-1])))
	}
}
