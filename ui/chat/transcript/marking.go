package transcript

import (
	"hash/maphash"

	"github.com/charmbracelet/x/ansi"

	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// marking is the text marked with the mouse. It refers to lines of messages, not of the screen, so neither scrolling
// nor new text moves it. It ends with the next key or click, and when its text changes.
type marking struct {
	held  bool // the button is down
	on    bool // something is marked
	grain grain
	from  spot   // where the button went down
	first spot   // the first marked cell
	last  spot   // the last one
	text  string // that was copied when the button was released
	sum   uint64 // hash of the drawn lines of text

	x, y      int // position of the mouse
	serial    int // of this marking: a step of scrolling for another one is dropped
	scrolling bool
	paused    bool  // the view stopped following for the marking
	stopped   place // where it did
}

// spot is a cell on a line of a message. Lines are counted from the first one below the message's head, so
// reasoning that grows moves no spot.
type spot struct {
	id      int64
	line, x int
}

// before reports whether s comes before another spot of the same message.
func (s spot) before(o spot) bool { return s.line < o.line || s.line == o.line && s.x < o.x }

// grain is the unit in which text is marked.
type grain uint8

const (
	byCell grain = iota
	byWord
	byLine
)

func (g grain) String() string { return [...]string{"the marked text", "the word", "the line"}[g] }

// begin starts a marking. While an answer streams the view stops following: the text must not move under the mouse.
func (t *Model) begin() {
	t.marked.on = true
	if !t.view.place.follow || !t.list.look.Streaming {
		return
	}
	if w := t.view.show(); len(w.lines) > 0 {
		t.view.put(w.from, w.off)
		t.marked.paused, t.marked.stopped = true, t.view.place
	}
}

// drop ends the marking and leaves the view where it is.
func (t *Model) drop() {
	k := &t.marked
	t.dirty = t.dirty || k.on
	t.marked = marking{serial: k.serial + 1, paused: k.paused, stopped: k.stopped}
}

// unmark ends the marking. If the view stopped following only for the marking, it follows again.
func (t *Model) unmark() {
	t.drop()
	if k := &t.marked; k.paused {
		k.paused = false
		if t.view.place == k.stopped {
			t.Follow()
		}
	}
}

// Unmark ends a marking and a series of clicks.
func (t *Model) Unmark() {
	t.mouse.clicks = clicks{}
	t.unmark()
}

// Marked returns the marked text, and a name for it: the word, the line or the marked text. It is "" until the button
// is released.
func (t *Model) Marked() (s, what string) { return t.marked.text, t.marked.grain.String() }

// extend marks from the spot where the button went down to another one: whole words after two clicks, whole lines
// after three.
func (t *Model) extend(to spot) {
	k, l := &t.marked, &t.list
	first, last := k.from, to
	if i, j := l.index(first.id), l.index(last.id); i > j || i == j && last.before(first) {
		first, last = last, first
	}
	switch k.grain {
	case byCell:
	case byWord:
		first, _ = l.wordAt(first)
		_, last = l.wordAt(last)
	case byLine:
		first, _ = l.lineAt(first)
		_, last = l.lineAt(last)
	}
	k.first, k.last, t.dirty = first, last, true
}

// span is a marking in drawn lines: from cell a of a line of the i-th message to the cell before b on a line of the
// j-th.
type span struct {
	i, line, a int
	j, last, b int
}

// span returns the marking in drawn lines. ok is false if its lines are gone.
func (t *Model) span() (s span, ok bool) {
	k, l := &t.marked, &t.list
	if s.i, s.j = l.index(k.first.id), l.index(k.last.id); s.i < 0 || s.j < 0 {
		return s, false
	}
	first, last := l.entry(s.i), l.entry(s.j)
	s.line, s.last = k.first.line+len(first.head), k.last.line+len(last.head)
	s.a, s.b = k.first.x, k.last.x+1
	return s, s.line >= 0 && s.line < first.height() && s.last >= 0 && s.last < last.height()
}

// cells returns the marked cells of a line that is w cells wide.
func (s *span) cells(i, line, w int) (a, b int) {
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

// each calls do for each marked line.
func (l *messages) each(s *span, do func(r widget.Row, a, b int)) {
	for i := s.i; i <= s.j; i++ {
		e := l.entry(i)
		from, to := 0, e.height()-1
		if i == s.i {
			from = s.line
		}
		if i == s.j {
			to = s.last
		}
		for line := from; line <= to; line++ {
			a, b := s.cells(i, line, l.look.Width)
			do(e.row(line), a, b)
		}
	}
}

// read returns the marked text, without line breaks and signs that are only on the screen.
func (l *messages) read(s *span) string {
	var j text.Joiner
	l.each(s, func(r widget.Row, a, b int) {
		if !r.NoText {
			part, _, _ := cut(&r, a, b)
			j.Add(part, r.Join)
		}
	})
	return trimLines(j.String())
}

// cut returns the text of a row in the cells a..b (b excluded), in whole characters, and the cells that it takes.
func cut(r *widget.Row, a, b int) (s string, from, to int) {
	a, b = max(a, r.From), min(b, r.To)
	if r.NoText || a >= b {
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

// checkMarked ends the marking if its text has changed. The text is compared only if the lines look different.
func (t *Model) checkMarked() {
	k := &t.marked
	if !k.on {
		return
	}
	s, ok := t.span()
	if ok && !k.held {
		if sum := t.sum(&s); sum != k.sum {
			ok, k.sum = t.list.read(&s) == k.text, sum
		}
	}
	if !ok {
		t.unmark()
	}
}

// sum returns a hash of the drawn lines of the marking.
func (t *Model) sum(s *span) (sum uint64) {
	t.list.each(s, func(r widget.Row, _, _ int) { sum = sum*31 + maphash.String(t.mouse.seed, r.Line) })
	return sum
}

// tintMarked paints the visible part of the marking on the background of a selection.
func (t *Model) tintMarked(w *visible) {
	s, ok := t.span()
	if !ok {
		return
	}
	st, width := t.list.look.Styles, t.list.look.Width
	for n := range w.lines {
		i, line := t.view.message(w, n)
		a, b := s.cells(i, line, width)
		if a >= b {
			continue
		}
		r := t.list.row(i, line)
		part, a, _ := cut(&r, a, b)
		if b = a + text.Width(trimBlanks(part)); a < b {
			l := w.lines[n]
			w.lines[n] = ansi.Cut(l, 0, a) + st.Over(style.Sel, ansi.Cut(l, a, b)) + ansi.Cut(l, b, width)
		}
	}
}
