package compare

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

// Pick asks which models to compare. model is the chat's own, which is marked at first if there is no comparison.
func (m *Model) Pick(model string) tea.Cmd {
	models := m.listed()
	var marked []int
	for _, t := range m.targets {
		if i := slices.IndexFunc(models, func(c Choice) bool {
			return c.Model == t.Model && (t.Endpoint == "" || c.Endpoint == t.Endpoint)
		}); i >= 0 {
			marked = append(marked, i)
		}
	}
	if len(marked) == 0 {
		if i := slices.IndexFunc(models, func(c Choice) bool { return c.Model == model }); i >= 0 {
			marked = append(marked, i)
		}
	}
	toggle := func(i int) (bool, tea.Cmd) {
		switch at := slices.Index(marked, i); {
		case at >= 0:
			marked = slices.Delete(marked, at, at+1)
		case len(marked) == session.MostCompared:
			return false, pane.Toast(state.Warn, fmt.Sprintf("at most %d models can be compared", session.MostCompared))
		default:
			marked = append(marked, i)
		}
		return false, nil
	}
	choices := make([]overlay.Choice, len(models))
	for i, c := range models {
		choices[i] = overlay.Choice{Title: c.Model, Cells: []string{c.Endpoint, c.Price}, Run: m.start(models, &marked, i)}
	}
	return overlay.Open(overlay.Picker(overlay.PickerOptions{
		Title: "compare", Placeholder: "part of a model's name", Empty: "the relay named no models",
		Choices: choices, Width: 84,
		Columns: []widget.Column{{Title: "endpoint", Width: 14}, {Title: "in / out per M", Width: 18, Right: true}},
		Keys:    []overlay.PickerKey{{Key: "space", Does: "mark, two to four", Do: toggle}, {Key: "tab", Do: toggle}},
		Unready: func(i int) string {
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

// start begins a comparison of the marked models and of the one that enter was pressed on.
func (m *Model) start(models []Choice, marked *[]int, on int) tea.Cmd {
	store, chat := m.store, m.chat
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
			c := models[i]
			t := session.Target{Model: c.Model}
			if slices.ContainsFunc(models, func(o Choice) bool { return o.Model == c.Model && o.Endpoint != c.Endpoint }) {
				t.Endpoint = c.Endpoint // one model at two endpoints
			}
			targets = append(targets, t)
		}
		id := chat
		if id == "" {
			id = store.Library.New()
		}
		if err := store.Comparing.Set(id, targets); err != nil {
			return pane.Report("not compared", "", err)
		}
		return pane.ZoomMsg{Pane: "chat"}
	}
}

func (m *Model) listed() []Choice {
	if m.choices == nil {
		return nil
	}
	return m.choices()
}
