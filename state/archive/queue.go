package archive

import (
	"context"
	"database/sql"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"relaytop/relay"
	"relaytop/state/meter"
	"relaytop/state/session"
)

// maxBatch is the most requests of one transaction: a sync costs as much as hundreds of rows.
const maxBatch = 512

// queued is a request that ended and is not written yet.
type queued struct {
	result  *relay.Result
	context session.RecordContext
	row     *row // set once it was flattened, and for those of a spill file
}

// queue holds what is to be written. It grows: a request that ended is never dropped and nobody waits.
type queue struct {
	mu      sync.Mutex
	items   []queued
	writing bool          // a batch was taken and is not written yet
	closing bool          // no new batch is begun after a failure
	idle    chan struct{} // closed and replaced whenever everything is written
	wake    chan struct{} // size 1
	done    chan struct{} // the writer has ended
	cancel  context.CancelFunc
}

// Record keeps the end of a request. It never waits. The result must not be changed afterwards.
func (a *Archive) Record(r *relay.Result, c session.RecordContext) {
	if r == nil {
		return
	}
	c.Demo = c.Demo || a.demo
	a.queue.add(queued{result: r, context: c})
}

// Flush waits until everything recorded so far is written, or ctx ends.
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
	q.idle, q.wake, q.done, q.cancel = make(chan struct{}), make(chan struct{}, 1), make(chan struct{}), cancel
	go q.run(ctx, a)
}

func (q *queue) add(items ...queued) {
	q.mu.Lock()
	q.items = append(q.items, items...)
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

func (q *queue) left() []queued {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.items
}

// take looks at the next batch without taking it out: that is done once it is written.
func (q *queue) take() (batch []queued, closing bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.writing = len(q.items) > 0
	return q.items[:min(len(q.items), maxBatch)], q.closing
}

func (q *queue) written(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	clear(q.items[:n]) // let go of the answers
	q.items = q.items[n:]
	q.writing = false
	if len(q.items) == 0 {
		q.items = nil
		close(q.idle)
		q.idle = make(chan struct{})
	}
}

// run is the writer. A failure is told once and tried again, ever more slowly, while the queue grows.
func (q *queue) run(ctx context.Context, a *Archive) {
	defer close(q.done)
	defer func() {
		if p := recover(); p != nil {
			a.tell(fmt.Errorf("writing the requests: %v\n%s", p, debug.Stack()))
		}
	}()
	failing := time.Duration(0)
	for {
		batch, closing := q.take()
		switch {
		case len(batch) > 0:
			err := a.writeBatch(ctx, batch)
			if err == nil {
				if failing > 0 {
					failing = 0
					a.tell(nil)
				}
				q.written(len(batch))
				continue
			}
			if failing == 0 {
				a.tell(err)
			}
			if closing || ctx.Err() != nil {
				return
			}
			failing = min(max(2*failing, 100*time.Millisecond), 10*time.Second)
			q.pause(ctx, failing)
		case closing:
			return
		default:
			select {
			case <-q.wake:
			case <-ctx.Done():
				return
			}
		}
	}
}

// pause waits between two tries, or until the end is asked for.
func (q *queue) pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			return
		case <-ctx.Done():
			return
		case <-q.wake:
			q.mu.Lock()
			closing := q.closing
			q.mu.Unlock()
			if closing {
				return
			}
		}
	}
}

func (a *Archive) tell(err error) {
	a.telling.Lock()
	a.failing = err
	f := a.onError
	a.telling.Unlock()
	if f != nil {
		f(err)
	}
}

// writeBatch writes requests and their sums in one transaction: all or none.
func (a *Archive) writeBatch(ctx context.Context, batch []queued) error {
	return a.tx(ctx, "writing the requests", func(tx *sql.Tx) error { return a.insert(ctx, tx, batch) })
}

const addTotals = `INSERT INTO totals (demo, requests, answered, errors, tokens, cost, unknown, first) VALUES (?,?,?,?,?,?,?,?)
	ON CONFLICT (demo) DO UPDATE SET requests = requests + excluded.requests, answered = answered + excluded.answered,
	errors = errors + excluded.errors, tokens = tokens + excluded.tokens, cost = cost + excluded.cost,
	unknown = unknown + excluded.unknown, first = min(first, excluded.first)`

func (a *Archive) insert(ctx context.Context, tx *sql.Tx, batch []queued) error {
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
	for i := range batch {
		r, err := a.flatten(&batch[i])
		if err != nil {
			return err
		}
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

func (a *Archive) flatten(q *queued) (row, error) {
	if q.row != nil {
		return *q.row, nil
	}
	return rowOf(q.result, q.context, a.now())
}

// Totals counts every request that was ever recorded and written.
func (a *Archive) Totals() (meter.Counters, error) {
	var c meter.Counters
	err := a.query("reading the totals", "SELECT requests, answered, errors, tokens, cost, unknown, first FROM totals WHERE demo = ?", []any{a.demo},
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
