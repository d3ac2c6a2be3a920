package chat

import (
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// margin is how many cells stand before all text: blanks, a bar or a mark.
const margin = 2

// said is a line that is text behind the margin, ours one that is none.
func (e *entry) said(line string) widget.Row {
	return widget.Row{Line: widget.Fit(line, e.w), Seam: widget.Seam{From: margin, To: e.w}}
}

func (e *entry) ours(line string) widget.Row {
	return widget.Row{Line: widget.Fit(line, e.w), Seam: widget.Seam{Ours: true}}
}

// block is a text that was wrapped.
type block struct {
	lines []string
	joins []text.Join
}

func wrap(s string, w int) block {
	lines, joins := text.WrapJoined(text.Clean(s), max(w, 1))
	return block{lines, joins}
}

// part is the lines from..to of a block.
func (b block) part(from, to int) block { return block{b.lines[from:to], b.joins[from:to]} }

// put appends a block in ink, behind something that takes in cells.
func (e *entry) put(out []widget.Row, b block, before string, in int, ink style.Ink) []widget.Row {
	for i, l := range b.lines {
		s := widget.Seam{From: min(in, e.w), To: min(in+text.Width(l), e.w), Join: b.joins[i]}
		out = append(out, widget.Row{Line: widget.Fit(before+ink.Paint(l), e.w), Seam: s})
	}
	return out
}

// row is the i-th line with its seam; the cursor of an answer that is written is no part of it.
func (e *entry) row(m *Model, i int) widget.Row {
	e.layout(m)
	if i < len(e.head) {
		return e.head[i]
	}
	i -= len(e.head)
	switch {
	case e.raw:
		if i < len(e.rawLines) {
			return e.rawLines[i]
		}
		i -= len(e.rawLines)
	case e.md != nil:
		n := e.md.Height()
		if i < n {
			return e.md.Row(i).In("  ", margin)
		}
		i -= n
	}
	return e.tail[i]
}
