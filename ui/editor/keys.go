package editor

import (
	"unicode"

	tea "charm.land/bubbletea/v2"
)

// Press handles a key and reports whether the text changed.
func (e *Editor) Press(k tea.KeyPressMsg) bool {
	if !e.focused || e.move(k.String()) {
		return false
	}
	runes := e.lines[e.row].runes
	switch k.String() {
	case "backspace", "shift+backspace", "ctrl+h":
		if e.col == 0 {
			return e.join(e.row)
		}
		return e.remove(e.previous(), e.col)
	case "delete", "ctrl+d":
		if e.col == len(runes) {
			return e.join(e.row + 1)
		}
		n, _ := cluster(runes[e.col:])
		return e.remove(e.col, e.col+n)
	case "ctrl+k":
		if e.col == len(runes) {
			return e.join(e.row + 1)
		}
		return e.remove(e.col, len(runes))
	case "ctrl+u":
		if e.col == 0 {
			return e.join(e.row)
		}
		return e.remove(0, e.col)
	case "ctrl+w", "alt+backspace", "ctrl+backspace":
		if e.col == 0 {
			return e.join(e.row)
		}
		return e.remove(e.wordStart(), e.col)
	case "alt+d", "alt+delete", "ctrl+delete":
		if e.col == len(runes) {
			return e.join(e.row + 1)
		}
		return e.remove(e.col, e.wordEnd())
	}
	if k.Text == "" {
		return false
	}
	was := len(runes)
	e.InsertString(k.Text)
	return len(e.lines[e.row].runes) != was
}

// BreakAtBackslash replaces a backslash at the end of the line, right before the cursor, with a line break. False:
// there is no backslash there.
func (e *Editor) BreakAtBackslash() bool {
	if !e.AfterBackslash() {
		return false
	}
	e.remove(e.col-1, e.col)
	e.InsertString("\n")
	return true
}

// AfterBackslash reports whether the cursor is right after a backslash at the end of its line.
func (e *Editor) AfterBackslash() bool {
	runes := e.lines[e.row].runes
	n := len(runes)
	return n > 0 && e.col == n && runes[n-1] == '\\'
}

// move handles a key that moves the cursor. It returns false for any other key.
func (e *Editor) move(k string) bool {
	switch k {
	case "up":
		e.MoveRows(-1)
		return true
	case "down", "ctrl+n":
		e.MoveRows(1)
		return true
	case "left", "ctrl+b":
		if e.col > 0 {
			e.col = e.previous()
		} else if e.row > 0 {
			e.row--
			e.col = len(e.lines[e.row].runes)
		}
	case "right", "ctrl+f":
		if runes := e.lines[e.row].runes; e.col < len(runes) {
			n, _ := cluster(runes[e.col:])
			e.col += n
		} else if e.row < len(e.lines)-1 {
			e.row, e.col = e.row+1, 0
		}
	case "alt+left", "ctrl+left", "alt+b":
		if e.col == 0 && e.row > 0 {
			e.row--
			e.col = len(e.lines[e.row].runes)
		}
		e.col = e.wordStart()
	case "alt+right", "ctrl+right", "alt+f":
		if e.col == len(e.lines[e.row].runes) && e.row < len(e.lines)-1 {
			e.row, e.col = e.row+1, 0
		}
		e.col = e.wordEnd()
	case "home", "ctrl+a":
		e.col = 0
	case "end", "ctrl+e":
		e.CursorEnd()
	case "ctrl+home", "alt+<":
		e.MoveToBegin()
	case "ctrl+end", "alt+>":
		e.MoveToEnd()
	default:
		return false
	}
	e.goal = -1
	e.scroll()
	return true
}

// Position is the line of the cursor and its rune in that line, both from 0.
func (e *Editor) Position() (row, col int) { return e.row, e.col }

// SetPosition moves the cursor to a rune of a line, or to the nearest position that exists.
func (e *Editor) SetPosition(row, col int) {
	e.row = min(max(row, 0), len(e.lines)-1)
	e.col, e.goal = min(max(col, 0), len(e.lines[e.row].runes)), -1
	e.scroll()
}

// CursorEnd moves the cursor to the end of its line.
func (e *Editor) CursorEnd() { e.SetPosition(e.row, len(e.lines[e.row].runes)) }

// MoveToBegin moves the cursor to the beginning of the text.
func (e *Editor) MoveToBegin() { e.SetPosition(0, 0) }

// MoveToEnd moves the cursor to the end of the text.
func (e *Editor) MoveToEnd() {
	e.row = len(e.lines) - 1
	e.CursorEnd()
}

// OnFirstRow reports whether there is no row above the cursor.
func (e *Editor) OnFirstRow() bool {
	k, _ := e.cursorRow()
	return e.row == 0 && k == 0
}

// OnLastRow reports whether there is no row below the cursor.
func (e *Editor) OnLastRow() bool {
	k, _ := e.cursorRow()
	return e.row == len(e.lines)-1 && k == len(e.rows(e.row))-1
}

// MoveRows moves the cursor by rows, down if positive. It keeps its cell where the row is long enough.
func (e *Editor) MoveRows(by int) {
	for ; by < 0 && !e.OnFirstRow(); by++ {
		e.moveRow(-1)
	}
	for ; by > 0 && !e.OnLastRow(); by-- {
		e.moveRow(1)
	}
	e.scroll()
}

// moveRow moves the cursor to the row above or below, which must exist.
func (e *Editor) moveRow(by int) {
	k, start := e.cursorRow()
	if e.goal < 0 {
		e.goal = e.cells(start, e.col)
	}
	k += by
	switch {
	case k < 0:
		e.row--
		k = len(e.rows(e.row)) - 1
	case k >= len(e.rows(e.row)):
		e.row, k = e.row+1, 0
	}
	e.toCell(k, e.goal)
}

// toCell moves the cursor before the character at a cell of the k-th row of its line.
func (e *Editor) toCell(k, cell int) {
	runes, end := e.lines[e.row].runes, e.rowEnd(e.row, k)
	last := k == len(e.rows(e.row))-1
	e.col = e.rows(e.row)[k]
	for x := 0; e.col < end; {
		n, w := cluster(runes[e.col:])
		// the position after a row's last character is the first of the next row
		if x+w > cell || !last && e.col+n >= end {
			break
		}
		e.col += n
		x += w
	}
}

// Point moves the cursor to a cell of the visible rows.
func (e *Editor) Point(x, y int) {
	k := e.top + min(max(y, 0), e.Height()-1)
	for i := range e.lines {
		if n := len(e.rows(i)); k >= n {
			k -= n
			continue
		}
		e.row, e.goal = i, -1
		e.toCell(k, max(x, 0))
		e.scroll()
		return
	}
}

// cells returns the width of the runes from..to of the cursor's line.
func (e *Editor) cells(from, to int) int {
	sum := 0
	for runes := e.lines[e.row].runes; from < to; {
		n, w := cluster(runes[from:])
		from += n
		sum += w
	}
	return sum
}

// previous returns the rune at which the character before the cursor begins.
func (e *Editor) previous() int {
	_, at := e.cursorRow()
	if at == e.col && at > 0 { // it is the last one of the row above
		was := e.col
		e.col--
		_, at = e.cursorRow()
		e.col = was
	}
	runes := e.lines[e.row].runes
	for {
		n, _ := cluster(runes[at:])
		if at+n >= e.col {
			return at
		}
		at += n
	}
}

// wordStart returns the rune at which the word before the cursor begins.
func (e *Editor) wordStart() int {
	runes, i := e.lines[e.row].runes, e.col
	for i > 0 && unicode.IsSpace(runes[i-1]) {
		i--
	}
	for i > 0 && !unicode.IsSpace(runes[i-1]) {
		i--
	}
	return i
}

// wordEnd returns the rune at which the word at or after the cursor ends.
func (e *Editor) wordEnd() int {
	runes, i := e.lines[e.row].runes, e.col
	for i < len(runes) && unicode.IsSpace(runes[i]) {
		i++
	}
	for i < len(runes) && !unicode.IsSpace(runes[i]) {
		i++
	}
	return i
}
