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
	look, window := m.look(), m.window()
	over := m.overflow(&window)
	m.read.SetLook(look)
	if m.comparing() {
		columns := &compare.Look{Width: m.frame.w, Height: look.Height + 1, PaneHeight: m.frame.h,
			Typing: look.Typing, Now: m.pace.calm}
		lines = append(m.compare.View(columns), widget.Fit(over, m.frame.w))
	} else if len(m.views) == 0 {
		hello := welcome{st: m.env.Styles, w: m.frame.w, model: m.model, demo: m.frame.demo}
		lines = hello.lines(look.Height + 1)
		if over != "" && len(lines) > 0 {
			lines[len(lines)-1] = over
		}
	} else {
		f := m.read.Draw()
		if f.Above == "" {
			f.Above = systemLine(m.env.Styles, m.chat.System, m.frame.w)
		}
		lines = append(append(lines, f.Above), f.Lines...)
		for len(lines) < look.Height+1 {
			lines = append(lines, widget.Blank(m.frame.w))
		}
		if f.Below == "" {
			f.Below = over
		}
		lines = append(lines, widget.Fit(f.Below, m.frame.w))
	}
	lines = append(lines, m.compose.View(m.around(&window))...)
	if n := len(lines) - m.frame.h; n > 0 {
		lines = lines[n:]
	}
	return strings.Join(lines, "\n")
}

// around is what the composer shows of what stands around it.
func (m *Model) around(w *contextWindow) *compose.Look {
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
