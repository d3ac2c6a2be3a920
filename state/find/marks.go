package find

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mark is a part of a text, in bytes.
type Mark struct{ From, To int }

// spot is a place where a term stands.
type spot struct {
	term     int
	from, to int
}

const (
	maxSpots = 256      // are looked at to choose what is shown of a text
	farSpots = 32 << 10 // bytes behind the first one in which others are looked for
)

// matcher follows the terms of a query through a text.
type matcher struct {
	q     Query
	begun [][]spot // a term's beginnings that may still become it; term is how many words of it have come
	spots []spot
	seen  []bool
	left  int // terms not seen yet
}

// run goes through s until more says no.
func (q Query) run(s string, more func(m *matcher, at int) bool) *matcher {
	m := &matcher{q: q, begun: make([][]spot, len(q.Terms)), seen: make([]bool, len(q.Terms)), left: len(q.Terms)}
	if m.left == 0 {
		return m
	}
	Each(s, func(w Word) bool {
		for i := range q.Terms {
			m.term(i, w)
		}
		return more(m, w.To)
	})
	return m
}

// term takes the next word for the i-th term.
func (m *matcher) term(i int, w Word) {
	t := &m.q.Terms[i]
	kept := m.begun[i][:0]
	for _, b := range append(m.begun[i], spot{from: w.From}) {
		last := b.term == len(t.Words)-1
		want := t.Words[b.term]
		switch {
		case string(w.Text) == want && !last:
			b.term++
			kept = append(kept, b)
		case string(w.Text) == want:
			m.found(i, b.from, w.To)
		case last && t.Prefix && len(w.Text) > len(want) && string(w.Text[:len(want)]) == want:
			to := w.To
			if w.Pair {
				to = w.Mid
			}
			m.found(i, b.from, to)
		}
	}
	m.begun[i] = kept
}

func (m *matcher) found(i, from, to int) {
	m.spots = append(m.spots, spot{i, from, to})
	if !m.seen[i] {
		m.seen[i] = true
		m.left--
	}
}

// In reports whether every term stands in the text.
func (q Query) In(s string) bool {
	m := q.run(s, func(m *matcher, _ int) bool { return m.left > 0 })
	return len(q.Terms) > 0 && m.left == 0
}

// Marks are the places where terms stand in the text, in order, none touching another.
func (q Query) Marks(s string) []Mark {
	return merge(q.run(s, func(*matcher, int) bool { return true }).spots, 0, len(s))
}

// merge makes marks of the spots that stand within from..to.
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

// How much of a text a snippet shows, in characters.
const (
	snippetBefore = 24
	snippetRunes  = 240
)

// Snippet is the part of a text that shows the most terms, on one line, and where they stand in it. … stands where the text goes on. If no
// term is there it is the beginning.
func (q Query) Snippet(s string) (string, []Mark) {
	m := q.run(s, func(m *matcher, at int) bool {
		return len(m.spots) == 0 || len(m.spots) < maxSpots && at < m.spots[0].from+farSpots
	})
	hit := densest(m.spots, len(m.q.Terms))
	from := before(s, hit, snippetBefore)
	to := after(s, from, snippetRunes)
	return flat(s, from, to, merge(m.spots, from, to))
}

// densest is where the window begins that has the most different terms; the first of its like.
func densest(spots []spot, terms int) int {
	slices.SortFunc(spots, func(a, b spot) int { return cmp.Compare(a.from, b.from) })
	best, at := 0, 0
	seen := make([]int, terms) // 1 + the window that saw the term last
	for i, p := range spots {
		n := 0
		for _, o := range spots[i:] {
			if o.from > p.from+snippetRunes-2*snippetBefore {
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

// before is up to n characters before a place, at the beginning of a word where there is one.
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
	for from < at { // a mark without its letter would stand alone
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

// flat is a part of s with one blank for each run of blanks, and its marks moved along.
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
