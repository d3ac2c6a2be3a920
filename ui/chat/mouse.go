package chat

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/ui/pane"
)

const wheelLines = 3

// Of the mouse: how long after a click another one counts on, and how often a mouse that is held past an edge scrolls.
const (
	clickAgain = 400 * time.Millisecond
	rollPause  = 60 * time.Millisecond
)

// clicks counts clicks at one place, and keeps what the first of them took.
type clicks struct {
	n, x, y int
	at      time.Time
	typing  bool
	sel     int64
}

// next counts a click. The fourth in a row is a first one again.
func (c *clicks) next(x, y int, now time.Time) int {
	near := y == c.y && x-c.x <= 1 && c.x-x <= 1
	if c.n == 0 || c.n == 3 || !near || now.Sub(c.at) > clickAgain {
		c.n = 0
	}
	c.n, c.x, c.y, c.at = c.n+1, x, y, now
	return c.n
}

// rollMsg is a step of scrolling while the mouse is held past an edge.
type rollMsg int

func (m *Model) mouse(msg tea.MouseMsg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		return m.wheel(msg)
	case tea.MouseClickMsg:
		if msg.Button == tea.MouseLeft {
			return m.click(msg)
		}
	case tea.MouseMotionMsg:
		if m.marked.held {
			return m.drag(msg.X, msg.Y)
		}
	case tea.MouseReleaseMsg:
		if m.marked.held {
			return m.release(msg.X, msg.Y)
		}
	}
	return nil
}

func (m *Model) wheel(msg tea.MouseWheelMsg) tea.Cmd {
	switch msg.Button {
	case tea.MouseWheelUp:
		m.by(-wheelLines)
	case tea.MouseWheelDown:
		m.by(wheelLines)
	}
	if m.marked.held {
		return m.drag(msg.X, msg.Y)
	}
	return nil
}

// click on the composer writes there. On a message it chooses it and takes the letters, unless something is written: the next words would
// be commands. A second one marks a word, a third one a line.
func (m *Model) click(msg tea.MouseClickMsg) tea.Cmd {
	if top := m.h - m.compose.height(); msg.Y >= top {
		m.unmark()
		m.clicks = clicks{}
		m.writing()
		m.compose.point(msg.X, msg.Y-top)
		return nil
	}
	w := m.show(m.body())
	if n := msg.Y - 1; n < 0 || n >= len(w.owner) {
		m.unmark()
		return nil
	}
	m.letGo() // and the view stands: the mouse is over it
	at := m.spotAt(&w, msg.X, msg.Y-1)
	n := m.clicks.next(msg.X, msg.Y, m.clock())
	if n == 1 || m.comparing() {
		m.clicks.typing, m.clicks.sel = m.compose.on, m.sel
		m.sel, m.stale = at.id, true
		if m.compose.empty() {
			m.reading()
		}
	}
	if m.comparing() {
		return nil
	}
	m.marked.held, m.marked.from, m.marked.x, m.marked.y = true, at, msg.X, msg.Y
	if n > 1 {
		m.marked.grain = grain(n - 1)
		m.giveBack()
		m.begin()
		m.extend(at)
	}
	return nil
}

// giveBack undoes what a click did that became a marking: who copies wants neither another message nor to lose the letters.
func (m *Model) giveBack() {
	m.sel, m.stale = m.clicks.sel, true
	m.compose.on = m.clicks.typing
	m.compose.focus(m.focused)
}

// drag marks up to where the mouse is. Past an edge it scrolls, and again after a while.
func (m *Model) drag(x, y int) tea.Cmd {
	k := &m.marked
	if !k.on {
		if x == k.x && y == k.y {
			return nil
		}
		m.giveBack()
		m.clicks = clicks{}
		m.begin()
	}
	k.x, k.y = x, y
	h := m.body()
	w := m.show(h)
	moved := false
	if by := past(y-1, h); by != 0 {
		was := w
		m.by(by)
		w = m.show(h)
		moved = w.from != was.from || w.off != was.off
	}
	if len(w.owner) == 0 {
		return nil
	}
	m.extend(m.spotAt(&w, x, y-1))
	if !moved || k.rolling {
		return nil
	}
	k.rolling = true
	msg := rollMsg(k.serial)
	return tea.Tick(m.roll, func(time.Time) tea.Msg { return msg })
}

// past is how many lines are scrolled for a mouse on line y of h: the farther out, the faster.
func past(y, h int) int {
	switch {
	case y < 0:
		return max(y, -wheelLines)
	case y >= h:
		return min(y-h+1, wheelLines)
	}
	return 0
}

func (m *Model) rolled(msg rollMsg) tea.Cmd {
	k := &m.marked
	if int(msg) != k.serial || !k.held {
		return nil
	}
	k.rolling = false
	return m.drag(k.x, k.y)
}

// spotAt is what lies at a cell of a window; above and below it, its begin and its end.
func (m *Model) spotAt(w *window, x, n int) spot {
	switch last := len(w.owner) - 1; {
	case n < 0:
		n, x = 0, 0
	case n > last:
		n, x = last, m.w
	}
	i, line := m.lineOf(w, n)
	return spot{m.views[i].ID, line - len(m.entryOf(i).head), min(max(x, 0), m.w)}
}

// release copies what is marked. The marking stays to be seen.
func (m *Model) release(x, y int) tea.Cmd {
	k := &m.marked
	if x != k.x || y != k.y { // not every terminal tells of each cell
		m.drag(x, y)
	}
	k.held = false
	if !k.on {
		return nil
	}
	s, ok := m.span()
	if ok {
		k.text, k.sum = m.read(&s), m.sum(&s)
	}
	if k.text == "" {
		m.unmark()
		return nil
	}
	return pane.Copy(k.text, k.grain.String())
}

// keyed takes a key, which ends the marking. Esc does nothing else then.
func (m *Model) keyed(k tea.KeyPressMsg) tea.Cmd {
	m.clicks = clicks{}
	if m.marked.on && k.String() == "esc" {
		m.unmark()
		return nil
	}
	cmd := m.press(k)
	m.unmark()
	return cmd
}
