package chat

import (
	"strconv"
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textarea"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// A paste that is longer than this becomes an attachment.
const (
	pasteRunes = 2000
	pasteLines = 40
)

// attachment is text that goes with the next message, fenced and with its name.
type attachment struct {
	name string
	text string
}

// composer is where the next message is written. It keeps what is typed apart from how it is drawn: the text area draws plain cells,
// which pass the filter like all text.
type composer struct {
	area   textarea.Model
	on     bool // letters are text
	dirty  bool // differs from the draft that is saved
	edits  int64
	serial int // counts changes: a save that is behind is dropped
	files  []attachment

	history []string
	at      int    // place in history; len(history): the draft
	draft   string // while at is elsewhere
	width   int
	rows    int // it grows up to this many
}

func (c *composer) init() {
	c.area = textarea.New()
	c.area.ShowLineNumbers = false
	c.area.Prompt = ""
	c.area.EndOfBufferCharacter = ' '
	c.area.CharLimit = 0
	c.area.DynamicHeight = true
	c.area.MaxContentHeight = 1 << 20 // what is written has no limit, only what is seen of it
	c.area.SetVirtualCursor(false)
	plain := textarea.StyleState{}
	plain.Base = lipgloss.NewStyle()
	c.area.SetStyles(textarea.Styles{Focused: plain, Blurred: plain})
	c.area.KeyMap.InsertNewline = key.NewBinding(key.WithDisabled())
	c.area.KeyMap.Paste = key.NewBinding(key.WithDisabled())
	c.on = true
	c.resize(80, 24)
}

func (c *composer) focus(on bool) {
	if on && c.on {
		c.area.Focus()
	} else {
		c.area.Blur()
	}
}

func (c *composer) resize(w, h int) {
	c.width = max(w-3, 4)
	c.rows = max(h/3-1, 1)
	c.fit()
}

// fit gives the text area the height of its text, within its share of the pane.
func (c *composer) fit() {
	c.area.MaxHeight = c.rows
	c.area.SetWidth(c.width)
}

// height is the number of lines that the composer takes.
func (c *composer) height() int { return c.area.Height() + 1 }

func (c *composer) load(s string) {
	c.area.SetValue(s)
	c.area.MoveToEnd()
	c.files, c.edits, c.dirty = nil, 0, false
	c.at = len(c.history)
	c.fit()
}

func (c *composer) changed() {
	c.dirty = true
	c.serial++
	c.fit()
}

// value is what would be sent: what was typed, then the attachments, fenced longer than any fence inside of them.
func (c *composer) value() string {
	var b strings.Builder
	b.WriteString(strings.TrimSpace(c.area.Value()))
	for _, f := range c.files {
		fence := "```"
		for strings.Contains(f.text, fence) {
			fence += "`"
		}
		if b.Len() > 0 {
			b.WriteString("\n\n")
		}
		b.WriteString(f.name + ":\n" + fence + "\n" + strings.TrimRight(f.text, "\n") + "\n" + fence)
	}
	return b.String()
}

func (c *composer) empty() bool { return strings.TrimSpace(c.area.Value()) == "" && len(c.files) == 0 }

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

// border reports whether up or down would leave the text.
func (c *composer) border(up bool) bool {
	info := c.area.LineInfo()
	if up {
		return c.area.Line() == 0 && info.RowOffset == 0
	}
	return c.area.Line() == c.area.LineCount()-1 && info.RowOffset >= info.Height-1
}

// backslash turns a backslash before the cursor, at the end of a line, into a new line.
func (c *composer) backslash() bool {
	lines := strings.Split(c.area.Value(), "\n")
	if n := c.area.Line(); n >= len(lines) || !strings.HasSuffix(lines[n], `\`) || c.area.Column() != len([]rune(lines[n])) {
		return false
	}
	c.area, _ = c.area.Update(tea.KeyPressMsg{Code: tea.KeyBackspace})
	c.newline()
	return true
}

func (c *composer) newline() {
	c.area.InsertRune('\n')
	c.changed()
}

// paste takes text in; it never sends.
func (c *composer) paste(s string) {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	if len([]rune(s)) > pasteRunes || strings.Count(s, "\n") > pasteLines {
		c.files = append(c.files, attachment{name: "paste " + strconv.Itoa(len(c.files)+1), text: s})
		c.changed()
		return
	}
	c.area.InsertString(s)
	c.changed()
}

func (c *composer) cursor(h int) *tea.Cursor {
	cur := c.area.Cursor()
	if cur == nil {
		return nil
	}
	cur.X += 2
	cur.Y += h - c.height()
	cur.Color = nil
	cur.Blink = false
	return cur
}

// lines draws the composer: what is typed on the panel, a line about what will be sent below it.
func (c *composer) lines(st *style.Styles, w int, hint, left, right string) []string {
	ink := st.Text.On(style.Panel)
	bar := st.Accent.On(style.Panel).Paint(st.Glyphs.Bar + " ")
	var out []string
	if c.area.Value() == "" {
		out = append(out, bar+ink.Paint(" ")+st.Faint.On(style.Panel).Paint(widget.Fit(hint, w-3)))
	} else {
		for l := range strings.SplitSeq(c.area.View(), "\n") {
			out = append(out, bar+ink.Paint(widget.Fit(text.Clean(l), w-2)))
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
