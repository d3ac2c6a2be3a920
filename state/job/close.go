package job

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"time"
)

// How long the stages of a Close may take. Together they are about the five seconds that the program has to end. Each
// has its own bound: journals are closed even if rows used up all of their time.
const (
	drainFor = 3 * time.Second // for cancelled rows to end, and outputs to be written
	closeFor = 2 * time.Second // for answers to be written, and journals to be closed
)

const closedReason = "relaytop was closed: resume to go on"

// Quiet stops sending and starting, and returns at once. It is called before the engine is closed, so that rows
// that the engine cancels are known to have been stopped by that. Rows in flight go on until the engine or Close
// ends them.
func (b *Book) Quiet() {
	for _, r := range b.closing() {
		r.stopSending()
	}
}

// closing makes the Book refuse new runs, and returns those that are open.
func (b *Book) closing() []*run {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	return slices.Collect(maps.Values(b.runs))
}

// Close is Quiet, cancels what is in flight, and closes every journal. Rows that were in flight are pending when
// the run is resumed. Once ctx is done it no longer waits for rows, but still writes the answers that have come. It
// takes at most five seconds.
func (b *Book) Close(ctx context.Context) error {
	b.Quiet()
	b.mu.Lock()
	done := b.ended
	b.ended = true
	b.mu.Unlock()
	if done {
		return nil
	}
	runs := b.closing()
	for _, r := range runs {
		r.mu.Lock()
		ids := r.rows.inFlight()
		r.mu.Unlock()
		b.engine.cancel(ids)
	}
	ctx, stop := context.WithTimeout(ctx, drainFor)
	defer stop()
	for _, r := range runs {
		r.drain(ctx)
	}
	return errors.Join(closeAll(runs), b.spools.drop())
}

// closeAll closes the runs concurrently: a slow disk must not delay the others.
func closeAll(runs []*run) error {
	var mu sync.Mutex
	var errs []error
	open := map[string]bool{}
	done := make(chan struct{}, len(runs))
	for _, r := range runs {
		open[r.id] = true
	}
	for _, r := range runs {
		go func() {
			err := r.shutSafely()
			mu.Lock()
			delete(open, r.id)
			errs = append(errs, err)
			mu.Unlock()
			done <- struct{}{}
		}()
	}
	bound := time.NewTimer(closeFor)
	defer bound.Stop()
	for range runs {
		select {
		case <-done:
			continue
		case <-bound.C:
		}
		mu.Lock()
		defer mu.Unlock()
		for id := range open {
			errs = append(errs, fmt.Errorf("closing run %s: the disk took longer than %s; what is in the journal is safe", id,
				closeFor))
		}
		return errors.Join(errs...)
	}
	return errors.Join(errs...)
}

func (r *run) shutSafely() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("closing run %s: %w\n%s", r.id, &faultError{p}, debug.Stack())
		}
	}()
	return r.close()
}

// stopSending stops sending rows. A run that is being read or watched ends.
func (r *run) stopSending() {
	r.mu.Lock()
	if r.steer.closing {
		r.mu.Unlock()
		return
	}
	r.steer.closing = true
	if r.h.State == Running {
		r.h.Stopped, r.h.Reason = StopUser, closedReason
		r.to(Pausing)
	}
	reading := r.h.State == Reading
	r.mu.Unlock()
	if reading || r.view {
		r.tasks.stop()
	}
	r.notifyAll()
}

// drain waits until no row is in flight and no output is being written.
func (r *run) drain(ctx context.Context) {
	for {
		r.mu.Lock()
		changed := r.signals.state
		done := r.h.State.Rests() || r.h.State == Reading || r.view
		r.mu.Unlock()
		if done {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

// close ends the run's goroutines, writes what they left, and closes its files.
func (r *run) close() error {
	r.tasks.stop()
	r.tasks.wg.Wait()
	var errs []error
	if r.rec.journal != nil && !r.view {
		r.rec.writeRest()
		_ = r.rec.rollup.write() // the next start counts what is left
	}
	r.saveHeader(true)
	if r.rec.journal != nil {
		errs = append(errs, r.rec.journal.close())
	}
	if r.in.scan != nil {
		r.in.scan.ix.places.close()
	}
	if r.in.file != nil {
		errs = append(errs, r.in.file.Close())
	}
	if r.folder.lock != nil {
		_, err := readManifest(r.folder.dir)
		if errors.Is(err, ErrNoRun) && !r.steer.resumed { // it broke before it had a manifest
			errs = append(errs, removeFolder(r.folder.dir))
		}
		errs = append(errs, r.folder.out.Release(), r.folder.lock.Release())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("closing run %s: %w", filepath.Base(r.folder.dir), err)
	}
	return nil
}
