package markdown

import (
	"strings"

	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// grid holds the parsed cells of a table, the head first.
type grid struct {
	delim []string
	cells [][][]run
	want  []int // the width of the widest cell of each column
	least []int // the width of its longest word
}

const (
	tableGap   = 2
	leastCell  = 3  // cells of a column
	leastLabel = 12 // cells; longer words may be broken

	moreColumns = 8 // columns that the head of a table does not name
)

// table draws a table in columns, with wrapped cells. If the columns do not fit, it draws each cell on a line of its
// own, beside the name of its column.
func (p painter) table(b *block, width int) []widget.Row {
	rows := strings.Split(strings.TrimSuffix(string(b.src), "\n"), "\n")
	if len(rows) < 2 {
		return wrapRuns(p.runs(b.src, p.st.Text), width)
	}
	t := p.takeApart(rows)
	n := len(t.delim)
	need := tableGap * (n - 1)
	for _, w := range t.least {
		need += min(w, leastLabel)
	}
	if need > width && n > 2 || width < (leastCell+tableGap)*n-tableGap {
		return p.records(&t, width, b.tight)
	}
	if b.tight && len(t.cells) == 1 { // it was cut after its last row
		return []widget.Row{}
	}
	widths := columnWidths(t.want, t.least, width-tableGap*(n-1))
	total := tableGap * (n - 1)
	for _, w := range widths {
		total += w
	}
	drawn, wraps := make([][]widget.Row, len(t.cells)), false
	for i, row := range t.cells {
		drawn[i] = p.row(row, t.delim, widths)
		wraps = wraps || i > 0 && len(drawn[i]) > 1
	}
	var out []widget.Row
	for i, row := range drawn {
		if i == 0 && b.tight {
			continue
		}
		if wraps && i > 1 { // otherwise it is not clear where a row ends
			out = append(out, widget.Row{})
		}
		out = append(out, row...)
		if i == 0 {
			out = append(out, widget.Row{Line: p.st.Grid.Paint(strings.Repeat(p.st.Glyphs.Rule, min(total, width)))})
		}
	}
	return out
}

func (p painter) takeApart(rows []string) grid {
	t := grid{delim: splitRow(rows[1])}
	head := len(t.delim)
	most := head
	for _, row := range rows { // cells beyond those of the head are part of the answer too
		most = max(most, countCells(row))
	}
	for len(t.delim) < min(most, head+moreColumns) {
		t.delim = append(t.delim, "")
	}
	n := len(t.delim)
	t.want, t.least = make([]int, n), make([]int, n)
	for i, row := range rows {
		if i == 1 {
			continue
		}
		ink := p.st.Text
		if i == 0 {
			ink = ink.Bold()
		}
		line := make([][]run, n)
		for j, c := range splitRow(row) {
			if j < n {
				line[j] = p.runs([]byte(c), ink)
				continue
			}
			line[n-1] = append(line[n-1], run{text: " | ", ink: ink})
			if c != "" {
				line[n-1] = append(line[n-1], p.runs([]byte(c), ink)...)
			}
		}
		for j := range line {
			t.want[j] = max(t.want[j], runsWidth(line[j]), 1)
			t.least[j] = max(t.least[j], longestWord(line[j]), 1)
		}
		t.cells = append(t.cells, line)
	}
	return t
}

// longestWord returns the width of the longest word in runs.
func longestWord(runs []run) int {
	n := 0
	for w := range strings.FieldsSeq(runsText(runs)) {
		n = max(n, text.Width(w))
	}
	return n
}

// records draws each cell of a table on a line of its own, beside the name of its column, or under it if the pane is
// very narrow. Empty cells are left out below the first row.
func (p painter) records(t *grid, width int, tight bool) []widget.Row {
	label := 0
	for _, c := range t.cells[0] {
		label = max(label, runsWidth(c))
	}
	label = min(label, max(width/3, leastCell))
	var out []widget.Row
	for i, row := range t.cells[1:] {
		drawn := 0
		for j, c := range row {
			if runsWidth(c) == 0 && (i > 0 || tight) {
				continue
			}
			if drawn++; drawn == 1 && (len(out) > 0 || tight) {
				out = append(out, widget.Row{})
			}
			if width < leastCell+tableGap+2*leastCell {
				out = append(append(out, wrapRuns(t.cells[0][j], width)...), wrapRuns(c, width)...)
				continue
			}
			out = append(out, p.record(t.cells[0][j], c, label, max(width-label-tableGap, 1))...)
		}
	}
	if len(out) == 0 && !tight { // only the head has come so far
		for _, c := range t.cells[0] {
			out = append(out, wrapRuns(c, width)...)
		}
	}
	return out
}

// record draws a cell beside the name of its column.
func (p painter) record(name, cell []run, label, width int) []widget.Row {
	names, lines := wrapRuns(name, label), wrapRuns(cell, width)
	out := make([]widget.Row, max(len(names), len(lines)))
	for i := range out {
		left := widget.Blank(label)
		if i < len(names) {
			left = widget.Fit(names[i].Line, label)
		}
		var r widget.Row
		if i < len(lines) {
			r = lines[i]
			r.To = widget.Width(r.Line)
		}
		out[i] = r.In(left+widget.Blank(tableGap), label+tableGap)
	}
	return out
}

func (p painter) row(row [][]run, delim []string, widths []int) []widget.Row {
	cols := make([][]widget.Row, len(row))
	h := 1
	for j := range row {
		cols[j] = wrapRuns(row[j], widths[j])
		h = max(h, len(cols[j]))
	}
	out := make([]widget.Row, h)
	for i := range out {
		var b strings.Builder
		for j, c := range cols {
			s := ""
			if i < len(c) {
				s = c[i].Line
			}
			right, left := strings.HasSuffix(delim[j], ":"), strings.HasPrefix(delim[j], ":")
			switch {
			case right && left:
				s = widget.FitCentre(s, widths[j])
			case right:
				s = widget.FitRight(s, widths[j])
			default:
				s = widget.Fit(s, widths[j])
			}
			if j > 0 {
				b.WriteString("  ")
			}
			b.WriteString(s)
		}
		out[i].Line = b.String()
	}
	return out
}

// columnWidths gives each column the width of its widest cell. If the columns do not fit, the widest ones shrink:
// first down to their longest words, then further.
func columnWidths(want, least []int, width int) []int {
	w := append([]int(nil), want...)
	sum := 0
	for _, v := range w {
		sum += v
	}
	floor := func(i int) int { return max(min(least[i], width/2), leastCell) }
	for words := true; sum > width; {
		widest, next := -1, 0
		for i, v := range w {
			switch {
			case words && v <= floor(i) || v <= leastCell:
			case widest < 0 || v > w[widest]:
				if widest >= 0 {
					next = max(next, w[widest])
				}
				widest = i
			default:
				next = max(next, v)
			}
		}
		if widest < 0 {
			if !words {
				break
			}
			words = false
			continue
		}
		to := leastCell
		if words {
			to = floor(widest)
		}
		cut := min(max(min(sum-width, w[widest]-next), 1), w[widest]-to)
		w[widest] -= cut
		sum -= cut
	}
	return w
}
