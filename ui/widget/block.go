package widget

import "strings"

// Block is lines of W cells, to be set side by side with others.
type Block struct {
	Lines []string
	W     int
}

// NewBlock makes a block of a painted text whose lines are w cells wide.
func NewBlock(text string, w int) Block { return Block{Lines: strings.Split(text, "\n"), W: w} }

// Columns joins blocks side by side with gap blanks between them. The result is as high as the highest block; lower
// ones are filled with blanks.
func Columns(gap int, blocks ...Block) string {
	h := 0
	for _, b := range blocks {
		h = max(h, len(b.Lines))
	}
	var out strings.Builder
	for i := range h {
		if i > 0 {
			out.WriteByte('\n')
		}
		for n, b := range blocks {
			if n > 0 {
				out.WriteString(Blank(gap))
			}
			if i < len(b.Lines) {
				out.WriteString(Fit(b.Lines[i], b.W))
			} else {
				out.WriteString(Blank(b.W))
			}
		}
	}
	return out.String()
}
