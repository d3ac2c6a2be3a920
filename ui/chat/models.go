package chat

import (
	"cmp"
	"slices"

	tea "charm.land/bubbletea/v2"

	"relaytop/state/meter"
	"relaytop/ui/overlay"
	"relaytop/ui/widget"
)

// models are those that can be picked, the chat's own among them though the relay does not list it.
func (m *Model) models() []ModelChoice {
	var list []ModelChoice
	if m.opts.Models != nil {
		list = m.opts.Models()
	}
	if m.model != "" && !slices.ContainsFunc(list, func(c ModelChoice) bool { return c.ID == m.model }) {
		list = append([]ModelChoice{{ID: m.model}}, list...)
	}
	return list
}

// pickModel asks which model the chat goes on with. How each did is read while the list is shown already.
func (m *Model) pickModel() tea.Cmd {
	store, list := m.store, m.models()
	several := slices.ContainsFunc(list, func(c ModelChoice) bool {
		return c.Endpoint != list[0].Endpoint && c.Endpoint != "" && list[0].Endpoint != ""
	})
	columns := []widget.Column{{Title: "window", Width: 6, Right: true}, {Title: "in / out per M", Width: 15, Right: true},
		{Title: "TTFT p50", Width: 8, Right: true}, {Title: "err", Width: 6, Right: true}}
	if several {
		columns = append([]widget.Column{{Title: "endpoint", Width: 10}}, columns...)
	}
	cells := modelCells(list, several, nil)
	choices := make([]overlay.Choice, len(list))
	for i, c := range list {
		choices[i] = overlay.Choice{Title: c.ID, Cells: cells[i], Run: m.setModel(c.ID)}
	}
	return overlay.Open(overlay.Picker(overlay.PickerOptions{
		Title: "model", Holder: "part of its name, or any name", Choices: choices, Width: 92, Empty: "the relay named no models: type the name of one", Columns: columns,
		Marked: func(i int) string {
			if list[i].ID == m.model {
				return m.env.Styles.Glyphs.Bullet
			}
			return ""
		},
		Current: max(slices.IndexFunc(list, func(c ModelChoice) bool { return c.ID == m.model }), 0), Typed: m.setModel,
		Fill: func() [][]string {
			did, err := store.Measured()
			if err != nil {
				return nil // the list is good without: what the ledger can't say is told where it is asked for
			}
			return modelCells(list, several, did)
		},
	}))
}

func (m *Model) setModel(id string) tea.Cmd {
	store, chat := m.store, m.chat.ID
	return func() tea.Msg {
		to := chat
		if to == "" {
			to = store.NewChat()
		}
		return doneMsg{what: "the model was not changed", err: store.SetModel(to, id)}
	}
}

// none stands where a figure has no data: never a zero.
const none = "–"

// modelCells are the columns beside the names: what the relay says, and what we measured ourselves.
func modelCells(list []ModelChoice, several bool, did []meter.Measure) [][]string {
	out := make([][]string, len(list))
	for i, c := range list {
		if several {
			out[i] = append(out[i], c.Endpoint)
		}
		window := none
		if c.Context > 0 {
			window = widget.Short(c.Context)
		}
		ttft, failed := none, none
		if k := slices.IndexFunc(did, func(d meter.Measure) bool {
			return d.Model == c.ID && (d.Endpoint == c.Endpoint || d.Endpoint == "" || c.Endpoint == "")
		}); k >= 0 {
			d := did[k]
			if d.TTFT > 0 {
				ttft = widget.Duration(d.TTFT).String()
			}
			if n := d.OK + d.Failed; n > 0 {
				failed = widget.Percent(float64(d.Failed) / float64(n))
			}
		}
		out[i] = append(out[i], window, cmp.Or(c.Price, none), ttft, failed)
	}
	return out
}
