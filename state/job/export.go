package job

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"relaytop/state/job/input"
)

// Format is what Export writes.
type Format string

// The formats: OpenAI batch output lines; a table without cells that a spreadsheet would run; a chapter per row; the
// answers alone, separated by blank lines.
const (
	FormatJSONL    Format = "jsonl"
	FormatCSV      Format = "csv"
	FormatMarkdown Format = "md"
	FormatText     Format = "txt"
)

// Export writes the current state of a run's rows, in the order of the input, whether the run is finished or not.
func (b *Book) Export(ctx context.Context, id string, f Format, w io.Writer) error {
	r := b.run(id)
	if r == nil {
		r = newRun(b, id, b.folders.of(id), Options{})
		r.view = true
		defer func() { _ = r.close() }() // it is open for reading only
		from := &follower{r: r}
		if err := from.open(); err != nil {
			return err
		}
		from.catchUp()
	}
	r.mu.Lock()
	ready := r.rows.ix != nil
	r.mu.Unlock()
	if !ready {
		return fmt.Errorf("run %s is still being read", id)
	}
	out := bufio.NewWriterSize(w, 64<<10)
	each, end, err := exporter(f, &r.in, out)
	if err != nil {
		return err
	}
	lines := lineWriter{r: r, each: func(row *row, line []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return each(row, line)
	}}
	if err := lines.all(); err != nil {
		return fmt.Errorf("exporting run %s: %w", id, err)
	}
	if err := end(); err != nil {
		return fmt.Errorf("exporting run %s: %w", id, err)
	}
	return out.Flush()
}

type writeRow func(row *row, line []byte) error

func exporter(f Format, in *source, w *bufio.Writer) (each writeRow, end func() error, err error) {
	done := func() error { return nil }
	switch f {
	case FormatJSONL:
		return func(_ *row, line []byte) error { _, err := w.Write(line); return err }, done, nil
	case FormatCSV:
		t := newTable(w, in)
		return t.add, t.end, t.head()
	case FormatMarkdown:
		return eachLine(func(l *outLine, text string) error {
			_, err := fmt.Fprintf(w, "## %s\n\n%s\n\n", strings.ReplaceAll(l.CustomID, "\n", " "), text)
			return err
		}), done, nil
	case FormatText:
		return eachLine(func(_ *outLine, text string) error { _, err := fmt.Fprintf(w, "%s\n\n", text); return err }), done,
			nil
	}
	return nil, nil, input.Unusable("the format %q: jsonl, csv, md or txt", f)
}

// eachLine decodes a line and finds its text, or the reason why it has none.
func eachLine(write func(*outLine, string) error) writeRow {
	return func(_ *row, raw []byte) error {
		var l outLine
		if err := json.Unmarshal(raw, &l); err != nil {
			return err
		}
		text := ""
		if l.Response != nil {
			text = answerText(l.Response.Body)
		}
		if text == "" && l.Error != nil {
			text = "(" + l.Error.Code + ": " + l.Error.Message + ")"
		}
		return write(&l, text)
	}
}
