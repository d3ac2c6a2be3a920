package find

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxQuery = 2 << 10 // bytes of a query that are looked at
	maxWords = 32      // words of a query that count
)

// Query is what is looked for: every term must be there. The zero value finds nothing.
type Query struct {
	Terms []Term
}

// Term is words that follow each other.
type Term struct {
	Words  []string // folded
	Parts  []string // the same with every name in its parts; none if there is no name
	Prefix bool     // the last word may go on
}

// forms are the ways in which the term may stand in a text.
func (t *Term) forms() [][]string {
	if len(t.Parts) == 0 {
		return [][]string{t.Words}
	}
	return [][]string{t.Words, t.Parts}
}

// Parse reads what was typed. Words part at blanks, words in quotes stand together, and the last word, which may be
// half typed, is a prefix unless its quote was closed. Nothing that is typed is an error.
func Parse(typed string) Query {
	if len(typed) > maxQuery {
		typed = typed[:maxQuery]
	}
	typed = strings.Map(func(r rune) rune {
		if r == '“' || r == '”' || r == '„' || r == '«' || r == '»' {
			return '"'
		}
		return r
	}, typed)
	var q Query
	room := maxWords
	pieces := strings.Split(typed, `"`)
	for i, piece := range pieces {
		last := i == len(pieces)-1
		if i%2 == 1 {
			room = q.add(piece, last, room)
			continue
		}
		fields := strings.FieldsFunc(piece, unicode.IsSpace)
		for k, f := range fields {
			typing := last && k == len(fields)-1
			if typing && isLetter(f) {
				whole := !strings.HasSuffix(piece, f)
				if typing = !whole && len(q.Terms) == 0; !typing && !whole {
					continue // as the beginning of a word it says nothing yet
				}
			}
			room = q.add(f, typing, room)
		}
	}
	return q
}

// isLetter reports a single letter of a script in which that is no word yet.
func isLetter(field string) bool {
	r, n := utf8.DecodeRuneInString(field)
	return n == len(field) && !isDense(r)
}

func rune0(b []byte) rune {
	r, _ := utf8.DecodeRune(b)
	return r
}

// add takes a term in; room is how many words still count.
func (q *Query) add(s string, prefix bool, room int) int {
	var t Term
	var last Word
	var parts []string
	Each(s, func(w Word) bool {
		last = w
		t.Words = append(t.Words, string(w.Text))
		parts = w.appendParts(parts)
		return len(t.Words) <= room
	})
	n := len(t.Words)
	switch {
	case n == 0:
		return room
	case n > room:
		t.Words, parts, prefix = t.Words[:room], nil, false
	case last.Tail: // the pair before it says it; in a text the run may go on
		t.Words, parts = t.Words[:n-1], parts[:len(parts)-1]
	default:
		prefix = prefix || isDense(rune0([]byte(t.Words[n-1])))
	}
	if n = len(t.Words); n == 0 {
		return room
	}
	t.Prefix = prefix
	room -= n
	if len(parts) > n && len(parts) <= room && !(prefix && len(last.parts) > 0 && isLetter(parts[len(parts)-1])) {
		t.Parts = parts // a single letter says nothing yet, as a word that is typed alone
		room -= len(parts)
	}
	q.Terms = append(q.Terms, t)
	return room
}

// Short reports a query that is a single letter: too little to look for.
func (q Query) Short() bool {
	if len(q.Terms) != 1 || len(q.Terms[0].Words) != 1 || !q.Terms[0].Prefix {
		return false
	}
	w := q.Terms[0].Words[0]
	r, n := utf8.DecodeRuneInString(w)
	return n == len(w) && !isDense(r)
}

// Match is the query in the language of SQLite's FTS5: words hold no quote, and in quotes nothing else means
// anything there.
func (q Query) Match() string {
	var b strings.Builder
	for i, t := range q.Terms {
		if i > 0 {
			b.WriteString(" AND ")
		}
		if len(t.Parts) == 0 {
			t.match(&b, t.Words)
			continue
		}
		b.WriteByte('(')
		t.match(&b, t.Words)
		b.WriteString(" OR ")
		t.match(&b, t.Parts)
		b.WriteByte(')')
	}
	return b.String()
}

func (t *Term) match(b *strings.Builder, words []string) {
	b.WriteString(`"` + strings.Join(words, " ") + `"`)
	if t.Prefix {
		b.WriteByte('*')
	}
}
