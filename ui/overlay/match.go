package overlay

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sahilm/fuzzy"

	"relaytop/ui/style"
	"relaytop/ui/widget"
)

// hit is one entry that a query found, with the bytes of its title that matched.
type hit struct {
	index int
	marks []int
}

// search ranks entries by a fuzzy match of their titles, whole words first; those whose title does not match but
// title and detail together do come after. Without a query all come in their own order.
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

// near ranks a title that matched: 0 it begins with the query, 1 a word of it does, 2 it holds it, 3 its letters
// alone are there. Within a rank the matcher's own order stands.
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

// highlight paints a title with its matched bytes in another ink, cut to w cells.
func highlight(title string, marks []int, ink, match style.Ink, w int) string {
	if len(marks) == 0 {
		return cut(ink.Paint(title), w)
	}
	var b strings.Builder
	next := 0
	for i := 0; i < len(title); {
		hot := next < len(marks) && marks[next] == i
		from := i
		for i < len(title) && (next < len(marks) && marks[next] == i) == hot {
			if hot {
				next++
			}
			_, n := utf8.DecodeRuneInString(title[i:])
			i += n
		}
		if hot {
			b.WriteString(match.Paint(title[from:i]))
		} else {
			b.WriteString(ink.Paint(title[from:i]))
		}
	}
	return cut(b.String(), w)
}

// cut shortens to at most w cells without padding.
func cut(s string, w int) string {
	if widget.Width(s) <= w {
		return s
	}
	return widget.Fit(s, max(w, 0))
}
