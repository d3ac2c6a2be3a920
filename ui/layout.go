package ui

import "math"

// wideFrom is the width in cells from which all three panes are shown.
const wideFrom = 110

// The smallest screen, in cells. A smaller one shows one sentence: how much is needed.
const (
	minWidth  = 60
	minHeight = 15
)

// rect is a pane's place on the screen in cells, border included.
type rect struct{ x, y, w, h int }

func (r rect) has(x, y int) bool { return x >= r.x && x < r.x+r.w && y >= r.y && y < r.y+r.h }

// layout is where everything is on a screen of w x h cells. arrange computes the other fields from the first five.
type layout struct {
	w, h  int
	focus int     // the pane that has the keys
	zoom  bool    // the focused pane is to take the whole width
	split float64 // the chat's share of the width, 0 to 1; 0 is the default

	small  bool           // too small to draw on
	wide   bool           // three panes side by side, else one with tabs
	zoomed bool           // one pane with a border, on a screen that could show three
	panes  [numPanes]rect // zero width: not shown
	bodyH  int            // rows above the strip
}

// inner is the size that a pane may fill.
func (l *layout) inner(i int) (w, h int) {
	r := l.panes[i]
	if l.wide || l.zoomed {
		return max(r.w-4, 0), max(r.h-2, 0)
	}
	return max(r.w-2, 0), r.h
}

// origin is the screen cell of a pane's inner top left corner.
func (l *layout) origin(i int) (x, y int) {
	r := l.panes[i]
	if l.wide || l.zoomed {
		return r.x + 2, r.y + 1
	}
	return r.x + 1, r.y
}

// arrange computes the layout from the size, the focus, the zoom and the split.
func (l *layout) arrange() {
	l.panes = [numPanes]rect{}
	l.bodyH = l.h - 2
	l.small = l.w < minWidth || l.h < minHeight
	l.zoomed = l.zoom && l.w >= wideFrom
	l.wide = l.w >= wideFrom && !l.zoom
	switch {
	case l.small:
	case l.zoomed:
		l.panes[l.focus] = rect{0, 0, l.w, l.bodyH}
	case l.wide:
		left := l.w * 21 / 40
		if l.split > 0 {
			left = min(max(int(math.Round(l.split*float64(l.w))), 40), l.w-46)
		}
		top := int(math.Round(float64(l.bodyH) * .53))
		l.panes[paneChat] = rect{0, 0, left, l.bodyH}
		l.panes[paneMetrics] = rect{left, 0, l.w - left, top}
		l.panes[paneBatch] = rect{left, top, l.w - left, l.bodyH - top}
	default: // a tab line above, a blank line under it for the batch pane, one above the strip
		r := rect{0, 1, l.w, l.bodyH - 2}
		if l.focus == paneBatch {
			r.y, r.h = r.y+1, r.h-1
		}
		l.panes[l.focus] = r
	}
}

// shown reports whether a pane is on the screen.
func (l *layout) shown(i int) bool { return l.panes[i].w > 0 }

// paneAt is the pane under a cell, or noPane.
func (l *layout) paneAt(x, y int) int {
	for i, r := range l.panes {
		if r.w > 0 && r.has(x, y) {
			return i
		}
	}
	return noPane
}

// onSplit reports whether a column is on the border between the chat and the other panes.
func (l *layout) onSplit(x int) bool {
	edge := l.panes[paneChat].w
	return l.wide && (x == edge-1 || x == edge)
}
