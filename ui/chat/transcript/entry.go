package transcript

import (
	"time"

	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
	"relaytop/state/session"
	"relaytop/ui/markdown"
	"relaytop/ui/widget"
)

// entry is one drawn message: a head, which changes with the message's version; the body of an answer, which grows;
// and below them a tail of a line or more, which changes with time while the answer is in flight.
type entry struct {
	view  session.View
	first bool // nothing stands above it
	cut   bool // it is the first one that is sent
	open  bool // not folded
	look  Look // that it was laid out for
	ready bool // head and body are up to date with view

	head   []widget.Row
	md     *markdown.Text // the text of an answer, which grows; nil of a question
	grown  markdown.Growing
	raw    raw
	tail   []widget.Row
	tailAt time.Time // of its figures; zero: it must be drawn
}

// sync takes the newest view of the message. Nothing is drawn.
func (e *entry) sync(v *session.View) {
	o := &e.view
	if v.Version == o.Version && v.ID == o.ID && v.Left == o.Left {
		return
	}
	if v.Phase != o.Phase || v.Attempt != o.Attempt || v.ID != o.ID || v.Until != o.Until || len(v.Tools) > 0 ||
		v.Refusal != "" || v.Phase == session.Ended || o.First.IsZero() {
		e.tailAt = time.Time{} // more than the figures changed
	}
	e.view, e.ready = *v, false
}

// layout brings the drawn lines up to date.
func (e *entry) layout(k *Look, kit *markdown.Kit) {
	if o := &e.look; k.Styles != o.Styles || k.Width != o.Width || k.Typing != o.Typing {
		e.ready, e.tailAt = false, time.Time{}
	} else if k.Low != o.Low {
		e.tailAt = time.Time{}
	}
	e.look = *k
	answer := e.view.Role != relay.RoleUser
	if !e.ready {
		e.ready = true
		e.head = e.drawHead()
		if answer {
			v := &e.view
			e.md = e.grown.Take(kit, k.Styles, k.Width-margin, v.Text, v.Phase == session.Ended)
		}
	}
	if e.raw.on {
		e.layRaw()
	}
	if answer && (e.tailAt.IsZero() || e.view.Phase != session.Ended && !e.tailAt.Equal(k.Now)) {
		e.tailAt = k.Now
		e.tail = e.drawTail(k.Now)
	}
}

// bodyHeight returns the number of lines between head and tail.
func (e *entry) bodyHeight() int {
	switch {
	case e.raw.on:
		return len(e.raw.lines)
	case e.md != nil:
		return e.md.Height()
	}
	return 0
}

// height returns the number of lines.
func (e *entry) height() int { return len(e.head) + e.bodyHeight() + len(e.tail) }

// lines appends the lines from..to (to not included) to dst, each exactly as wide as the look.
func (e *entry) lines(dst []string, from, to int) []string {
	begin, head, n := len(dst), len(e.head), e.bodyHeight()
	dst = appendRows(dst, e.head, from, to)
	if a, b := max(from-head, 0), min(to-head, n); e.raw.on {
		dst = appendRows(dst, e.raw.lines, from-head, to-head)
	} else if e.md != nil && a < b {
		at := len(dst)
		dst = e.md.Lines(dst, a, b)
		for i := at; i < len(dst); i++ {
			dst[i] = "  " + dst[i]
		}
		if b == n && e.view.Phase == session.Streaming {
			last := &dst[len(dst)-1]
			*last = "  " + e.md.Cursor((*last)[margin:])
		}
	}
	dst = appendRows(dst, e.tail, from-head-n, to-head-n)
	if e.view.Left {
		e.fade(dst[begin:])
	}
	return dst
}

// appendRows appends the lines of rows from..to as far as there are any.
func appendRows(dst []string, rows []widget.Row, from, to int) []string {
	for i := max(from, 0); i < min(to, len(rows)); i++ {
		dst = append(dst, rows[i].Line)
	}
	return dst
}

// fade paints the lines of a message that is no longer sent in one faint colour.
func (e *entry) fade(lines []string) {
	for i, l := range lines {
		lines[i] = e.look.fit(e.look.Styles.Faint.Paint(ansi.Strip(l)))
	}
}

// row returns the i-th line with its seam, without the cursor of an answer in flight.
func (e *entry) row(i int) widget.Row {
	if i < len(e.head) {
		return e.head[i]
	}
	i -= len(e.head)
	n := e.bodyHeight()
	switch {
	case i >= n:
		return e.tail[i-n]
	case e.raw.on:
		return e.raw.lines[i]
	}
	return e.md.Row(i).In("  ", margin)
}
