package ui

import (
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"relaytop/ui/pane"
)

// Update is five steps: the size, the frame, the dialogs, a key or the mouse, and any other message to all panes.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.layout.w, m.layout.h = msg.Width, msg.Height
		m.relayout()
		return m, nil
	case frameMsg:
		m.frames.last = time.Now()
		m.refresh()
		m.frames.took(time.Since(m.frames.last) + m.screen.took)
		cmds := []tea.Cmd{m.nextFrame(), m.toast.showNotice(m.snap.Notice)}
		for _, h := range m.toast.ends.look(m.snap, m.store.Runs().List) {
			cmds = append(cmds, m.runEnded(h))
		}
		return m, tea.Batch(cmds...)
	}
	m.screen.stale = true
	msg = pasted(msg)
	if press, ok := msg.(tea.KeyPressMsg); ok {
		m.toast.dismiss()
		if key.Matches(press, quitKey) {
			return m, m.exit.interrupt(m.store.Talk(), m.store.Runs().List)
		}
	}
	cmd, taken := m.dialogs.Update(msg)
	if taken {
		return m, cmd
	}
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return m, m.press(msg)
	case tea.PasteMsg:
		return m, m.paste(msg)
	case tea.MouseMsg:
		return m, m.mouse(msg)
	}
	return m, tea.Batch(cmd, m.other(msg))
}

// press hands a key to a global action, or else to the pane that has the keys.
func (m *model) press(msg tea.KeyPressMsg) tea.Cmd {
	p := m.front()
	if m.inspector.open && m.inspector.pane.Has(msg) { // its keys come first: q closes it, and would quit
		return p.Update(msg)
	}
	for i := range m.keys {
		if a := &m.keys[i]; (!p.Typing() || a.Typing && msg.Text == "") && key.Matches(msg, a.Binding) && a.On() {
			return a.Do()
		}
	}
	return p.Update(msg)
}

// other handles the root's own messages. Any other goes to all panes: their messages are private types.
func (m *model) other(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case pane.ToastMsg:
		return m.toast.show(msg.Level, msg.Text)
	case pane.FocusMsg:
		return m.focusNamed(msg.Pane)
	case pane.CopyMsg:
		return newClipboard(m.opts.Environ, m.opts.Copied).copy(msg)
	case pane.ActionMsg:
		return m.act(msg.Name)
	case pane.ZoomMsg:
		return m.zoomOn(msg.Pane)
	case pane.InspectMsg:
		return m.openInspector(msg)
	case pane.RequestsMsg:
		return m.openRequests(msg.Filter)
	case pane.InspectEndMsg:
		return m.closeInspector()
	case endMsg:
		return m.exit.end(msg)
	case toastEnd:
		m.toast.end(msg)
		return nil
	case themeMsg:
		return m.applyTheme(msg)
	case tea.ColorProfileMsg:
		return m.theme.profile(msg.Profile)
	case tea.BackgroundColorMsg:
		return m.theme.background(msg.IsDark(), m.env.Styles.Colour)
	}
	cmds := make([]tea.Cmd, numPanes, numPanes+1)
	for i, p := range m.panes {
		cmds[i] = p.Update(msg)
	}
	return tea.Batch(append(cmds, m.inspector.pane.Update(msg))...)
}
