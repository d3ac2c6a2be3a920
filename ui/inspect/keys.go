package inspect

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/ui/pane"
)

const group = "inspect"

func (m *Model) table() []pane.Action {
	return []pane.Action{
		{Name: "inspect.next", Title: "Next tab", Group: group,
			Binding: pane.BindAs("left/right", "tabs", "right", "l", "tab"),
			Do:      m.turn(1)},
		{Name: "inspect.close", Title: "Close the inspector", Group: group,
			Binding: pane.Bind("close", "esc", "q", "I", "alt+i"), Do: m.end},
		{Name: "inspect.previous", Title: "Previous tab", Group: group, Hidden: true,
			Binding: pane.Bind("previous tab", "left", "h", "shift+tab"), Do: m.turn(-1)},
		{Name: "inspect.down", Title: "Down, or the next attempt where all is seen", Group: group,
			Binding: pane.BindAs("up/down", "scroll", "down", "j"), Does: m.moves, Why: m.unlessMoves, Do: m.move(1)},
		{Name: "inspect.up", Title: "Up, or the attempt before", Group: group, Hidden: true,
			Binding: pane.Bind("up", "up", "k"), Why: m.unlessMoves, Do: m.move(-1)},
		{Name: "inspect.curl", Title: "Copy the request as curl", Group: group, Binding: pane.Bind("copy as curl", "c"),
			Why: m.unlessCurl, Do: m.copyCurl},
		{Name: "inspect.replay", Title: "Replay: send the same again", Group: group, Binding: pane.Bind("replay", "r"),
			Why: m.unlessReplay, Do: m.replay},
		{Name: "inspect.edit", Title: "Edit and replay", Group: group, Binding: pane.Bind("edit and replay", "e"),
			Why: m.unlessEdit, Do: m.edit},
		{Name: "inspect.copy", Title: "Copy what this tab shows", Group: group, Binding: pane.Bind("copy", "y"), Do: m.copy},
		{Name: "inspect.attempt.next", Title: "Next attempt", Group: group, Binding: pane.BindAs("[/]", "attempt", "]"),
			Why: m.unlessAttempts, Do: m.choose(1)},
		{Name: "inspect.attempt.previous", Title: "Previous attempt", Group: group, Hidden: true,
			Binding: pane.Bind("previous attempt", "["), Why: m.unlessAttempts, Do: m.choose(-1)},
		{Name: "inspect.all", Title: "All headers", Group: group, Hidden: true,
			Binding: pane.Bind("all headers", "enter"), Why: m.unlessOverview, Do: m.all},
		{Name: "inspect.pgdown", Title: "A page down", Group: group, Hidden: true,
			Binding: pane.Bind("page down", "pgdown", "space", "ctrl+d"), Do: m.byPage(1)},
		{Name: "inspect.pgup", Title: "A page up", Group: group, Hidden: true,
			Binding: pane.Bind("page up", "pgup", "ctrl+u"), Do: m.byPage(-1)},
		{Name: "inspect.top", Title: "Start", Group: group, Hidden: true, Binding: pane.Bind("start", "g", "home"),
			Do: m.scroll(-1 << 30)},
		{Name: "inspect.bottom", Title: "End", Group: group, Hidden: true, Binding: pane.Bind("end", "G", "end"),
			Do: m.scroll(1 << 30)},
	}
}

// Actions are the keys of the view.
func (m *Model) Actions() []pane.Action { return m.actions }

// moves is what up and down do.
func (m *Model) moves() string {
	if m.picks() {
		return "attempt"
	}
	return "scroll"
}

// picks reports whether up and down choose an attempt: they do where there is nothing to scroll.
func (m *Model) picks() bool {
	return m.in.Result != nil && m.tab == overview && !m.overflows() && len(m.in.Result.Attempts) > 1
}

func (m *Model) unlessMoves() string {
	if m.subject.ID != 0 && !m.overflows() && !m.picks() {
		return "all of it is in view"
	}
	return ""
}

func (m *Model) unlessAttempts() string {
	if m.in.Result == nil || len(m.in.Result.Attempts) < 2 {
		return "there is only one attempt"
	}
	return ""
}

func (m *Model) unlessOverview() string {
	if m.tab != overview {
		return "they are on the screen"
	}
	return ""
}

func (m *Model) unlessReplay() string {
	switch {
	case m.subject.Replay == nil && m.subject.Why != "":
		return m.subject.Why
	case m.subject.Replay == nil:
		return "it can't be sent again from here"
	case m.in.Live:
		return "it is still under way"
	}
	return ""
}

func (m *Model) unlessEdit() string {
	switch {
	case m.subject.Edit == nil:
		return "it can't be edited from here"
	case m.in.Live:
		return "it is still under way"
	}
	return ""
}

func (m *Model) unlessCurl() string {
	x := m.page().exchange()
	switch {
	case x == nil:
		return "its request is not kept"
	case x.BodyCut:
		return "its body was too long to be kept whole"
	}
	return ""
}

func (m *Model) turn(by int) func() tea.Cmd {
	return func() tea.Cmd {
		m.tab = tab((int(m.tab) + by + int(numTabs)) % int(numTabs))
		m.layout()
		return nil
	}
}

func (m *Model) move(by int) func() tea.Cmd {
	return func() tea.Cmd {
		if m.picks() {
			return m.choose(by)()
		}
		return m.scroll(by)()
	}
}

// choose takes another attempt. It stops at the ends.
func (m *Model) choose(by int) func() tea.Cmd {
	return func() tea.Cmd {
		m.chosen = min(max(m.page().attempt()+by, 0), len(m.in.Result.Attempts)-1)
		m.ports[request].GotoTop()
		m.ports[response].GotoTop()
		m.layout()
		return nil
	}
}

func (m *Model) scroll(by int) func() tea.Cmd {
	return func() tea.Cmd {
		port := m.port()
		port.SetYOffset(port.YOffset() + by)
		m.drawn.screen = ""
		return nil
	}
}

func (m *Model) byPage(by int) func() tea.Cmd {
	return func() tea.Cmd { return m.scroll(by * max(m.h-1, 1))() }
}

// all goes to all headers: those of the response, if there is one.
func (m *Model) all() tea.Cmd {
	m.tab = response
	if x := m.page().exchange(); x != nil && x.Status == 0 {
		m.tab = request
	}
	m.layout()
	return nil
}

func (m *Model) end() tea.Cmd { return func() tea.Msg { return pane.InspectEndMsg{} } }
