package chat

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state/session"
	"relaytop/ui/editor"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// A paste that is longer than this becomes an attachment.
const (
	pasteRunes = 2000
	pasteLines = 40
)

// composer is where the next message is written. What is typed passes the filter like all text before it is drawn.
type composer struct {
	area    *editor.Editor
	on      bool // letters are text
	dirty   bool // differs from the draft that is saved
	edits   int64
	serial  int   // counts changes: a save that is behind is dropped
	weighs  int64 // tokens of what would be sent, about
	weighed int   // serial that it was counted for, and one more; 0: not yet
	files   []chip
	undo    undo // of the files that a paste became
	trail   trail

	history []string
	at      int    // place in history; len(history): the draft
	draft   string // while at is elsewhere
	width   int
	rows    int // it grows up to this many
}

func (c *composer) init() {
	c.area = editor.New()
	c.on = true
	c.resize(80, 24)
}

func (c *composer) focus(on bool) { c.area.Focus(on && c.on) }

func (c *composer) resize(w, h int) {
	c.width = max(w-3, 4)
	c.rows = max(h/3-1, 1)
	c.area.Resize(c.width, c.rows)
}

// height is the number of lines that the composer takes.
func (c *composer) height() int { return c.area.Height() + 1 }

func (c *composer) load(p session.Prompt) {
	c.area.SetValue(p.Text)
	c.area.MoveToEnd()
	c.files, c.undo, c.edits, c.dirty = chipsOf(p.Parts), undo{}, 0, false
	c.weighed, c.trail = 0, trail{}
	c.at = len(c.history)
}

// weight is about how many tokens what is written has.
func (c *composer) weight() int64 {
	if c.weighed != c.serial+1 {
		c.weighs, c.weighed = relay.EstimateTokens(c.area.Value())+c.tokens(), c.serial+1
	}
	return c.weighs
}

func (c *composer) changed() {
	c.dirty = true
	c.serial++
}

// prompt is what would be sent, and what the draft is.
func (c *composer) prompt() session.Prompt {
	p := session.Prompt{Text: strings.TrimSpace(c.area.Value())}
	for i := range c.files {
		p.Parts = append(p.Parts, c.files[i].Part)
	}
	return p
}

func (c *composer) empty() bool { return c.area.Blank() && len(c.files) == 0 }

func (c *composer) remember(s string) {
	if n := len(c.history); n == 0 || c.history[n-1] != s {
		c.history = append(c.history, s)
	}
	c.at = len(c.history)
}

// past goes through what was sent before; what was being typed waits at the end.
func (c *composer) past(delta int) bool {
	to := c.at + delta
	if to < 0 || to > len(c.history) || delta == 0 {
		return false
	}
	c.keep(changedOther, true)
	if c.at == len(c.history) {
		c.draft = c.area.Value()
	}
	c.at = to
	if to == len(c.history) {
		c.area.SetValue(c.draft)
	} else {
		c.area.SetValue(c.history[to])
	}
	if delta < 0 {
		c.area.MoveToBegin()
		c.area.CursorEnd()
	} else {
		c.area.MoveToEnd()
	}
	c.changed()
	return true
}

// backslash turns a backslash before the cursor, at the end of a line, into a new line.
func (c *composer) backslash() bool {
	if !c.area.AfterBackslash() {
		return false
	}
	c.keep(changedOther, true)
	c.area.BreakAtBackslash()
	c.changed()
	return true
}

func (c *composer) newline() {
	c.keep(changedTyped, true)
	c.area.InsertString("\n")
	c.changed()
}

// paste takes text in; it never sends. What is long becomes a chip.
func (c *composer) paste(s string) (long bool) {
	c.undo = undo{}
	c.keep(changedOther, true)
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	if len([]rune(s)) > pasteRunes || strings.Count(strings.TrimSuffix(s, "\n"), "\n")+1 > pasteLines {
		c.files = append(c.files, newChip(session.Part{Name: "paste " + strconv.Itoa(len(c.files)+1), Text: s, Pasted: true}))
		c.changed()
		return true
	}
	c.area.InsertString(s)
	c.changed()
	return false
}

// point puts the cursor where the composer was clicked.
func (c *composer) point(x, y int) {
	c.undo = undo{}
	c.trail.last = changedOther
	if y < c.area.Height() { // else below what is written
		c.area.Point(x-2, y)
	}
}

func (c *composer) cursor(h int) *tea.Cursor {
	cur := c.area.Cursor()
	if cur == nil {
		return nil
	}
	cur.X += 2
	cur.Y += h - c.height()
	cur.Blink = false
	return cur
}

// lines draws the composer: what is typed on the panel, a line about what will be sent below it.
func (c *composer) lines(st *style.Styles, w int, hint, left, right string) []string {
	ink := st.Text.On(style.Panel)
	bar := st.Accent.On(style.Panel).Paint(st.Glyphs.Bar + " ")
	if !c.on {
		bar = st.Faint.On(style.Panel).Paint(st.Glyphs.Border.Left + " ") // the letters go elsewhere
	}
	var out []string
	if c.area.Empty() {
		out = append(out, bar+ink.Paint(" ")+st.Faint.On(style.Panel).Paint(widget.Fit(hint, w-3)))
	} else {
		above, below := c.area.Hidden()
		rows := c.area.Rows()
		for i, l := range rows {
			more := ""
			if i == 0 && above > 0 {
				more = st.Glyphs.Up + " " + strconv.Itoa(above)
			}
			if i == len(rows)-1 && below > 0 {
				more += " " + st.Glyphs.Down + " " + strconv.Itoa(below)
			}
			room := w - 2
			if n := widget.Width(more); n > 0 && text.Width(l)+n+2 <= room {
				l, room = widget.Fit(l, room-n-1), n+1
				out = append(out, bar+ink.Paint(l)+st.Faint.On(style.Panel).Paint(widget.Fit(more, room)))
				continue
			}
			out = append(out, bar+ink.Paint(widget.Fit(l, w-2)))
		}
	}
	if widget.Width(right)+12 > w {
		right = ""
	}
	gap := max(w-3-widget.Width(left)-widget.Width(right), 0)
	if gap == 0 {
		left = widget.Fit(left, max(w-4-widget.Width(right), 0))
		gap = 1
	}
	return append(out, widget.Fit(bar+left+ink.Paint(widget.Blank(gap))+right+ink.Paint(" "), w))
}
