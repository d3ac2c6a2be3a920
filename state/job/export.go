package job

import (
	"bufio"
	"context"
	"fmt"
	"io"

	"relaytop/state/job/outfile"
)

// Export writes the current state of a run's rows, in the order of the input, whether the run is finished or not.
func (b *Book) Export(ctx context.Context, id string, f outfile.Format, w io.Writer) error {
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
	var columns []string
	if r.in.file != nil {
		columns = r.in.spec.Columns()
	}
	export, err := outfile.NewExporter(f, out, columns)
	if err != nil {
		return err
	}
	lines := lineWriter{r: r, each: func(i int, _ *row, line []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return export.Add(line, func() ([]string, error) { return r.in.fields(r.rows.ix.place(i)) })
	}}
	if err := lines.all(); err != nil {
		return fmt.Errorf("exporting run %s: %w", id, err)
	}
	if err := export.End(); err != nil {
		return fmt.Errorf("exporting run %s: %w", id, err)
	}
	return out.Flush()
}

// fields are those of a row of a table, as the input has them; none if it is no longer in it.
func (in *source) fields(at place) ([]string, error) {
	if at.n == 0 {
		return nil, nil
	}
	data, err := in.file.Read(at.off, int(at.n))
	if err != nil {
		return nil, err
	}
	return in.spec.Fields(data), nil
}
