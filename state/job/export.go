package job

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
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
		r = newRun(b, id, filepath.Join(b.cfg.Dir, filepath.Base(id)), Options{})
		r.view = true
		defer func() { _ = r.close() }() // it is open for reading only
		if err := r.openView(); err != nil {
			return err
		}
		r.catchUp()
	}
	r.mu.Lock()
	ready := r.rows.ix != nil
	r.mu.Unlock()
	if !ready {
		return fmt.Errorf("run %s is still being read", id)
	}
	out := bufio.NewWriterSize(w, 64<<10)
	each, end, err := exporter(f, out)
	if err != nil {
		return err
	}
	err = r.lines(func(_ Outcome, line []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return each(line)
	})
	if err != nil {
		return fmt.Errorf("exporting run %s: %w", id, err)
	}
	if err := end(); err != nil {
		return fmt.Errorf("exporting run %s: %w", id, err)
	}
	return out.Flush()
}

func exporter(f Format, w *bufio.Writer) (each func([]byte) error, end func() error, err error) {
	done := func() error { return nil }
	switch f {
	case FormatJSONL:
		return func(line []byte) error { _, err := w.Write(line); return err }, done, nil
	case FormatCSV:
		c := csv.NewWriter(w)
		head := []string{"custom_id", "outcome", "model", "cost_usd", "error", "text"}
		return eachLine(func(l *outLine, text string) error { return c.Write(cells(l, text)) }), func() error {
			c.Flush()
			return c.Error()
		}, c.Write(head)
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
func eachLine(write func(*outLine, string) error) func([]byte) error {
	return func(raw []byte) error {
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

func cells(l *outLine, text string) []string {
	cost, fault := "", ""
	if l.Ours.Cost != nil {
		cost = *l.Ours.Cost
	}
	if l.Error != nil {
		fault = l.Error.Code
	}
	out := []string{l.CustomID, l.Ours.Outcome, l.Ours.Model, cost, fault, text}
	for i, s := range out {
		out[i] = defuse(s)
	}
	return out
}

// defuse keeps a spreadsheet from running a cell as a formula.
func defuse(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
