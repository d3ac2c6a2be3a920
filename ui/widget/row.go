package widget

import "relaytop/ui/text"

// Row is one drawn line, with which part of it is text.
type Row struct {
	Line string
	Seam
}

// Seam is which cells of a drawn line are text, and how they continue the line above. With it, what is copied from
// the screen is the text as it was before it was wrapped and drawn.
type Seam struct {
	// From and To are the first cell of the text and the one after its last. The others are margins, marks and padding.
	// Blanks at the end may count as text.
	From, To int
	Join     text.Join
	NoText   bool // the line has no text: a copy leaves it out
}

// In is the row with before, which is n cells wide, put in front of it.
func (r Row) In(before string, n int) Row {
	r.Line = before + r.Line
	r.From, r.To = r.From+n, r.To+n
	return r
}
