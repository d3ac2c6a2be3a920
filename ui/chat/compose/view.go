package compose

import (
	"fmt"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// queueLines is the most lines of the queue that are shown.
const queueLines = 3

// queue is the queued messages, each of which waits for the answer to the one before.
type queue struct {
	prompts []string
	busy    bool // an answer is in flight: the next one is sent after it
}

// Look is what the drawn lines depend on besides what is written. Gauge is painted.
type Look struct {
	Styles  *style.Styles
	Keys    *pane.Keys // that hints name
	Width   int        // cells
	Hint    string     // placeholder of an empty composer
	Model   string     // that the message goes to
	Facts   []string   // of its settings, the most important first
	Columns int        // of a comparison, to all of which the message goes; 0: it goes to Model
	Gauge   string     // how much of the context window is used
}

// Height is the number of lines that the composer takes.
func (m *Model) Height() int { return m.queue.height() + m.editor.Height() + 1 }

func (q *queue) height() int { return min(len(q.prompts), queueLines) }

// SetLook sets how to draw.
func (m *Model) SetLook(k Look) { m.look = k }

// View draws the composer: the queue, the text on the panel, and below it a line about what will be sent.
func (m *Model) View() []string {
	st, k := m.look.Styles, &m.look
	bar := st.Accent.On(style.Panel).Paint(st.Glyphs.Bar + " ")
	if !m.typing {
		bar = st.Faint.On(style.Panel).Paint(st.Glyphs.Border.Left + " ") // letters are commands
	}
	lines := m.queue.view(k, m.Empty())
	if m.editor.Empty() {
		hint := st.Faint.On(style.Panel).Paint(widget.Fit(m.hint(), k.Width-3))
		lines = append(lines, bar+st.Text.On(style.Panel).Paint(" ")+hint)
	} else {
		lines = m.rows(lines, bar)
	}
	return append(lines, bar+m.foot())
}

// view draws the queue. empty: the composer is, so enter sends the first message after a stop.
func (q *queue) view(k *Look, empty bool) []string {
	st, w := k.Styles, k.Width
	hint := func(action, does string) string {
		if key := k.Keys.Of(action, true); key != "" {
			return st.Text.Bold().Paint(key) + st.Muted.Paint(" "+does)
		}
		return ""
	}
	var lines []string
	for i := range q.height() {
		right, word := "", "      "
		if i == 0 {
			word = "queued"
			right = hint("chat.unqueue", "edits")
			if !q.busy && empty { // after a stop it is not sent by itself
				right = hint("chat.send", "sends   ") + right
			}
		}
		s := text.Line(text.Clip(q.prompts[i], 400))
		if i == queueLines-1 && len(q.prompts) > queueLines {
			s = "and " + strconv.Itoa(len(q.prompts)-i) + " more"
		}
		s = text.Truncate(s, max(w-10-widget.Width(right)-1, 1))
		lines = append(lines, widget.Spread("  "+st.Faint.Paint(word)+"  "+st.Muted.Paint(s), right, w))
	}
	return lines
}

// rows draws the visible rows of the text, with the number of hidden rows above and below.
func (m *Model) rows(lines []string, bar string) []string {
	st, w := m.look.Styles, m.look.Width
	ink, faint := st.Text.On(style.Panel), st.Faint.On(style.Panel)
	above, below := m.editor.Hidden()
	rows := m.editor.Rows()
	for i, l := range rows {
		more := ""
		if i == 0 && above > 0 {
			more = st.Glyphs.Up + " " + strconv.Itoa(above)
		}
		if i == len(rows)-1 && below > 0 {
			more += " " + st.Glyphs.Down + " " + strconv.Itoa(below)
		}
		left := w - 2
		if n := widget.Width(more); n > 0 && text.Width(l)+n+2 <= left {
			lines = append(lines, bar+ink.Paint(widget.Fit(l, left-n-1))+faint.Paint(widget.Fit(more, n+1)))
			continue
		}
		lines = append(lines, bar+ink.Paint(widget.Fit(l, left)))
	}
	return lines
}

// hint is the placeholder of an empty composer.
func (m *Model) hint() string {
	switch {
	case !m.typing:
		return "letters are keys now: " + m.look.Keys.Of("chat.write", false) + " to write"
	case len(m.files.chips) > 0:
		return "say what to do with it"
	}
	return m.look.Hint
}

// foot is the line below the text, less its bar.
func (m *Model) foot() string {
	st, w := m.look.Styles, m.look.Width
	ink := st.Text.On(style.Panel)
	left, right := m.target(), m.look.Gauge
	if widget.Width(right)+12 > w {
		right = ""
	}
	gap := max(w-3-widget.Width(left)-widget.Width(right), 0)
	if gap == 0 {
		left = widget.Fit(left, max(w-4-widget.Width(right), 0))
		gap = 1
	}
	return widget.Fit(left+ink.Paint(widget.Blank(gap))+right+ink.Paint(" "), w-2)
}

// target draws what the next message goes to: the model, its settings and the files.
func (m *Model) target() string {
	st, k := m.look.Styles, &m.look
	ink := st.Muted.On(style.Panel)
	w := max(k.Width-4-widget.Width(k.Gauge), 0)
	if k.Columns > 0 {
		all := fmt.Sprintf("to all %d", k.Columns)
		to := ink.Paint(all)
		if len(m.files.chips) == 0 {
			way := ""
			if m.typing {
				way = all + " · " + k.Keys.Of("chat.read", true) + ", then "
			}
			digits := "1 2 3 4"[:2*min(k.Columns, 4)-1]
			to = ink.Paint(way) + st.Text.Bold().On(style.Panel).Paint(digits) +
				ink.Paint(" goes on with one answer, the others stay")
		}
		return panelBlanks(st, m.files.after(st, to, "", w))
	}
	model, more := text.Line(k.Model), ""
	for _, fact := range fitting(k.Facts, w-2-text.Width(model)-m.files.width()) {
		more += ink.Paint(widget.FactGap + fact)
	}
	to := ink.Paint(model)
	if m.edits != 0 {
		to = st.Warn.On(style.Panel).Paint("editing a question") +
			ink.Paint(" · "+k.Keys.Of("chat.send", true)+" asks it again, the old answer stays · ") + to
	}
	return panelBlanks(st, m.files.after(st, to, more, w))
}

// fitting returns as many facts as fit into w cells with the gap before each. The last one counts those left out.
func fitting(facts []string, w int) []string {
	var out []string
	for i, fact := range facts {
		n := text.Width(fact) + text.Width(widget.FactGap)
		if left := len(facts) - i; n > w || left > 1 && n+8 > w {
			if i > 0 && w > 7 {
				out = append(out, "+"+strconv.Itoa(left))
			}
			break
		}
		w -= n
		out = append(out, fact)
	}
	return out
}

// panelBlanks paints the blanks between painted pieces on the panel too.
func panelBlanks(st *style.Styles, s string) string {
	return strings.ReplaceAll(s, st.Muted.End()+"  ", st.Muted.End()+st.Text.On(style.Panel).Paint("  "))
}

// Cursor is the cursor in a pane of h lines, of which the composer has the last ones; nil while letters are commands.
func (m *Model) Cursor(h int) *tea.Cursor {
	cur := m.editor.Cursor()
	if cur == nil || !m.typing {
		return nil
	}
	cur.X += 2
	cur.Y += h - m.editor.Height() - 1
	cur.Blink = false
	return cur
}

// Click moves the cursor to a cell of the composer. False: the cell is above the text.
func (m *Model) Click(x, y int) bool {
	y -= m.queue.height()
	if y < 0 {
		return false
	}
	m.SetTyping(true)
	m.files.pasted = pasted{}
	m.undo.last = changeOther
	if y < m.editor.Height() { // not on the line below the text
		m.editor.Point(x-2, y)
	}
	return true
}
