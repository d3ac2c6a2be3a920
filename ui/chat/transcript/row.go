package transcript

import (
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// margin is the number of cells before all text: blanks, a bar or a mark.
const margin = 2

// textRow makes a line of text behind the margin, which can be marked and copied.
func (e *entry) textRow(line string) widget.Row {
	return widget.Row{Line: e.look.fit(line), Seam: widget.Seam{From: margin, To: e.look.Width}}
}

// noteRow makes a line that is only on the screen: a copy leaves it out.
func (e *entry) noteRow(line string) widget.Row {
	return widget.Row{Line: e.look.fit(line), Seam: widget.Seam{NoText: true}}
}

// wrapped is a text in lines, and how each line continues the one above.
type wrapped struct {
	lines []string
	joins []text.Join
}

func wrap(s string, w int) wrapped {
	lines, joins := text.WrapJoined(text.Clean(s), max(w, 1))
	return wrapped{lines, joins}
}

// part returns the lines from..to (to excluded).
func (b wrapped) part(from, to int) wrapped { return wrapped{b.lines[from:to], b.joins[from:to]} }

// put appends a wrapped text in ink. before comes before each line and takes in cells.
func (e *entry) put(out []widget.Row, b wrapped, before string, in int, ink style.Ink) []widget.Row {
	w := e.look.Width
	for i, l := range b.lines {
		s := widget.Seam{From: min(in, w), To: min(in+text.Width(l), w), Join: b.joins[i]}
		out = append(out, widget.Row{Line: e.look.fit(before + ink.Paint(l)), Seam: s})
	}
	return out
}

// keyHint is before, the key of an action, and what it does; "" if the action has no key. While letters are text, the
// key that leaves the composer comes first.
func (e *entry) keyHint(before, action, does string) string {
	key := e.look.Keys.Of(action, false)
	if key == "" {
		return ""
	}
	if e.look.Typing {
		key = e.look.Keys.Of("chat.read", true) + " " + key
	}
	return before + key + " " + does
}
