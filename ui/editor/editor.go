// Package editor is the text area for messages and system prompts: lines of text, wrapped into rows, and a cursor.
//
// The text area of bubbles was measured and is too slow (BenchmarkKey: a key, the view after it and the cursor, at
// the end of a draft of 64 KiB): it wraps and draws the whole draft several times a key, which takes 100 ms and 3.8
// MB. Here a key costs the rest of its line and the visible rows, 0.03 ms and 2 kB.
//
// Rules: the text has one kind of line end, no tabs and no control characters, and passes ui/text before it is drawn.
// Columns are counted in runes, widths in cells, and the cursor is never inside a grapheme cluster.
package editor

import (
	"slices"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"relaytop/ui/text"
)

// Editor is a text with a cursor. It ignores keys until it has the focus.
type Editor struct {
	lines     []line // never empty
	row, col  int    // the cursor: a line, and a rune in it
	width     int    // cells of a row
	maxHeight int    // visible rows at most
	top       int    // the first visible row
	goal      int    // the cell in a row that up and down aim at; -1: that of the cursor
	focused   bool
}

// line is one line. rows holds the rune at which each of its rows begins; while wrapped is false, only the first
// rows.
type line struct {
	runes   []rune
	rows    []int
	wrapped bool
}

// New makes an empty editor.
func New() *Editor { return &Editor{lines: []line{{}}, width: 1, maxHeight: 1, goal: -1} }

// Focus sets whether the editor handles keys and shows its cursor.
func (e *Editor) Focus(on bool) { e.focused = on }

// Resize sets the width of a row in cells, and the most visible rows.
func (e *Editor) Resize(w, maxHeight int) {
	if w = max(w, 1); w != e.width {
		for i := range e.lines {
			e.lines[i].rows, e.lines[i].wrapped = nil, false
		}
	}
	e.width, e.maxHeight = w, max(maxHeight, 1)
	e.scroll()
}

// Value is the whole text.
func (e *Editor) Value() string {
	var b strings.Builder
	for i := range e.lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(string(e.lines[i].runes))
	}
	return b.String()
}

// SetValue replaces the text and puts the cursor at its end.
func (e *Editor) SetValue(s string) {
	e.lines, e.row, e.col, e.top, e.goal = []line{{}}, 0, 0, 0, -1
	e.InsertString(s)
}

// InsertString inserts text at the cursor.
func (e *Editor) InsertString(s string) {
	first := e.row
	from := e.col
	tail := slices.Clone(e.lines[e.row].runes[e.col:])
	runes := e.lines[e.row].runes[:e.col]
	var more []line
	for i, part := range strings.Split(Normalize(s), "\n") {
		if i == 0 {
			runes = append(runes, []rune(part)...)
			continue
		}
		more = append(more, line{runes: []rune(part)})
	}
	if n := len(more); n == 0 {
		e.col = len(runes)
		runes = append(runes, tail...)
	} else {
		e.row, e.col = e.row+n, len(more[n-1].runes)
		more[n-1].runes = append(more[n-1].runes, tail...)
		e.lines = slices.Insert(e.lines, first+1, more...)
	}
	e.lines[first].runes = runes
	e.edited(first, from)
}

// RemoveLast removes the last occurrence of s and moves the cursor to the end of the text. False: the text has no s.
func (e *Editor) RemoveLast(s string) bool {
	value := e.Value()
	i := strings.LastIndex(value, s)
	if s == "" || i < 0 {
		return false
	}
	e.SetValue(value[:i] + value[i+len(s):])
	return true
}

// Normalize returns a text as the editor holds it: line feeds between lines, blanks for tabs, no control characters.
func Normalize(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", "    ").Replace(s)
	return strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
}

// remove deletes the runes from..to (to excluded) of the cursor's line and moves the cursor to from.
func (e *Editor) remove(from, to int) bool {
	if from >= to {
		return false
	}
	l := &e.lines[e.row]
	l.runes = slices.Delete(l.runes, from, to)
	e.col = from
	e.edited(e.row, from)
	return true
}

// join appends a line to the one above it.
func (e *Editor) join(row int) bool {
	if row <= 0 || row >= len(e.lines) {
		return false
	}
	above := &e.lines[row-1]
	e.row, e.col = row-1, len(above.runes)
	above.runes = append(above.runes, e.lines[row].runes...)
	e.lines = slices.Delete(e.lines, row, row+1)
	e.edited(e.row, e.col)
	return true
}

// edited drops the rows that a change at rune at may affect. These begin with the row before the changed word, which
// may fit there now.
func (e *Editor) edited(row, at int) {
	l := &e.lines[row]
	keep, _ := slices.BinarySearch(l.rows, at+1)
	for keep > 1 && l.runes[l.rows[keep-1]-1] != ' ' { // a word that is longer than a row
		keep--
	}
	l.rows, l.wrapped = l.rows[:max(keep-1, 0)], false
	e.goal = -1
	e.scroll()
}

// Blank reports whether there is nothing but white space.
func (e *Editor) Blank() bool {
	for i := range e.lines {
		for _, r := range e.lines[i].runes {
			if !unicode.IsSpace(r) {
				return false
			}
		}
	}
	return true
}

// Empty reports whether there is no text at all, not even a blank.
func (e *Editor) Empty() bool { return len(e.lines) == 1 && len(e.lines[0].runes) == 0 }

// rows returns the runes at which the rows of a line begin.
func (e *Editor) rows(row int) []int {
	l := &e.lines[row]
	if !l.wrapped {
		l.rows, l.wrapped = wrap(l.runes, l.rows, e.width), true
	}
	return l.rows
}

// rowsBefore returns the number of rows of the lines above a line.
func (e *Editor) rowsBefore(row int) int {
	n := 0
	for i := range row {
		n += len(e.rows(i))
	}
	return n
}

// cursorRow returns the row of the cursor within its line, and the rune at which that row begins.
func (e *Editor) cursorRow() (k, start int) {
	rows := e.rows(e.row)
	k, found := slices.BinarySearch(rows, e.col)
	if !found {
		k--
	}
	return k, rows[k]
}

// scroll keeps the cursor visible, and no row blank below the text while there are rows above.
func (e *Editor) scroll() {
	k, _ := e.cursorRow()
	k += e.rowsBefore(e.row)
	e.top = min(e.top, k)
	e.top = max(e.top, k-e.maxHeight+1)
	e.top = max(min(e.top, e.rowsBefore(len(e.lines))-e.maxHeight), 0)
}

// Hidden is the number of rows above and below the visible ones.
func (e *Editor) Hidden() (above, below int) {
	return e.top, max(e.rowsBefore(len(e.lines))-e.maxHeight-e.top, 0)
}

// Height is the number of visible rows.
func (e *Editor) Height() int { return min(e.rowsBefore(len(e.lines)), e.maxHeight) }

// Rows are the visible rows, as plain text that passed ui/text.
func (e *Editor) Rows() []string {
	out := make([]string, 0, e.maxHeight)
	skip := e.top
	for i := 0; i < len(e.lines) && len(out) < e.maxHeight; i++ {
		rows := e.rows(i)
		if skip >= len(rows) {
			skip -= len(rows)
			continue
		}
		for k := skip; k < len(rows) && len(out) < e.maxHeight; k++ {
			out = append(out, text.Clean(string(e.lines[i].runes[rows[k]:e.rowEnd(i, k)])))
		}
		skip = 0
	}
	return out
}

// rowEnd returns the rune at which the k-th row of a line ends.
func (e *Editor) rowEnd(row, k int) int {
	if rows := e.rows(row); k+1 < len(rows) {
		return rows[k+1]
	}
	return len(e.lines[row].runes)
}

// Cursor is the position of the cursor in the visible rows; nil without the focus.
func (e *Editor) Cursor() *tea.Cursor {
	if !e.focused {
		return nil
	}
	k, start := e.cursorRow()
	x := text.Width(text.Clean(string(e.lines[e.row].runes[start:e.col])))
	return tea.NewCursor(min(x, e.width), e.rowsBefore(e.row)+k-e.top)
}
