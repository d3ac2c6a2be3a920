package chat

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/ui/chat/compare"
	"relaytop/ui/chat/compose"
	"relaytop/ui/chat/transcript"
	"relaytop/ui/pane"
)

const (
	leastWidth = 8  // cells; a narrower pane is blank
	lowest     = 12 // lines; in a lower pane explanations are cut to one line
)

// arrange hands each part what it is drawn with, and works out which actions are on. It is the last step of every
// change of the pane, so that drawing only reads.
func (m *Model) arrange() {
	if st := m.env.Styles; st != m.frame.st {
		m.frame.st, m.frame.stale = st, true
	}
	m.actions.now = m.situation()
	m.frame.window = m.window()
	m.settings.SetStyles(m.frame.st)
	m.read.SetLook(m.readLook())
	m.compare.SetLook(m.compareLook())
	m.compose.SetLook(m.composeLook())
}

// followedBy makes a table whose actions call after when they are done.
func followedBy(table []pane.Action, after func()) []pane.Action {
	for i := range table {
		do := table[i].Do
		table[i].Do = func() tea.Cmd {
			cmd := do()
			after()
			return cmd
		}
	}
	return table
}

// body is how many lines of the transcript are visible.
func (m *Model) body() int {
	return max(m.frame.h-m.compose.Height()-2, 0)
}

// readLook is how the transcript is drawn now.
func (m *Model) readLook() transcript.Look {
	return transcript.Look{
		Styles: m.frame.st, Keys: &m.env.Keys, Width: m.frame.w, Height: m.body(), Low: m.frame.h < lowest,
		Typing: m.compose.Typing(), Focused: m.frame.focused, Streaming: m.streaming(), Now: m.pace.calm,
	}
}

// compareLook is how the columns are drawn now.
func (m *Model) compareLook() compare.Look {
	return compare.Look{Styles: m.frame.st, Width: m.frame.w, Height: m.body() + 1, PaneHeight: m.frame.h,
		Typing: m.compose.Typing(), Now: m.pace.calm}
}

// composeLook is how the composer is drawn now.
func (m *Model) composeLook() compose.Look {
	k := compose.Look{
		Styles: m.frame.st, Keys: &m.env.Keys, Width: m.frame.w,
		Model: m.model, Gauge: m.frame.window.gauge(m.frame.st),
	}
	switch { // the placeholder of an empty composer
	case m.comparing() && !m.chat.Busy:
		k.Hint = "Ask the next question"
	case len(m.views) == 0:
		k.Hint = example
	case m.chat.Busy:
		k.Hint = "the next message waits for this answer"
	}
	if m.comparing() {
		k.Columns = m.compare.Columns()
	} else {
		k.Facts = m.settings.Facts()
	}
	return k
}
