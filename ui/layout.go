package ui

import "math"

// wideFrom is the width from which all three panes stand side by side.
const wideFrom = 110

// The smallest screen that is drawn on; under it one sentence says how much is needed.
const (
	minWidth  = 60
	minHeight = 15
)

// rect is a pane's place on the screen in cells, border included.
type rect struct{ x, y, w, h int }

func (r rect) has(x, y int) bool { return x >= r.x && x < r.x+r.w && y >= r.y && y < r.y+r.h }

// layout is where everything stands at one size.
type layout struct {
	w, h   int
	small  bool // too small to draw on
	wide   bool // three panes, else one with tabs
	zoomed bool
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

// origin is the screen cell of a pane's inner corner.
func (l *layout) origin(i int) (x, y int) {
	r := l.panes[i]
	if l.wide || l.zoomed {
		return r.x + 2, r.y + 1
	}
	return r.x + 1, r.y
}

// arrange computes the layout. split is chat's share of the width; 0 is the usual one.
func arrange(w, h, focus int, zoomed bool, split float64) layout {
	l := layout{w: w, h: h, bodyH: h - 2, zoomed: zoomed, wide: w >= wideFrom && !zoomed}
	if w < minWidth || h < minHeight {
		l.small = true
		return l
	}
	switch {
	case zoomed && w >= wideFrom:
		l.panes[focus] = rect{0, 0, w, l.bodyH}
	case l.wide:
		left := w * 21 / 40
		if split > 0 {
			left = min(max(int(math.Round(split*float64(w))), 40), w-46)
		}
		top := int(math.Round(float64(l.bodyH) * .53))
		l.panes[paneChat] = rect{0, 0, left, l.bodyH}
		l.panes[paneMetrics] = rect{left, 0, w - left, top}
		l.panes[paneBatch] = rect{left, top, w - left, l.bodyH - top}
	default: // a tab line above, a blank line under it for the batch pane, one above the strip
		l.zoomed = false
		r := rect{0, 1, w, l.bodyH - 2}
		if focus == paneBatch {
			r.y, r.h = r.y+1, r.h-1
		}
		l.panes[focus] = r
	}
	return l
}
