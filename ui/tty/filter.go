package tty

import (
	"time"
	"unicode/utf8"
)

// How long a thing waits for what may belong to it.
const (
	burstGap = 10 * time.Millisecond  // between two reads of one burst
	pasteGap = 50 * time.Millisecond  // between two bursts of one paste
	keyGap   = 50 * time.Millisecond  // behind what may be a key
	longGap  = time.Second            // behind any other part of a sequence
	typedGap = 100 * time.Millisecond // between two letters that someone types
)

const (
	esc   = 0x1b
	csi   = 0x9b // ESC [ in one byte
	ctrlC = 0x03
)

// filter turns what a terminal sends, and the time of each read, into what the decoder gets. However the bytes of one
// moment are split into reads, the result is the same.
type filter struct {
	now   time.Time // of the read that is filtered
	out   []byte
	full  bool     // the last read may have left something
	seq   sequence // that has begun
	lost  lost     // the beginning of one that was given up
	char  []byte   // a character that has not all arrived
	alt   bool     // it is pressed with alt
	burst burst
	paste paste
}

// feed filters a read. typing: letters are text.
func (f *filter) feed(at time.Time, in []byte, typing bool) {
	f.expire(at)
	f.now = at
	if len(in) == 0 {
		return
	}
	if in = f.interrupted(in); len(in) == 0 {
		return
	}
	in = f.resume(in)
	for len(in) > 0 {
		if f.paste.on {
			in = f.pasted(in)
			continue
		}
		f.take(in[0])
		in = in[1:]
	}
	if typing {
		f.typed()
	}
}

// due is when something that is held is decided if nothing more comes; zero: time decides nothing.
func (f *filter) due() time.Time {
	switch {
	case len(f.paste.alone) > 0:
		return f.paste.at.Add(burstGap)
	case f.burst.waits():
		return f.burst.at.Add(burstGap)
	case f.seq.short():
		return f.seq.at.Add(keyGap)
	}
	return time.Time{}
}

// expire decides what has waited long enough at a time.
func (f *filter) expire(at time.Time) {
	f.now = at
	late := func(since time.Time, gap time.Duration) bool { return at.Sub(since) >= gap }
	if len(f.paste.alone) > 0 && late(f.paste.at, burstGap) {
		f.interrupt()
	}
	if late(f.burst.at, burstGap) {
		f.settle()
	}
	switch {
	case f.seq.form == none:
	case f.seq.short() && late(f.seq.at, keyGap):
		if f.seq.form != control {
			f.lose()
		}
		f.keys()
	case f.seq.abandoned(at):
		f.lose()
		f.seq.end()
	}
}

// take filters one byte outside of a paste.
func (f *filter) take(b byte) {
	if f.seq.form != none {
		f.sequel(b)
		return
	}
	if len(f.char) > 0 || b >= utf8.RuneSelf {
		if len(f.char) == 0 && b == csi {
			f.alt = false
			f.seq.begin(f.now, esc, '[')
			return
		}
		f.partial(b)
		return
	}
	switch {
	case b == esc:
		f.seq.begin(f.now, esc)
	case f.alt:
		f.alt = false
		f.key(altKey(rune(b)))
	case b == '\r' || b == '\n' || b == '\t':
		f.blank(b)
	case b < ' ' || b == 0x7f:
		f.key(string(rune(b)))
	default:
		f.letter(rune(b))
	}
}

// partial takes one more byte of a character. What is not UTF-8 is U+FFFD, a byte each.
func (f *filter) partial(b byte) {
	f.char = append(f.char, b)
	for len(f.char) > 0 && utf8.FullRune(f.char) {
		r, n := utf8.DecodeRune(f.char)
		rest := f.char[n:]
		f.char = f.char[:0]
		switch {
		case r < utf8.RuneSelf: // it ends a character that is not whole
			f.take(byte(r))
		case f.alt && r != utf8.RuneError:
			f.alt = false
			f.key(altKey(r))
		default:
			f.alt = false
			f.letter(r)
		}
		f.char = append(f.char, rest...)
	}
}
