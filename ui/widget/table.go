package widget

import (
	"strings"

	"relaytop/ui/style"
)

// Column is one column of a table. Columns with a Width of 0 share the cells that the others leave.
type Column struct {
	Title string
	Width int
	Right bool
}

// Table is a faint header and a line for each row, each exactly w cells, with two blanks between columns. Cells are
// painted. sel is the index of the selected row, -1 for no selection; Margin draws its mark.
func Table(st *style.Styles, w int, cols []Column, rows [][]string, sel int) []string {
	widths := columnWidths(w, cols)
	out := make([]string, 0, len(rows)+1)
	head := make([]string, len(cols))
	for i, c := range cols {
		head[i] = c.Title
	}
	out = append(out, st.Faint.Paint(tableLine(w, cols, widths, head)))
	for i, row := range rows {
		line := tableLine(w, cols, widths, row)
		if i == sel {
			line = st.On(style.Sel, line)
		}
		out = append(out, line)
	}
	return out
}

// Rows is a Table without its header.
func Rows(st *style.Styles, w int, cols []Column, rows [][]string, sel int) []string {
	return Table(st, w, cols, rows, sel)[1:]
}

func columnWidths(w int, cols []Column) []int {
	widths := make([]int, len(cols))
	free, open := w-2*(len(cols)-1), 0
	for i, c := range cols {
		widths[i] = c.Width
		free -= c.Width
		if c.Width == 0 {
			open++
		}
	}
	for i, c := range cols {
		if c.Width == 0 {
			widths[i] = max(free, 0) / open
			free -= widths[i]
			open--
		}
	}
	return widths
}

func tableLine(w int, cols []Column, widths []int, cells []string) string {
	var b strings.Builder
	for i, c := range cols {
		if i > 0 {
			b.WriteString("  ")
		}
		cell := ""
		if i < len(cells) {
			cell = cells[i]
		}
		if c.Right {
			b.WriteString(FitRight(cell, widths[i]))
		} else {
			b.WriteString(Fit(cell, widths[i]))
		}
	}
	return Fit(b.String(), w)
}

// Margin adds a blank column on each side of a line, inside the border or the edge of a narrow screen. If the line is
// selected, so are these columns, and the left one holds the mark.
func Margin(st *style.Styles, line string) string {
	sel, bg := st.Start(style.Sel), st.Start(style.Bg)
	if sel == "" || !strings.HasPrefix(line, sel) {
		return " " + line + " "
	}
	left := st.Accent.On(style.Sel).Paint(st.Glyphs.Bar)
	if strings.Index(line, bg) == len(line)-len(bg) { // the whole line is selected
		return left + line[:len(line)-len(bg)] + " " + bg
	}
	return left + line + " "
}
