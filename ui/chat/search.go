package chat

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state/find"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/widget"
)

// searchPage is how many hits are read at once.
const searchPage = 50

// hitMsg asks to open a hit; shownMsg is the reply.
type hitMsg struct {
	hit   find.Hit
	typed string
}

type shownMsg struct {
	hit find.Hit
	err error
}

// search opens the search through the messages of all chats.
func (l library) search(typed string, now time.Time) tea.Cmd {
	store := l.store
	return overlay.Open(overlay.Search(overlay.SearchOptions{
		Title: "search", Placeholder: "words in any message", Typed: typed,
		None: "no message has all of these words",
		Examples: [][2]string{
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
			f, err := store.Library.Search(typed, searchPage, next)
			out := overlay.Findings{Next: f.Next}
			if f.Waiting > 0 {
				out.Note = "the index is being made: the oldest " + widget.Count(int64(f.Waiting)) + " messages are not found yet"
			}
			if f.Malformed > 0 {
				out.Note = widget.Count(int64(f.Malformed)) + " found in damaged records: not shown"
			}
			for _, h := range f.Hits {
				out.List = append(out.List, finding(h, typed, day(h.At, now)))
			}
			return out, err
		},
	}))
}

func finding(h find.Hit, typed, when string) overlay.Finding {
	who := map[string]string{"": "title", relay.RoleUser: "you", relay.RoleAssistant: "answer"}[h.Role]
	title := h.Title
	if title == "" {
		title = "new chat"
	}
	f := overlay.Finding{Title: title, Cells: []string{who, widget.FitRight(when, 8)}, Text: h.Snippet,
		Run: func() tea.Msg { return hitMsg{h, typed} }}
	if h.File != "" {
		f.Text = h.File + ": " + f.Text
	}
	moved := len(f.Text) - len(h.Snippet)
	for _, k := range h.Marks {
		f.Marks = append(f.Marks, [2]int{moved + k.From, moved + k.To})
	}
	return f
}

// openHit saves the draft, and opens the chat of a hit at its message.
func (m *Model) openHit(msg hitMsg) tea.Cmd {
	m.read.Seek(msg.hit, msg.typed)
	store, h := m.store, msg.hit
	return tea.Sequence(m.compose.SaveNow(),
		func() tea.Msg { return shownMsg{h, store.Library.OpenAt(h.Chat, h.Message)} })
}

func (m *Model) shown(msg shownMsg) tea.Cmd {
	if msg.err != nil {
		m.read.LoseHit(msg.hit)
		return report("the hit was not opened", "", func() error { return msg.err })
	}
	return func() tea.Msg { return pane.FocusMsg{Pane: m.Name()} }
}
