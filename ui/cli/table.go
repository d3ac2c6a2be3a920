package cli

import (
	"io"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	lipglosstable "charm.land/lipgloss/v2/table"

	"relaytop/ui/text"
)

// kind is how the cells of a column are aligned, and whether they may wrap on a narrow terminal.
type kind uint8

const (
	wrapped kind = iota // on the left
	whole               // on the left, never broken: what is copied, such as an ID
	number              // on the right, never broken
)

const (
	columnGap  = 2  // blanks between two columns
	leastCells = 10 // a wrapped column keeps this many, if it has them
	shrinks    = -1 // in place of a width: lipgloss finds it
)

// column is a column of a table. Either all columns have a title or none has.
type column struct {
	title string
	kind  kind
	look  func(cell string) lipgloss.Style // nil: plain; it holds where there is colour
}

// table is a table on stdout. On a pipe it is as wide as its cells. On a terminal it is made to fit: first titles
// wrap between words, then wrapped columns shrink, then rows become columns if they may, and at last each row
// becomes a block of lines.
type table struct {
	columns []column
	rows    [][]string
	turns   bool // rows may become columns: for figures of a few things
}

func newTable(columns ...column) *table { return &table{columns: columns} }

// row adds a row. Its cells may be text that we did not write.
func (t *table) row(cells ...string) {
	for i, cell := range cells {
		cells[i] = text.Line(cell)
	}
	t.rows = append(t.rows, cells)
}

// print writes the table.
func (t *table) print(o *output) error {
	_, err := io.WriteString(o.w, t.render(o))
	return err
}

func (t *table) render(o *output) string {
	widths, fits := t.widths(o.width)
	switch {
	case fits:
		return t.draw(o, widths)
	case t.turns && t.turned().fits(o):
		return t.turned().render(o)
	case len(t.columns) > blockColumns:
		return t.blocks().render(o)
	}
	widths, _ = t.widths(0) // the terminal is narrower than any layout: it breaks the lines itself
	return t.draw(o, widths)
}

// fits reports whether the table can stay a table.
func (t *table) fits(o *output) bool {
	_, fits := t.widths(o.width)
	return fits
}

// widths are the widths of the columns; a width of 0 has no limit. Those that are to shrink are left to lipgloss.
func (t *table) widths(width int) (widths []int, fits bool) {
	widths = make([]int, len(t.columns))
	least := make([]int, len(t.columns))
	for j, column := range t.columns {
		for word := range strings.FieldsSeq(column.title) {
			least[j] = max(least[j], text.Width(word))
		}
		for _, row := range t.rows {
			widths[j] = max(widths[j], text.Width(row[j]))
		}
		if column.kind == wrapped {
			least[j] = max(least[j], min(widths[j], leastCells))
		} else {
			least[j] = max(least[j], widths[j])
		}
		widths[j] = max(widths[j], text.Width(column.title))
	}
	if width == 0 {
		return widths, true
	}
	free := width - columnGap*(len(t.columns)-1)
	for sum(widths) > free { // titles are broken before cells are
		j := t.widestTitle(widths, least)
		if j < 0 {
			break
		}
		widths[j] = least[j]
	}
	if sum(widths) <= free {
		return widths, true
	}
	for j, column := range t.columns {
		if column.kind == wrapped && least[j] < widths[j] {
			widths[j] = shrinks
		}
	}
	return widths, sum(least) <= free
}

// widestTitle is the column that gains most room when its title is broken; -1: there is none.
func (t *table) widestTitle(widths, least []int) int {
	found := -1
	for j, column := range t.columns {
		gain := widths[j] - least[j]
		if column.kind != wrapped && gain > 0 && (found < 0 || gain > widths[found]-least[found]) {
			found = j
		}
	}
	return found
}

func sum(widths []int) (n int) {
	for _, w := range widths {
		n += w
	}
	return n
}

// draw lets lipgloss lay the table out. The titles are its first row, because lipgloss cuts headers and wraps rows.
func (t *table) draw(o *output, widths []int) string {
	rows, titles := t.rows, 0
	if slices.ContainsFunc(t.columns, func(c column) bool { return c.title != "" }) {
		head := make([]string, len(t.columns))
		for j, column := range t.columns {
			head[j] = column.title
		}
		rows, titles = append([][]string{head}, rows...), 1
	}
	last := len(t.columns) - 1
	drawn := lipglosstable.New().Rows(rows...).BorderTop(false).BorderBottom(false).BorderLeft(false).BorderRight(false).
		BorderHeader(false).BorderColumn(false).
		StyleFunc(func(i, j int) lipgloss.Style {
			column, style := t.columns[j], lipgloss.NewStyle()
			if o.colour && i >= titles && column.look != nil && rows[i][j] != "" {
				style = column.look(rows[i][j])
			}
			if i < titles {
				style = style.Bold(o.colour).AlignVertical(lipgloss.Bottom)
			}
			if column.kind == number {
				style = style.Align(lipgloss.Right)
			}
			gap := 0
			if j < last {
				gap = columnGap
			}
			style = style.PaddingRight(gap)
			if widths[j] > 0 {
				style = style.Width(widths[j] + gap)
			}
			return style
		})
	if slices.Contains(widths, shrinks) {
		drawn = drawn.Width(o.width)
	}
	var b strings.Builder
	for line := range strings.SplitSeq(drawn.String(), "\n") {
		b.WriteString(strings.TrimRight(line, " "))
		b.WriteByte('\n')
	}
	return b.String()
}

// blockColumns are those of a block: title and cell.
const blockColumns = 2

// blocks is the table with a line for each cell, and an empty one between rows.
func (t *table) blocks() *table {
	blocks := newTable(column{kind: whole}, column{})
	for i, row := range t.rows {
		if i > 0 {
			blocks.row("", "")
		}
		for j, cell := range row {
			blocks.row(t.columns[j].title, cell)
		}
	}
	return blocks
}

// turned is the table with its columns as rows.
func (t *table) turned() *table {
	turned := newTable(column{title: t.columns[0].title, kind: whole})
	for _, row := range t.rows {
		turned.columns = append(turned.columns, column{title: row[0], kind: number})
	}
	for j, column := range t.columns[1:] {
		cells := []string{column.title}
		for _, row := range t.rows {
			cells = append(cells, row[j+1])
		}
		turned.row(cells...)
	}
	return turned
}
