package ui

import (
	"fmt"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
)

// quitKey is handled before anything else: it must work in every state.
var quitKey = pane.Bind("stop, twice quits", "ctrl+c")

// everywhere is the group of the global actions.
const everywhere = "everywhere"

// globals are the actions that work in every pane.
func (m *model) globals() []pane.Action {
	to := func(i int) func() tea.Cmd { return func() tea.Cmd { return m.focusOn(i) } }
	by := func(n int) func() tea.Cmd { return func() tea.Cmd { return m.focusOn(m.layout.focus + n) } }
	all := []pane.Action{
		{Name: "focus.next", Title: "Next pane", Typing: true,
			Binding: pane.Bind("next pane", "tab"), Why: m.inspector.whyCovered, Do: by(1)},
		{Name: "focus.previous", Title: "Previous pane", Typing: true, Hidden: true,
			Binding: pane.Bind("previous pane", "shift+tab"), Why: m.inspector.whyCovered, Do: by(-1)},
		{Name: "palette", Title: "Command palette", Typing: true,
			Binding: pane.Bind("palette", "ctrl+p"), Do: func() tea.Cmd { return m.openPalette("") }},
		{Name: "focus.chat", Title: "Go to chat", Typing: true,
			Binding: pane.Bind("chat", "alt+1", "f1"), Why: m.unlessFocused(paneChat), Do: to(paneChat)},
		{Name: "focus.batch", Title: "Go to batch", Typing: true,
			Binding: pane.Bind("batch", "alt+2", "f2"), Why: m.unlessFocused(paneBatch), Do: to(paneBatch)},
		{Name: "focus.metrics", Title: "Go to metrics", Typing: true,
			Binding: pane.Bind("metrics", "alt+3", "f3"), Why: m.unlessFocused(paneMetrics), Do: to(paneMetrics)},
		{Name: "zoom", Title: "Zoom the pane", Typing: true,
			Binding: pane.Bind("zoom", "alt+z", "z"), Why: m.ifWide, Do: m.toggleZoom},
		{Name: "split.left", Title: "Move the split left", Typing: true, Hidden: true,
			Binding: pane.Bind("split left", "alt+shift+left"), Why: m.ifWide, Do: m.moveSplit(-2)},
		{Name: "split.right", Title: "Move the split right", Typing: true, Hidden: true,
			Binding: pane.Bind("split right", "alt+shift+right"), Why: m.ifWide, Do: m.moveSplit(2)},
		{Name: "mouse", Title: "Give the mouse to the terminal, or take it back", Typing: true, Hidden: true,
			Binding: pane.Bind("mouse", "ctrl+t"), Do: m.toggleMouse},
		{Name: "theme", Title: "Choose a theme", Hidden: true, Binding: pane.Bind("theme", "T"), Do: m.openThemes},
		{Name: "help", Title: "Help: every key", Hidden: true, Binding: pane.Bind("help", "?"), Do: m.openHelp},
		{Name: "help.typing", Title: "Help: every key, while typing", Typing: true, Hidden: true,
			Binding: pane.Bind("help", "f10", "ctrl+g"), Do: m.openHelp},
		{Name: "budget.lift", Title: "Send past today's budget", Hidden: true,
			Binding: pane.Bind(""), Why: m.unlessSpent, Do: m.liftBudget},
		{Name: "connect", Title: "Connect a relay", Hidden: true,
			Binding: pane.Bind(""), Why: m.whyNoConnect, Do: m.openConnect},
		{Name: "budget.unpriced", Title: "Send to models without a price today", Hidden: true,
			Binding: pane.Bind(""), Why: m.unlessLimited, Do: m.allowUnpriced},
		{Name: "quit", Title: "Quit", Hidden: true, Binding: pane.Bind("quit", "q"),
			Do: func() tea.Cmd { return m.exit.quit(m.store.Runs().List) }},
	}
	for i := range all {
		all[i].Group = everywhere
	}
	return all
}

func (m *model) unlessFocused(i int) func() string {
	return func() string {
		if m.layout.focus == i && !m.inspector.open {
			return "it has the focus"
		}
		return ""
	}
}

func (m *model) ifWide() string {
	if why := m.inspector.whyCovered(); why != "" {
		return why
	}
	if m.layout.w < wideFrom {
		return "the screen shows one pane at a time"
	}
	return ""
}

func (m *model) toggleZoom() tea.Cmd {
	m.layout.zoom = !m.layout.zoom
	m.relayout()
	return nil
}

func (m *model) moveSplit(by int) func() tea.Cmd {
	return func() tea.Cmd {
		m.layout.split = float64(m.layout.panes[paneChat].w+by) / float64(m.layout.w)
		m.relayout()
		return m.saveSplit()
	}
}

func (m *model) saveSplit() tea.Cmd {
	return m.remember(keepSplit, strconv.FormatFloat(m.layout.split, 'f', 3, 64))
}

func (m *model) toggleMouse() tea.Cmd {
	m.pointer.off = !m.pointer.off
	if m.pointer.off {
		back := "the command palette"
		if key := m.env.Keys.Of("mouse", true); key != "" {
			back = key
		}
		return m.toast.show(state.Info, "the mouse selects text in the terminal; "+back+" gives it back")
	}
	return m.toast.show(state.Info, "the mouse works in relaytop again")
}

func (m *model) unlessSpent() string {
	switch {
	case m.snap == nil || m.snap.DayLimit == 0:
		return "there is no budget_day"
	case m.snap.DaySpent < m.snap.DayLimit:
		return "today's budget is not spent"
	}
	return ""
}

func (m *model) unlessLimited() string {
	if m.snap == nil || m.snap.DayLimit == 0 {
		return "there is no budget_day"
	}
	return ""
}

// dayFigures says what is spent of the day's budget, and what is unknown beside it.
func (m *model) dayFigures() string {
	beside := ""
	if n := m.snap.DayBlind; n > 0 {
		beside = ", besides " + relay.Counted(n, "request") + " of unknown cost"
	}
	return fmt.Sprintf("%s of %s are spent today%s.", m.snap.DaySpent.Dollars(),
		m.snap.DayLimit.Dollars(), beside)
}

// allowUnpriced asks whether to send to models whose price is not known.
func (m *model) allowUnpriced() tea.Cmd {
	budget := m.store.Budget()
	detail := m.dayFigures() + " Requests to models without a price are not held back until midnight, and are counted " +
		"beside the budget."
	return overlay.Open(overlay.Confirm("Send to models without a price?", detail, func() tea.Msg {
		budget.AllowUnpriced()
		return pane.ToastMsg{Level: state.Warn, Text: "models without a price are sent to until midnight"}
	}))
}

// liftBudget asks whether to suspend today's budget.
func (m *model) liftBudget() tea.Cmd {
	budget := m.store.Budget()
	detail := m.dayFigures() + " What is sent from here on is not held back until midnight."
	return overlay.Open(overlay.Confirm("Send past today's budget?", detail, func() tea.Msg {
		budget.Lift()
		return pane.ToastMsg{Level: state.Warn, Text: "the budget no longer holds anything back today"}
	}))
}
