package chat

import (
	"hash/maphash"

	"github.com/charmbracelet/x/ansi"

	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// marking is the text of the transcript that the mouse marks. It stands on lines of messages and not of the screen, so neither scrolling nor
// new text moves it; it goes with the next key or click, and when its lines say something else.
type marking struct {
	held  bool // the button is down
	on    bool // something is marked
	grain grain
	from  spot // where the button went down
	lo    spot // the first cell that is marked
	hi    spot // the last one
	text  string
	sum   uint64 // of the lines as they were drawn when text was theirs

	x, y    int // where the mouse is
	serial  int // told apart by steps of scrolling
	rolling bool
	stopped scroll // where following stopped for the sake of what is marked
	paused  bool
}

// spot is a cell of a line of a message. Lines count from the first one below the message's head: reasoning that grows moves none.
type spot struct {
	id      int64
	line, x int
}

// grain is what is marked at once.
type grain uint8

const (
	byCell grain = iota
	byWord
	byLine
)

func (g grain) String() string { return [...]string{"the marked text", "the word", "the line"}[g] }

// begin makes something marked. While an answer is written the view stands still: what is marked would run away from under the mouse.
func (m *Model) begin() {
	k := &m.marked
	k.on = true
	if m.scroll.follow && m.streaming() {
		if w := m.show(m.body()); len(w.lines) > 0 {
			m.mark()
			m.scroll.follow, m.scroll.at, m.scroll.off = false, m.views[w.from].ID, w.off
			k.paused, k.stopped = true, m.scroll
		}
	}
}

// letGo ends the marking, but lets the view stand where it is.
func (m *Model) letGo() {
	k := m.marked
	m.stale = m.stale || k.on
	m.marked = marking{serial: k.serial + 1, paused: k.paused, stopped: k.stopped}
}

// unmark ends the marking. Following goes on where only the marking had stopped it.
func (m *Model) unmark() {
	m.letGo()
	if k := &m.marked; k.paused {
		k.paused = false
		if m.scroll == k.stopped {
			m.scroll.follow, m.stale = true, true
		}
	}
}

// extend marks what lies between where the button went down and another spot, in whole words or lines if those were asked for.
func (m *Model) extend(to spot) {
	k := &m.marked
	lo, hi := k.from, to
	if i, j := m.indexOf(lo.id), m.indexOf(hi.id); i > j || i == j && (lo.line > hi.line || lo.line == hi.line && lo.x > hi.x) {
		lo, hi = hi, lo
	}
	switch k.grain {
	case byWord:
		lo, _ = m.wordAt(lo)
		_, hi = m.wordAt(hi)
	case byLine:
		lo, _ = m.lineAt(lo)
		_, hi = m.lineAt(hi)
	}
	k.lo, k.hi, m.stale = lo, hi, true
}

// span is the marking in lines as they are drawn now: from line of message i, from cell a on, to another, before cell b.
type span struct {
	i, line, a int
	j, last, b int
}

// span says where the marking is; false: its lines are not there any more.
func (m *Model) span() (s span, ok bool) {
	k := &m.marked
	if s.i, s.j = m.indexOf(k.lo.id), m.indexOf(k.hi.id); s.i < 0 || s.j < 0 || m.comparing() {
		return s, false
	}
	first, last := m.entryOf(s.i), m.entryOf(s.j)
	n, to := first.height(m), last.height(m)
	s.line, s.last = k.lo.line+len(first.head), k.hi.line+len(last.head)
	s.a, s.b = k.lo.x, k.hi.x+1
	return s, s.line >= 0 && s.line < n && s.last >= 0 && s.last < to
}

// of are the cells that may be marked of a line.
func (s *span) of(i, line, w int) (a, b int) {
	if i < s.i || i == s.i && line < s.line || i > s.j || i == s.j && line > s.last {
		return 0, 0
	}
	a, b = 0, w
	if i == s.i && line == s.line {
		a = s.a
	}
	if i == s.j && line == s.last {
		b = s.b
	}
	return a, b
}

// each goes through the marked lines.
func (m *Model) each(s *span, do func(r widget.Row, a, b int)) {
	for i := s.i; i <= s.j; i++ {
		e := m.entryOf(i)
		from, to := 0, e.height(m)-1
		if i == s.i {
			from = s.line
		}
		if i == s.j {
			to = s.last
		}
		for line := from; line <= to; line++ {
			a, b := s.of(i, line, m.w)
			do(e.row(m, line), a, b)
		}
	}
}

// read is the text of what is marked. What only the screen put between its lines is not there.
func (m *Model) read(s *span) string {
	var j text.Joiner
	m.each(s, func(r widget.Row, a, b int) {
		if !r.Ours {
			part, _, _ := cut(&r, a, b)
			j.Add(part, r.Join)
		}
	})
	return trimLines(j.String())
}

// cut is what of a row lies in the cells from a on and before b: whole characters of its text, and the cells that they take.
func cut(r *widget.Row, a, b int) (s string, from, to int) {
	a, b = max(a, r.From), min(b, r.To)
	if r.Ours || a >= b {
		return "", a, a
	}
	plain := ansi.Strip(r.Line)
	if ascii(plain) {
		b = min(b, len(plain))
		a = min(a, b)
		return plain[a:b], a, b
	}
	begin, end, x := -1, len(plain), 0
	for at := 0; at < len(plain); {
		if x >= b {
			end = at
			break
		}
		c, w := ansi.FirstGraphemeCluster(plain[at:], ansi.GraphemeWidth)
		if begin < 0 && x+max(w, 1) > a {
			begin, from = at, x
		}
		x += w
		at += len(c)
	}
	if begin < 0 {
		return "", a, a
	}
	return plain[begin:end], from, x
}

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// still ends the marking if its lines say something else by now. What was drawn the same is not read again.
func (m *Model) still() (s span, ok bool) {
	k := &m.marked
	if !k.on {
		return s, false
	}
	if s, ok = m.span(); ok && !k.held {
		if sum := m.sum(&s); sum != k.sum {
			ok, k.sum = m.read(&s) == k.text, sum
		}
	}
	if !ok {
		m.unmark()
	}
	return s, ok
}

// sum stands for all that is drawn of the marked lines.
func (m *Model) sum(s *span) (sum uint64) {
	m.each(s, func(r widget.Row, _, _ int) { sum = sum*31 + maphash.String(m.seed, r.Line) })
	return sum
}

// tintMarked sets what is marked of the window on the ground of what is chosen.
func (m *Model) tintMarked(w *window, s *span) {
	st := m.env.Styles
	for n := range w.lines {
		i, line := m.lineOf(w, n)
		a, b := s.of(i, line, m.w)
		if a >= b {
			continue
		}
		r := m.entryOf(i).row(m, line)
		part, a, _ := cut(&r, a, b)
		if b = a + text.Width(trimBlanks(part)); a < b {
			l := w.lines[n]
			w.lines[n] = ansi.Cut(l, 0, a) + st.Over(style.Sel, ansi.Cut(l, a, b)) + ansi.Cut(l, b, m.w)
		}
	}
}

// lineOf is the message that the n-th line of a window belongs to, and which of its lines it is.
func (m *Model) lineOf(w *window, n int) (i, line int) {
	i, line = w.from, w.off
	for k := 1; k <= n; k++ {
		if line++; w.owner[k] != w.owner[k-1] {
			line = 0
			for i++; m.views[i].ID != w.owner[k]; i++ { // one without a line
			}
		}
	}
	return i, line
}
