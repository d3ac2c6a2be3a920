package overlay

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// Finding is one hit of a search. It may hold unfiltered text.
type Finding struct {
	Title string
	Cells []string // shown right of the title
	Text  string   // around the hit, on one line
	Marks [][2]int // the ranges of bytes of Text that matched, ascending
	Run   tea.Cmd
}

// Findings is a page of hits.
type Findings struct {
	List []Finding
	Next int64  // where the next page begins; 0: this is the last page
	Note string // shown below the list
}

// SearchOptions describe a search.
type SearchOptions struct {
	Title       string
	Placeholder string      // shown while nothing is typed
	Typed       string      // the query to start with
	Examples    [][2]string // example queries and what they find, shown while nothing is typed
	None        string      // shown if nothing was found
	// Find returns the page of hits that begins at next, 0 for the first page. It may wait: only commands call it.
	Find func(typed string, next int64) (Findings, error)
}

// searchPause is how long after the last key the search starts: a burst of keys is one search.
const searchPause = 60 * time.Millisecond

// searchMsg starts the search, unless something was typed since.
type searchMsg struct {
	to    *searcher
	asked int
}

// foundMsg is a page of hits: the answer to question asked.
type foundMsg struct {
	to    *searcher
	asked int
	from  int64
	found Findings
	err   error
}

type searcher struct {
	styled
	o       SearchOptions
	input   input
	asked   int // counts the queries that were typed
	got     int // the query that the hits are for
	hits    []Finding
	next    int64
	note    string
	err     error
	loading bool // a page was asked for
	list    list
	rows    int // body line of the first hit
	step    int // lines that a hit takes
}

// Search searches while the person types, for something that takes a moment to search. Each hit is shown with the
// text around it.
func Search(o SearchOptions) Dialog {
	o.Title = text.Line(o.Title)
	return &searcher{o: o, input: newInput(text.Line(o.Typed), o.Placeholder), step: 2}
}

func (s *searcher) start() tea.Cmd {
	if s.typed() == "" {
		return nil
	}
	s.asked++
	return s.search(0)
}

func (s *searcher) typed() string { return strings.TrimSpace(s.input.value()) }

// search asks for the page of hits that begins at from.
func (s *searcher) search(from int64) tea.Cmd {
	find, typed, asked := s.o.Find, s.input.value(), s.asked
	s.loading = true
	return func() tea.Msg {
		found, err := find(typed, from)
		return foundMsg{to: s, asked: asked, from: from, found: found, err: err}
	}
}

func (s *searcher) Update(msg tea.Msg) (bool, tea.Cmd) {
	switch msg := msg.(type) {
	case searchMsg:
		if msg.to == s && msg.asked == s.asked {
			return false, s.search(0)
		}
		return false, nil
	case foundMsg:
		if msg.to == s && msg.asked == s.asked {
			s.found(msg)
		}
		return false, nil
	}
	switch k := pressed(msg); k {
	case "esc", "ctrl+c":
		return true, nil
	case "enter":
		return s.run()
	case "home", "end":
	default:
		if s.list.update(msg, false) {
			return false, s.more()
		}
	}
	if i := s.click(msg); i >= 0 {
		if i == s.list.at {
			return s.run()
		}
		s.list.move(i - s.list.at)
		return false, nil
	}
	changed, cmd := s.input.update(msg)
	if !changed {
		return false, cmd
	}
	s.asked++
	if s.typed() == "" {
		s.found(foundMsg{asked: s.asked})
		return false, cmd
	}
	start := searchMsg{s, s.asked}
	return false, tea.Batch(cmd, tea.Tick(searchPause, func(time.Time) tea.Msg { return start }))
}

// found adds a page of hits, or replaces the hits by the first page.
func (s *searcher) found(msg foundMsg) {
	s.got, s.loading, s.err = msg.asked, false, msg.err
	s.next, s.note = msg.found.Next, text.Line(msg.found.Note)
	if msg.from == 0 {
		s.hits = nil
		s.list.at, s.list.top = 0, 0
	}
	for _, f := range msg.found.List {
		s.hits = append(s.hits, cleaned(f))
	}
	s.list.size(len(s.hits), s.list.h)
}

// cleaned filters the text of a hit, and moves its marks accordingly.
func cleaned(f Finding) Finding {
	f.Title = text.Line(f.Title)
	cells := make([]string, len(f.Cells))
	for i, c := range f.Cells {
		cells[i] = text.Line(c)
	}
	f.Cells = cells
	var b strings.Builder
	var marks [][2]int
	add := func(s string) { b.WriteString(strings.ReplaceAll(text.Clean(s), "\n", " ")) }
	at := 0
	for _, m := range f.Marks {
		if m[0] < at || m[1] <= m[0] || m[1] > len(f.Text) {
			continue
		}
		add(f.Text[at:m[0]])
		from := b.Len()
		add(f.Text[m[0]:m[1]])
		marks = append(marks, [2]int{from, b.Len()})
		at = m[1]
	}
	add(f.Text[at:])
	f.Text, f.Marks = b.String(), marks
	return f
}

// more asks for the next page if the list is near its end.
func (s *searcher) more() tea.Cmd {
	if s.next == 0 || s.loading || s.got != s.asked || s.list.at < len(s.hits)-2*s.list.h {
		return nil
	}
	return s.search(s.next)
}

// run opens the chosen hit. If the hits are for an older query, it searches first.
func (s *searcher) run() (bool, tea.Cmd) {
	switch {
	case s.typed() == "":
		return false, nil
	case s.got != s.asked:
		return false, s.search(0)
	case s.list.at < len(s.hits):
		return true, s.hits[s.list.at].Run
	}
	return false, nil
}

// click is the index of the hit that was clicked, or -1.
func (s *searcher) click(msg tea.Msg) int {
	m, ok := msg.(tea.MouseClickMsg)
	if !ok || m.Button != tea.MouseLeft || m.Y < s.rows {
		return -1
	}
	if i := (m.Y - s.rows) / s.step; i < s.list.h && s.list.top+i < s.list.n {
		return s.list.top + i
	}
	return -1
}

const (
	searchWidth = 104
	searchTall  = 28 // lines of screen from which a hit shows two lines of text and a blank one
)

func (s *searcher) View(w, h int) Box {
	st := s.st
	bw, bh := clamp(searchWidth, w), clamp(h-2, h)
	inner := bw - 4
	s.step = 2
	if h >= searchTall {
		s.step = 4
	}
	body := []string{"", s.input.view(st, inner), ""}
	s.rows = len(body)
	foot := 1
	if s.note != "" {
		foot = 2
	}
	s.list.size(len(s.hits), (bh-2-s.rows-foot+1)/s.step)
	switch {
	case s.err != nil:
		body = append(body, "  "+st.Error.Paint(st.Glyphs.Failed+" ")+
			st.Text.Paint(text.Truncate(text.Line(s.err.Error()), inner-4)))
	case s.typed() == "":
		body = append(body, s.teach(inner)...)
	case len(s.hits) == 0 && s.got == s.asked && s.note == "":
		body = append(body, "  "+st.Muted.Paint(text.Truncate(s.o.None, inner-2)))
	}
	from, to := s.list.visible()
	for i := from; i < to; i++ {
		body = append(body, s.hit(i, inner)...)
	}
	if s.note != "" {
		for len(body) < bh-3 {
			body = append(body, "")
		}
		body = append(body[:max(bh-3, 0)], "  "+st.Faint.Paint(text.Truncate(s.note, inner-2)))
	}
	return Box{Title: s.o.Title, Status: s.status(), Body: strings.Join(body, "\n"), W: bw, H: bh}
}

func (s *searcher) status() string {
	n := len(s.hits)
	if n == 0 {
		return ""
	}
	count := widget.Count(int64(n))
	if s.next != 0 {
		count += "+"
	}
	return s.st.Muted.Paint(widget.Count(int64(s.list.at+1)) + " of " + count + " " + text.Plural(n, "hit"))
}

func (s *searcher) teach(w int) []string {
	st := s.st
	wide := 0
	for _, t := range s.o.Examples {
		wide = max(wide, text.Width(t[0]))
	}
	var out []string
	for _, t := range s.o.Examples {
		out = append(out, widget.Fit("  "+st.Accent.Paint(widget.Fit(t[0], wide))+"  "+st.Muted.Paint(t[1]), w))
	}
	return out
}

// hit draws the i-th hit: its title and cells, then the text around it.
func (s *searcher) hit(i, w int) []string {
	st := s.st
	f := s.hits[i]
	right := st.Muted.Paint(strings.Join(f.Cells, "  "))
	ink := st.Text
	if i == s.list.at {
		ink = ink.Bold()
	}
	avail := max(w-2-widget.Width(right)-2, 1)
	lines := []string{widget.Spread("  "+ink.Paint(text.Truncate(f.Title, avail)), right, w)}
	n := max(s.step/2, 1)
	for k, at := 0, 0; k < n; k++ {
		var line string
		line, at = quote(st, f, at, w-4, k == n-1)
		lines = append(lines, widget.Fit("    "+line, w))
	}
	if i == s.list.at {
		for k := range lines {
			lines[k] = st.On(style.Sel, lines[k])
		}
	}
	if s.step > len(lines) {
		lines = append(lines, "")
	}
	return lines
}

// quote draws up to w cells of a hit's text from byte at on, and returns where the next line begins. The last line
// ends in … if there is more text.
func quote(st *style.Styles, f Finding, at, w int, last bool) (string, int) {
	rest := f.Text[at:]
	n := len(rest)
	if text.Width(rest) > w {
		cut := w
		if last {
			cut--
		}
		n = len(text.Prefix(rest, cut))
		if i := strings.LastIndexByte(rest[:n], ' '); i > n/2 && !last {
			n = i + 1
		}
	}
	line := painted(f.Text, f.Marks, at, at+n, st.Muted, st.Accent.Bold())
	if n < len(rest) && last {
		line += st.Muted.Paint(st.Glyphs.Ellipsis)
	}
	return line, at + n
}

// painted paints bytes from to to of a text in ink, its marks in match.
func painted(s string, marks [][2]int, from, to int, ink, match style.Ink) string {
	var b strings.Builder
	for _, m := range marks {
		a, z := max(m[0], from), min(m[1], to)
		if a >= z {
			continue
		}
		if from < a {
			b.WriteString(ink.Paint(s[from:a]))
		}
		b.WriteString(match.Paint(s[a:z]))
		from = z
	}
	if from < to {
		b.WriteString(ink.Paint(s[from:to]))
	}
	return b.String()
}

func (s *searcher) Hints() []widget.Hint {
	return []widget.Hint{{Key: "enter", Does: "open"}, {Key: "up/down", Does: "choose"}, {Key: "ctrl+u", Does: "clear"},
		{Key: "esc", Does: "close"}}
}

func (s *searcher) Cursor() *tea.Cursor { return s.input.cursor(0, 1) }
