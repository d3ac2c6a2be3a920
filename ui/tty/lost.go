package tty

import (
	"slices"
	"strings"
)

// lost is a sequence that was given up: its start was passed on as a key, or was dropped after a second. Its end may
// still come and must not be typed. Only the next read is checked for it.
type lost struct {
	sequence
	typed bool // some bytes of it were passed on as letters
}

// lose gives up the sequence that has begun.
func (f *filter) lose() {
	f.lost = lost{sequence: f.seq}
	raw := f.seq.raw
	if len(raw) > 1 && raw[1] == esc {
		raw = raw[1:]
	}
	f.lost.raw = slices.Clone(raw)
}

// resume returns a read without the end of the sequence that was given up.
func (f *filter) resume(in []byte) []byte {
	l := f.lost
	if l.form == none || f.seq.form != none || f.paste.on || len(f.char) > 0 {
		return in
	}
	f.lost = lost{}
	if in[0] == esc && l.form != str {
		return in
	}
	began := len(l.raw)
	recent := f.now.Sub(l.at) < longGap
	for i, b := range in {
		switch l.add(b) {
		case more:
			continue
		case whole:
			begins := string(l.raw) == pasteBegin
			ends := i+1 == len(in) || in[i+1] == esc
			if !begins && !(ends && l.is(began, i+1, recent)) {
				return in
			}
			if begins || began == 2 && recent && !l.typed { // so far it was alt+[ or alt+O, which do nothing
				f.seq = l.sequence
				f.whole()
			}
			return in[i+1:]
		case apart, joined, broken, spent, restart:
		}
		return in
	}
	switch {
	case len(in) == 1: // it may be a letter
		l.typed = true
		f.lost = l
	case !l.typed && l.isAnswer() && (l.form == control || began <= 2 && recent): // letters fit into any string
		l.drop, l.at = true, f.now
		f.seq = l.sequence
		return nil
	}
	return in
}

// is reports that the sequence is complete with the first n bytes of a read, and that they are not letters that
// someone typed. began is how many bytes came before the read; recent: less than a second ago.
func (l *lost) is(began, n int, recent bool) bool {
	switch {
	case l.drop:
		return false
	case l.isReport():
		return true
	case l.typed || !l.isKey():
		return false
	}
	final := l.raw[len(l.raw)-1]
	parameters := n > 2 && len(l.raw) > 3
	focus := n == 2 && (final == 'I' || final == 'O')
	return recent || began > 2 || parameters || focus
}

// isAnswer reports that a sequence starts as no key does and as nobody types.
func (s *sequence) isAnswer() bool {
	switch s.form {
	case control:
		return s.raw[2] == '<' || s.raw[2] == '?'
	case str:
		return len(s.raw) > 3
	case none, escape, intro, single, mouse, function:
	}
	return false
}

// isReport reports that a complete sequence is a mouse report or an answer.
func (s *sequence) isReport() bool {
	if s.form == str {
		return true
	}
	if s.form != control {
		return false
	}
	n := len(s.raw) - 1
	params, final := string(s.raw[2:n]), s.raw[n]
	values := strings.Count(params, ";") + 1
	switch params[:min(len(params), 1)] {
	case "<":
		return (final == 'M' || final == 'm') && values == 3
	case "?":
		return strings.IndexByte("cnuRy", final) >= 0
	case ">":
		return final == 'c' || final == 'm'
	}
	return final == 't' && values > 1 || final == 'R' && values == 2 || final == 'y' && strings.HasSuffix(params, "$")
}

// isKey reports that a complete sequence is a key or a focus report.
func (s *sequence) isKey() bool {
	final := s.raw[len(s.raw)-1]
	switch s.form {
	case mouse, function:
		return true
	case control:
		return (s.raw[2] < '<' || s.raw[2] > '?') && strings.IndexByte("ABCDEFHIOPQRSZ~u", final) >= 0
	case single:
		return strings.IndexByte("ABCDEFHPQRS", final) >= 0
	case none, escape, intro, str:
	}
	return false
}
