package job

import (
	"errors"
	"io"
	"os"

	"relaytop/state/disk"
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
// run stays in its state. Without failed or skipped rows there is no errors file.
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
	p.r.h.Partial, p.r.h.ErrorsOut = p.pending > 0 || p.r.rows.more, p.failed > 0
	return nil
}

// add writes a line to the output, and to the errors if its row failed or was skipped.
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
	if row.outcome != RowFailed && row.outcome != RowSkipped { // a row that is pending is no error
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
