package archive

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"

	"relaytop/relay"
	"relaytop/state/meter"
	"relaytop/state/session"
)

const (
	maxBatch = 512 // the most requests of one transaction: a sync costs as much as hundreds of rows
	// the most that waits in memory, some 15 MB, while the database can't be written; the rest waits in files
	maxQueued = 10_000
)

// queue holds what is to be written, as rows: an answer's text is let go of at once. A request that ended is never
// dropped and nobody waits.
type queue struct {
	mu      sync.Mutex
	items   []*row
	faults  []error       // that were not reported yet
	writing bool          // a batch was taken and is not written yet
	closing bool          // no new batch is begun after a failure
	bound   int           // how many may wait before they are put into a file
	idle    chan struct{} // closed and replaced whenever everything is written
	wake    chan struct{} // size 1
	done    chan struct{} // the writer has ended
	cancel  context.CancelFunc
}

// Record keeps the end of a request. It never waits, and keeps nothing of the result itself.
func (a *Archive) Record(r *relay.Result, c session.RecordContext) {
	if r == nil {
		return
	}
	c.Demo = c.Demo || a.demo
	flat, err := rowOf(r, c, a.now())
	if err != nil {
		a.queue.fault(err)
		return
	}
	a.queue.add(&flat)
}

// Flush waits until everything recorded so far is written, be it into a file that the database takes up once it
// can, or ctx ends.
func (a *Archive) Flush(ctx context.Context) error {
	for {
		q := &a.queue
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

func (q *queue) start(a *Archive) {
	ctx, cancel := context.WithCancel(context.Background())
	q.bound = maxQueued
	q.idle, q.wake, q.done, q.cancel = make(chan struct{}), make(chan struct{}, 1), make(chan struct{}), cancel
	go q.run(ctx, a)
}

func (q *queue) add(r *row) {
	q.mu.Lock()
	q.items = append(q.items, r)
	q.mu.Unlock()
	q.signal()
}

// fault has the writer tell an error: whoever records holds locks that the listener may want.
func (q *queue) fault(err error) {
	q.mu.Lock()
	q.faults = append(q.faults, err)
	q.mu.Unlock()
	q.signal()
}

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// stop has the writer finish. When ctx ends first it is broken off; what it holds stays in the queue.
func (q *queue) stop(ctx context.Context) error {
	q.mu.Lock()
	q.closing = true
	q.mu.Unlock()
	q.signal()
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

// writeBatch writes requests and their sums in one transaction: all or none.
func (a *Archive) writeBatch(ctx context.Context, batch []*row) error {
	return a.tx(ctx, "writing the requests", func(tx *sql.Tx) error { return a.insert(ctx, tx, batch) })
}

const addTotals = `INSERT INTO totals (demo, requests, answered, errors, tokens, cost, unknown, first)
	VALUES (?,?,?,?,?,?,?,?)
	ON CONFLICT (demo) DO UPDATE SET requests = requests + excluded.requests, answered = answered + excluded.answered,
	errors = errors + excluded.errors, tokens = tokens + excluded.tokens, cost = cost + excluded.cost,
	unknown = unknown + excluded.unknown, first = min(first, excluded.first)`

func (a *Archive) insert(ctx context.Context, tx *sql.Tx, batch []*row) error {
	requests, err := tx.PrepareContext(ctx, insertRow)
	if err != nil {
		return err
	}
	defer requests.Close()
	totals, err := tx.PrepareContext(ctx, addTotals)
	if err != nil {
		return err
	}
	defer totals.Close()
	for _, r := range batch {
		if _, err := requests.ExecContext(ctx, r.Cols...); err != nil {
			return err
		}
		_, err = totals.ExecContext(ctx, r.Demo, r.Add[0], r.Add[1], r.Add[2], r.Add[3], r.Add[4], r.Add[5], r.Wall)
		if err != nil {
			return err
		}
	}
	return nil
}

// Totals counts every request that was ever recorded and written.
func (a *Archive) Totals() (meter.Counters, error) {
	var c meter.Counters
	const text = "SELECT requests, answered, errors, tokens, cost, unknown, first FROM totals WHERE demo = ?"
	err := a.query("reading the totals", text, []any{a.demo},
		func(rows *sql.Rows) error {
			var first int64
			if err := rows.Scan(&c.Requests, &c.Answered, &c.Errors, &c.Tokens, &c.Cost, &c.Unknown, &first); err != nil {
				return err
			}
			c.Uptime = a.now().Sub(time.UnixMicro(first))
			return nil
		})
	return c, err
}
