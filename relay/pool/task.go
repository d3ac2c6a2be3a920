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
	submitting phase = iota // Queued is being told
	queued
	running
	parked
	ended
)

// task is a request on its way. Fields under the pool's lock are marked; the others belong to the worker that
// serves it.
type task struct {
	p   *Pool
	req *relay.Request

	phase   phase       // p.mu
	stopped bool        // p.mu: cancelled
	again   bool        // p.mu: stands among those that were sent before
	timer   *time.Timer // p.mu: ends a park
	ctx     context.Context
	cancel  context.CancelCauseFunc
	over    atomic.Bool // Done was told, or is being told
	closing atomic.Bool // it was the pool's end that stopped it

	due      time.Time     // when the next attempt is due
	deadline time.Time     // of attempts and waits; zero: not begun
	waited   time.Duration // sum of the waits that relays and failures were the reason of
	held     time.Duration // the same at this model
	spared   string        // why the last failure was not tried again, where it might have been
	queued   time.Duration // sum of our own waiting, up to the last attempt that was sent
	took     time.Duration // by the last attempt
	tries    int           // attempts at this model
	retries  int           // of the whole request
	model    int           // 0 is the request's own, from 1 its fallbacks
	avoid    []string      // endpoints that have failed at this model
	tokens   int64         // estimate of the input; 0: not made yet
	limited  string        // the endpoint whose limit is why the task gives up on this model
	attempts []relay.Attempt
	spent    relay.Cost // of attempts that were billed and did not answer
	reason   string     // of the first fallback
}

func (t *task) modelName() string {
	if t.model == 0 {
		return t.req.Model
	}
	return t.req.Fallback[t.model-1]
}

// emit tells an event of the task, unless it is over.
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

// number is an attempt's number as an event holds it.
func number(n int) uint8 { return uint8(min(n, 255)) }

// finish tells Done, once, and forgets the task.
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

// park waits for the retry without a worker. If the task was cancelled in the meantime it ends here.
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

// waiting is the event of a wait for the model that is asked now.
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

// pause waits with the worker kept, visibly, until then or until the task is stopped. It reports whether to go on.
func (t *task) pause(until time.Time, cause relay.WaitCause) bool {
	t.emit(t.waiting(cause, until))
	timer := time.NewTimer(max(time.Until(until), time.Millisecond)) // never a loop that spins
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-t.ctx.Done():
		return false
	}
}
