package metrics

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/state/meter"
	"relaytop/ui/pane"
)

func (m *Model) table() []pane.Action {
	return []pane.Action{
		{Name: "metrics.cursor.left", Title: "Metrics: cursor to an earlier moment", Group: "metrics",
			Binding: pane.BindAs("h/l", "cursor", "h", "left"), Why: m.unlessCharts, Do: m.moveCursor(-1)},
		{Name: "metrics.cursor.right", Title: "Metrics: cursor to a later moment", Group: "metrics", Hidden: true,
			Binding: pane.Bind("cursor right", "l", "right"), Why: m.unlessCharts, Do: m.moveCursor(1)},
		{Name: "metrics.cursor.left.far", Title: "Metrics: cursor ten cells back", Group: "metrics", Hidden: true,
			Binding: pane.Bind("cursor left", "H", "shift+left"), Why: m.unlessCharts, Do: m.moveCursor(-10)},
		{Name: "metrics.cursor.right.far", Title: "Metrics: cursor ten cells on", Group: "metrics", Hidden: true,
			Binding: pane.Bind("cursor right", "L", "shift+right"), Why: m.unlessCharts, Do: m.moveCursor(10)},
		{Name: "metrics.window.longer", Title: "Metrics: longer window", Group: "metrics",
			Binding: pane.BindAs("[/]", "window", "]"), Do: m.turn(1)},
		{Name: "metrics.window.shorter", Title: "Metrics: shorter window", Group: "metrics", Hidden: true,
			Binding: pane.Bind("shorter window", "["), Do: m.turn(-1)},
		{Name: "metrics.requests", Title: "Metrics: requests of the moment or row", Group: "metrics",
			Binding: pane.Bind("requests", "enter"), Do: m.open},
		{Name: "metrics.select.next", Title: "Metrics: next chart or row", Group: "metrics",
			Binding: pane.BindAs("j/k", "select", "j", "down"), Do: m.choose(1)},
		{Name: "metrics.select.previous", Title: "Metrics: previous chart or row", Group: "metrics", Hidden: true,
			Binding: pane.Bind("select", "k", "up"), Do: m.choose(-1)},
		{Name: "metrics.pause", Title: "Metrics: pause the picture, or go on", Group: "metrics",
			Binding: pane.Bind("pause", "space"), Does: m.pauseWord, Do: m.pause},
		{Name: "metrics.copy", Title: "Metrics: copy the figures", Group: "metrics",
			Binding: pane.Bind("copy the figures", "y"), Do: m.copyFigures},
		{Name: "metrics.clear", Title: "Metrics: take selection and cursor off", Group: "metrics", Hidden: true,
			Binding: pane.Bind("off", "esc"), Why: m.unlessMarked, Do: m.clear},
		{Name: "metrics.page", Title: "Metrics: more charts and tables", Group: "metrics",
			Binding: pane.Bind("more", "e"), Why: m.allShown, Do: m.turnPage},
	}
}

func (m *Model) turn(by int) func() tea.Cmd {
	return func() tea.Cmd {
		w := min(max(int(m.window)+by, int(meter.TenSeconds)), int(meter.Run))
		m.window, m.paused = meter.Window(w), false // another window is another picture
		m.ask()
		return nil
	}
}

func (m *Model) turnPage() tea.Cmd {
	m.turned = (m.page().turned + 1) % len(m.page().layout.pages)
	m.drawn.stale = true
	return nil
}

// allShown says why there is no other page.
func (m *Model) allShown() string {
	if len(m.page().layout.pages) < 2 {
		return "all charts are on the screen"
	}
	return ""
}
