package transcript

import "slices"

// place is the position of the viewport: at the end, or where the reader scrolled to. It names a message and one of its
// lines, so neither new text nor another width moves the reader.
type place struct {
	follow     bool
	at         int64 // the message of the first line
	off        int   // the line of that message
	seen       int64 // the last message when following stopped
	seenHeight int   // how many lines it had then
}

// viewport is the part of the transcript that is on the screen.
type viewport struct {
	list  *messages
	place place
	over  height // the last count of the lines above the visible ones
}

// visible is the lines that are on the screen.
type visible struct {
	from, off int // the first message, and which of its lines is the first one
	lines     []string
	owner     []int64 // the message that each line belongs to
	end       bool    // the last line is the last one of the transcript
}

// show collects the visible lines.
func (v *viewport) show() visible {
	h := v.list.look.Height
	if len(v.list.views) == 0 || h <= 0 {
		return visible{end: true}
	}
	from := v.list.index(v.place.at)
	if v.place.follow || from < 0 {
		return v.lastPage(h)
	}
	w := v.forward(from, min(v.place.off, max(v.list.height(from)-1, 0)), h)
	if w.end && len(w.lines) < h {
		w = v.lastPage(h)
	}
	return w
}

// lastPage collects the last h lines.
func (v *viewport) lastPage(h int) visible {
	i, off := v.back(len(v.list.views), 0, h)
	return v.forward(i, off, h)
}

// back returns the message and line that are n lines above line off of the i-th message.
func (v *viewport) back(i, off, n int) (int, int) {
	for n > off {
		n -= off
		if i == 0 {
			return 0, 0
		}
		i--
		off = v.list.height(i)
	}
	return i, off - n
}

// forward collects up to h lines from line off of the i-th message on.
func (v *viewport) forward(i, off, h int) visible {
	w := visible{from: i, off: off}
	for at := off; i < len(v.list.views) && len(w.lines) < h; i, at = i+1, 0 {
		e := v.list.entry(i)
		n := e.height()
		w.lines = e.lines(w.lines, at, min(n, at+h-len(w.lines)))
		for len(w.owner) < len(w.lines) {
			w.owner = append(w.owner, e.view.ID)
		}
		w.end = i == len(v.list.views)-1 && at+h >= n && v.reaches(&w, n)
	}
	return w
}

// reaches reports whether the last of the n lines of the last message is visible.
func (v *viewport) reaches(w *visible, n int) bool {
	last, id := 0, v.list.views[len(v.list.views)-1].ID
	for i := len(w.owner) - 1; i >= 0 && w.owner[i] == id; i-- {
		last++
	}
	if w.from == len(v.list.views)-1 {
		return w.off+last >= n
	}
	return last >= n
}

// message returns the message of the n-th visible line, and which line of that message it is.
func (v *viewport) message(w *visible, n int) (i, line int) {
	i, line = w.from, w.off
	for k := 1; k <= n; k++ {
		if line++; w.owner[k] != w.owner[k-1] {
			line = 0
			for i++; v.list.views[i].ID != w.owner[k]; i++ { // messages without lines
			}
		}
	}
	return i, line
}

// scroll moves n lines, down if positive. At the end it follows again.
func (v *viewport) scroll(n int) {
	w := v.show()
	if len(w.lines) == 0 {
		return
	}
	if n < 0 {
		i, off := v.back(w.from, w.off, -n)
		v.put(i, off)
	} else if !v.place.follow {
		i, off := w.from, w.off+n
		for i < len(v.list.views)-1 && off >= v.list.height(i) {
			off -= v.list.height(i)
			i++
		}
		v.put(i, off)
	}
	all := v.show()
	if all.end && (n > 0 || all.from == 0 && all.off == 0) { // the end is visible, or everything is
		v.place.follow = true
	}
}

// put stops following and moves a line of the i-th message to the top.
func (v *viewport) put(i, off int) {
	if n := len(v.list.views); v.place.follow && n > 0 { // lines that come later are new
		v.place.seen, v.place.seenHeight = v.list.views[n-1].ID, v.list.height(n-1)
	}
	v.place.follow, v.place.at, v.place.off = false, v.list.views[i].ID, off
}

// reveal moves the i-th message to the top, unless as much of it as fits is already visible.
func (v *viewport) reveal(i int) {
	id, n := v.list.views[i].ID, 0
	for _, owner := range v.show().owner {
		if owner == id {
			n++
		}
	}
	if n < min(v.list.height(i), v.list.look.Height) {
		v.put(i, 0)
		v.scroll(0)
	}
}

// fromStart moves the i-th message to the top, unless its first line is visible.
func (v *viewport) fromStart(i int) {
	id := v.list.views[i].ID
	w := v.show()
	if len(w.owner) > 0 && (w.owner[0] != id || w.off == 0) && slices.Contains(w.owner, id) {
		return
	}
	v.put(i, 0)
	v.scroll(0)
}
