package widget

import "relaytop/ui/text"

// Row is one drawn line, and what a copy of it must know.
type Row struct {
	Line string
	Seam
}

// Seam says which part of a drawn line is text and how that goes on from the line above: so what is copied from the
// screen is the text again, whole and without what only the screen added.
type Seam struct {
	// cells: what stands before and behind is ours, a margin, a mark, padding. Blanks at the end may be within.
	From, To int
	Join     text.Join
	Ours     bool // all of the line is: a copy leaves it out
}

// In is the row behind n cells of something else.
func (r Row) In(before string, n int) Row {
	r.Line = before + r.Line
	r.From, r.To = r.From+n, r.To+n
	return r
}
