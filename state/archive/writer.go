package archive

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"
)

// run is the writer. It runs until stop is called; after a panic it reports it and starts again.
func (q *queue) run(ctx context.Context) {
	defer close(q.done)
	failing := time.Duration(0)
	for !q.write(ctx, &failing) {
		q.mu.Lock()
		closing := q.closing
		q.mu.Unlock()
		if closing || ctx.Err() != nil {
			return
		}
		failing = slower(failing)
		q.pause(ctx, failing)
	}
}

// write writes the queue to the database, batch by batch. A failure is reported once, and tried again after growing
// pauses; meanwhile a full queue goes into files. It reports whether it ended without a panic.
func (q *queue) write(ctx context.Context, failing *time.Duration) (ended bool) {
	defer func() {
		if p := recover(); p != nil {
			q.errors.reportFault(fmt.Errorf("writing the requests: a fault in relaytop, it goes on: %v\n%s", p, debug.Stack()))
		}
	}()
	for {
		for _, err := range q.takeFaults() {
			q.errors.report(err)
		}
		batch, closing := q.take()
		switch {
		case len(batch) > 0:
			err := q.to.write(ctx, batch)
			if err == nil {
				q.written(len(batch))
				if *failing > 0 {
					*failing = 0
					q.errors.report(nil)
					q.to.importSpilled()
				}
				continue
			}
			if *failing == 0 {
				q.errors.report(err)
			}
			if closing || ctx.Err() != nil {
				return true
			}
			q.relieve()
			*failing = slower(*failing)
			q.pause(ctx, *failing)
		case closing:
			return true
		default:
			select {
			case <-q.work:
			case <-ctx.Done():
				return true
			}
		}
	}
}

func slower(d time.Duration) time.Duration {
	return min(max(2*d, 100*time.Millisecond), 10*time.Second)
}

func (q *queue) takeFaults() []error {
	q.mu.Lock()
	defer q.mu.Unlock()
	faults := q.faults
	q.faults = nil
	return faults
}

// relieve writes a full queue into a file. If that fails too, nothing is dropped, and it is tried again when the
// queue has grown by as much.
func (q *queue) relieve() {
	q.mu.Lock()
	over := q.items[:len(q.items):len(q.items)]
	bound := q.bound
	q.mu.Unlock()
	if len(over) < bound {
		return
	}
	_, err := q.to.spill(over)
	q.mu.Lock()
	q.bound = maxQueued
	if err != nil {
		q.bound += len(over)
	}
	q.mu.Unlock()
	if err != nil {
		q.errors.report(err)
		return
	}
	q.written(len(over))
}

// pause waits between two attempts, or until stop is called or the queue is full.
func (q *queue) pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			return
		case <-ctx.Done():
			return
		case <-q.work:
			q.mu.Lock()
			enough := q.closing || len(q.items) >= q.bound
			q.mu.Unlock()
			if enough {
				return
			}
		}
	}
}
