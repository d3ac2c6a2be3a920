package chat

import (
	"fmt"
	"slices"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/state/session"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/widget"
)

// comparison is what the pane shows while a chat asks several models at once: their answers side by side.
type comparison struct {
	cols  []session.Column
	calm  []session.Column // as the figures show them
	at    int              // the column that keys are about
	drawn []*column
}

// comparing reports whether the next message goes to several models, whose answers are shown. A hit of the search is shown in the chat, since
// it may stand anywhere.
func (m *Model) comparing() bool { return len(m.side.cols) > 0 && !m.read.AtHit() }

// compare takes the newest columns of the chat.
func (m *Model) compare() {
	if len(m.chat.Compare) == 0 {
		m.side = comparison{}
		return
	}
	m.side.cols = m.store.Columns(m.chat.ID)
	m.side.at = min(m.side.at, max(len(m.side.cols)-1, 0))
	for len(m.side.drawn) < len(m.side.cols) {
		m.side.drawn = append(m.side.drawn, &column{follow: true})
	}
}

// columnAnswer is the answer in the column that keys are about.
func (m *Model) columnAnswer() (session.View, bool) {
	v := m.side.cols[m.side.at].Answer
	return v, v.ID != 0
}

// pickCompared asks which models stand side by side.
func (m *Model) pickCompared() tea.Cmd {
	models := m.opts.Models()
	var marked []int
	for _, t := range m.chat.Compare {
		if i := slices.IndexFunc(models, func(c ModelChoice) bool { return c.ID == t.Model && (t.Endpoint == "" || c.Endpoint == t.Endpoint) }); i >= 0 {
			marked = append(marked, i)
		}
	}
	if len(marked) == 0 {
		if i := slices.IndexFunc(models, func(c ModelChoice) bool { return c.ID == m.model }); i >= 0 {
			marked = append(marked, i)
		}
	}
	toggle := func(i int) (bool, tea.Cmd) {
		switch at := slices.Index(marked, i); {
		case at >= 0:
			marked = slices.Delete(marked, at, at+1)
		case len(marked) == session.MostCompared:
			return false, pane.Toast(state.Warn, fmt.Sprintf("%d models side by side are the most", session.MostCompared))
		default:
			marked = append(marked, i)
		}
		return false, nil
	}
	choices := make([]overlay.Choice, len(models))
	for i, c := range models {
		choices[i] = overlay.Choice{Title: c.ID, Cells: []string{c.Endpoint, c.Price}, Run: m.startCompare(models, &marked, i)}
	}
	return overlay.Open(overlay.Picker(overlay.PickerOptions{
		Title: "compare", Holder: "part of a model's name", Choices: choices, Width: 84, Empty: "the relay named no models",
		Columns: []widget.Column{{Title: "endpoint", Width: 14}, {Title: "in / out per M", Width: 18, Right: true}},
		Keys:    []overlay.PickerKey{{Key: "space", Does: "mark, two to four", Do: toggle}, {Key: "tab", Do: toggle}},
		Lacks: func(i int) string {
			switch {
			case len(marked) == 0:
				return "mark two models with space"
			case len(marked) == 1 && marked[0] == i:
				return "mark a second model with space"
			}
			return ""
		},
		Marked: func(i int) string {
			if at := slices.Index(marked, i); at >= 0 {
				return strconv.Itoa(at + 1)
			}
			return ""
		},
	}))
}

// startCompare begins a comparison of the marked models; the one that enter was pressed on is one of them.
func (m *Model) startCompare(models []ModelChoice, marked *[]int, on int) tea.Cmd {
	store, chat := m.store, m.chat.ID
	return func() tea.Msg {
		list := *marked
		if !slices.Contains(list, on) && len(list) < session.MostCompared {
			list = append(slices.Clone(list), on)
		}
		if len(list) < 2 {
			return pane.ToastMsg{Level: state.Warn, Text: "mark a second model with space"}
		}
		var targets []session.Target
		for _, i := range list {
			t := session.Target{Model: models[i].ID}
			if slices.ContainsFunc(models, func(c ModelChoice) bool { return c.ID == models[i].ID && c.Endpoint != models[i].Endpoint }) {
				t.Endpoint = models[i].Endpoint // the same model at two places is told apart
			}
			targets = append(targets, t)
		}
		id := chat
		if id == "" {
			id = store.NewChat()
		}
		if err := store.Compare(id, targets); err != nil {
			return doneMsg{what: "not compared", err: err}
		}
		return pane.ZoomMsg{Pane: "chat"}
	}
}

// endCompare goes back to one model: the path that was shown before.
func (m *Model) endCompare() tea.Cmd {
	store, chat := m.store, m.chat.ID
	return try("the comparison goes on", func() error { return store.Compare(chat, nil) })
}

// adopt goes on with one column.
func (m *Model) adopt(i int) tea.Cmd {
	if i < 0 || i >= len(m.side.cols) {
		return pane.Toast(state.Info, fmt.Sprintf("there are %d columns", len(m.side.cols)))
	}
	m.writing()
	m.read.Follow()
	store, chat, model := m.store, m.chat.ID, m.side.cols[i].Model
	return func() tea.Msg {
		if err := store.Adopt(chat, i); err != nil {
			return doneMsg{what: "not adopted", err: err}
		}
		return doneMsg{say: model + " goes on; the other answers stay as its siblings"}
	}
}

// toColumn moves to another column.
func (m *Model) toColumn(delta int) func() tea.Cmd {
	return func() tea.Cmd {
		n := len(m.side.cols)
		m.side.at, m.stale = ((m.side.at+delta)%n+n)%n, true
		return nil
	}
}

func (m *Model) adoptThis() tea.Cmd { return m.adopt(m.side.at) }

// scrollColumn moves what is shown of the column's answer.
func (m *Model) scrollColumn(n int) {
	c := m.side.drawn[m.side.at]
	c.follow, c.off, m.stale = false, max(c.off+n, 0), true
}

func (m *Model) whyCompare() string {
	switch {
	case m.opts.Models == nil || len(m.opts.Models()) < 2:
		return "the relay named fewer than two models"
	case m.streaming():
		return "an answer is being written"
	}
	return ""
}

func (m *Model) whyColumn() string {
	if !m.comparing() {
		return "no models are compared"
	}
	return ""
}

func (m *Model) whyEndCompare() string {
	if why := m.whyColumn(); why != "" {
		return why
	}
	if m.chat.Streaming {
		return "an answer is being written"
	}
	return ""
}

// unlessComparing is off while columns are shown: they have no tree to walk.
func (m *Model) unlessComparing(why func() string) func() string {
	return func() string {
		if m.comparing() {
			return "models are compared: adopt one first"
		}
		return why()
	}
}
