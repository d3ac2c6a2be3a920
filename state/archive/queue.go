package archive

import (
	"context"
	"fmt"
	"sync"

	"relaytop/relay"
)

const (
	maxBatch = 512 // the most requests of one transaction: a sync costs as much as hundreds of rows
	// the most that waits in memory, some 15 MB, while the database can't be written; the rest waits in files
	maxQueued = 10_000
)

// queue holds what is to be written, as rows: an answer's text is let go of at once. A request that ended is never
// dropped and nobody waits.
type queue struct {
	to      destination
	errors  *reporter
	mu      sync.Mutex
	items   []*row
	faults  []error       // that were not reported yet
	writing bool          // a batch was taken and is not written yet
	closing bool          // no new batch is begun after a failure
	bound   int           // how many may wait before they are put into a file
	idle    chan struct{} // closed and replaced whenever everything is written
	work    relay.Signal
	done    chan struct{} // the writer has ended
	cancel  context.CancelFunc
}

// destination is where the queue writes to: the ledger.
type destination interface {
	// write writes all of a batch or nothing.
	write(ctx context.Context, batch []*row) error
	// spill puts what the database does not take into a file beside it, and names the file.
	spill(rows []*row) (name string, err error)
	// takeUp writes what was spilled.
	takeUp()
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

// addFault has the writer report an error: whoever records holds locks that the listener may want.
func (q *queue) addFault(err error) {
	q.mu.Lock()
	q.faults = append(q.faults, err)
	q.mu.Unlock()
	q.work.Notify()
}

// stop has the writer finish. When ctx ends first it is broken off; what it holds stays in the queue.
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
		return fmt.Errorf("writing the requests: %w", ctx.Err())
	}
}

func (q *queue) left() []*row {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.items
}

// take looks at the next batch without taking it out: that is done once it is written.
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
