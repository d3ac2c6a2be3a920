package transcript

import (
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// margin is the number of cells before all text: blanks, a bar or a mark.
const margin = 2

// textRow is a line that is text behind the margin, and so can be marked and copied.
func (e *entry) textRow(line string) widget.Row {
	return widget.Row{Line: e.look.fit(line), Seam: widget.Seam{From: margin, To: e.look.Width}}
}

// noteRow is a line that only the screen adds: a copy leaves it out.
func (e *entry) noteRow(line string) widget.Row {
	return widget.Row{Line: e.look.fit(line), Seam: widget.Seam{Ours: true}}
}

// wrapped is a text in lines, and how each continues the one above.
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

// put appends a wrapped text in ink. before is what comes before each line, and in is how many cells that takes.
func (e *entry) put(out []widget.Row, b wrapped, before string, in int, ink style.Ink) []widget.Row {
	w := e.look.Width
	for i, l := range b.lines {
		s := widget.Seam{From: min(in, w), To: min(in+text.Width(l), w), Join: b.joins[i]}
		out = append(out, widget.Row{Line: e.look.fit(before + ink.Paint(l)), Seam: s})
	}
	return out
}

// keyHint returns the way to a key that is a letter: while letters are text, esc comes first.
func (e *entry) keyHint(key string) string {
	if e.look.Typing {
		return "esc " + key
	}
	return key
}
