package chat

import (
	"fmt"
	"strconv"
	"strings"

	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// queuedLines is how many of the prompts that wait are shown.
const queuedLines = 3

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
		lines = m.drawCompare()
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
	lines = m.queued(lines)
	right := m.gauge()
	left := m.intent(widget.Width(right))
	lines = append(lines, m.compose.lines(m.env.Styles, m.w, m.hint(), left, right)...)
	if over := len(lines) - m.h; over > 0 {
		lines = lines[over:]
	}
	return strings.Join(lines, "\n")
}

// queued shows the prompts that wait for the answer before them.
func (m *Model) queued(lines []string) []string {
	st := m.env.Styles
	q := m.chat.Queued
	for i := range min(len(q), queuedLines) {
		right := ""
		if i == 0 {
			right = st.Text.Bold().Paint("alt+up") + st.Muted.Paint(" edits")
			if !m.chat.Busy && m.compose.empty() { // it does not go by itself after a stop
				right = st.Text.Bold().Paint("enter") + st.Muted.Paint(" sends   ") + right
			}
		}
		word := "queued"
		if i > 0 {
			word = "      "
		}
		s := text.Line(text.Clip(q[i], 400))
		if i == queuedLines-1 && len(q) > queuedLines {
			s = "and " + strconv.Itoa(len(q)-i) + " more"
		}
		s = text.Truncate(s, max(m.w-10-widget.Width(right)-1, 1))
		lines = append(lines, widget.Spread("  "+st.Faint.Paint(word)+"  "+st.Muted.Paint(s), right, m.w))
	}
	return lines
}

// hint is what stands in an empty composer.
func (m *Model) hint() string {
	switch {
	case !m.compose.on:
		return "letters are keys now: i to write"
	case len(m.compose.files) > 0:
		return "say what to do with it"
	case m.comparing() && !m.chat.Busy:
		return "Ask the next question"
	case len(m.views) == 0:
		return example
	case m.chat.Busy:
		return "the next message waits for this answer"
	}
	return ""
}

// intent is what the next message goes to: the model, its settings, what is attached. right is what stands beside it.
func (m *Model) intent(right int) string {
	st := m.env.Styles
	ink := st.Muted.On(style.Panel)
	if m.comparing() {
		way := fmt.Sprintf("to all %d · esc, then ", len(m.side.cols))
		if !m.compose.on {
			way = ""
		}
		adopt := ink.Paint(way) + st.Text.Bold().On(style.Panel).Paint(digits(len(m.side.cols))) + ink.Paint(" goes on with one answer, the others stay")
		if len(m.compose.files) > 0 {
			adopt = ink.Paint(fmt.Sprintf("to all %d", len(m.side.cols)))
		}
		return panelBlanks(st, m.withChips(adopt, "", max(m.w-4-right, 0)))
	}
	more := ""
	for _, fact := range m.facts(right) {
		more += ink.Paint(" · " + fact)
	}
	s := ink.Paint(text.Line(m.model))
	if m.compose.edits != 0 {
		s = st.Warn.On(style.Panel).Paint("edits a question") + ink.Paint(" · enter asks it beside the old one · ") + s
	}
	return panelBlanks(st, m.withChips(s, more, max(m.w-4-right, 0)))
}

// facts are what is said of the settings, as far as there is room beside the model and what is attached.
func (m *Model) facts(right int) []string {
	room := m.w - 6 - text.Width(text.Line(m.model)) - right
	for i := range m.compose.files {
		room -= text.Width(m.compose.files[i].words(chipName, true)) + 4
	}
	return m.settings.Facts(room)
}

// digits are the keys of n columns: 1 2 3.
func digits(n int) string { return "1 2 3 4"[:2*min(n, 4)-1] }

// panelBlanks puts the blanks between painted pieces on the panel too.
func panelBlanks(st *style.Styles, s string) string {
	return strings.ReplaceAll(s, st.Muted.End()+"  ", st.Muted.End()+st.Text.On(style.Panel).Paint("  "))
}
