package job

import (
	"cmp"
	"fmt"
	"strconv"

	"relaytop/relay"
	"relaytop/state/job/input"
	"relaytop/state/job/outfile"
)

// writeRow takes the output line of row i.
type writeRow func(i int, row *row, line []byte) error

// lineWriter makes the output lines of a run's rows, and passes them on. It reads the journal and the input in large
// pieces.
type lineWriter struct {
	r    *run
	each writeRow

	journal, input window
	record         recordReader
	line           []byte
}

// read reads the text of a row of the input.
func (w *lineWriter) read(at int64, n int) ([]byte, error) {
	w.input.f = w.r.in.file
	if data, err := w.input.piece(at, n); err == nil {
		return data, nil
	}
	return w.r.in.file.Read(at, n) // it says what is wrong
}

// rows is how rows of the input are read; nil: it is gone.
func (w *lineWriter) rows() readRow {
	if w.r.in.file == nil {
		return nil
	}
	return w.read
}

// ended passes on the line of a record.
func (w *lineWriter) ended(rec *record) error {
	k, ok := input.ParseKey(rec.Key)
	if !ok {
		return nil
	}
	w.r.mu.Lock()
	i := w.r.rows.ix.find(k, rec.Occ)
	w.r.mu.Unlock()
	if i < 0 {
		return nil
	}
	row := w.r.rowAt(i)
	row.outcome, _ = rec.outcome()
	return w.pass(i, &row, lineOf(rec, &row, w.r.in.idIn(w.rows(), w.r.rows.ix, i, &row, rec.ID)))
}

func (w *lineWriter) pass(i int, row *row, l *outfile.Line) error {
	var err error
	if w.line, err = l.Encode(w.line[:0], w.r.in.opts.Shard, i, w.r.rows.ix.len); err != nil {
		return err
	}
	return w.each(i, row, w.line)
}

// all passes on the line of every row, in the order of the input.
func (w *lineWriter) all() error {
	r := w.r
	r.mu.Lock()
	n := r.rows.ix.len // while the input is read there may be more later
	if r.in.opts.DropRemoved {
		n = r.rows.ix.ofInput()
	}
	r.mu.Unlock()
	for i := range n {
		if err := r.tasks.ctx.Err(); err != nil {
			return err
		}
		row := r.rowAt(i)
		if row.outcome == RowElsewhere || row.flags&flagReplaced != 0 {
			continue
		}
		line, err := w.make(i, &row)
		if err == nil {
			err = w.pass(i, &row, line)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// make makes the line of a row: that of its newest record, if it has one.
func (w *lineWriter) make(i int, row *row) (*outfile.Line, error) {
	r := w.r
	if row.jrn == 0 {
		return w.unsent(i, row), nil
	}
	w.journal.f = r.rec.journal.f
	text, err := w.journal.line(row.jrn - 1)
	if err != nil {
		return nil, fmt.Errorf("reading the journal again: %w", err)
	}
	rec, ok := w.record.read(text)
	if !ok {
		return nil, fmt.Errorf("reading the journal again: the record at %d is damaged", row.jrn-1)
	}
	if row.outcome == Pending && !rec.stopped() {
		return w.unsent(i, row), nil
	}
	l := lineOf(rec, row, r.in.idIn(w.rows(), r.rows.ix, i, row, rec.ID))
	l.Ours.Removed = i >= r.rows.ix.ofInput()
	return l, nil
}

// unsent is the line of a row that was not sent: a bad one, or one that a cancelled run did not reach.
func (w *lineWriter) unsent(i int, row *row) *outfile.Line {
	own, reason := w.r.in.rowIn(w.rows(), w.r.rows.ix, i, row)
	from := w.r.rows.ix.place(i).line
	l := &outfile.Line{ID: "batch_req_" + w.r.id + "_" + strconv.Itoa(i+1), CustomID: own,
		Ours: &outfile.Ours{Outcome: outfile.Skipped, Source: relay.SourceUnknown, Line: int(from)}}
	if row.outcome == RowSkipped {
		l.Error = &outfile.Error{Code: "bad_row", Message: fmt.Sprintf("line %d: %s", from, reason)}
	} else {
		l.Ours.Outcome = outfile.Pending
		l.Error = &outfile.Error{Code: "not_sent", Message: "the run stopped before this row: resume sends it"}
	}
	return l
}

// lineOf makes the line of a record, under the id that its row now has.
func lineOf(rec *record, row *row, id string) *outfile.Line {
	l := &outfile.Line{ID: "batch_req_" + rec.Request.String(), CustomID: id,
		Ours: &outfile.Ours{Model: rec.Model, Endpoint: rec.Endpoint, Outcome: outfile.Outcome(rec.State),
			Attempts: rec.Attempts, Fallback: rec.Fallback, Source: relay.SourceUnknown, Cached: rec.Cached,
			Usage: rec.used(), Twice: row.flags&flagTwice != 0}}
	if row.outcome == Pending {
		l.Ours.Outcome = outfile.Pending
	}
	if rec.Body != nil {
		l.Response = &outfile.Response{Status: rec.HTTP, Request: rec.Remote, Body: rec.Body}
	}
	if rec.Err != nil {
		l.Error = &outfile.Error{Code: cmp.Or(rec.Err.Code, string(rec.Err.Class)), Message: rec.Err.Message}
		l.Ours.Class = rec.Err.Class
	}
	switch usd := rec.paid().String(); {
	case rec.Cost != nil && rec.Cost.Known():
		l.Ours.Cost, l.Ours.Source = &usd, rec.Cost.ShownSource()
	case rec.paid() > 0:
		l.Ours.Part = &usd
	}
	if rec.TTFT > 0 {
		l.Ours.TTFT = &rec.TTFT
	}
	if rec.E2E > 0 {
		l.Ours.E2E = &rec.E2E
	}
	return l
}
