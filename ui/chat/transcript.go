package chat

import (
	"slices"
	"strconv"

	"relaytop/state/session"
	"relaytop/ui/style"
	"relaytop/ui/widget"
)

// scroll is which part of the transcript is shown: its end, or what the reader put there. A place is a message and a line of it, so
// that neither new text nor another width moves the reader.
type scroll struct {
	follow bool
	at     int64 // the message that the first line belongs to
	off    int   // line of it
	seen   int64 // the last message when following stopped, and how high it was
	seenH  int
}

// entryOf is the drawn form of the i-th message.
func (m *Model) entryOf(i int) *entry {
	v := m.views[i]
	e := m.entries[v.ID]
	if e == nil {
		e = &entry{}
		m.entries[v.ID] = e
	}
	first, cut := i == 0, i > 0 && m.views[i-1].Left && !v.Left
	if e.first != first || e.cut != cut {
		e.first, e.cut, e.ready = first, cut, false
	}
	e.sync(v)
	return e
}

// measured bounds how much text, in bytes, one frame may lay out only to count its lines.
const measured = 32 << 10

// known is the height of the i-th message. One that was never drawn is laid out for it as long as there is budget left, then guessed.
func (m *Model) known(i int, budget *int) (int, bool) {
	v := &m.views[i]
	e := m.entries[v.ID]
	if e == nil || e.w != m.w || e.st == nil {
		if *budget -= len(v.Text) + len(v.Reasoning); *budget < 0 {
			return estimate(v, m.w), false
		}
		e = m.entryOf(i)
	}
	return e.height(m), true
}

func (m *Model) indexOf(id int64) int {
	for i := len(m.views) - 1; i >= 0; i-- {
		if m.views[i].ID == id {
			return i
		}
	}
	return -1
}

// window is what is shown of the transcript.
type window struct {
	from, off int // first message and the line of it
	lines     []string
	owner     []int64 // the message that each line belongs to
	end       bool    // the last line is the transcript's
}

// show collects up to h lines.
func (m *Model) show(h int) window {
	if len(m.views) == 0 || h <= 0 {
		return window{end: true}
	}
	from := m.indexOf(m.scroll.at)
	if !m.scroll.follow && from < 0 {
		m.scroll.follow = true
	}
	if m.scroll.follow {
		return m.forward(m.back(len(m.views), 0, h))(h)
	}
	w := m.forward(from, min(m.scroll.off, max(m.entryOf(from).height(m)-1, 0)))(h)
	if w.end && len(w.lines) < h {
		w = m.forward(m.back(len(m.views), 0, h))(h)
	}
	return w
}

// back is the place that is n lines before line off of message i.
func (m *Model) back(i, off, n int) (int, int) {
	for n > off {
		n -= off
		if i == 0 {
			return 0, 0
		}
		i--
		off = m.entryOf(i).height(m)
	}
	return i, off - n
}

func (m *Model) forward(i, off int) func(h int) window {
	return func(h int) window {
		w := window{from: i, off: off}
		for at := off; i < len(m.views) && len(w.lines) < h; i, at = i+1, 0 {
			e := m.entryOf(i)
			n := e.height(m)
			w.lines = e.lines(m, w.lines, at, min(n, at+h-len(w.lines)))
			for len(w.owner) < len(w.lines) {
				w.owner = append(w.owner, e.view.ID)
			}
			w.end = i == len(m.views)-1 && len(w.lines) <= h && at+h >= n && m.shownTo(w, n, h)
		}
		return w
	}
}

// shownTo reports whether the last of n lines of the last message is in the window.
func (m *Model) shownTo(w window, n, h int) bool {
	last := 0
	for i := len(w.owner) - 1; i >= 0 && w.owner[i] == m.views[len(m.views)-1].ID; i-- {
		last++
	}
	if w.from == len(m.views)-1 {
		return w.off+last >= n
	}
	return last >= n
}

// height is how high the messages above one are: worked out again only when one of them changes.
type height struct {
	low      bool // reasons are short
	from     int
	w        int
	st       *style.Styles
	versions uint64 // sum of theirs
	folds    int
	n        int
}

// above counts the lines before the window; about: some were never drawn, so their height is a guess.
func (m *Model) above(w window) (n int, about bool) {
	key := height{from: w.from, w: m.w, st: m.env.Styles, folds: m.folds, low: m.h < whyRoom}
	for i := range m.views[:w.from] {
		key.versions += m.views[i].Version
	}
	if known := m.over; known.n >= 0 {
		if key.n = known.n; key == known {
			return key.n + w.off, false
		}
	}
	budget := measured
	for i := w.from - 1; i >= 0; i-- {
		h, ok := m.known(i, &budget)
		n += h
		about = about || !ok
	}
	if key.n = n; !about {
		m.over = key
	}
	return n + w.off, about
}

// news counts the lines that came since the reader stopped following.
func (m *Model) news() int {
	i := m.indexOf(m.scroll.seen)
	if i < 0 {
		return 0
	}
	n := m.entryOf(i).height(m) - m.scroll.seenH
	for i++; i < len(m.views); i++ {
		n += m.entryOf(i).height(m)
	}
	return max(n, 0)
}

// body is how many lines of transcript there are room for.
func (m *Model) body() int {
	h := m.h - m.compose.height() - 2
	if len(m.chat.Queued) > 0 {
		h -= min(len(m.chat.Queued), queuedLines)
	}
	return max(h, 0)
}

// by scrolls n lines, down if positive.
func (m *Model) by(n int) {
	if m.comparing() {
		m.scrollColumn(n)
		return
	}
	h := m.body()
	w := m.show(h)
	if len(w.lines) == 0 {
		return
	}
	if n < 0 {
		if m.scroll.follow {
			m.mark()
		}
		i, off := m.back(w.from, w.off, -n)
		m.scroll.follow, m.scroll.at, m.scroll.off = false, m.views[i].ID, off
	} else if !m.scroll.follow {
		i, off := w.from, w.off+n
		for i < len(m.views)-1 && off >= m.entryOf(i).height(m) {
			off -= m.entryOf(i).height(m)
			i++
		}
		m.scroll.at, m.scroll.off = m.views[i].ID, off
	}
	if all := m.show(h); all.end && n > 0 {
		m.scroll.follow = true
	} else if all.end && all.from == 0 && all.off == 0 {
		m.scroll.follow = true // all of it fits
	}
	m.stale = true
}

// mark remembers the end as it is now, to tell what is new.
func (m *Model) mark() {
	if n := len(m.views); n > 0 {
		m.scroll.seen, m.scroll.seenH = m.views[n-1].ID, m.entryOf(n-1).height(m)
	}
}

func (m *Model) top() {
	if len(m.views) > 0 {
		if m.scroll.follow {
			m.mark()
		}
		m.scroll.follow, m.scroll.at, m.scroll.off = false, m.views[0].ID, 0
		m.by(0)
	}
}

func (m *Model) bottom() {
	m.scroll.follow, m.stale = true, true
}

// selected is the message that letters are about: the one that was chosen, else the last.
func (m *Model) selected() (session.View, bool) {
	if m.comparing() {
		return m.columnAnswer()
	}
	if i := m.indexOf(m.sel); i >= 0 {
		return m.views[i], true
	}
	if n := len(m.views); n > 0 {
		return m.views[n-1], true
	}
	return session.View{}, false
}

// choose moves the selection and brings it into view.
func (m *Model) choose(delta int) {
	if m.comparing() {
		m.scrollColumn(delta)
		return
	}
	if len(m.views) == 0 {
		return
	}
	i := m.indexOf(m.sel)
	if i < 0 {
		i = len(m.views) - 1
		if delta > 0 {
			delta = 0
		}
	}
	i = min(max(i+delta, 0), len(m.views)-1)
	m.sel, m.stale = m.views[i].ID, true
	h := m.body()
	w := m.show(h)
	n := 0
	for _, id := range w.owner {
		if id == m.sel {
			n++
		}
	}
	if n >= min(m.entryOf(i).height(m), h) {
		return
	}
	if m.scroll.follow {
		m.mark()
	}
	m.scroll.follow, m.scroll.at, m.scroll.off = false, m.sel, 0
	m.by(0)
}

// fromBegin shows the begin of a message that grew, if it went off the screen.
func (m *Model) fromBegin(id int64) {
	if w := m.show(m.body()); len(w.owner) > 0 && (w.owner[0] != id || w.off == 0) && slices.Contains(w.owner, id) {
		return
	}
	if m.scroll.follow {
		m.mark()
	}
	m.scroll.follow, m.scroll.at, m.scroll.off = false, id, 0
	m.by(0)
}

// scrolled is the line that says what is off the screen above.
func (m *Model) scrolled(w window) string {
	n, about := m.above(w)
	if n == 0 {
		return m.systemLine()
	}
	sign := ""
	if about {
		sign = "~"
	}
	st := m.env.Styles
	// The line itself stands where one more line of the transcript would be.
	return widget.Fit("  "+st.Faint.Paint(st.Glyphs.Up+" "+sign+widget.Count(int64(n))+lineWord(n)+" above"+m.unsent()), m.w)
}

// below is the line that says what came meanwhile.
func (m *Model) below(w window) string {
	if m.scroll.follow || w.end {
		if s := m.overflow(); s != "" {
			return s
		}
		return widget.Blank(m.w)
	}
	st := m.env.Styles
	s := "end to follow"
	if !m.streaming() {
		s = m.rest(w)
	}
	if n := m.news(); n > 0 {
		s = strconv.Itoa(n) + " new" + lineWord(n) + " - " + s
	}
	return widget.Fit("  "+st.Accent.Paint(st.Glyphs.Down+" "+s), m.w)
}

// rest says how much stands below what is shown.
func (m *Model) rest(w window) string {
	n, budget, about := -len(w.lines), measured, ""
	for i := w.from; i < len(m.views); i++ {
		h, ok := m.known(i, &budget)
		if n += h; !ok {
			about = "~"
		}
		if i == w.from {
			n -= w.off
		}
	}
	return about + widget.Count(int64(max(n, 1))) + lineWord(n) + " below, end for the last"
}

func lineWord(n int) string {
	if n == 1 {
		return " line"
	}
	return " lines"
}
