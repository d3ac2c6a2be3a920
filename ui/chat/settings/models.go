package settings

import (
	"cmp"
	"slices"

	tea "charm.land/bubbletea/v2"

	"relaytop/state/meter"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/widget"
)

// Choice is a model that can be picked. Its strings may be a relay's: they are filtered before they are drawn.
type Choice struct {
	ID       string
	Endpoint string
	Context  int64  // tokens; 0: not known
	Price    string // of a million tokens of input and of output; "": not known
}

// listed returns the models that can be picked, and the chat's own even if the relay does not list it.
func (m *Model) listed() []Choice {
	var list []Choice
	if m.choices != nil {
		list = m.choices()
	}
	if m.model != "" && !slices.ContainsFunc(list, func(c Choice) bool { return c.ID == m.model }) {
		list = append([]Choice{{ID: m.model}}, list...)
	}
	return list
}

// PickModel asks for the model of the chat. The measured figures are read once the list is shown.
func (m *Model) PickModel() tea.Cmd {
	store, list := m.store, m.listed()
	endpoints := slices.ContainsFunc(list, func(c Choice) bool {
		return c.Endpoint != list[0].Endpoint && c.Endpoint != "" && list[0].Endpoint != ""
	})
	columns := []widget.Column{{Title: "window", Width: 6, Right: true}, {Title: "in / out per M", Width: 15, Right: true},
		{Title: "TTFT p50", Width: 8, Right: true}, {Title: "err", Width: 6, Right: true}}
	if endpoints {
		columns = append([]widget.Column{{Title: "endpoint", Width: 10}}, columns...)
	}
	cells := modelCells(list, endpoints, nil)
	choices := make([]overlay.Choice, len(list))
	for i, c := range list {
		choices[i] = overlay.Choice{Title: c.ID, Cells: cells[i], Run: m.SetModel(c.ID)}
	}
	return overlay.Open(overlay.Picker(overlay.PickerOptions{
		Title: "model", Placeholder: "part of its name, or any name",
		Empty:   "the relay named no models: type the name of one",
		Choices: choices, Columns: columns, Width: 92,
		Marked: func(i int) string {
			if list[i].ID == m.model {
				return m.styles.Glyphs.Bullet
			}
			return ""
		},
		Current: max(slices.IndexFunc(list, func(c Choice) bool { return c.ID == m.model }), 0), Typed: m.SetModel,
		Fill: func() [][]string {
			measured, err := store.Settings.ModelFigures()
			if err != nil {
				return nil // the list is useful without them, and the usage pane reports the error
			}
			return modelCells(list, endpoints, measured)
		},
	}))
}

// SetModel changes the model of the open chat.
func (m *Model) SetModel(id string) tea.Cmd {
	store, chat := m.store, m.chat.ID
	return func() tea.Msg {
		return pane.Report("the model was not changed", "", store.Settings.SetModel(orNew(store, chat), id))
	}
}

// orNew is chat, or the id of a new one if chat is "".
func orNew(store Store, chat string) string {
	if chat == "" {
		return store.Library.New()
	}
	return chat
}

// modelCells returns the columns beside the names: figures of the relay, and those measured here.
func modelCells(list []Choice, endpoints bool, measured []meter.ModelFigures) [][]string {
	out := make([][]string, len(list))
	for i, c := range list {
		if endpoints {
			out[i] = append(out[i], c.Endpoint)
		}
		window := widget.None
		if c.Context > 0 {
			window = widget.Short(c.Context)
		}
		ttft, failed := widget.None, widget.None
		if k := slices.IndexFunc(measured, func(d meter.ModelFigures) bool {
			return d.Model == c.ID && (d.Endpoint == c.Endpoint || d.Endpoint == "" || c.Endpoint == "")
		}); k >= 0 {
			d := measured[k]
			if d.TTFT > 0 {
				ttft = widget.Duration(d.TTFT).String()
			}
			if n := d.OK + d.Failed; n > 0 {
				failed = widget.Percent(float64(d.Failed) / float64(n))
			}
		}
		out[i] = append(out[i], window, cmp.Or(c.Price, widget.None), ttft, failed)
	}
	return out
}
