package outfile

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"relaytop/state/job/input"
)

// Format is what an Exporter writes.
type Format string

// The formats: OpenAI batch output lines; a table without cells that a spreadsheet would run; a chapter per row; the
// answers alone, separated by blank lines.
const (
	JSONL     Format = "jsonl"
	CSV       Format = "csv"
	Markdown  Format = "md"
	PlainText Format = "txt"
)

// Exporter writes rows in a format.
type Exporter struct {
	w     io.Writer
	f     Format
	table *table // of CSV
}

// NewExporter begins to write. The columns are those of the input, for CSV.
func NewExporter(f Format, w io.Writer, columns []string) (*Exporter, error) {
	e := &Exporter{w: w, f: f}
	switch f {
	case JSONL, Markdown, PlainText:
		return e, nil
	case CSV:
		e.table = newTable(w, columns)
		return e, e.table.head()
	}
	return nil, input.Unusable("the format %q: jsonl, csv, md or txt", f)
}

// Add writes a row, given its line. fields reads those that it has in the input; it is called for CSV alone.
func (e *Exporter) Add(line []byte, fields func() ([]string, error)) error {
	switch e.f {
	case JSONL:
		_, err := e.w.Write(line)
		return err
	case CSV:
		return e.table.add(line, fields)
	case Markdown, PlainText:
	}
	var l Line
	if err := json.Unmarshal(line, &l); err != nil {
		return err
	}
	text := l.text()
	if e.f == Markdown {
		text = "## " + strings.ReplaceAll(l.CustomID, "\n", " ") + "\n\n" + text
	}
	_, err := fmt.Fprintf(e.w, "%s\n\n", text)
	return err
}

// End writes what is left.
func (e *Exporter) End() error {
	if e.table != nil {
		return e.table.end()
	}
	return nil
}

// text is the answer of a row, or why it has none.
func (l *Line) text() string {
	text := ""
	if l.Response != nil {
		text = Text(l.Response.Body)
	}
	if text == "" && l.Error != nil {
		text = "(" + l.Error.Code + ": " + l.Error.Message + ")"
	}
	return text
}
