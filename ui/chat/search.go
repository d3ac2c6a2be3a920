package chat

import (
	"slices"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"relaytop/state/find"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// searchPage is how many hits come at once.
const searchPage = 50

// place is a hit of the search that is opened, or open, and what was typed to find it.
type place struct {
	hit   find.Hit
	typed string
	query find.Query
	open  bool // it is on the screen
	line  int  // of its message, which
	w     int  // was laid out so wide
}

// hitMsg asks to open a hit, shownMsg is the reply.
type hitMsg struct {
	hit   find.Hit
	typed string
}

type shownMsg struct {
	hit find.Hit
	err error
}

// search looks through all that was ever said. From a hit it goes back to what was looked for.
func (m *Model) search() tea.Cmd {
	typed := ""
	if m.place.open && m.sel == m.place.hit.Message {
		typed = m.place.typed
	}
	return m.searchFor(typed)
}

func (m *Model) searchFor(typed string) tea.Cmd {
	store, now := m.store, m.now
	return overlay.Open(overlay.Search(overlay.SearchOptions{
		Title: "search", Holder: "words that were said in any chat", Typed: typed,
		None: "nothing that was said has all of these words",
		Teach: [][2]string{
			{"retry budget", "both words, in any order; the last one may be half typed"},
			{`"retry budget"`, "these words, one after the other"},
			{"MaxOpen", "SetMaxOpenConns, max_open: names by their parts"},
			{"nguoi dau", "người, đâu: marks may be left out"},
			{"世界", "any part of 你好世界"},
		},
		Find: func(typed string, next int64) (overlay.Findings, error) {
			if find.Parse(typed).Short() {
				return overlay.Findings{Note: "one more letter"}, nil
			}
			f, err := store.Search(typed, searchPage, next)
			out := overlay.Findings{Next: f.Next}
			if f.Waiting > 0 {
				out.Note = "the index is being made: the oldest " + widget.Count(int64(f.Waiting)) + " messages are not found yet"
			}
			for _, h := range f.Hits {
				out.List = append(out.List, finding(h, typed, day(h.At, now)))
			}
			return out, err
		},
	}))
}

func finding(h find.Hit, typed, when string) overlay.Finding {
	who := map[string]string{"": "title", roleUser: "you", roleAssistant: "answer"}[h.Role]
	title := h.Title
	if title == "" {
		title = "new chat"
	}
	f := overlay.Finding{Title: title, Cells: []string{who, widget.FitRight(when, 8)}, Text: h.Snippet, Run: func() tea.Msg { return hitMsg{h, typed} }}
	if h.File != "" {
		f.Text = h.File + ": " + f.Text
	}
	moved := len(f.Text) - len(h.Snippet)
	for _, k := range h.Marks {
		f.Marks = append(f.Marks, [2]int{moved + k.From, moved + k.To})
	}
	return f
}

// openHit saves the draft of the chat that is left and opens the chat at the hit.
func (m *Model) openHit(msg hitMsg) tea.Cmd {
	m.place = place{hit: msg.hit, typed: msg.typed, query: find.Parse(msg.typed)}
	store, h := m.store, msg.hit
	return tea.Sequence(m.saveNow(), func() tea.Msg { return shownMsg{h, store.OpenAt(h.Chat, h.Message)} })
}

func (m *Model) shown(msg shownMsg) tea.Cmd {
	if msg.err != nil {
		m.place = place{}
		return m.done(doneMsg{what: "the hit was not opened", err: msg.err})
	}
	return func() tea.Msg { return pane.FocusMsg{Pane: m.Name()} }
}

// reveal scrolls to the hit once its message is there.
func (m *Model) reveal() {
	p := &m.place
	if p.open || p.hit.Chat != m.chat.ID || p.hit.Message == 0 || m.w < 8 {
		return
	}
	i := m.indexOf(p.hit.Message)
	if i < 0 {
		return
	}
	m.reading()
	p.open, m.sel, m.count = true, p.hit.Message, 0
	if e := m.entryOf(i); !e.open && (p.hit.File != "" || e.view.Role == roleUser && isLong(e.view.Text)) {
		e.open, e.ready, m.stale = true, false, true
		m.folds++
	}
	if m.scroll.follow {
		m.mark()
	}
	from, off := m.back(i, m.found(i), m.body()/3)
	m.scroll.follow, m.scroll.at, m.scroll.off = false, m.views[from].ID, off
	m.by(0)
}

// found is the line of the i-th message that the hit stands on. Markdown moves words between lines and takes its signs away, so it is the line
// that has the words sought, and most of the words around them.
func (m *Model) found(i int) int {
	p := &m.place
	if p.w == m.w {
		return p.line
	}
	e := m.entryOf(i)
	around := map[string]bool{}
	find.Each(p.hit.Snippet, func(w find.Word) bool { around[string(w.Text)] = true; return true })
	best := 0
	p.line, p.w = 0, m.w
	for k, line := range e.lines(m, nil, 0, e.height(m)) {
		plain := ansi.Strip(line)
		score := len(around) * min(len(p.query.Marks(plain)), len(p.query.Terms))
		find.Each(plain, func(w find.Word) bool {
			if around[string(w.Text)] {
				score++
			}
			return true
		})
		if score > best {
			best, p.line = score, k
		}
	}
	return p.line
}

// tint marks the hit where it stands: its line, and the words sought in all of its message that is on the screen. It says on which line of
// the window the hit is; -1: none.
func (m *Model) tint(w *window) int {
	p := &m.place
	if !p.open || m.sel != p.hit.Message || m.compose.on {
		return -1
	}
	i := m.indexOf(m.sel)
	if i < 0 {
		return -1
	}
	line, first, hit := m.found(i), -1, -1
	if w.from == i {
		line -= w.off
	}
	for k, id := range w.owner {
		if id != m.sel {
			continue
		}
		if first < 0 {
			first = k
		}
		w.lines[k] = m.sought(w.lines[k])
		if k-first == line {
			w.lines[k], hit = m.env.Styles.On(style.Sel, w.lines[k]), k
		}
	}
	return hit
}

// sought makes chips of the words sought in a line that is painted already.
func (m *Model) sought(line string) string {
	plain := ansi.Strip(line)
	for _, k := range slices.Backward(m.place.query.Marks(plain)) {
		from, to := text.Width(plain[:k.From]), text.Width(plain[:k.To])
		line = ansi.Cut(line, 0, from) + m.env.Styles.OnAccent.Paint(plain[k.From:k.To]) + ansi.Cut(line, to, m.w)
	}
	return line
}
