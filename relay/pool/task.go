package pool

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"relaytop/relay"
)

var (
	errStopped = errors.New("stopped by the user")
	errBudget  = errors.New("the time for all attempts is used up")
)

type phase uint8

const (
	submitting phase = iota // Submit is emitting Queued
	queued
	running
	parked
	ended
)

// task is a request in the pool. Fields marked p.mu are guarded by the pool's lock; the others belong to the worker
// that serves it.
type task struct {
	p   *Pool
	req *relay.Request

	phase   phase       // p.mu
	stopped bool        // p.mu: cancelled
	again   bool        // p.mu: queued for a retry
	timer   *time.Timer // p.mu: ends a park
	ctx     context.Context
	cancel  context.CancelCauseFunc
	over    atomic.Bool // Done was emitted, or is about to be
	closing atomic.Bool // stopped because the pool closes

	due      time.Time     // when the next attempt is due
	deadline time.Time     // of attempts and waits; zero: not begun
	waited   time.Duration // sum of the waits caused by relays and failures
	held     time.Duration // the same at this model
	spared   string        // why the last failure was not tried again, where it might have been
	queued   time.Duration // sum of waits for workers and limits, up to the last attempt
	took     time.Duration // duration of the last attempt
	tries    int           // attempts at this model
	retries  int           // of the whole request
	model    int           // 0 is the request's own, from 1 its fallbacks
	avoid    []string      // endpoints that have failed at this model
	tokens   int64         // estimate of the input; 0: not made yet
	limited  string        // the endpoint whose limit made the task give up on this model
	attempts []relay.Attempt
	spent    relay.Cost // of billed attempts that did not answer
	reason   string     // of the first fallback
}

func (t *task) modelName() string {
	if t.model == 0 {
		return t.req.Model
	}
	return t.req.Fallback[t.model-1]
}

// emit passes an event of the task to the sink, unless the task is over.
func (t *task) emit(e relay.Event) {
	if t.over.Load() {
		return
	}
	if e.Attempt == 0 {
		e.Attempt = number(len(t.attempts))
	}
	t.p.opt.Sink(t.filled(e))
}

func (t *task) filled(e relay.Event) relay.Event {
	e.ID, e.Lane = t.req.ID, t.req.Lane
	if e.At.IsZero() {
		e.At = time.Now()
	}
	return e
}

// number converts an attempt's number to the type that events have.
func number(n int) uint8 { return uint8(min(n, 255)) }

// finish emits Done, once, and removes the task from the pool.
func (t *task) finish(r *relay.Result) {
	if t.over.Swap(true) {
		return
	}
	p := t.p
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		t.phase = ended
		delete(p.tasks, t.req.ID)
		if t.cancel != nil {
			t.cancel(errStopped)
		}
		p.idle.Broadcast()
	}()
	p.opt.Sink(t.filled(relay.Event{
		Kind:     relay.Done,
		Attempt:  number(len(r.Attempts)),
		Endpoint: r.Endpoint,
		Model:    r.Asked,
		Result:   r,
		Err:      r.Err,
	}))
}

// park waits for the retry without a worker. A task that was cancelled in the meantime ends here.
func (t *task) park() {
	p := t.p
	p.mu.Lock()
	stopped := t.stopped
	if !stopped {
		t.phase = parked
		p.parked++
		t.timer = time.AfterFunc(time.Until(t.due), t.unpark)
	}
	p.mu.Unlock()
	if stopped {
		t.finish(t.cancelled())
	}
}

func (t *task) unpark() {
	p := t.p
	p.mu.Lock()
	defer p.mu.Unlock()
	if t.phase != parked {
		return
	}
	p.parked--
	t.phase, t.again = queued, true
	p.lanes[t.req.Lane].again.push(t)
	p.work.Signal()
}

// waiting makes the event of a wait for the current model.
func (t *task) waiting(cause relay.WaitCause, until time.Time) relay.Event {
	return relay.Event{
		Kind:     relay.Waiting,
		Endpoint: cause.Endpoint,
		Model:    t.modelName(),
		Until:    until,
		Cause:    &cause,
		Reason:   cause.String(),
	}
}

// pause emits Waiting and blocks the worker until then or until the task is stopped. It reports whether to go on.
func (t *task) pause(until time.Time, cause relay.WaitCause) bool {
	t.emit(t.waiting(cause, until))
	timer := time.NewTimer(max(time.Until(until), time.Millisecond)) // a wait of 0 would make the caller spin
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-t.ctx.Done():
		return false
	}
}
