package find

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mark is a part of a text, in bytes.
type Mark struct{ From, To int }

// spot is an occurrence of a term.
type spot struct {
	term     int
	from, to int
}

const (
	maxSpots = 256      // how many are used to choose what is shown of a text
	farSpots = 32 << 10 // bytes after the first one in which others are sought
)

// phrase is one form in which a term may occur in a text.
type phrase struct {
	term   int
	words  []string
	prefix bool
}

// matcher finds the phrases of a query in texts.
type matcher struct {
	phrases []phrase
	begun   [][streams][]spot // a phrase's beginnings that may still become it; term is how many words of it have come
	spots   []spot
	last    []int // the last occurrence of each term; -1: none yet
	left    int   // terms not found yet
}

func (q Query) matcher() *matcher {
	m := &matcher{last: slices.Repeat([]int{-1}, len(q.Terms)), left: len(q.Terms)}
	for i, t := range q.Terms {
		for _, words := range t.forms() {
			m.phrases = append(m.phrases, phrase{i, words, t.Prefix})
		}
	}
	m.begun = make([][streams][]spot, len(m.phrases))
	return m
}

// read reads s until more returns false.
func (m *matcher) read(s string, more func(at int) bool) {
	if len(m.phrases) == 0 {
		return
	}
	each(s, func(w *Word) bool {
		for i := range m.phrases {
			m.word(i, w)
		}
		return more(w.To)
	})
}

// word matches the next word of a stream with the i-th phrase.
func (m *matcher) word(i int, w *Word) {
	p := &m.phrases[i]
	begun := m.begun[i][w.stream]
	if w.apart {
		begun = begun[:0]
	}
	kept := begun[:0]
	if len(begun) > 0 || w.Text[0] == p.words[0][0] {
		for _, b := range append(begun, spot{from: w.From}) {
			last := b.term == len(p.words)-1
			want := p.words[b.term]
			switch {
			case string(w.Text) == want && !last:
				b.term++
				kept = append(kept, b)
			case string(w.Text) == want:
				m.found(p.term, b.from, w.To)
			case last && p.prefix && len(w.Text) > len(want) && string(w.Text[:len(want)]) == want:
				m.found(p.term, b.from, w.reach(len(want)))
			}
		}
	}
	m.begun[i][w.stream] = kept
}

func (m *matcher) found(term, from, to int) {
	m.spots = append(m.spots, spot{term, from, to})
	if m.last[term] < 0 {
		m.left--
	}
	m.last[term] = from
}

// together reports whether all terms occur close enough for one snippet.
func (m *matcher) together() bool {
	return m.left == 0 && len(m.last) > 0 && slices.Max(m.last)-slices.Min(m.last) <= snippetWindow
}

// In reports whether each term occurs in one of the texts.
func (q Query) In(texts ...string) bool {
	m := q.matcher()
	for _, s := range texts {
		if m.left > 0 {
			m.read(s, func(int) bool { return m.left > 0 })
		}
	}
	return len(q.Terms) > 0 && m.left == 0
}

// Marks are the matches of terms in the text, in order, joined where they touch.
func (q Query) Marks(s string) []Mark {
	m := q.matcher()
	m.read(s, func(int) bool { return true })
	return merge(m.spots, 0, len(s))
}

// merge makes marks of the spots within from..to.
func merge(spots []spot, from, to int) []Mark {
	slices.SortFunc(spots, func(a, b spot) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	var out []Mark
	for _, p := range spots {
		if p.from < from || p.to > to {
			continue
		}
		if n := len(out); n > 0 && p.from <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, p.to)
			continue
		}
		out = append(out, Mark{p.from, p.to})
	}
	return out
}

// Lengths of a snippet, in characters.
const (
	snippetBefore = 24
	snippetRunes  = 240
	snippetWindow = snippetRunes - 2*snippetBefore // bytes between terms that are shown together
)

// Sight is what is shown of the text with the most terms.
type Sight struct {
	At      int    // index of the text; -1: no text has a term, and the beginning of the first is shown
	All     bool   // the text has all terms
	Snippet string // of it, on one line
	Marks   []Mark
}

// Show finds the first text with the most terms, and the part of it that shows most of them. … marks where the text
// is cut.
func (q Query) Show(texts ...string) Sight {
	best := Sight{At: -1}
	var of *matcher
	for i, s := range texts {
		m := q.matcher()
		m.look(s)
		if m.left < len(q.Terms) && (of == nil || m.left < of.left) {
			best.At, best.All, of = i, m.left == 0, m
		}
		if best.All {
			break
		}
	}
	switch {
	case of != nil:
		best.Snippet, best.Marks = of.snippet(texts[best.At])
	case len(texts) > 0:
		best.Snippet, _ = q.matcher().snippet(texts[0])
	}
	return best
}

// look reads as much of s as is needed to choose what is shown.
func (m *matcher) look(s string) {
	end := math.MaxInt
	m.read(s, func(at int) bool {
		if end == math.MaxInt && m.together() {
			end = at + snippetRunes*utf8.UTFMax // no other part shows more terms
		}
		return at < end && (len(m.spots) == 0 || len(m.spots) < maxSpots && at < m.spots[0].from+farSpots)
	})
}

func (m *matcher) snippet(s string) (string, []Mark) {
	hit := densest(m.spots, len(m.last))
	from := before(s, hit, snippetBefore)
	to := after(s, from, snippetRunes)
	return flat(s, from, to, merge(m.spots, from, to))
}

// densest is the beginning of the first window with the most different terms.
func densest(spots []spot, terms int) int {
	slices.SortFunc(spots, func(a, b spot) int { return cmp.Compare(a.from, b.from) })
	best, at := 0, 0
	seen := make([]int, terms) // 1 + the last window with the term
	for i, p := range spots {
		n := 0
		for _, o := range spots[i:] {
			if o.from > p.from+snippetWindow {
				break
			}
			if seen[o.term] != i+1 {
				seen[o.term] = i + 1
				n++
			}
		}
		if n > best {
			best, at = n, p.from
		}
	}
	return at
}

// before is up to n characters before a position, at the beginning of a word if possible.
func before(s string, at, n int) int {
	from := at
	for ; n > 0 && from > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(s[:from])
		from -= size
	}
	if from == 0 {
		return 0
	}
	for i, r := range s[from:at] {
		if unicode.IsSpace(r) {
			return from + i + utf8.RuneLen(r)
		}
	}
	for from < at { // a combining mark needs its letter
		r, size := utf8.DecodeRuneInString(s[from:])
		if !unicode.Is(unicode.M, r) {
			break
		}
		from += size
	}
	return from
}

func after(s string, from, n int) int {
	for i := range s[from:] {
		if n--; n < 0 {
			return from + i
		}
	}
	return len(s)
}

// flat is a part of s with each run of blanks replaced by one blank, and its marks adjusted.
func flat(s string, from, to int, marks []Mark) (string, []Mark) {
	var b strings.Builder
	if from > 0 {
		b.WriteString("…")
	}
	begin := b.Len()
	out := make([]Mark, 0, len(marks))
	blank, open := false, false
	for i := from; i < to; {
		r, n := utf8.DecodeRuneInString(s[i:])
		if unicode.IsSpace(r) {
			blank = b.Len() > begin
			i += n
			continue
		}
		if blank {
			b.WriteByte(' ')
			blank = false
		}
		if !open && len(marks) > 0 && i >= marks[0].From {
			out, open = append(out, Mark{From: b.Len()}), true
		}
		b.WriteString(s[i : i+n])
		if i += n; open && i >= marks[0].To {
			out[len(out)-1].To, open = b.Len(), false
			marks = marks[1:]
		}
	}
	if to < len(s) {
		b.WriteString("…")
	}
	return b.String(), out
}
