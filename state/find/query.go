package find

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxQuery = 2 << 10 // bytes of a query that are read
	maxWords = 32      // words of a query that count
)

// Query is a query: every term must occur. The zero value finds nothing.
type Query struct {
	Terms []Term
}

// Term is a sequence of words.
type Term struct {
	Words  []string // folded
	Parts  []string // the same with every name split into parts; nil without a name
	Prefix bool     // the last word is a prefix
}

// forms are the forms in which the term may occur in a text.
func (t *Term) forms() [][]string {
	if len(t.Parts) == 0 {
		return [][]string{t.Words}
	}
	return [][]string{t.Words, t.Parts}
}

// Parse parses what was typed. Words are separated by blanks, words in quotes are a phrase, and the last word,
// which may be incomplete, is a prefix unless its quote was closed. No input is an error.
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
	free := maxWords
	pieces := strings.Split(typed, `"`)
	for i, piece := range pieces {
		last := i == len(pieces)-1
		if i%2 == 1 {
			free = q.add(piece, last, free)
			continue
		}
		fields := strings.FieldsFunc(piece, unicode.IsSpace)
		for k, f := range fields {
			typing := last && k == len(fields)-1
			if typing && isLetter(f) {
				whole := !strings.HasSuffix(piece, f)
				if typing = !whole && len(q.Terms) == 0; !typing && !whole {
					continue // a single letter matches too much as a prefix
				}
			}
			free = q.add(f, typing, free)
		}
	}
	return q
}

// isLetter reports whether a word is a single letter of a script in which that is not a word.
func isLetter(field string) bool {
	r, n := utf8.DecodeRuneInString(field)
	return n == len(field) && !isDense(r)
}

func rune0(b []byte) rune {
	r, _ := utf8.DecodeRune(b)
	return r
}

// add adds a term; at most free words of it count.
func (q *Query) add(s string, prefix bool, free int) int {
	var t Term
	var last Word
	var parts []string
	Each(s, func(w Word) bool {
		last = w
		t.Words = append(t.Words, string(w.Text))
		parts = w.appendParts(parts)
		return len(t.Words) <= free
	})
	n := len(t.Words)
	switch {
	case n == 0:
		return free
	case n > free:
		t.Words, parts, prefix = t.Words[:free], nil, false
	case last.Tail: // the pair before it contains it; in a text the run may go on
		t.Words, parts = t.Words[:n-1], parts[:len(parts)-1]
	default:
		prefix = prefix || isDense(rune0([]byte(t.Words[n-1])))
	}
	if n = len(t.Words); n == 0 {
		return free
	}
	t.Prefix = prefix
	free -= n
	if len(parts) > n && len(parts) <= free && !(prefix && len(last.parts) > 0 && isLetter(parts[len(parts)-1])) {
		t.Parts = parts // a single letter matches too much, as one that is typed alone
		free -= len(parts)
	}
	q.Terms = append(q.Terms, t)
	return free
}

// Short reports whether the query is a single letter, which is too short to search for.
func (q Query) Short() bool {
	if len(q.Terms) != 1 || len(q.Terms[0].Words) != 1 || !q.Terms[0].Prefix {
		return false
	}
	w := q.Terms[0].Words[0]
	r, n := utf8.DecodeRuneInString(w)
	return n == len(w) && !isDense(r)
}

// Match is the query in the syntax of SQLite's FTS5: words contain no quote, and in quotes nothing else has a meaning
// there.
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
