package ui

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/ui/tty"
)

// keyboard is an input that wants to know whether letters are text: see package tty.
type keyboard interface{ Typing(bool) }

// reportTyping tells the input whether the next letters are text or commands.
func (m *model) reportTyping() {
	if k, ok := m.opts.Input.(keyboard); ok {
		k.Typing(m.dialogs.Empty() && m.front().Typing())
	}
}

// paste hands text to the pane in which one types, else to the composer: no other pane has a place for it.
func (m *model) paste(msg tea.PasteMsg) tea.Cmd {
	if p := m.front(); p.Typing() {
		return p.Update(msg)
	}
	return tea.Batch(m.focusOn(paneChat), m.panes[paneChat].Update(msg))
}

// pasted is a message with the text of a paste as it is shown.
func pasted(msg tea.Msg) tea.Msg {
	if p, ok := msg.(tea.PasteMsg); ok {
		return tea.PasteMsg{Content: tty.Unshield(p.Content)}
	}
	return msg
}
