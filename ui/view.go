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

// box is a pane's bordered picture, kept until something in it changes.
type box struct {
	body, title, status string
	w, h, generation    int
	focused             bool
	lines               []string
}

// FrameStats counts what the screen costs. It is read and written on the program's goroutine only.
type FrameStats struct {
	Composed int           // frames composed since the start
	Spent    time.Duration // in composing them
}

// View returns the composed screen. Bubble Tea asks after every message; only a stale screen is composed again.
func (m *model) View() tea.View {
	if !m.stale || m.snap == nil {
		return m.screen
	}
	start := time.Now()
	m.stale = false
	v := tea.NewView(m.compose())
	v.AltScreen = true
	v.Cursor = m.cursor()
	v.WindowTitle = m.windowTitle()
	if !m.mouseOff {
		v.MouseMode = tea.MouseModeCellMotion
	}
	m.screen = v
	m.stats.Composed++
	m.stats.Spent += time.Since(start)
	if m.opts.Frames != nil {
		m.opts.Frames(m.stats)
	}
	return v
}

// compose joins the panes' cached lines, the strip and the footer.
func (m *model) compose() string {
	st := m.env.Styles
	if m.w == 0 || m.h == 0 {
		return ""
	}
	if m.layout.small {
		return widget.Lines(text.Wrap(st.Text.Paint(sizeAdvice(m.w, m.h)), m.w), m.w, m.h)
	}
	rows := make([]string, 0, m.h)
	switch {
	case m.looking:
		rows = append(rows, m.inspectorLines()...)
	case m.layout.wide:
		left, top, bottom := m.boxLines(paneChat), m.boxLines(paneMetrics), m.boxLines(paneBatch)
		right := append(append(make([]string, 0, len(left)), top...), bottom...)
		for i := range left {
			rows = append(rows, left[i]+right[i])
		}
	case m.layout.zoomed:
		rows = append(rows, m.boxLines(m.focus)...)
	default:
		rows = append(rows, m.narrow()...)
	}
	base := st.Start(style.Bg) + strings.Join(rows, "\n")
	if !m.dialogs.Empty() {
		base = m.dialogs.Over(base, m.w, m.layout.bodyH)
	}
	return base + "\n" + m.strip() + "\n" + m.footer()
}

// narrow is one pane under a line of tabs.
func (m *model) narrow() []string {
	r := m.layout.panes[m.focus]
	blank := m.env.Styles.Start(style.Bg) + widget.Blank(m.w)
	rows := append(make([]string, 0, m.layout.bodyH), m.tabs())
	for range r.y - 1 {
		rows = append(rows, blank)
	}
	for _, line := range strings.Split(m.panes[m.focus].View(), "\n") {
		rows = append(rows, widget.Margin(m.env.Styles, line))
	}
	for len(rows) < m.layout.bodyH {
		rows = append(rows, blank)
	}
	return rows
}

// boxLines is a pane with its border, from the cache if nothing in it changed.
func (m *model) boxLines(i int) []string {
	p, r, b := m.panes[i], m.layout.panes[i], &m.boxes[i]
	now := box{body: p.View(), title: p.Title(), status: p.Status(), w: r.w, h: r.h, generation: m.env.Styles.Generation,
		focused: m.focus == i}
	if b.lines != nil && now.body == b.body && now.title == b.title && now.status == b.status && now.w == b.w &&
		now.h == b.h &&
		now.generation == b.generation && now.focused == b.focused {
		return b.lines
	}
	name := strconv.Itoa(i+1) + " " + p.Name()
	now.lines = strings.Split(widget.Box(m.env.Styles, r.w, r.h, name, now.title, now.status, now.focused, now.body), "\n")
	*b = now
	return now.lines
}

// cursor is where the terminal's cursor stands: in the dialog on top, else in the focused pane.
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
	x, y := m.layout.origin(m.focus)
	at.X, at.Y = at.X+x, at.Y+y
	return &at
}

// windowTitle is the program, what it shows and whether it works.
func (m *model) windowTitle() string {
	title := "relaytop"
	if m.snap.Chat.Title != "" {
		title += " - " + text.Truncate(text.Line(m.snap.Chat.Title), 40)
	}
	if r := m.snap.Run; r.ID != "" && r.Rows > 0 && r.Underway() > 0 {
		title += " - " + strconv.Itoa(r.Done()*100/r.Rows) + "%"
	}
	return title
}

// message is the toast in the footer's place. What stops an answer, and where the help is, stays beside it.
func (m *model) message() string {
	st := m.env.Styles
	ink, glyph := st.Accent, st.Glyphs.Dot
	switch m.toast.Level {
	case state.Warn:
		ink, glyph = st.Warn, st.Glyphs.Warning
	case state.Bad:
		ink, glyph = st.Error, st.Glyphs.Failed
	}
	hint := func(key, does string) string { return "   " + st.Text.Bold().Paint(key) + st.Muted.Paint(" "+does) }
	right := hint(m.helpKey(), "help") + " "
	if m.snap.Chat.Streaming && m.focus == paneChat && !m.looking {
		right = hint("esc", "stop") + right
	}
	left := " " + ink.Paint(glyph) + " " + st.Text.Paint(text.Line(m.toast.Text))
	return widget.Fit(left, m.w-widget.Width(right)) + right
}

func sizeAdvice(w, h int) string {
	return "relaytop needs " + strconv.Itoa(minWidth) + "x" + strconv.Itoa(minHeight) + " cells; this terminal has " +
		strconv.Itoa(w) + "x" + strconv.Itoa(h)
}
