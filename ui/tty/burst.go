package tty

import (
	"slices"
	"time"
	"unicode/utf8"
)

// Sizes that tell keys from text.
const (
	textLetters = 4   // different letters that make a burst text
	enterAfter  = 64  // letters before a CR that is still enter: over ssh, typed text and enter arrive together
	maxQueue    = 32  // pieces held back
	maxKeys     = 128 // bytes of keys held back
)

// burst is what arrives at once: letters at most 10 ms apart, and the keys between them. It is text if it has 4
// different letters, or a line end before a letter. Text is put between the marks of a paste, so that no line end
// sends it and no letter is a command. A control character in it is text too, except ctrl+c. A CR at the very end is
// enter if it is the only line end and the text is short. Line ends and tabs at the end are held back until that is
// known.
type burst struct {
	at      time.Time // of its last letter, line end or tab
	letters int
	ends    int    // line ends
	seen    []rune // the different letters, up to textLetters
	text    bool
	many    bool // the text has several lines, or goes on a paste
	open    bool // the begin mark of a paste was passed on
	queue   []piece
	lines   int       // line ends in the queue
	keys    int       // bytes of the keys in the queue
	pasted  time.Time // when the last burst ended that nobody can have typed
}

// piece is a letter, a blank, or a key as the decoder gets it.
type piece struct {
	char rune
	key  string
}

// isControl reports whether a key is a control character that is text within text. Backspace is none: over ssh it
// arrives with the letters that are typed.
func (p piece) isControl() bool { return len(p.key) == 1 && p.key[0] < ' ' && p.key[0] != ctrlC }

// waits reports that the burst holds something back until it ends.
func (b *burst) waits() bool { return b.open || len(b.queue) > 0 }

func (b *burst) push(p piece) {
	b.queue = append(b.queue, p)
	b.keys += len(p.key)
	if p.char == '\r' || p.char == '\n' {
		b.lines++
	}
}

func (b *burst) clear() { b.queue, b.lines, b.keys = b.queue[:0], 0, 0 }

// letter takes a printable character.
func (f *filter) letter(r rune) {
	b := &f.burst
	b.many = b.many || b.letters == 0 && f.now.Sub(b.pasted) < pasteGap
	b.at = f.now
	b.letters++
	if len(b.seen) < textLetters && !slices.Contains(b.seen, r) {
		b.seen = append(b.seen, r)
	}
	b.text = b.text || len(b.seen) == textLetters || b.lines > 0
	b.push(piece{char: r})
	switch {
	case b.text:
		f.asText()
	case len(b.queue) >= maxQueue: // a key that repeats
		f.asKeys()
	}
}

// blank takes a CR, LF or tab.
func (f *filter) blank(c byte) {
	b := &f.burst
	b.at = f.now
	if c != '\t' {
		b.ends++
	}
	b.push(piece{char: rune(c)})
	if len(b.queue) >= maxQueue { // too many for keys
		b.text = true
		f.asText()
	}
}

// key takes a key or a report.
func (f *filter) key(s string) {
	b, p := &f.burst, piece{key: s}
	switch {
	case p.isControl() && b.text && len(b.queue) == 0:
		b.at = f.now
		b.push(p)
		f.asText()
		return
	case len(b.queue) == 0:
		f.unmark()
		f.out = append(f.out, s...)
		return
	}
	b.push(p)
	if len(b.queue) >= maxQueue || b.keys >= maxKeys {
		f.held()
	}
}

// typed passes on the letters of a read while letters are text: as keys or pasted, they are the same.
func (f *filter) typed() {
	b := &f.burst
	inside := b.letters > 0 && slices.Contains(b.queue, piece{char: '\t'}) // if a letter follows
	if !b.text && b.lines == 0 && !inside {
		f.asKeys()
	}
}

// settle ends the burst.
func (f *filter) settle() {
	f.held()
	f.unmark()
	b := &f.burst
	next := burst{seen: b.seen[:0], queue: b.queue, pasted: b.pasted}
	if b.many || b.text && b.letters > enterAfter {
		next.pasted = b.at
	}
	f.burst = next
}

// held passes on what is held back once no letter can follow.
func (f *filter) held() {
	b := &f.burst
	q := b.queue
	switch {
	case b.letters == 0 && len(q) == 2 && q[0].char == '\r' && q[1].char == '\n':
		b.queue = q[:1] // enter on a terminal that sends both
		f.asKeys()
	case b.many, b.letters > enterAfter && (b.text || b.lines > 0), b.letters > 0 && b.ends > 1:
		f.asText()
	default:
		f.asKeys()
	}
}

// asText passes on the characters held back as text, and the keys as keys.
func (f *filter) asText() {
	b := &f.burst
	for _, p := range b.queue {
		switch {
		case p.isControl():
			p.char = rune(p.key[0])
		case p.key != "":
			f.unmark()
			f.out = append(f.out, p.key...)
			continue
		}
		if !b.open {
			b.open = true
			f.out = append(f.out, pasteBegin...)
		}
		b.many = b.many || p.char == '\r' || p.char == '\n'
		f.out = utf8.AppendRune(f.out, shielded(p.char))
	}
	b.clear()
}

// asKeys passes on everything held back as keys.
func (f *filter) asKeys() {
	b := &f.burst
	if len(b.queue) > 0 {
		f.unmark()
	}
	for _, p := range b.queue {
		switch {
		case p.key != "":
			f.out = append(f.out, p.key...)
		case p.char == utf8.RuneError: // the decoder takes it for bytes that are not UTF-8
			f.out = append(f.out, "\x1b[65533u"...)
		default:
			f.out = utf8.AppendRune(f.out, p.char)
		}
	}
	b.clear()
}

// unmark ends the paste that was opened for a burst.
func (f *filter) unmark() {
	if f.burst.open {
		f.burst.open = false
		f.out = append(f.out, pasteEnd...)
	}
}
