package compare

import (
	"time"

	"relaytop/state/session"
	"relaytop/ui/markdown"
	"relaytop/ui/style"
	"relaytop/ui/text"
)

// column is one answer as it is drawn.
type column struct {
	id     int64
	st     *style.Styles
	w      int
	md     *markdown.Text
	filter *text.Filter
	fed    int
	off    int  // first line shown, unless it follows
	follow bool // the end is shown

	foot []string // figures and chart, as of key
	key  footKey
}

// footKey is what a foot depends on: figures of all columns stand on one scale.
type footKey struct {
	st       *style.Styles
	w, h     int
	versions uint64 // sum of the answers as the figures show them
	now      time.Time
}

// feed hands what is new of the answer to the Markdown.
func (c *column) feed(kit *markdown.Kit, st *style.Styles, w int, v *session.View) {
	if c.md == nil || c.id != v.ID || len(v.Text) < c.fed {
		c.id, c.fed, c.filter, c.follow, c.off = v.ID, 0, &text.Filter{}, true, 0
		c.md, c.st, c.w = markdown.New(kit, st, w), st, w
	}
	if c.st != st || c.w != w {
		c.st, c.w = st, w
		c.md.Resize(st, w)
	}
	if c.fed < len(v.Text) {
		c.md.Write(c.filter.Write(v.Text[c.fed:]))
		c.fed = len(v.Text)
	}
	if v.Phase == session.Ended {
		c.md.Write(c.filter.Flush())
		c.md.Close()
	}
}

// text is the part of the answer that is shown, h lines; what failed says so in its place.
func (c *column) text(h int, v *session.View) []string {
	var lines []string
	n := c.md.Height()
	if c.off = min(c.off, max(n-h, 0)); c.follow || c.off == max(n-h, 0) {
		c.off, c.follow = max(n-h, 0), true
	}
	lines = c.md.Lines(lines, c.off, min(n, c.off+h))
	if last := len(lines) - 1; v.Phase == session.Streaming && c.follow && last >= 0 {
		lines[last] = c.md.Cursor(lines[last])
	}
	if r := v.Result; r != nil && r.Err != nil {
		for _, l := range text.Wrap(text.Line(r.Err.Error()+": "+r.Err.Advice()), c.w) {
			if len(lines) == h && h > 0 {
				lines = lines[1:]
			}
			lines = append(lines, c.st.Error.Paint(l))
		}
	}
	return lines
}
