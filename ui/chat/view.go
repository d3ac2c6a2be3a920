package chat

import (
	"strings"

	"relaytop/ui/chat/compare"
	"relaytop/ui/chat/compose"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// View draws the pane; it is cached until something changed.
func (m *Model) View() string {
	dirty := m.frame.stale || m.frame.st != m.env.Styles
	switch { // only what is drawn counts
	case m.comparing():
		dirty = dirty || m.compare.Dirty()
	case len(m.views) > 0:
		dirty = dirty || m.read.Dirty()
	}
	if dirty {
		m.frame.screen, m.frame.st, m.frame.stale = m.draw(), m.env.Styles, false
	}
	return m.frame.screen
}

func (m *Model) draw() string {
	if m.frame.w < leastWidth || m.frame.h < 3 {
		return widget.Lines(nil, m.frame.w, m.frame.h)
	}
	lines := make([]string, 0, m.frame.h)
	m.read.SetLook(m.look())
	if m.comparing() {
		look := compare.Look{Width: m.frame.w, Height: m.frame.h - m.compose.Height() - 1, PaneHeight: m.frame.h,
			Typing: m.compose.Typing(), Now: m.pace.calm}
		lines = append(m.compare.View(look), widget.Fit(m.overflow(), m.frame.w))
	} else if len(m.views) == 0 {
		hello := welcome{st: m.env.Styles, w: m.frame.w, model: m.model, demo: m.frame.demo}
		lines = hello.lines(m.body() + 1)
		if s := m.overflow(); s != "" && len(lines) > 0 {
			lines[len(lines)-1] = s
		}
	} else {
		f := m.read.Draw()
		if f.Above == "" {
			f.Above = systemLine(m.env.Styles, m.chat.System, m.frame.w)
		}
		lines = append(append(lines, f.Above), f.Lines...)
		for len(lines) < m.body()+1 {
			lines = append(lines, widget.Blank(m.frame.w))
		}
		if f.Below == "" {
			f.Below = m.overflow()
		}
		lines = append(lines, widget.Fit(f.Below, m.frame.w))
	}
	lines = append(lines, m.compose.View(m.around())...)
	if over := len(lines) - m.frame.h; over > 0 {
		lines = lines[over:]
	}
	return strings.Join(lines, "\n")
}

// around is what the composer shows of what stands around it.
func (m *Model) around() *compose.Look {
	w := m.window()
	l := &compose.Look{Width: m.frame.w, Model: m.model, Gauge: w.gauge(m.env.Styles)}
	switch { // what stands in an empty composer
	case m.comparing() && !m.chat.Busy:
		l.Hint = "Ask the next question"
	case len(m.views) == 0:
		l.Hint = example
	case m.chat.Busy:
		l.Hint = "the next message waits for this answer"
	}
	if m.comparing() {
		l.Columns = m.compare.Columns()
		return l
	}
	taken := 6 + text.Width(text.Line(m.model)) + widget.Width(l.Gauge) + m.compose.ChipsWidth()
	l.Facts = m.settings.Facts(m.frame.w - taken)
	return l
}
