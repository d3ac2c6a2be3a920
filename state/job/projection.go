package job

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"relaytop/relay"
	"relaytop/state/disk"
	"relaytop/state/job/input"
	"relaytop/state/job/outfile"
)

// finish writes the outputs and ends the run, unless rows were queued again meanwhile.
func (r *run) finish() {
	r.mu.Lock()
	r.to(Finishing)
	r.mu.Unlock()
	r.book.changed()
	err := (&projection{r: r, during: Finishing}).write()
	r.mu.Lock()
	cancelled := r.steer.cancelling
	switch {
	case r.h.State != Finishing:
		// a retry or a resume came meanwhile: the outputs are written again when its rows are done
		r.mu.Unlock()
		return
	case err != nil && r.tasks.ctx.Err() != nil: // relaytop closes: a resume writes it
	case err != nil:
		r.halt(StopDisk, "writing the output: "+err.Error()+": the answers are safe in the journal; make room, or bring "+
			"back the folder, then resume")
	case cancelled:
		r.to(Cancelled)
	default:
		r.h.Stopped, r.h.Reason, r.h.NothingLeft = "", "", r.steer.resumed && r.steer.sent == 0
		r.to(Finished)
	}
	r.steer.cancelling = false
	r.mu.Unlock()
	r.saveHeader(true)
	r.book.changed()
}

// rest writes the outputs so far and pauses the run, unless it goes on meanwhile.
func (r *run) rest() {
	err := (&projection{r: r, during: Pausing}).write()
	r.mu.Lock()
	if r.h.State == Pausing && !r.steer.cancelling && r.tasks.ctx.Err() == nil {
		if err != nil && r.h.Stopped != StopDisk { // then it is said
			r.h.Reason += "; the output so far could not be written: " + err.Error()
		}
		r.to(Paused)
	}
	r.mu.Unlock()
	r.saveHeader(false)
}

// errGoesOn means that the outputs were about to be written and the run went on.
var errGoesOn = errors.New("the run goes on")

// projection writes both outputs of a run from its journal, one line a row, in the order of the input, as long as the
// run stays in its state. Without failed rows there is no errors file.
type projection struct {
	r                  *run
	during             State
	n, failed, pending int // lines so far
}

func (p *projection) write() error {
	man := p.r.folder.man
	err := disk.Files{}.Replace(man.Errors, func(bad io.Writer) error {
		return disk.Files{}.Replace(man.Out, func(out io.Writer) error {
			w := lineWriter{r: p.r, each: func(_ int, row *row, line []byte) error { return p.add(out, bad, row, line) }}
			return w.all()
		})
	})
	if err == nil && p.failed == 0 {
		err = os.Remove(man.Errors)
	}
	if err != nil {
		return err
	}
	p.r.mu.Lock()
	defer p.r.mu.Unlock()
	p.r.h.Partial, p.r.h.ErrorsOut = p.pending > 0, p.failed > 0
	return nil
}

// add writes a line to the output, and to the errors if its row has no answer.
func (p *projection) add(out, bad io.Writer, row *row, line []byte) error {
	if p.n++; p.n%256 == 0 && p.left() {
		return errGoesOn
	}
	if row.outcome == Pending {
		p.pending++
	}
	if _, err := out.Write(line); err != nil {
		return err
	}
	if row.outcome != RowFailed && row.outcome != RowSkipped && row.outcome != Pending {
		return nil
	}
	p.failed++
	_, err := bad.Write(line)
	return err
}

// left reports whether the run has left the state in which its outputs are written.
func (p *projection) left() bool {
	p.r.mu.Lock()
	defer p.r.mu.Unlock()
	return p.r.h.State != p.during || p.during == Pausing && p.r.steer.cancelling
}

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

// read reads a row of the input.
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
