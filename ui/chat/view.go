package chat

import (
	"strings"

	"relaytop/ui/chat/compose"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// View draws the pane; it is cached until something changed.
func (m *Model) View() string {
	k := drawn{st: m.env.Styles, w: m.w, h: m.h, focused: m.focused}
	if m.stale || m.read.Dirty() || k != m.cached {
		m.cache, m.cached, m.stale = m.draw(), k, false
	}
	return m.cache
}

func (m *Model) draw() string {
	if m.w < leastWidth || m.h < 3 {
		return widget.Lines(nil, m.w, m.h)
	}
	lines := make([]string, 0, m.h)
	m.read.SetLook(m.look())
	if m.comparing() {
		lines = append(m.compare.View(m.columnsLook()), widget.Fit(m.overflow(), m.w))
	} else if len(m.views) == 0 {
		lines = m.hello(lines, m.body()+1)
		if s := m.overflow(); s != "" && len(lines) > 0 {
			lines[len(lines)-1] = s
		}
	} else {
		f := m.read.Draw()
		if f.Above == "" {
			f.Above = m.systemLine()
		}
		lines = append(append(lines, f.Above), f.Lines...)
		for len(lines) < m.body()+1 {
			lines = append(lines, widget.Blank(m.w))
		}
		if f.Below == "" {
			f.Below = m.overflow()
		}
		lines = append(lines, widget.Fit(f.Below, m.w))
	}
	lines = append(lines, m.compose.View(m.around())...)
	if over := len(lines) - m.h; over > 0 {
		lines = lines[over:]
	}
	return strings.Join(lines, "\n")
}

// around is what the composer shows of what stands around it.
func (m *Model) around() *compose.Look {
	l := &compose.Look{Width: m.w, Model: m.model, Hint: m.hint(), Gauge: m.gauge()}
	if m.comparing() {
		l.Columns = m.compare.Columns()
		return l
	}
	taken := 6 + text.Width(text.Line(m.model)) + widget.Width(l.Gauge) + m.compose.ChipsWidth()
	l.Facts = m.settings.Facts(m.w - taken)
	return l
}

// hint is what stands in an empty composer.
func (m *Model) hint() string {
	switch {
	case m.comparing() && !m.chat.Busy:
		return "Ask the next question"
	case len(m.views) == 0:
		return example
	case m.chat.Busy:
		return "the next message waits for this answer"
	}
	return ""
}
