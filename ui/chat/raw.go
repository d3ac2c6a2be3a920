package chat

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/ui/widget"
)

// raw shows an answer as it came, or rendered again.
func (m *Model) raw() tea.Cmd {
	if v, ok := m.answer(); ok {
		e := m.entryOf(m.indexOf(v.ID))
		e.raw, e.rawOf, m.stale = !e.raw, 0, true
		m.folds++
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
	if e.rawOf == e.view.Version && e.rawW == e.w && e.rawSt == e.st && e.rawTyped == e.writing {
		return
	}
	e.rawOf, e.rawW, e.rawSt, e.rawTyped = e.view.Version, e.w, e.st, e.writing
	e.rawLines = []widget.Row{e.ours("  " + e.st.Faint.Paint("as it came, "+e.way("v")+" renders it"))}
	e.rawLines = e.put(e.rawLines, wrap(e.view.Text, e.w-margin), "  ", margin, e.st.Text)
}
