package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/text"
)

// openPalette opens the palette of all actions, chats, runs, models and themes; typed is the query to start with.
func (m *model) openPalette(typed string) tea.Cmd {
	var entries []overlay.Entry
	if m.inspector.open {
		entries = overlay.ActionEntries(m.inspector.pane.Name(), m.inspector.pane.Actions())
	}
	for i := range numPanes {
		p := m.panes[(m.layout.focus+i)%numPanes]
		entries = append(entries, overlay.ActionEntries(p.Name(), p.Actions())...)
	}
	entries = append(entries, overlay.ActionEntries(everywhere, m.keys)...)
	slices.SortStableFunc(entries, func(a, b overlay.Entry) int { return first(a.Name) - first(b.Name) })
	if m.store.Requests().Stored() {
		entries = append(entries,
			overlay.Entry{Title: "search the stored requests", Kind: "metrics", Run: m.findRequests("")})
	}
	for _, c := range m.store.Library().List() {
		if c.Title != "" {
			entries = append(entries, overlay.Entry{Title: text.Line(c.Title), Kind: "chat", Key: c.Updated.Format("2 Jan"),
				Class: overlay.Chats, Run: m.openChat(c.ID)})
		}
	}
	for _, r := range m.store.Runs().List() {
		name := text.Line(r.Input)
		if name == "" {
			name = "built-in sample"
		}
		entries = append(entries, overlay.Entry{Title: name, Detail: string(r.State), Kind: "run",
			Key: r.Started.Format("2 Jan"), Class: overlay.Runs, Run: m.openRun(r.ID)})
	}
	if m.opts.Chat.Models != nil {
		for _, c := range m.opts.Chat.Models() {
			entries = append(entries, overlay.Entry{Title: text.Line(c.ID), Detail: text.Line(c.Price), Kind: "model",
				Class: overlay.Models, Run: m.useModel(c.ID)})
		}
	}
	for _, name := range m.theme.dir.Names() {
		entries = append(entries, overlay.Entry{Title: name, Kind: "theme", Class: overlay.Themes,
			Run: m.theme.load(name, true)})
	}
	return overlay.Open(overlay.Palette(entries, typed))
}

// act does the action of a name, or says why it is off.
func (m *model) act(name string) tea.Cmd {
	tables := [][]pane.Action{m.keys}
	for _, p := range m.panes {
		tables = append(tables, p.Actions())
	}
	for _, a := range slices.Concat(tables...) {
		if a.Name != name {
			continue
		}
		if a.Why != nil && a.Why() != "" {
			return pane.Toast(state.Info, a.Why())
		}
		return a.Do()
	}
	return pane.Toast(state.Warn, "there is no action "+name)
}

// first orders the palette: actions that a newcomer needs come first, then the others in the order of their panes.
func first(name string) int {
	order := []string{"connect", "chat.new", "chat.list", "chat.search", "chat.model", "chat.compare", "chat.params",
		"chat.system", "batch.open", "theme", "help"}
	if i := slices.Index(order, name); i >= 0 {
		return i
	}
	return len(order)
}

func (m *model) openChat(id string) tea.Cmd {
	return m.then("chat", func() error { return m.store.Library().Open(id) })
}

func (m *model) openRun(id string) tea.Cmd {
	return m.then("batch", func() error { m.store.Runs().Show(id); return nil })
}

func (m *model) useModel(id string) tea.Cmd {
	chat := m.snap.Chat.ID
	return m.then("chat", func() error { return m.store.Settings().SetModel(chat, id) })
}

// then returns the command that calls do, which may wait, and focuses a pane, or shows the error.
func (m *model) then(name string, do func() error) tea.Cmd {
	return func() tea.Msg {
		if err := do(); err != nil {
			return failed(err)
		}
		return pane.FocusMsg{Pane: name}
	}
}

// openHelp shows every key with what it does, and why some are off.
func (m *model) openHelp() tea.Cmd {
	var all []pane.Action
	if m.inspector.open {
		all = append(all, m.inspector.pane.Actions()...)
	}
	for i := range numPanes {
		all = append(all, m.panes[(m.layout.focus+i)%numPanes].Actions()...)
	}
	return overlay.Open(overlay.Help(overlay.Groups(append(all, m.keys...))))
}
