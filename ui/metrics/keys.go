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
		{Name: "metrics.page", Title: "Metrics: more charts and tables", Group: "metrics",
			Binding: pane.Bind("more", "e"), Why: m.allShown, Do: m.turnPage},
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

func (m *Model) turnPage() tea.Cmd {
	m.turned = (m.turned + 1) % len(m.page().layout.pages)
	m.ask()
	return nil
}

// allShown says why there is no other page.
func (m *Model) allShown() string {
	if len(m.page().layout.pages) < 2 {
		return "all charts are on the screen"
	}
	return ""
}
