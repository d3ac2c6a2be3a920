package chat

import (
	"slices"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"relaytop/ui/text"
)

// area is the text that is being written: lines, a cursor, and the rows that they are drawn in. The text area of Bubbles breaks and draws the
// whole draft anew, several times a key; here a key costs the rest of its line, and what is seen.
type area struct {
	text     []areaLine // never empty
	row, col int        // the cursor: a line, and runes of it
	width    int
	most     int // rows that are seen at most
	top      int // the first row that is seen
	goal     int // the column, in cells, that up and down keep; -1: where the cursor is
	focused  bool
}

// areaLine is one line; rows are where its rows begin, of which the first whole ones are known.
type areaLine struct {
	runes []rune
	rows  []int
	whole bool
}

func newArea() area { return area{text: []areaLine{{}}, width: 1, most: 1, goal: -1} }

// resize sets the width of a row and how many rows are seen at most.
func (a *area) resize(w, most int) {
	if w = max(w, 1); w != a.width {
		for i := range a.text {
			a.text[i].rows, a.text[i].whole = nil, false
		}
	}
	a.width, a.most = w, max(most, 1)
	a.reach()
}

// Value is the whole text.
func (a *area) Value() string {
	var b strings.Builder
	for i := range a.text {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(string(a.text[i].runes))
	}
	return b.String()
}

// SetValue puts another text in its place, the cursor behind it.
func (a *area) SetValue(s string) {
	a.text, a.row, a.col, a.top, a.goal = []areaLine{{}}, 0, 0, 0, -1
	a.InsertString(s)
}

// InsertString puts text where the cursor stands.
func (a *area) InsertString(s string) {
	first := a.row
	from := a.col
	tail := slices.Clone(a.text[a.row].runes[a.col:])
	line := a.text[a.row].runes[:a.col]
	var more []areaLine
	for i, part := range strings.Split(inner(s), "\n") {
		if i == 0 {
			line = append(line, []rune(part)...)
			continue
		}
		more = append(more, areaLine{runes: []rune(part)})
	}
	if n := len(more); n == 0 {
		a.col = len(line)
		line = append(line, tail...)
	} else {
		a.row, a.col = a.row+n, len(more[n-1].runes)
		more[n-1].runes = append(more[n-1].runes, tail...)
		a.text = slices.Insert(a.text, first+1, more...)
	}
	a.text[first].runes = line
	a.edited(first, from)
}

// inner is text as it is kept: one kind of line end, no tabs, no control characters.
func inner(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", "    ").Replace(s)
	return strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
}

// remove takes the runes from..to out of the cursor's line; the cursor stands where they were.
func (a *area) remove(from, to int) bool {
	if from >= to {
		return false
	}
	l := &a.text[a.row]
	l.runes = slices.Delete(l.runes, from, to)
	a.col = from
	a.edited(a.row, from)
	return true
}

// join puts a line behind the one above it.
func (a *area) join(row int) bool {
	if row <= 0 || row >= len(a.text) {
		return false
	}
	above := &a.text[row-1]
	a.row, a.col = row-1, len(above.runes)
	above.runes = append(above.runes, a.text[row].runes...)
	a.text = slices.Delete(a.text, row, row+1)
	a.edited(a.row, a.col)
	return true
}

// edited forgets the rows that a change at a rune may move: from the row before the word on, since the word may fit there now.
func (a *area) edited(row, at int) {
	l := &a.text[row]
	keep, _ := slices.BinarySearch(l.rows, at+1)
	for keep > 1 && l.runes[l.rows[keep-1]-1] != ' ' { // a word that is longer than a row
		keep--
	}
	l.rows, l.whole = l.rows[:max(keep-1, 0)], false
	a.goal = -1
	a.reach()
}

// blank reports that there is nothing but white space.
func (a *area) blank() bool {
	for i := range a.text {
		for _, r := range a.text[i].runes {
			if !unicode.IsSpace(r) {
				return false
			}
		}
	}
	return true
}

// none reports that there is nothing at all.
func (a *area) none() bool { return len(a.text) == 1 && len(a.text[0].runes) == 0 }

// rows breaks a line into rows and says where they begin.
func (a *area) rows(line int) []int {
	l := &a.text[line]
	if !l.whole {
		l.rows, l.whole = breakRows(l.runes, l.rows, a.width), true
	}
	return l.rows
}

// count is the number of rows of the lines before a line.
func (a *area) count(line int) int {
	n := 0
	for i := range line {
		n += len(a.rows(i))
	}
	return n
}

// at is the row of the cursor within its line, and where that row begins.
func (a *area) at() (row, start int) {
	rows := a.rows(a.row)
	row, found := slices.BinarySearch(rows, a.col)
	if !found {
		row--
	}
	return row, rows[row]
}

// reach keeps the cursor in sight and the rows that are seen full.
func (a *area) reach() {
	row, _ := a.at()
	row += a.count(a.row)
	a.top = min(a.top, row)
	a.top = max(a.top, row-a.most+1)
	a.top = max(min(a.top, a.count(len(a.text))-a.most), 0)
}

// hidden is how many rows stand above and below those that are seen.
func (a *area) hidden() (above, below int) {
	return a.top, max(a.count(len(a.text))-a.most-a.top, 0)
}

// Height is the number of rows that are seen.
func (a *area) Height() int { return min(a.count(len(a.text)), a.most) }

// lines are the rows that are seen, as plain text.
func (a *area) lines() []string {
	out := make([]string, 0, a.most)
	skip := a.top
	for i := 0; i < len(a.text) && len(out) < a.most; i++ {
		rows := a.rows(i)
		if skip >= len(rows) {
			skip -= len(rows)
			continue
		}
		for k := skip; k < len(rows) && len(out) < a.most; k++ {
			out = append(out, text.Clean(string(a.text[i].runes[rows[k]:a.end(i, k)])))
		}
		skip = 0
	}
	return out
}

// end is where the k-th row of a line ends.
func (a *area) end(line, k int) int {
	if rows := a.rows(line); k+1 < len(rows) {
		return rows[k+1]
	}
	return len(a.text[line].runes)
}

// cursor is where the cursor stands among the rows that are seen; nil while keys go elsewhere.
func (a *area) cursor() *tea.Cursor {
	if !a.focused {
		return nil
	}
	row, start := a.at()
	x := text.Width(text.Clean(string(a.text[a.row].runes[start:a.col])))
	return tea.NewCursor(min(x, a.width), a.count(a.row)+row-a.top)
}
