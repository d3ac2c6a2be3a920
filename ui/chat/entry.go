package chat

import (
	"strings"
	"time"

	"relaytop/state/session"
	"relaytop/ui/markdown"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// entry is one message as it is drawn: a head that changes with its version, the Markdown of an answer, which grows, and below it a tail of
// a line or more, which changes with time while the answer is in flight.
type entry struct {
	view  session.View
	first bool // nothing stands above it
	cut   bool // what stands above it is not sent
	st    *style.Styles
	w     int
	ready bool // head and md are those of view

	head    []widget.Row
	md      *markdown.Text
	filter  *text.Filter
	fed     int // bytes of the text that went into md
	tail    []widget.Row
	tailAt  time.Time
	open    bool // reasoning is unfolded
	low     bool // the pane has no room for long reasons
	writing bool // letters are text: a key that is one is shown with the way to it

	raw      bool // the text is shown as it came
	rawLines []widget.Row
	rawOf    uint64 // version, width and look that they are of
	rawW     int
	rawSt    *style.Styles
	rawTyped bool // letters were text
}

// sync takes the newest view of the message. Nothing is drawn.
func (e *entry) sync(v session.View) {
	if v.Version == e.view.Version && v.ID == e.view.ID && v.Left == e.view.Left {
		return
	}
	if o := &e.view; v.Phase != o.Phase || v.Attempt != o.Attempt || v.ID != o.ID || v.Until != o.Until || len(v.Tools) > 0 || v.Refusal != "" ||
		v.Phase == session.Ended || o.First.IsZero() {
		e.tailAt = time.Time{} // more than the figures changed
	}
	e.view, e.ready = v, false
}

// layout brings the drawn lines up to date.
func (e *entry) layout(m *Model) {
	st, w := m.env.Styles, m.w
	if st != e.st || w != e.w {
		e.st, e.w, e.ready = st, w, false
		e.tailAt = time.Time{}
		if e.md != nil {
			e.md.Resize(st, w-2)
		}
	}
	if low := m.h < whyRoom; low != e.low {
		e.low, e.tailAt = low, time.Time{}
	}
	if m.compose.on != e.writing {
		e.writing, e.tailAt, e.ready = m.compose.on, time.Time{}, false
	}
	if !e.ready {
		e.ready = true
		e.head = e.drawHead()
		if e.view.Role != roleUser {
			e.feed(m.kit)
		}
	}
	if e.raw {
		e.layRaw()
	}
	if e.view.Role != roleUser && (e.tailAt.IsZero() || e.view.Phase != session.Ended && !e.tailAt.Equal(m.calm)) {
		e.tailAt = m.calm
		e.tail = e.drawTail(m.calm)
	}
}

// feed hands what is new of the text through the filter to the Markdown. A text that does not go on where it was is read anew.
func (e *entry) feed(kit *markdown.Kit) {
	t := e.view.Text
	if e.md == nil || len(t) < e.fed {
		e.md = markdown.New(kit, e.st, e.w-2)
		e.filter, e.fed = &text.Filter{}, 0
	}
	if e.fed < len(t) {
		e.md.Write(e.filter.Write(t[e.fed:]))
		e.fed = len(t)
	}
	if e.view.Phase == session.Ended {
		e.md.Write(e.filter.Flush())
		e.md.Close()
	}
}

func (e *entry) height(m *Model) int {
	e.layout(m)
	n := len(e.head) + len(e.tail)
	switch {
	case e.raw:
		n += len(e.rawLines)
	case e.md != nil:
		n += e.md.Height()
	}
	return n
}

// lines appends the lines from..to to dst, each exactly as wide as the pane.
func (e *entry) lines(m *Model, dst []string, from, to int) []string {
	e.layout(m)
	begin := len(dst)
	part := func(n int, line func(i int) string) {
		for i := max(from, 0); i < min(to, n); i++ {
			dst = append(dst, line(i))
		}
		from, to = from-n, to-n
	}
	part(len(e.head), func(i int) string { return e.head[i].Line })
	if e.raw {
		part(len(e.rawLines), func(i int) string { return e.rawLines[i].Line })
	} else if e.md != nil {
		n := e.md.Height()
		if from < n && to > 0 {
			at := len(dst)
			dst = e.md.Lines(dst, max(from, 0), min(to, n))
			for i := at; i < len(dst); i++ {
				dst[i] = "  " + dst[i]
			}
			if to >= n && e.view.Phase == session.Streaming {
				e.cursor(dst[at:])
			}
		}
		from, to = from-n, to-n
	}
	part(len(e.tail), func(i int) string { return e.tail[i].Line })
	if e.view.Left {
		e.quiet(dst[begin:])
	}
	return dst
}

// cursor puts the block that says "goes on here" behind the last word.
func (e *entry) cursor(lines []string) {
	if n := len(lines) - 1; n >= 0 {
		lines[n] = "  " + e.md.Cursor(lines[n][2:])
	}
}

// estimate is the height of a message that was never drawn, from its length.
func estimate(v *session.View, w int) int {
	if v.Role == roleUser && isLong(v.Text) {
		return 3 + len(v.Parts) + questionFolded
	}
	return 3 + len(v.Parts) + len(v.Text)/max(min(w-2, markdown.ProseWidth)*4/5, 1)
}

// drawHead draws what stands above the text of an answer, or the whole message of the user.
func (e *entry) drawHead() []widget.Row {
	var out []widget.Row
	if e.cut {
		out = e.drawCut()
	}
	if !e.first {
		out = append(out, e.said(""))
	}
	v := &e.view
	if v.Role == roleUser {
		bar := e.st.User.Paint(e.st.Glyphs.Bar) + " "
		if v.Text != "" || len(v.Parts) == 0 { // a question may be a file alone
			out = e.drawQuestion(out, bar)
		}
		out = e.drawFiles(out, bar)
		if v.Siblings > 1 {
			out = append(out, e.ours("  "+e.st.Faint.Paint(siblings(e.st, v))))
		}
		return out
	}
	return append(out, e.drawReasoning()...)
}

// A question of more lines than this, which was pasted, is folded to its first ones.
const (
	questionMost   = 40
	questionFolded = 12
)

// drawQuestion draws what was typed. Of what was pasted with it thousands of lines may stand there.
func (e *entry) drawQuestion(out []widget.Row, bar string) []widget.Row {
	said, w := e.view.Text, min(e.w-margin, markdown.ProseWidth)
	fold := isLong(said)
	if fold && !e.open {
		said = text.Clip(said, questionFolded*markdown.ProseWidth)
	}
	b := wrap(said, w)
	if !fold || e.open {
		return e.put(out, b, bar, margin, e.st.Text)
	}
	out = e.put(out, b.part(0, min(questionFolded, len(b.lines))), bar, margin, e.st.Text)
	rest := e.st.Glyphs.Ellipsis + " " + widget.Count(int64(strings.Count(e.view.Text, "\n")+1)) + " lines, " + widget.Bytes(int64(len(e.view.Text))).String() + " in all, " + e.way("space") + " opens"
	return append(out, e.ours(bar+e.st.Faint.Paint(rest)))
}

// isLong reports whether a question is folded.
func isLong(s string) bool {
	return len(s) > questionMost*markdown.ProseWidth || strings.Count(s, "\n") >= questionMost
}

// Reasoning shows its last lines while it is written, and is folded to its first ones once there is an answer.
const (
	reasonLive   = 6
	reasonFolded = 2
	reasonBytes  = 4 << 10 // what is looked at for the last lines
)

func (e *entry) drawReasoning() []widget.Row {
	v := &e.view
	if v.Reasoning == "" {
		return nil
	}
	live := v.Text == "" && v.Phase != session.Ended
	raw := v.Reasoning
	if live && len(raw) > reasonBytes {
		raw = text.Tail(raw, reasonBytes)
	}
	b, note := wrap(strings.TrimRight(raw, "\n "), min(e.w-margin, markdown.ProseWidth)), ""
	switch n := len(b.lines); {
	case live:
		b = b.part(max(n-reasonLive, 0), n)
	case !e.open && n > reasonFolded+1:
		note = e.st.Glyphs.Ellipsis + " " + widget.Count(int64(n-reasonFolded)) + " more lines, " + e.way("space") + " opens"
		b = b.part(0, reasonFolded)
	case e.open && n > reasonFolded+1:
		note = e.way("space") + " folds"
	}
	out := []widget.Row{e.said("  " + e.st.Faint.Paint(reasoned(v)))}
	out = e.put(out, b, "  ", margin, e.st.Muted.Italic())
	if note != "" {
		out = append(out, e.ours("  "+e.st.Faint.Paint(note)))
	}
	if v.Text != "" {
		out = append(out, e.said(""))
	}
	return out
}

// way is a key that is a letter, with what must be pressed before it while letters are text.
func (e *entry) way(key string) string {
	if e.writing {
		return "esc " + key
	}
	return key
}

// reasoned is the head of the reasoning: how long it took and how many tokens, where that is known.
func reasoned(v *session.View) string {
	s := "reasoning"
	if r := v.Result; r != nil {
		if first, out := r.Timing.First, r.Timing.FirstOut; !first.IsZero() && out.After(first) {
			s += widget.FactGap + seconds(out.Sub(first))
		}
		if r.Usage != nil && r.Usage.Reasoning > 0 {
			s += widget.FactGap + widget.Count(r.Usage.Reasoning) + " tok"
		}
	}
	return s
}
