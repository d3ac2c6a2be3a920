package overlay

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/ui/pane"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

type message struct {
	dress
	title, sub, body string
	now              func() string // what body is just now; nil: it stays
	lines            []string
	wrapped          int // the width that lines were made for
	scroll           list
}

// Message shows a text in full: an error with all that the relay said. It scrolls, and y copies it.
func Message(title, sub, body string) Dialog {
	return &message{title: text.Line(title), sub: text.Line(sub), body: text.Clean(strings.TrimRight(body, "\n"))}
}

// LiveMessage is a Message whose text is asked for at each drawing: what moves on the screen behind it moves in it. body must be quick.
func LiveMessage(title, sub string, body func() string) Dialog {
	return &message{title: text.Line(title), sub: text.Line(sub), now: body}
}

// renew takes the text as it is now.
func (m *message) renew() {
	if m.now == nil {
		return
	}
	if body := text.Clean(strings.TrimRight(m.now(), "\n")); body != m.body {
		m.body, m.wrapped = body, 0
	}
}

func (m *message) Update(msg tea.Msg) (bool, tea.Cmd) {
	switch pressed(msg) {
	case "esc", "enter", "q", "ctrl+c":
		return true, nil
	case "y":
		return false, pane.Copy(m.body, m.title)
	}
	scrollText(&m.scroll, msg)
	return false, nil
}

// scrollText moves the window itself: a text has no line that one stands on.
func scrollText(l *list, msg tea.Msg) {
	view := list{n: max(l.n-l.h+1, 1), h: 1, at: l.top}
	step := l.h
	switch pressed(msg) {
	case "pgdown", "space", "ctrl+d":
		view.move(step)
	case "pgup", "ctrl+u":
		view.move(-step)
	default:
		view.update(msg, true)
	}
	l.top = view.at
	l.at = l.top
}

func (m *message) View(w, h int) Box {
	st := m.st
	m.renew()
	longest := 40
	for line := range strings.SplitSeq(m.body, "\n") {
		longest = max(longest, text.Width(line))
	}
	bw := clamp(min(longest+4, 100), w-4)
	if m.wrapped != bw-4 {
		m.wrapped, m.lines = bw-4, text.Wrap(m.body, bw-4)
	}
	bh := clamp(len(m.lines)+4, h-2)
	m.scroll.n, m.scroll.h = len(m.lines), max(bh-4, 1)
	m.scroll.top = max(min(m.scroll.top, m.scroll.n-m.scroll.h), 0)
	from, to := m.scroll.window()
	body := []string{""}
	for _, line := range m.lines[from:to] {
		body = append(body, st.Text.Paint(line))
	}
	return Box{Title: m.title, Sub: st.Muted.Paint(m.sub), Status: position(&m.dress, from, to, m.scroll.n), Body: strings.Join(body, "\n"), W: bw, H: bh}
}

// position tells where one is in a text that does not fit.
func position(d *dress, from, to, n int) string {
	if to-from >= n {
		return ""
	}
	return d.st.Muted.Paint(widget.Count(int64(from+1)) + d.st.Glyphs.Range + widget.Count(int64(to)) + " of " + widget.Count(int64(n)))
}

func (m *message) Hints() []widget.Hint {
	hints := []widget.Hint{{Key: "y", Does: "copy"}}
	if m.scroll.n > m.scroll.h {
		hints = append(hints, widget.Hint{Key: "up/down", Does: "scroll"})
	}
	return append(hints, widget.Hint{Key: "esc", Does: "close"})
}

func (m *message) Cursor() *tea.Cursor { return nil }
