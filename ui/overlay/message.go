package overlay

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/ui/pane"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

type message struct {
	styled
	title, sub, body string
	live             func() string // returns the current body; nil: body does not change
	lines            []string
	wrapped          int // the width in cells that lines were wrapped to
	generation       int // of the styles that lines were painted with
	pager            pager
}

// Message shows a text in full, such as an error with the relay's whole reply. It scrolls, and y copies it.
func Message(title, sub, body string) Dialog {
	body = text.Clean(strings.TrimRight(body, "\n"))
	return &message{title: text.Line(title), sub: text.Line(sub), body: body, pager: newPager()}
}

// LiveMessage is a Message whose text may change: body is called by Stack.Refresh, and must be quick.
func LiveMessage(title, sub string, body func() string) Dialog {
	return &message{title: text.Line(title), sub: text.Line(sub), live: body, pager: newPager()}
}

// refresh calls live for the current text.
func (m *message) refresh() {
	if m.live == nil {
		return
	}
	if body := text.Clean(strings.TrimRight(m.live(), "\n")); body != m.body {
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
	m.pager.update(msg)
	return false, nil
}

func (m *message) View(w, h int) Box {
	st := m.st
	longest := 40
	for line := range strings.SplitSeq(m.body, "\n") {
		longest = max(longest, text.Width(line))
	}
	bw := clamp(min(longest+4, 100), w-4)
	if m.wrapped != bw-4 || m.generation != st.Generation {
		m.wrapped, m.generation, m.lines = bw-4, st.Generation, text.Wrap(m.body, bw-4)
		for i := range m.lines {
			m.lines[i] = st.Text.Paint(m.lines[i])
		}
	}
	bh := clamp(len(m.lines)+4, h-2)
	m.pager.show(m.lines, bw-4, max(bh-4, 1))
	return Box{
		Title: m.title, Sub: st.Muted.Paint(m.sub), Status: m.pager.status(&m.styled), Body: m.pager.body(), W: bw, H: bh,
	}
}

// position is the status of a list that shows lines from to to of n, "" if it shows all.
func position(d *styled, from, to, n int) string {
	if to-from >= n {
		return ""
	}
	return d.st.Muted.Paint(widget.Count(int64(from+1)) + d.st.Glyphs.Range + widget.Count(int64(to)) + " of " +
		widget.Count(int64(n)))
}

func (m *message) Hints() []widget.Hint {
	hints := []widget.Hint{{Key: "y", Does: "copy"}}
	if m.pager.scrolls() {
		hints = append(hints, widget.Hint{Key: "up/down", Does: "scroll"})
	}
	return append(hints, widget.Hint{Key: "esc", Does: "close"})
}

func (m *message) Cursor() *tea.Cursor { return nil }
