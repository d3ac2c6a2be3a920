package ui

import (
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// View returns the composed screen. Bubble Tea calls it after every message; only a stale screen is composed again.
func (m *model) View() tea.View {
	if !m.screen.stale || m.snap == nil {
		return m.screen.view
	}
	start := time.Now()
	v := tea.NewView(m.compose())
	v.AltScreen = true
	v.Cursor = m.cursor()
	v.WindowTitle = windowTitle(m.snap)
	if !m.pointer.off {
		v.MouseMode = tea.MouseModeCellMotion
	}
	m.screen.keep(v, start)
	m.reportTyping()
	if m.opts.Frames != nil {
		m.opts.Frames(m.screen.stats)
	}
	return v
}

// compose joins the panes' cached lines, the strip and the footer.
func (m *model) compose() string {
	st := m.env.Styles
	w, h := m.layout.w, m.layout.h
	if w == 0 || h == 0 {
		return ""
	}
	if m.layout.small {
		advice := text.Prose(sizeAdvice(w, h), w)
		for i := range advice {
			advice[i] = st.Text.Paint(advice[i])
		}
		return widget.Lines(advice, w, h)
	}
	rows := make([]string, 0, h)
	switch {
	case m.inspector.open:
		p := m.inspector.pane
		rows = append(rows, m.screen.inspector.draw(st, p, p.Name(), w, m.layout.bodyH, true)...)
	case m.layout.wide:
		left, top, bottom := m.boxLines(paneChat), m.boxLines(paneMetrics), m.boxLines(paneBatch)
		right := append(append(make([]string, 0, len(left)), top...), bottom...)
		for i := range left {
			rows = append(rows, left[i]+right[i])
		}
	case m.layout.zoomed:
		rows = append(rows, m.boxLines(m.layout.focus)...)
	default:
		rows = append(rows, m.narrow()...)
	}
	base := st.Start(style.Bg) + strings.Join(rows, "\n")
	if !m.dialogs.Empty() {
		base = m.dialogs.Over(base, w, m.layout.bodyH)
	}
	return base + "\n" + m.strip() + "\n" + m.footer()
}

// narrow is one pane under a line of tabs.
func (m *model) narrow() []string {
	p, r := m.panes[m.layout.focus], m.layout.panes[m.layout.focus]
	blank := m.env.Styles.Start(style.Bg) + widget.Blank(m.layout.w)
	rows := append(make([]string, 0, m.layout.bodyH), m.tabs())
	for range r.y - 1 {
		rows = append(rows, blank)
	}
	for _, line := range strings.Split(p.View(), "\n") {
		rows = append(rows, widget.Margin(m.env.Styles, line))
	}
	for len(rows) < m.layout.bodyH {
		rows = append(rows, blank)
	}
	return rows
}

// boxLines is the lines of a pane with its border.
func (m *model) boxLines(i int) []string {
	p, r := m.panes[i], m.layout.panes[i]
	name := strconv.Itoa(i+1) + " " + p.Name()
	return m.screen.boxes[i].draw(m.env.Styles, p, name, r.w, r.h, m.layout.focus == i)
}

// cursor is the terminal's cursor: that of the dialog on top, or else of the pane that has the keys.
func (m *model) cursor() *tea.Cursor {
	if m.layout.small {
		return nil
	}
	if !m.dialogs.Empty() {
		return m.dialogs.Cursor()
	}
	c := m.front().Cursor()
	if c == nil {
		return nil
	}
	at := *c
	x, y := m.layout.origin(m.layout.focus)
	at.X, at.Y = at.X+x, at.Y+y
	return &at
}

// windowTitle is the program's name, the title of the chat, and the progress of a run that is under way.
func windowTitle(snap *state.Snapshot) string {
	title := "relaytop"
	if snap.Chat.Title != "" {
		title += " - " + text.Truncate(text.Line(snap.Chat.Title), 40)
	}
	if r := snap.Run; r.ID != "" && r.Rows > 0 && r.Underway() > 0 {
		title += " - " + strconv.Itoa(r.Done()*100/r.Rows) + "%"
	}
	return title
}

// message is the toast in the footer's place. The keys for stop and help stay beside it.
func (m *model) message() string {
	st := m.env.Styles
	var ink style.Ink
	var glyph string
	switch m.toast.msg.Level {
	case state.Info:
		ink, glyph = st.Accent, st.Glyphs.Dot
	case state.Warn:
		ink, glyph = st.Warn, st.Glyphs.Warning
	case state.Bad:
		ink, glyph = st.Error, st.Glyphs.Failed
	}
	hint := func(key, does string) string {
		if key == "" {
			return ""
		}
		return "   " + st.Text.Bold().Paint(key) + st.Muted.Paint(" "+does)
	}
	right := hint(m.helpKey(), "help") + " "
	if m.snap.Chat.Streaming && m.layout.focus == paneChat && !m.inspector.open {
		right = hint(m.env.Keys.Of("chat.stop", true), "stop") + right
	}
	left := " " + ink.Paint(glyph) + " " + st.Text.Paint(text.Line(m.toast.msg.Text))
	return widget.Fit(left, m.layout.w-widget.Width(right)) + right
}

func sizeAdvice(w, h int) string {
	return "relaytop needs " + strconv.Itoa(minWidth) + "x" + strconv.Itoa(minHeight) + " cells; this terminal has " +
		strconv.Itoa(w) + "x" + strconv.Itoa(h)
}
