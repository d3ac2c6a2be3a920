package chat

import (
	"strings"

	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// View draws the pane; it is cached until something changed. It asks nothing of the store and changes nothing but
// caches: arrange has handed the parts all that they are drawn with.
func (m *Model) View() string {
	dirty := m.frame.stale
	switch { // only the part that is drawn counts
	case m.comparing():
		dirty = dirty || m.compare.Dirty()
	case len(m.views) > 0:
		dirty = dirty || m.read.Dirty()
	}
	if dirty {
		m.frame.screen, m.frame.stale = m.draw(), false
	}
	return m.frame.screen
}

func (m *Model) draw() string {
	if m.frame.w < leastWidth || m.frame.h < 3 {
		return widget.Lines(nil, m.frame.w, m.frame.h)
	}
	lines := make([]string, 0, m.frame.h)
	h := m.body() + 1
	over := m.warning()
	if m.comparing() {
		lines = append(m.compare.View(), widget.Fit(over, m.frame.w))
	} else if len(m.views) == 0 {
		hello := welcome{st: m.frame.st, keys: &m.env.Keys, w: m.frame.w, model: m.model, demo: m.frame.demo}
		lines = hello.lines(h)
		if over != "" && len(lines) > 0 {
			lines[len(lines)-1] = over
		}
	} else {
		f := m.read.Draw()
		if f.Above == "" {
			f.Above = systemLine(m.frame.st, m.chat.System, m.frame.w)
		}
		lines = append(append(lines, f.Above), f.Lines...)
		for len(lines) < h {
			lines = append(lines, widget.Blank(m.frame.w))
		}
		if f.Below == "" {
			f.Below = over
		}
		lines = append(lines, widget.Fit(f.Below, m.frame.w))
	}
	lines = append(lines, m.compose.View()...)
	if n := len(lines) - m.frame.h; n > 0 {
		lines = lines[n:]
	}
	return strings.Join(lines, "\n")
}

// Title is the title of the open chat.
func (m *Model) Title() string {
	st := m.frame.st
	if m.comparing() {
		return st.Muted.Paint(m.compare.Title(m.frame.w))
	}
	if m.chat.Title == "" {
		return st.Muted.Paint("new chat")
	}
	return st.Muted.Paint(text.Line(m.chat.Title))
}

// Status is the model that the next message goes to.
func (m *Model) Status() string {
	if m.comparing() {
		return ""
	}
	return m.frame.st.Muted.Paint(text.Line(m.model))
}
