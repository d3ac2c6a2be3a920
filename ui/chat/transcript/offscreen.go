package transcript

import (
	"relaytop/relay"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// height caches the number of lines above a message, with all that it depends on.
type height struct {
	low      bool
	from     int
	width    int
	styles   *style.Styles
	versions uint64 // sum of the versions of the messages above
	folds    int
	n        int
}

// above counts the lines above the visible ones, and reports whether some were never drawn and are estimated.
func (v *viewport) above(w *visible) (n int, estimated bool) {
	k := &v.list.look
	key := height{from: w.from, width: k.Width, styles: k.Styles, folds: v.list.folds, low: k.Low}
	for i := range v.list.views[:w.from] {
		key.versions += v.list.views[i].Version
	}
	if known := v.over; known.n >= 0 {
		if key.n = known.n; key == known {
			return key.n + w.off, false
		}
	}
	budget := measured
	for i := w.from - 1; i >= 0; i-- {
		h, ok := v.list.known(i, &budget)
		n += h
		estimated = estimated || !ok
	}
	if key.n = n; !estimated {
		v.over = key
	}
	return n + w.off, estimated
}

// below counts the lines below the visible ones, and reports whether some were never drawn and are estimated.
func (v *viewport) below(w *visible) (n int, estimated bool) {
	budget := measured
	n = -len(w.lines) - w.off
	for i := w.from; i < len(v.list.views); i++ {
		h, ok := v.list.known(i, &budget)
		n += h
		estimated = estimated || !ok
	}
	return n, estimated
}

// news counts the lines that were added since the reader stopped following.
func (v *viewport) news() int {
	i := v.list.index(v.place.seen)
	if i < 0 {
		return 0
	}
	n := v.list.height(i) - v.place.seenHeight
	for i++; i < len(v.list.views); i++ {
		n += v.list.height(i)
	}
	return max(n, 0)
}

// aboveLine tells how much is off the screen above; "" if nothing is.
func (v *viewport) aboveLine(w *visible) string {
	n, estimated := v.above(w)
	if n == 0 {
		return ""
	}
	k := &v.list.look
	s := k.Styles.Glyphs.Up + " " + countedLines(n, estimated) + " above"
	if n := v.list.notSent(); n > 0 {
		s += widget.FactGap + relay.Counted(n, "turn") + " not sent"
	}
	return k.fit("  " + k.Styles.Faint.Paint(s))
}

// belowLine tells how much is new since the reader stopped following, or off the screen below; "" at the end.
func (v *viewport) belowLine(w *visible) string {
	if v.place.follow || w.end {
		return ""
	}
	k := &v.list.look
	s := "end to follow"
	if !k.Streaming {
		n, estimated := v.below(w)
		s = countedLines(max(n, 1), estimated) + " below, end for the last"
	}
	if n := v.news(); n > 0 {
		s = relay.Counted(n, "new line") + " - " + s
	}
	return k.fit("  " + k.Styles.Accent.Paint(k.Styles.Glyphs.Down+" "+s))
}

// countedLines is n lines with their number; an estimate is marked.
func countedLines(n int, estimated bool) string {
	return widget.About(widget.Count(int64(n)), estimated) + " " + text.Plural(n, "line")
}
