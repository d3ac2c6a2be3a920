package chat

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// raw shows an answer as it came, or rendered again.
func (m *Model) raw() tea.Cmd {
	if v, ok := m.answer(); ok {
		e := m.entryOf(m.indexOf(v.ID))
		e.raw, e.rawOf, m.stale = !e.raw, 0, true
		if !m.scroll.follow && m.scroll.at == v.ID {
			m.scroll.off = 0 // its lines are others now
		}
	}
	return nil
}

func (m *Model) whyRaw() string {
	if v, ok := m.answer(); !ok || v.Role == roleUser || v.Text == "" {
		return "there is no text of an answer"
	}
	return ""
}

// layRaw lays the text out as it came: wrapped where it must be, and with what can't be drawn made visible.
func (e *entry) layRaw() {
	if e.rawOf == e.view.Version && e.rawW == e.w && e.rawSt == e.st {
		return
	}
	e.rawOf, e.rawW, e.rawSt = e.view.Version, e.w, e.st
	e.rawLines = []string{widget.Fit("  "+e.st.Faint.Paint("as it came, v renders it"), e.w)}
	for _, l := range text.Wrap(text.Clean(e.view.Text), max(e.w-2, 1)) {
		e.rawLines = append(e.rawLines, widget.Fit("  "+e.st.Text.Paint(l), e.w))
	}
}
