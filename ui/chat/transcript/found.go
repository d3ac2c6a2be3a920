package transcript

import (
	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
	"relaytop/state/find"
	"relaytop/ui/style"
	"relaytop/ui/widget"
)

// found is the search hit to show or shown, and what was typed to find it.
type found struct {
	hit   find.Hit
	typed string
	query find.Query
	open  bool // Reveal has scrolled to it
	line  int  // of its message
	width int  // the width for which line was found, in cells; 0: not yet
}

// Seek sets the hit for Reveal to scroll to.
func (t *Model) Seek(h find.Hit, typed string) {
	t.found = found{hit: h, typed: typed, query: find.Parse(typed)}
}

// Leave forgets the hit and the chosen message.
func (t *Model) Leave() { t.found, t.chosen, t.dirty = found{}, 0, true }

// LoseHit forgets a hit that could not be opened, unless another one has been set.
func (t *Model) LoseHit(h find.Hit) {
	if f := &t.found; f.hit.Chat == h.Chat && f.hit.Message == h.Message {
		t.found, t.dirty = found{}, true
	}
}

// AtHit reports whether a search hit is shown.
func (t *Model) AtHit() bool { return t.found.open }

// Sought returns what was typed to find the chosen message; "" if no search found it.
func (t *Model) Sought() string {
	if t.found.open && t.chosen == t.found.hit.Message {
		return t.found.typed
	}
	return ""
}

// Reveal scrolls to the hit and chooses its message, once that is in the transcript. It returns true once for each
// hit.
func (t *Model) Reveal() bool {
	f, l := &t.found, &t.list
	if f.open || f.hit.Chat != t.chat || f.hit.Message == 0 {
		return false
	}
	i := l.index(f.hit.Message)
	if i < 0 {
		return false
	}
	f.open, t.chosen, t.dirty = true, f.hit.Message, true
	e := l.entry(i)
	if !e.open && (f.hit.File != "" || e.view.Role == relay.RoleUser && isLong(e.view.Text)) {
		t.fold(i)
	}
	t.view.put(t.view.back(i, t.hitLine(i), l.look.Height/3))
	t.view.scroll(0)
	return true
}

// hitLine returns the line of the hit in the i-th message. Rendering drops the signs of Markdown and wraps the words,
// so it is the line with the words sought and most of the words around them.
func (t *Model) hitLine(i int) int {
	f := &t.found
	if f.width == t.list.look.Width {
		return f.line
	}
	around := map[string]bool{}
	find.Each(f.hit.Snippet, func(w find.Word) bool { around[string(w.Text)] = true; return true })
	best, e := 0, t.list.entry(i)
	f.line, f.width = 0, t.list.look.Width
	for k, line := range e.lines(nil, 0, e.height()) {
		plain := ansi.Strip(line)
		score := len(around) * min(len(f.query.Marks(plain)), len(f.query.Terms))
		find.Each(plain, func(w find.Word) bool {
			if around[string(w.Text)] {
				score++
			}
			return true
		})
		if score > best {
			best, f.line = score, k
		}
	}
	return f.line
}

// tint marks the line of the hit, and the words sought on all visible lines of its message. It returns the visible
// line of the hit, or -1.
func (t *Model) tint(w *visible) int {
	f, k := &t.found, &t.list.look
	if !f.open || t.chosen != f.hit.Message || k.Typing {
		return -1
	}
	i := t.list.index(t.chosen)
	if i < 0 {
		return -1
	}
	line, first, hit := t.hitLine(i), -1, -1
	if w.from == i {
		line -= w.off
	}
	for n, id := range w.owner {
		if id != t.chosen {
			continue
		}
		if first < 0 {
			first = n
		}
		w.lines[n] = f.chips(w.lines[n], k)
		if n-first == line {
			w.lines[n], hit = k.Styles.On(style.Sel, w.lines[n]), n
		}
	}
	return hit
}

// chips paints the words sought in a painted line as chips.
func (f *found) chips(line string, k *Look) string {
	var marks [][2]int
	for _, m := range f.query.Marks(ansi.Strip(line)) {
		marks = append(marks, [2]int{m.From, m.To})
	}
	return widget.Highlight(k.Styles, line, marks, k.Width)
}
