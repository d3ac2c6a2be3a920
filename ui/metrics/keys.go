package metrics

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/state/meter"
	"relaytop/ui/pane"
)

func (m *Model) table() []pane.Action {
	return []pane.Action{
		{Name: "metrics.window.longer", Title: "Metrics: longer window", Group: "metrics",
			Binding: pane.BindAs("h/l", "window", "l", "right"), Do: m.turn(1)},
		{Name: "metrics.window.shorter", Title: "Metrics: shorter window", Group: "metrics", Hidden: true,
			Binding: pane.Bind("shorter window", "h", "left"), Do: m.turn(-1)},
		{Name: "metrics.page", Title: "Metrics: requests and tokens, or errors and cost", Group: "metrics",
			Binding: pane.Bind("errors, cost", "e", "space"), Why: m.allShown, Do: m.flip},
	}
}

func (m *Model) turn(by int) func() tea.Cmd {
	return func() tea.Cmd {
		w := min(max(int(m.window)+by, int(meter.TenSeconds)), int(meter.Run))
		m.window = meter.Window(w)
		m.ask()
		return nil
	}
}

func (m *Model) flip() tea.Cmd {
	m.pair = (m.pair + 1) % numPairs
	m.drawn.stale = true
	return nil
}

// allShown says why there is nothing to turn to.
func (m *Model) allShown() string {
	if m.page().large() {
		return "all charts are on the screen"
	}
	return ""
}
