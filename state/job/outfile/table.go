package outfile

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"slices"
	"strings"
)

// table writes rows as CSV: the id, the columns of the input, and what came of the row. No cell runs as a formula in a
// spreadsheet.
type table struct {
	w       *csv.Writer
	columns []string // of the input
}

func newTable(w io.Writer, columns []string) *table {
	return &table{w: csv.NewWriter(w), columns: columns}
}

// head writes the names. One of ours that the input has too is told from it by a prefix.
func (t *table) head() error {
	ours := func(name string) string {
		if slices.Contains(t.columns, name) {
			return "relaytop_" + name
		}
		return name
	}
	names := []string{ours("custom_id")}
	names = append(names, t.columns...)
	for _, name := range [...]string{"outcome", "model", "cost_usd", "error", "answer"} {
		names = append(names, ours(name))
	}
	return t.write(names)
}

// add writes a row, given its output line and what reads the fields that it has in the input.
func (t *table) add(line []byte, fields func() ([]string, error)) error {
	var l Line
	if err := json.Unmarshal(line, &l); err != nil {
		return err
	}
	cells := make([]string, 1, len(t.columns)+6)
	cells[0] = l.CustomID
	var own []string
	if len(t.columns) > 0 {
		var err error
		if own, err = fields(); err != nil {
			return err
		}
	}
	for i := range t.columns {
		cell := ""
		if i < len(own) {
			cell = own[i]
		}
		cells = append(cells, cell)
	}
	cost, fault, answer := "", "", ""
	if l.Ours.Cost != nil {
		cost = *l.Ours.Cost
	}
	if e := l.Error; e != nil {
		fault = strings.TrimSuffix(e.Code+": "+e.Message, ": ")
	}
	if l.Response != nil {
		answer = Text(l.Response.Body)
	}
	return t.write(append(cells, string(l.Ours.Outcome), l.Ours.Model, cost, fault, answer))
}

func (t *table) write(cells []string) error {
	for i, s := range cells {
		cells[i] = defuse(s)
	}
	return t.w.Write(cells)
}

// end writes what is left.
func (t *table) end() error {
	t.w.Flush()
	return t.w.Error()
}

// defuse keeps a spreadsheet from running a cell as a formula.
func defuse(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
