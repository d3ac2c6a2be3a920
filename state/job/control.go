package job

import (
	"errors"
	"fmt"

	"relaytop/relay"
)

// steerable returns a run that this process may control.
func (b *Book) steerable(id string) (*run, error) {
	b.mu.RLock()
	r, closed := b.runs[id], b.closed
	b.mu.RUnlock()
	if closed {
		return nil, ErrClosed
	}
	if r != nil && !r.view {
		return r, nil
	}
	h, ok := b.Header(id)
	if !ok {
		return nil, fmt.Errorf("%w: %s", ErrNoRun, id)
	}
	if h.ReadOnly {
		return nil, fmt.Errorf("run %s: %w", id, ErrLocked)
	}
	return nil, nil
}

// Pause stops sending rows; those in flight finish.
func (b *Book) Pause(id string) error {
	r, err := b.steerable(id)
	if r == nil {
		return err // a run that is not open is not running
	}
	r.mu.Lock()
	switch r.h.State {
	case Reading:
		r.steer.hold, r.h.Stopped, r.h.Reason = true, StopUser, "paused"
		r.touch()
	case Running:
		r.h.Stopped, r.h.Reason = StopUser, "paused"
		r.to(Pausing)
	case Pausing, Paused, Finishing, Finished, Cancelled, Broken, Damaged:
	}
	r.mu.Unlock()
	r.signals.dispatcher.Notify()
	b.changed()
	return nil
}

// Resume continues a run that is paused or was cancelled, whether it is open or on the disk. If refused requests
// paused it, the refused rows are sent again. The input of a finished run is read again: new rows are sent, and if
// there are none the header says NothingLeft.
func (b *Book) Resume(id string) error {
	r, err := b.steerable(id)
	if err != nil {
		return err
	}
	if r == nil {
		return b.resumeFolder(id, Options{Resume: id})
	}
	if s := r.header().State; s == Broken || s == Finished {
		return r.reopen(Options{Resume: id})
	}
	r.mu.Lock()
	switch r.h.State {
	case Reading:
		r.steer.hold, r.steer.onlyHeld, r.h.Stopped, r.h.Reason = false, false, "", ""
		r.touch()
	case Pausing, Paused, Cancelled:
		r.proceed()
	case Finishing:
		if r.steer.cancelling {
			r.proceed()
		}
	case Running, Finished, Broken, Damaged:
	}
	r.mu.Unlock()
	r.notifyAll()
	return nil
}

// reopen closes a run and opens it from its folder.
func (r *run) reopen(o Options) error {
	if err := r.book.closeRun(r); err != nil {
		return err
	}
	return r.book.resumeFolder(r.id, o)
}

// closeRun closes a run. Its header stays in the list.
func (b *Book) closeRun(r *run) error {
	b.forget(r)
	if err := r.close(); err != nil {
		return err
	}
	h := r.header()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.disk[r.id] = h
	return nil
}

func (b *Book) forget(r *run) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.runs[r.id] == r {
		delete(b.runs, r.id)
	}
}

// proceed continues a run. The lock is held.
func (r *run) proceed() {
	if r.steer.closing {
		return // the resume came while relaytop was closing
	}
	r.steer.probe = r.steer.probe || r.h.Stopped == StopWait
	if class := relay.Class(r.h.Stopped); class.Traits().Refused {
		r.requeue(failedAs(class))
	}
	if r.h.Stopped == StopAlike {
		r.progress.alike.accept(r.h.Alike)
	}
	r.h.Stopped, r.h.Reason, r.h.NextBudget, r.steer.onlyHeld = "", "", 0, false
	r.rec.stuck, r.purse.short, r.steer.cancelling = false, false, false
	r.to(Running)
}

// failedAs accepts the rows that failed with a class.
func failedAs(class relay.Class) func(*row) bool {
	return func(row *row) bool { return row.outcome == RowFailed && classOf(row.class) == class }
}

func (r *run) notifyAll() {
	r.signals.dispatcher.Notify()
	r.signals.writer.Notify()
	r.signals.syncer.Notify()
	r.book.changed()
}

// Cancel stops the rows in flight, keeps their text so far, and ends the run. They are pending, as are the rows that
// were not sent: a resume sends them. A run that is finishing has an answer for each row, and finishes.
func (b *Book) Cancel(id string) error {
	r, err := b.steerable(id)
	if r == nil {
		return err
	}
	r.mu.Lock()
	switch r.h.State {
	case Reading:
		r.mu.Unlock()
		r.tasks.stop()
		r.fail(errors.New("cancelled while it was being read: nothing was sent"), StopUser)
		return nil
	case Finishing, Finished, Cancelled, Broken, Damaged:
		r.mu.Unlock()
		return nil
	case Running, Pausing, Paused:
	}
	r.steer.cancelling, r.rec.stuck = true, false
	r.h.Stopped, r.h.Reason = StopUser, "cancelled"
	r.to(Pausing)
	ids := r.rows.inFlight()
	r.mu.Unlock()
	b.engine.cancel(ids)
	r.notifyAll()
	return nil
}

// Resize sets the number of rows in flight, 1 to 10,000. Surplus rows in flight finish.
func (b *Book) Resize(id string, n int) error {
	r, err := b.steerable(id)
	if r == nil {
		return err
	}
	r.mu.Lock()
	r.h.Concurrency = min(max(n, 1), maxConcurrency)
	r.touch()
	r.mu.Unlock()
	r.signals.dispatcher.Notify()
	b.changed()
	return nil
}

// SetBudget sets what a run may cost, 0 for no limit, and continues a run that the budget paused.
func (b *Book) SetBudget(id string, budget relay.Money) error {
	r, err := b.steerable(id)
	if r == nil {
		return err
	}
	r.mu.Lock()
	r.purse.limit, r.purse.short = budget, false
	if r.h.Stopped == StopBudget {
		r.proceed()
	}
	r.touch()
	r.mu.Unlock()
	r.notifyAll()
	return nil
}

// RetryFailed makes the failed rows, and those whose answer was interrupted, pending again and continues the run.
// Rows that were cut by length or filtered are left alone: asking again would cost money and give the same.
func (b *Book) RetryFailed(id string) error {
	return b.retry(id, Options{Resume: id, RetryFailed: true}, (*row).retryable)
}

func (b *Book) retry(id string, o Options, pick func(*row) bool) error {
	r, err := b.steerable(id)
	if err != nil {
		return err
	}
	if r == nil {
		return b.resumeFolder(id, o)
	}
	if r.header().State == Broken {
		return r.reopen(o)
	}
	r.mu.Lock()
	if r.rows.ix == nil {
		r.mu.Unlock()
		return fmt.Errorf("run %s is still being read", id)
	}
	if r.requeue(pick) > 0 && r.h.State != Running {
		r.proceed()
	}
	r.mu.Unlock()
	r.notifyAll()
	return nil
}
