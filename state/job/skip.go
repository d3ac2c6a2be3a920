package job

import (
	"fmt"

	"relaytop/relay"
)

// skipReason is why a row that the user skipped has no answer.
const skipReason = "skipped by you"

// Skip leaves a row out of a run that is open, by its number. A row in flight is stopped first; what it wrote so far
// is kept. The journal has a record of it, so that a resume does not send it; retrying the row does.
func (b *Book) Skip(id string, n int) error {
	r, err := b.steerable(id)
	switch {
	case err != nil:
		return err
	case r == nil:
		return fmt.Errorf("run %s is not open: resume it first", id)
	}
	r.mu.Lock()
	if err := r.rows.unlessSkipped(n); err != nil {
		r.mu.Unlock()
		return err
	}
	if r.h.State.Rests() && r.h.State != Paused {
		state := r.h.State
		r.mu.Unlock()
		return fmt.Errorf("the run is %s", state)
	}
	var stop []relay.ID
	if l := r.rows.live[n-1]; l != nil {
		l.skipped = true
		stop = append(stop, l.id)
	} else {
		r.steer.skip = append(r.steer.skip, n-1)
	}
	r.touch()
	r.mu.Unlock()
	b.engine.cancel(stop)
	r.signals.dispatcher.Notify()
	b.changed()
	return nil
}

// unlessSkipped says why a row can't be skipped.
func (r *rows) unlessSkipped(n int) error {
	if r.ix == nil || n < 1 || n > r.ix.len {
		return fmt.Errorf("there is no row %d yet", n)
	}
	switch row := r.ix.at(n - 1); {
	case row.outcome >= RowOK:
		return fmt.Errorf("row %d has an outcome already", n)
	case row.flags&flagCarried != 0:
		return fmt.Errorf("row %d is with the provider", n)
	case r.live[n-1] != nil && r.live[n-1].ended:
		return fmt.Errorf("the answer of row %d is being written", n)
	}
	return nil
}

// nextSkip is a row that is to be skipped now, or -1. The lock is held.
func (s *steering) nextSkip(r *rows) int {
	for len(s.skip) > 0 {
		i := s.skip[0]
		s.skip = s.skip[1:]
		if r.unlessSkipped(i+1) == nil && r.live[i] == nil {
			return i
		}
	}
	return -1
}

// skip writes to the journal that a row is left out. The dispatcher calls it, so that the row is not sent meanwhile.
func (r *run) skip(i int) {
	row := r.rowAt(i)
	own, _ := r.in.row(r.rows.ix, i, &row)
	rec := r.rowRecord(i, own, int(row.try), stateSkipped)
	rec.Err = &rowError{Code: "skipped", Message: skipReason}
	var err error
	if row.jrn != 0 {
		var old *record
		if old, err = r.rec.journal.read(row.jrn - 1); err == nil {
			rec.Prior = old.paid()
		}
	}
	var at int64
	if err == nil {
		at, err = r.rec.journal.add(rec)
	}
	if err == nil {
		err = r.rec.journal.sync()
	}
	if err != nil {
		r.pauseUnwritten(err)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count(r.rows.ix.at(i), rec, at)
	delete(r.rows.again.waits, i)
	r.shown.details.put(i, detailOf(rec))
}

// RetryRow makes one row pending again, by its number, and continues the run: one that failed, was cut or skipped, or
// one that is answered, which is paid again.
func (b *Book) RetryRow(id string, n int) error {
	r, err := b.steerable(id)
	if err != nil {
		return err
	}
	if r != nil && r.header().State != Broken {
		r.mu.Lock()
		err := r.rows.unlessRetried(n)
		r.mu.Unlock()
		if err != nil {
			return err
		}
		target := n - 1
		return b.retry(id, Options{Resume: id}, func(row *row) bool { return row == r.rows.ix.at(target) })
	}
	return b.retry(id, Options{Resume: id, RetryRow: n}, nil)
}

// unlessRetried says why a row can't be sent again.
func (r *rows) unlessRetried(n int) error {
	if r.ix == nil || n < 1 || n > r.ix.len {
		return fmt.Errorf("there is no row %d yet", n)
	}
	switch row := r.ix.at(n - 1); {
	case n > r.ix.ofInput():
		return fmt.Errorf("row %d is no longer in the input", n)
	case row.outcome == RowSkipped && row.jrn == 0:
		return fmt.Errorf("row %d can't be sent: %s", n, r.ix.reason(n-1))
	case row.outcome < RowOK:
		return fmt.Errorf("row %d has no outcome yet", n)
	}
	return nil
}
