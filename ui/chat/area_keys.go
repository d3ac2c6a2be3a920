package chat

import (
	"unicode"

	tea "charm.land/bubbletea/v2"
)

// press takes a key and reports whether the text changed.
func (a *area) press(k tea.KeyPressMsg) bool {
	if !a.focused {
		return false
	}
	if a.moved(k.String()) {
		return false
	}
	runes := a.text[a.row].runes
	switch k.String() {
	case "backspace", "shift+backspace", "ctrl+h":
		if a.col == 0 {
			return a.join(a.row)
		}
		return a.remove(a.before(), a.col)
	case "delete", "ctrl+d":
		if a.col == len(runes) {
			return a.join(a.row + 1)
		}
		n, _ := cluster(runes[a.col:])
		return a.remove(a.col, a.col+n)
	case "ctrl+k":
		if a.col == len(runes) {
			return a.join(a.row + 1)
		}
		return a.remove(a.col, len(runes))
	case "ctrl+u":
		if a.col == 0 {
			return a.join(a.row)
		}
		return a.remove(0, a.col)
	case "ctrl+w", "alt+backspace", "ctrl+backspace":
		if a.col == 0 {
			return a.join(a.row)
		}
		return a.remove(a.wordBefore(), a.col)
	case "alt+d", "alt+delete", "ctrl+delete":
		if a.col == len(runes) {
			return a.join(a.row + 1)
		}
		return a.remove(a.col, a.wordAfter())
	}
	if k.Text == "" {
		return false
	}
	was := len(runes)
	a.InsertString(k.Text)
	return len(a.text[a.row].runes) != was
}

// moved takes a key that moves the cursor.
func (a *area) moved(k string) bool {
	switch k {
	case "up":
		a.vertical(-1)
		return true
	case "down", "ctrl+n":
		a.vertical(1)
		return true
	case "left", "ctrl+b":
		if a.col > 0 {
			a.col = a.before()
		} else if a.row > 0 {
			a.row--
			a.col = len(a.text[a.row].runes)
		}
	case "right", "ctrl+f":
		if runes := a.text[a.row].runes; a.col < len(runes) {
			n, _ := cluster(runes[a.col:])
			a.col += n
		} else if a.row < len(a.text)-1 {
			a.row, a.col = a.row+1, 0
		}
	case "alt+left", "ctrl+left", "alt+b":
		if a.col == 0 && a.row > 0 {
			a.row--
			a.col = len(a.text[a.row].runes)
		}
		a.col = a.wordBefore()
	case "alt+right", "ctrl+right", "alt+f":
		if a.col == len(a.text[a.row].runes) && a.row < len(a.text)-1 {
			a.row, a.col = a.row+1, 0
		}
		a.col = a.wordAfter()
	case "home", "ctrl+a":
		a.col = 0
	case "end", "ctrl+e":
		a.CursorEnd()
	case "ctrl+home", "alt+<":
		a.MoveToBegin()
	case "ctrl+end", "alt+>":
		a.MoveToEnd()
	default:
		return false
	}
	a.goal = -1
	a.reach()
	return true
}

// CursorEnd goes behind the last character of the line.
func (a *area) CursorEnd() {
	a.col, a.goal = len(a.text[a.row].runes), -1
	a.reach()
}

// MoveToBegin goes before the first character of the text.
func (a *area) MoveToBegin() {
	a.row, a.col, a.goal = 0, 0, -1
	a.reach()
}

// MoveToEnd goes behind the last character of the text.
func (a *area) MoveToEnd() {
	a.row = len(a.text) - 1
	a.CursorEnd()
}

// border reports whether up or down would leave the text.
func (a *area) border(up bool) bool {
	row, _ := a.at()
	if up {
		return a.row == 0 && row == 0
	}
	return a.row == len(a.text)-1 && row == len(a.rows(a.row))-1
}

// vertical goes a row up or down and stays in its column where it can.
func (a *area) vertical(by int) {
	if a.border(by < 0) {
		return
	}
	row, start := a.at()
	if a.goal < 0 {
		a.goal = a.cells(start, a.col)
	}
	row += by
	switch {
	case row < 0:
		a.row--
		row = len(a.rows(a.row)) - 1
	case row >= len(a.rows(a.row)):
		a.row, row = a.row+1, 0
	}
	a.toCell(row, a.goal)
	a.reach()
}

// toCell puts the cursor before the character at a cell of a row of its line.
func (a *area) toCell(row, cell int) {
	runes, end := a.text[a.row].runes, a.end(a.row, row)
	last := row == len(a.rows(a.row))-1
	a.col = a.rows(a.row)[row]
	for x := 0; a.col < end; {
		n, w := cluster(runes[a.col:])
		if x+w > cell || !last && a.col+n >= end { // the place behind a row's last character is the next row's first
			break
		}
		a.col += n
		x += w
	}
}

// point puts the cursor at a cell of the rows that are seen.
func (a *area) point(x, y int) {
	row := a.top + min(max(y, 0), a.Height()-1)
	for i := range a.text {
		if n := len(a.rows(i)); row >= n {
			row -= n
			continue
		}
		a.row, a.goal = i, -1
		a.toCell(row, max(x, 0))
		a.reach()
		return
	}
}

// cells is how wide the runes from..to of the cursor's line are.
func (a *area) cells(from, to int) int {
	sum := 0
	for runes := a.text[a.row].runes; from < to; {
		n, w := cluster(runes[from:])
		from += n
		sum += w
	}
	return sum
}

// before is where the character before the cursor begins.
func (a *area) before() int {
	_, at := a.at()
	if at == a.col && at > 0 { // it is the last one of the row above
		was := a.col
		a.col--
		_, at = a.at()
		a.col = was
	}
	runes := a.text[a.row].runes
	for {
		n, _ := cluster(runes[at:])
		if at+n >= a.col {
			return at
		}
		at += n
	}
}

// wordBefore is where the word before the cursor begins.
func (a *area) wordBefore() int {
	runes, i := a.text[a.row].runes, a.col
	for i > 0 && unicode.IsSpace(runes[i-1]) {
		i--
	}
	for i > 0 && !unicode.IsSpace(runes[i-1]) {
		i--
	}
	return i
}

// wordAfter is where the word at or after the cursor ends.
func (a *area) wordAfter() int {
	runes, i := a.text[a.row].runes, a.col
	for i < len(runes) && unicode.IsSpace(runes[i]) {
		i++
	}
	for i < len(runes) && !unicode.IsSpace(runes[i]) {
		i++
	}
	return i
}
