package find

import (
	"unicode"
	"unicode/utf8"
)

const (
	maxParts = 12 // of a name
	maxJoin  = 3
)

// part is the end of a part of a name.
type part struct {
	word int // bytes of the folded name
	text int // bytes of the text
}

// reach is the end of the part that contains the n-th byte of the word.
func (w *Word) reach(n int) int {
	if w.Pair {
		return w.Mid
	}
	for _, p := range w.parts {
		if w.skip+n <= p.word {
			return p.text
		}
	}
	return w.To
}

// divider finds the parts of a name.
type divider struct {
	folder
	chars []char
	parts []part
}

// char is a character of a word and its position.
type char struct {
	kind kind
	part
}

type kind uint8

const (
	small kind = iota // and whatever has no case
	capital
	digit
)

func kindOf(r rune) kind {
	switch {
	case unicode.IsUpper(r):
		return capital
	case unicode.IsNumber(r):
		return digit
	}
	return small
}

// divide returns the parts of a word of s, valid until the next call; nil if it has only one, or too many.
func (d *divider) divide(s string, w *Word) []part {
	d.chars, d.parts = d.chars[:0], d.parts[:0]
	n := 0 // folded so far
	for i := w.From; i < w.To; {
		r, size := utf8.DecodeRuneInString(s[i:])
		width := size
		if r >= utf8.RuneSelf || i+1 < len(s) && s[i+1] >= utf8.RuneSelf {
			var what class
			what, size = d.classify(s[i:])
			if width = len(d.folded); what != letter {
				i += size
				continue
			}
		}
		d.chars = append(d.chars, char{kindOf(r), part{n, i}})
		n, i = n+width, i+size
	}
	if n != len(w.Text) { // cut off: a key
		return nil
	}
	last := capital // letter so far
	for i, c := range d.chars {
		if i > 0 && c.kind == capital && (last == small || d.opens(s, i)) {
			d.parts = append(d.parts, c.part)
		}
		if c.kind != digit {
			last = c.kind
		}
	}
	if n := len(d.parts); n == 0 || n >= maxParts {
		return nil
	}
	d.parts = append(d.parts, part{n, w.To})
	return d.parts
}

// opens reports whether small letters follow the capital at i, as after HTTP in HTTPServer. The s of IDs does not
// make a part of the D.
func (d *divider) opens(s string, i int) bool {
	next := d.chars[i+1:]
	if len(next) == 0 || next[0].kind != small {
		return false
	}
	return s[next[0].text] != 's' || len(next) > 1 && next[1].kind == small
}

// stream is a sequence of words. A phrase occurs in one of them.
type stream uint8

const (
	whole   stream = iota // all words
	split                 // the parts of names, and the words beside them
	joined                // parts of a name that are one word again; none follows another
	streams int    = iota
)

// each yields the words of all streams, those of each in order, until yield returns false.
func each(s string, yield func(*Word) bool) {
	n := namer{yield: yield, apart: true}
	first := true
	cut(s, func(w *Word) bool {
		w.apart, first = first, false
		return yield(w) && n.word(w)
	})
}

// namer makes the streams of names from the words of a text.
type namer struct {
	yield func(*Word) bool
	near  bool   // the last word was a name
	apart bool   // words were left out behind the last one of the split stream
	held  Word   // the last word: a name may follow; without a Text there was no word
	text  []byte // of it
}

func (n *namer) word(w *Word) bool {
	switch {
	case len(w.parts) > 0:
		n.near = true
		return n.release() && n.split(w) && n.join(w)
	case n.near:
		n.near = false
		return n.give(w)
	}
	n.apart = n.apart || len(n.held.Text) > 0
	n.text = append(n.text[:0], w.Text...)
	h := &n.held
	h.Text, h.From, h.Mid, h.To, h.Pair = n.text, w.From, w.Mid, w.To, w.Pair
	return true
}

func (n *namer) release() bool {
	if len(n.held.Text) == 0 {
		return true
	}
	more := n.give(&n.held)
	n.held.Text = nil
	return more
}

func (n *namer) give(w *Word) bool {
	w.stream, w.apart, n.apart = split, n.apart, false
	return n.yield(w)
}

func (n *namer) split(w *Word) bool {
	for i := range w.parts {
		p := w.run(i, i+1)
		p.parts = nil
		if !n.give(&p) {
			return false
		}
	}
	return true
}

func (n *namer) join(w *Word) bool {
	end := len(w.parts)
	for i := range end {
		for j := i + 2; j <= end; j++ {
			if i == 0 && j == end || j-i > maxJoin && j < end {
				continue
			}
			p := w.run(i, j)
			p.stream, p.apart = joined, true
			if !n.yield(&p) {
				return false
			}
		}
	}
	return true
}

// run is the word of the parts i to j-1.
func (w *Word) run(i, j int) Word {
	from := part{0, w.From}
	if i > 0 {
		from = w.parts[i-1]
	}
	to := w.parts[j-1]
	return Word{Text: w.Text[from.word:to.word], From: from.text, Mid: to.text, To: to.text, parts: w.parts[i:j],
		skip: from.word}
}

// appendParts appends the parts of a name, of another word itself.
func (w *Word) appendParts(list []string) []string {
	if len(w.parts) == 0 {
		return append(list, string(w.Text))
	}
	from := 0
	for _, p := range w.parts {
		list = append(list, string(w.Text[from:p.word]))
		from = p.word
	}
	return list
}

// gap separates words in an index that do not follow each other. No query contains this word.
const gap = "¶ "

// Fold returns all words of the texts, separated by blanks, for an index. No phrase extends from one text to the
// next.
func Fold(texts ...string) string {
	n := 0
	for _, s := range texts {
		n += len(s)
	}
	var out [streams][]byte
	out[whole] = make([]byte, 0, n+n/8)
	for _, s := range texts {
		each(s, func(w *Word) bool {
			b := out[w.stream]
			if w.apart && (len(b) > 0 || w.stream != whole) {
				b = append(b, gap...)
			}
			out[w.stream] = append(append(b, w.Text...), ' ')
			return true
		})
	}
	return string(append(append(out[whole], out[split]...), out[joined]...))
}
