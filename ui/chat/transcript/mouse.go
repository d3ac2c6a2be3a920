package transcript

import (
	"hash/maphash"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/ui/pane"
)

const (
	clickAgain = 400 * time.Millisecond // the longest time between the clicks of a series
	rollPause  = 60 * time.Millisecond  // between two steps of scrolling, while the mouse is held past an edge
)

// mouse is the state of the mouse, apart from the marking.
type mouse struct {
	clicks clicks
	again  time.Duration // between two steps of scrolling
	seed   maphash.Seed
}

// clicks counts a series of clicks at one place, and remembers what the first of them changed.
type clicks struct {
	n, x, y int
	at      time.Time
	typing  bool
	chosen  int64
}

// next counts a click. A fourth one starts a new series.
func (c *clicks) next(x, y int, now time.Time) int {
	near := y == c.y && x-c.x <= 1 && c.x-x <= 1
	if c.n == 0 || c.n == 3 || !near || now.Sub(c.at) > clickAgain {
		c.n = 0
	}
	c.n, c.x, c.y, c.at = c.n+1, x, y, now
	return c.n
}

// Letters is what typed letters are from now on.
type Letters uint8

// What letters are.
const (
	Keep  Letters = iota // the same as before
	Read                 // commands, unless something is being written
	Write                // text
)

// Outcome is what the pane must do about a message.
type Outcome struct {
	Cmd     tea.Cmd
	Letters Letters
}

// rollMsg is a step of scrolling while the mouse is held past an edge.
type rollMsg int

// Update handles messages of the mouse and of the transcript's own commands. It returns false for any other message.
// Positions of the mouse are those of the pane, where line 0 is Frame.Above. now is the time of a click.
func (t *Model) Update(msg tea.Msg, now time.Time) (Outcome, bool) {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		return t.wheel(msg), true
	case tea.MouseClickMsg:
		if msg.Button == tea.MouseLeft {
			return t.click(msg.X, msg.Y, now), true
		}
	case tea.MouseMotionMsg:
		if t.marked.held {
			return t.drag(msg.X, msg.Y), true
		}
	case tea.MouseReleaseMsg:
		if t.marked.held {
			return t.release(msg.X, msg.Y), true
		}
	case rollMsg:
		return t.rolled(msg), true
	}
	return Outcome{}, false
}

func (t *Model) wheel(msg tea.MouseWheelMsg) (o Outcome) {
	switch msg.Button {
	case tea.MouseWheelUp:
		t.Scroll(-pane.WheelLines)
	case tea.MouseWheelDown:
		t.Scroll(pane.WheelLines)
	}
	if t.marked.held {
		return t.drag(msg.X, msg.Y)
	}
	return o
}

// click chooses a message and makes letters commands. A second click marks a word, a third one a line.
func (t *Model) click(x, y int, now time.Time) (o Outcome) {
	w := t.view.show()
	if n := y - 1; n < 0 || n >= len(w.owner) {
		t.unmark()
		return o
	}
	t.drop() // the view does not move: the mouse is over it
	at := t.spotAt(&w, x, y-1)
	n := t.mouse.clicks.next(x, y, now)
	if n == 1 {
		t.mouse.clicks.typing, t.mouse.clicks.chosen = t.list.look.Typing, t.chosen
		t.chosen, t.dirty = at.id, true
		o.Letters = Read
	}
	k := &t.marked
	k.held, k.from, k.x, k.y = true, at, x, y
	if n > 1 {
		k.grain = grain(n - 1)
		o.Letters = t.undoClick()
		t.begin()
		t.extend(at)
	}
	return o
}

// undoClick undoes a click that has become a marking: that chooses no message and does not change what letters are.
func (t *Model) undoClick() Letters {
	c := &t.mouse.clicks
	t.chosen, t.dirty = c.chosen, true
	t.list.look.Typing = c.typing
	if c.typing {
		return Write
	}
	return Keep
}

// drag marks up to the mouse. Past an edge it scrolls, and goes on while the mouse is held there.
func (t *Model) drag(x, y int) (o Outcome) {
	k := &t.marked
	if !k.on {
		if x == k.x && y == k.y {
			return o
		}
		o.Letters = t.undoClick()
		t.mouse.clicks = clicks{}
		t.begin()
	}
	k.x, k.y = x, y
	w := t.view.show()
	moved := false
	if n := past(y-1, t.list.look.Height); n != 0 {
		from, off := w.from, w.off
		t.Scroll(n)
		w = t.view.show()
		moved = w.from != from || w.off != off
	}
	if len(w.owner) == 0 {
		return o
	}
	t.extend(t.spotAt(&w, x, y-1))
	if !moved || k.scrolling {
		return o
	}
	k.scrolling = true
	msg := rollMsg(k.serial)
	o.Cmd = tea.Tick(t.mouse.again, func(time.Time) tea.Msg { return msg })
	return o
}

// past returns how many lines to scroll for a mouse on line y of h: the farther out, the more.
func past(y, h int) int {
	switch {
	case y < 0:
		return max(y, -pane.WheelLines)
	case y >= h:
		return min(y-h+1, pane.WheelLines)
	}
	return 0
}

func (t *Model) rolled(msg rollMsg) Outcome {
	k := &t.marked
	if int(msg) != k.serial || !k.held {
		return Outcome{}
	}
	k.scrolling = false
	return t.drag(k.x, k.y)
}

// spotAt returns the spot at a cell of the n-th visible line: the first cell above the first line, the last one below
// the last.
func (t *Model) spotAt(w *visible, x, n int) spot {
	width := t.list.look.Width
	switch last := len(w.owner) - 1; {
	case n < 0:
		n, x = 0, 0
	case n > last:
		n, x = last, width
	}
	i, line := t.view.message(w, n)
	return spot{t.list.views[i].ID, line - len(t.list.entry(i).head), min(max(x, 0), width)}
}

// release copies the marked text. It stays marked until the next key or click.
func (t *Model) release(x, y int) (o Outcome) {
	k := &t.marked
	if x != k.x || y != k.y { // not every terminal reports each cell
		o.Letters = t.drag(x, y).Letters
	}
	k.held = false
	if !k.on {
		return o
	}
	s, ok := t.span()
	if ok {
		k.text, k.sum = t.list.read(&s), t.sum(&s)
	}
	if k.text == "" {
		t.unmark()
		return o
	}
	o.Cmd = pane.Copy(k.text, k.grain.String())
	return o
}

// Key is called for each key first, and reports whether it has handled it: esc ends a marking and does nothing else.
// After any other key the pane calls Unmark, once the key has had its effect.
func (t *Model) Key(k tea.KeyPressMsg) bool {
	t.mouse.clicks = clicks{}
	if !t.marked.on || k.String() != "esc" {
		return false
	}
	t.unmark()
	return true
}
