package archive

import (
	"context"
	"fmt"
	"sync"

	"relaytop/relay"
)

const (
	maxBatch = 512 // the most requests in one transaction: a sync costs as much as hundreds of rows
	// the most that waits in memory, some 15 MB, while the database can't be written; more goes into files
	maxQueued = 10_000
)

// queue holds the requests that are to be written, as rows: they retain no answer's text. No request is dropped, and
// adding one never waits.
type queue struct {
	to      destination
	errors  *reporter
	mu      sync.Mutex
	items   []*row
	faults  []error       // not reported yet
	writing bool          // a batch was taken and is not written yet
	closing bool          // no new batch is begun after a failure
	bound   int           // how many may wait before they go into a file
	idle    chan struct{} // closed and replaced whenever everything is written
	work    relay.Signal
	done    chan struct{} // the writer has ended
	cancel  context.CancelFunc
}

// destination is where the queue writes to: the ledger.
type destination interface {
	// write writes a batch, or nothing of it.
	write(ctx context.Context, batch []*row) error
	// spill writes requests into a file beside the database, and returns its name.
	spill(rows []*row) (name string, err error)
	// importSpilled writes what was spilled.
	importSpilled()
}

func (q *queue) start(to destination, errs *reporter) {
	ctx, cancel := context.WithCancel(context.Background())
	q.to, q.errors, q.bound, q.cancel = to, errs, maxQueued, cancel
	q.idle, q.work, q.done = make(chan struct{}), relay.NewSignal(), make(chan struct{})
	go q.run(ctx)
}

// flush waits until the queue is empty or ctx ends.
func (q *queue) flush(ctx context.Context) error {
	for {
		q.mu.Lock()
		empty, idle := len(q.items) == 0 && !q.writing, q.idle
		q.mu.Unlock()
		if empty {
			return nil
		}
		select {
		case <-idle:
		case <-q.done:
			return fmt.Errorf("writing the requests: the writer has ended")
		case <-ctx.Done():
			return fmt.Errorf("writing the requests: %w", ctx.Err())
		}
	}
}

func (q *queue) add(r *row) {
	q.mu.Lock()
	q.items = append(q.items, r)
	q.mu.Unlock()
	q.work.Notify()
}

// addFault makes the writer report an error: the caller holds locks that the listener may need.
func (q *queue) addFault(err error) {
	q.mu.Lock()
	q.faults = append(q.faults, err)
	q.mu.Unlock()
	q.work.Notify()
}

// stop lets the writer finish. If ctx ends first the writer is interrupted, and the rest stays in the queue.
func (q *queue) stop(ctx context.Context) error {
	q.mu.Lock()
	q.closing = true
	q.mu.Unlock()
	q.work.Notify()
	defer q.cancel()
	select {
	case <-q.done:
		return nil
	case <-ctx.Done():
		q.cancel()
		<-q.done
		if len(q.left()) == 0 { // all else that was to be closed took the time
			return nil
		}
		return fmt.Errorf("writing the requests: %w", ctx.Err())
	}
}

func (q *queue) left() []*row {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.items
}

// take returns the next batch and leaves it in the queue until it is written.
func (q *queue) take() (batch []*row, closing bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.writing = len(q.items) > 0
	return q.items[:min(len(q.items), maxBatch)], q.closing
}

func (q *queue) written(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	clear(q.items[:n])
	q.items = q.items[n:]
	q.writing = false
	if len(q.items) == 0 {
		q.items = nil
		close(q.idle)
		q.idle = make(chan struct{})
	}
}
