package overlay

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/ui/text"
	"relaytop/ui/widget"
)

type confirm struct {
	styled
	question, detail string
	yes              tea.Cmd
	buttons          int  // body line of the buttons
	onYes            bool // the yes button is chosen
}

// Confirm asks before something that can't be undone. The question says what will happen ("Cancel 412 rows?"), the
// detail what will be lost. yes runs if it is confirmed. Enter alone does not confirm: no is chosen at first.
func Confirm(question, detail string, yes tea.Cmd) Dialog {
	return &confirm{question: text.Line(question), detail: text.Clean(detail), yes: yes}
}

func (c *confirm) Update(msg tea.Msg) (bool, tea.Cmd) {
	switch pressed(msg) {
	case "y", "Y":
		return true, c.yes
	case "n", "N", "esc", "q", "ctrl+c":
		return true, nil
	case "left", "right", "tab", "shift+tab", "h", "l":
		c.onYes = !c.onYes
	case "enter":
		if c.onYes {
			return true, c.yes
		}
		return true, nil
	}
	if m, ok := msg.(tea.MouseClickMsg); ok && m.Button == tea.MouseLeft && m.Y == c.buttons {
		switch {
		case m.X >= 0 && m.X < 7:
			return true, c.yes
		case m.X >= 9 && m.X < 15:
			return true, nil
		}
	}
	return false, nil
}

func (c *confirm) View(w, h int) Box {
	st := c.st
	want := max(44, min(text.Width(c.question)+4, 72))
	for line := range strings.SplitSeq(c.detail, "\n") {
		want = max(want, min(text.Width(line)+4, 72))
	}
	bw := clamp(want, w)
	inner := bw - 4
	var body []string
	body = append(body, "")
	for _, line := range text.Prose(c.question, inner) {
		body = append(body, st.Text.Bold().Paint(line))
	}
	if c.detail != "" {
		for _, line := range text.Prose(c.detail, inner) {
			body = append(body, st.Muted.Paint(line))
		}
	}
	if avail := h - 5; len(body) > avail && avail > 1 {
		body = body[:avail]
	}
	c.buttons = len(body) + 1
	yes, no := st.Text.Bold().Paint(" y ")+st.Muted.Paint("yes "), widget.Chip(st, "n no")
	if c.onYes {
		yes, no = widget.Chip(st, "y yes"), st.Text.Bold().Paint(" n ")+st.Muted.Paint("no ")
	}
	body = append(body, "", yes+"  "+no)
	return Box{Title: "sure?", Body: strings.Join(body, "\n"), W: bw, H: clamp(len(body)+3, h)}
}

func (c *confirm) Hints() []widget.Hint {
	return []widget.Hint{{Key: "y", Does: "yes"}, {Key: "n", Does: "no"}, {Key: "left/right", Does: "choose"},
		{Key: "esc", Does: "no"}}
}

func (c *confirm) Cursor() *tea.Cursor { return nil }
