package chat

import (
	"strconv"

	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/ui/markdown"
	"relaytop/ui/pane"
)

// copy puts the chosen message, or its code block of the number typed before, on the clipboard: the text as it came, without what the
// screen adds to it.
func (m *Model) copy() tea.Cmd {
	if k := &m.marked; k.text != "" { // whoever marked something means that
		return pane.Copy(k.text, k.grain.String())
	}
	v, ok := m.selected()
	if !ok {
		return nil
	}
	if m.count == 0 {
		if v.Text == "" {
			return pane.Toast(state.Info, "there is nothing to copy: it has no text")
		}
		what := "the answer"
		if v.Role == roleUser {
			what = "the question"
		}
		return pane.Copy(v.Text, what)
	}
	if v.Role == roleUser {
		v, _ = m.answer()
	}
	codes := markdown.CodeBlocks(v.Text)
	if m.count > len(codes) {
		return pane.Toast(state.Warn, "there is no code block "+strconv.Itoa(m.count))
	}
	return pane.Copy(codes[m.count-1].Text, "code block "+strconv.Itoa(m.count))
}
