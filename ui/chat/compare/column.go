package compare

import (
	"time"

	"relaytop/state/session"
	"relaytop/ui/markdown"
	"relaytop/ui/style"
	"relaytop/ui/text"
)

// column is one drawn answer.
type column struct {
	id     int64
	md     *markdown.Text // nil: not drawn yet
	grown  markdown.Growing
	size   int  // bytes of the answer
	off    int  // first line shown, unless it follows
	follow bool // the end is shown

	foot []string // figures and chart, drawn for key
	key  footKey
}

// footKey is what a foot depends on: the figures of all columns share a scale.
type footKey struct {
	st       *style.Styles
	w, h     int
	versions uint64 // sum of the versions of the answers, as the figures show them
	now      time.Time
}

// newColumn makes the column of an answer, scrolled to its end.
func newColumn(id int64) *column { return &column{id: id, follow: true} }

// first returns the first visible line of n, on h rows.
func (c *column) first(n, h int) int {
	last := max(n-h, 0)
	if c.follow {
		return last
	}
	return min(c.off, last)
}

// scroll moves n lines, on h rows. At the end it follows again.
func (c *column) scroll(n, h int) {
	height := 0
	if c.md != nil {
		height = c.md.Height()
	}
	last := max(height-h, 0)
	c.off = min(max(c.first(height, h)+n, 0), last)
	c.follow = c.off == last
}

// text returns the visible part of the answer, on h rows, and how many lines are above it. The error of a failed answer
// takes the last rows.
func (c *column) text(st *style.Styles, w, h int, v *session.View) (lines []string, above int) {
	n := c.md.Height()
	above = c.first(n, h)
	lines = c.md.Lines(nil, above, min(n, above+h))
	if last := len(lines) - 1; v.Phase == session.Streaming && above+h >= n && last >= 0 {
		lines[last] = c.md.Cursor(lines[last])
	}
	if r := v.Result; r != nil && r.Err != nil {
		for _, l := range text.Wrap(text.Line(r.Err.Error()+": "+r.Err.Advice()), w) {
			if len(lines) == h && h > 0 {
				lines = lines[1:]
			}
			lines = append(lines, st.Error.Paint(l))
		}
	}
	return lines, above
}
