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

// Choice is a model that can be picked. All of it is shown as it is, so it may come from a relay.
type Choice struct {
	ID       string
	Endpoint string
	Context  int64  // tokens; 0: not known
	Price    string // input and output a million tokens; "": not known
}

// listed are the models that can be picked, with the chat's own even if the relay does not list it.
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

// PickModel asks which model the chat goes on with. What was measured of each is read while the list is already
// shown.
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
		Title: "model", Holder: "part of its name, or any name", Empty: "the relay named no models: type the name of one",
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
				return nil // the list is useful without: the usage pane reports the error
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

// orNew is a chat, or a new one if there is none yet.
func orNew(store Store, chat string) string {
	if chat == "" {
		return store.Library.New()
	}
	return chat
}

// modelCells are the columns beside the names: what the relay says, and what was measured here.
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
