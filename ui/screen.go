package ui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/widget"
)

// screen is what was composed last, and the borders that it was composed of.
type screen struct {
	stale     bool // something changed since
	view      tea.View
	boxes     [numPanes]box
	inspector box
	took      time.Duration // to compose the last one
	stats     FrameStats
}

// FrameStats counts what the screen costs. It is read and written on the program's goroutine only.
type FrameStats struct {
	Composed int           // frames composed since the start
	Spent    time.Duration // in composing them
}

// keep stores a composed screen, and counts what it cost since start.
func (s *screen) keep(v tea.View, start time.Time) {
	s.view, s.stale = v, false
	s.took = time.Since(start)
	s.stats.Composed++
	s.stats.Spent += s.took
}

// box is a pane with its border, kept until something in it changes.
type box struct {
	key   boxKey
	lines []string
}

// boxKey is all that a box is drawn from, but for the pane's name.
type boxKey struct {
	body, title, status string
	w, h, generation    int
	focused             bool
}

// draw returns the lines of a pane with its border: h lines of w cells, from the cache if nothing in it changed.
func (b *box) draw(st *style.Styles, p pane.Pane, name string, w, h int, focused bool) []string {
	now := boxKey{body: p.View(), title: p.Title(), status: p.Status(), w: w, h: h, generation: st.Generation,
		focused: focused}
	if b.lines == nil || now != b.key {
		b.key = now
		b.lines = strings.Split(widget.Box(st, w, h, name, now.title, now.status, focused, now.body), "\n")
	}
	return b.lines
}
