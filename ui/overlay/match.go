package overlay

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sahilm/fuzzy"

	"relaytop/ui/style"
	"relaytop/ui/widget"
)

// hit is an entry that a query found, with the indexes of the bytes of its title that matched.
type hit struct {
	index int
	marks []int
}

// search returns the entries whose titles match a query fuzzily, whole words first, then those whose detail contains
// it. An empty query finds all, in their own order.
func search(query string, n int, title, detail func(i int) string) []hit {
	query = strings.TrimSpace(query)
	hits := make([]hit, 0, n)
	if query == "" {
		for i := range n {
			hits = append(hits, hit{index: i})
		}
		return hits
	}
	found := make([]bool, n)
	lower := strings.ToLower(query)
	for _, m := range fuzzy.FindFrom(query, source{n, title}) {
		hits = append(hits, hit{m.Index, m.MatchedIndexes})
		found[m.Index] = true
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return near(lower, title(a.index)) - near(lower, title(b.index)) })
	for i := range n {
		if !found[i] && detail != nil && strings.Contains(strings.ToLower(detail(i)), lower) {
			hits = append(hits, hit{index: i})
		}
	}
	return hits
}

// near ranks a title that matched: 0 it begins with the query, 1 a word of it does, 2 it contains the query, 3 it
// only has its letters in order. Within a rank the matcher's order is kept.
func near(query, title string) int {
	title = strings.ToLower(title)
	switch i := strings.Index(title, query); {
	case i == 0:
		return 0
	case strings.Contains(title, " "+query):
		return 1
	case i > 0:
		return 2
	}
	return 3
}

type source struct {
	n  int
	at func(i int) string
}

func (s source) Len() int            { return s.n }
func (s source) String(i int) string { return s.at(i) }

// highlight paints a title in ink, its matched bytes in match, cut to w cells.
func highlight(title string, marks []int, ink, match style.Ink, w int) string {
	if len(marks) == 0 {
		return cut(ink.Paint(title), w)
	}
	var b strings.Builder
	next := 0
	for i := 0; i < len(title); {
		matched := next < len(marks) && marks[next] == i
		from := i
		for i < len(title) && (next < len(marks) && marks[next] == i) == matched {
			if matched {
				next++
			}
			_, n := utf8.DecodeRuneInString(title[i:])
			i += n
		}
		if matched {
			b.WriteString(match.Paint(title[from:i]))
		} else {
			b.WriteString(ink.Paint(title[from:i]))
		}
	}
	return cut(b.String(), w)
}

// cut cuts s to at most w cells, without padding.
func cut(s string, w int) string {
	if widget.Width(s) <= w {
		return s
	}
	return widget.Fit(s, max(w, 0))
}
