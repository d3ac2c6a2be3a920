package job

import (
	"io"
)

// EndedRows reads the output lines of a run's rows as they end. The zero value begins with the first row that ends
// after the run was opened here.
type EndedRows struct {
	at  int64 // in the journal: what is before it was read; 0: nothing was
	row int   // in the input: the bad rows before it were read
}

// Next calls each with the output line of every row that has ended since the last call, in the order in which they
// ended. A row counts once its record is durable. A bad row ends when it is read. It reads the disk.
func (e *EndedRows) Next(b *Book, id string, each func(line []byte) error) error {
	r := b.run(id)
	if r == nil || r.view {
		return nil
	}
	r.mu.Lock()
	end, n := r.rec.durable, 0
	if r.rows.ix != nil {
		n = r.rows.ix.len
	}
	e.at = max(e.at, r.rec.opened)
	r.mu.Unlock()
	w := &lineWriter{r: r, each: func(_ int, _ *row, line []byte) error { return each(line) }}
	for ; e.row < n; e.row++ {
		if row := r.rowAt(e.row); row.outcome == RowSkipped {
			if err := w.pass(e.row, &row, w.unsent(e.row, &row)); err != nil {
				return err
			}
		}
	}
	if e.at >= end {
		return nil
	}
	var failed error
	_, _, err := replay(io.NewSectionReader(r.rec.journal.f, 0, end), e.at, func(_ int64, rec *record) {
		if o, _ := rec.outcome(); o != Pending && failed == nil {
			failed = w.ended(rec)
		}
	})
	e.at = end
	if failed != nil {
		return failed
	}
	return err
}
