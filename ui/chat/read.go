package chat

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/state/session"
	"relaytop/ui/chat/transcript"
	"relaytop/ui/pane"
)

// reads passes the transcript a message: of the mouse, or one of its own.
func (m *Model) reads(msg tea.Msg) tea.Cmd {
	out, ok := m.read.Update(msg, m.pace.clock())
	switch {
	case !ok:
		return nil
	case out.Letters == transcript.Read && m.compose.Empty(): // otherwise the next words would be commands
		m.reading()
	case out.Letters == transcript.Write:
		m.frame.stale = true
		m.compose.SetTyping(true)
	}
	return out.Cmd
}

// mouse passes a message of the mouse to the part that is below it.
func (m *Model) mouse(msg tea.MouseMsg) tea.Cmd {
	click, ok := msg.(tea.MouseClickMsg)
	left := ok && click.Button == tea.MouseLeft
	if top := m.frame.h - m.compose.Height(); left && click.Y >= top && m.compose.Click(click.X, click.Y-top) {
		m.read.Unmark()
		m.writing()
		return nil
	}
	if !m.comparing() {
		return m.reads(msg)
	}
	switch wheel, ok := msg.(tea.MouseWheelMsg); {
	case left && m.compose.Empty():
		m.reading()
	case ok && wheel.Button == tea.MouseWheelUp:
		m.compare.Scroll(-pane.WheelLines)
	case ok && wheel.Button == tea.MouseWheelDown:
		m.compare.Scroll(pane.WheelLines)
	}
	return nil
}

// scroll scrolls the transcript or the column n lines, down if positive.
func (m *Model) scroll(n int) {
	if m.comparing() {
		m.compare.Scroll(n)
		return
	}
	m.read.Scroll(n)
}

// selected is the message that letters are about; in a comparison it is the answer in the chosen column.
func (m *Model) selected() (session.View, bool) {
	if m.comparing() {
		return m.compare.Answer()
	}
	return m.read.Selected()
}

// answer is the answer that letters are about.
func (m *Model) answer() (session.View, bool) {
	if m.comparing() {
		return m.compare.Answer()
	}
	return m.read.Answer()
}

// copy puts the selected message on the clipboard, or its code block of the number that was typed before.
func (m *Model) copy() tea.Cmd {
	if !m.comparing() {
		return m.read.Copy(m.count)
	}
	v, ok := m.compare.Answer()
	if !ok {
		return nil
	}
	return transcript.Copy(&v, m.count)
}

// move selects another message, or scrolls a column.
func (m *Model) move(n int) func() tea.Cmd {
	return func() tea.Cmd {
		if m.comparing() {
			m.compare.Scroll(n)
		} else {
			m.read.Move(n)
		}
		return nil
	}
}

// page scrolls n pages less a line each, down if positive.
func (m *Model) page(n int) func() tea.Cmd {
	return func() tea.Cmd {
		if m.comparing() {
			m.compare.Scroll(n * max(m.body()-1, 1))
		} else {
			m.read.Page(n)
		}
		return nil
	}
}
