package pool

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"relaytop/relay"
)

var errStopped = errors.New("stopped by the user")

// overdue ends an attempt when its request has taken all the time that it may take. It is a deadline, so that a sender
// tells it from a person who stops the request, and can say with its words what it was waiting for.
type overdue struct{ limit time.Duration }

func (o overdue) Error() string { return "no answer within " + relay.Seconds(o.limit) }

// Is reports whether it is asked about a deadline.
func (overdue) Is(target error) bool { return target == context.DeadlineExceeded }

// ended returns the error of an attempt that it ended before any answer: that of the sender if it knows more.
func (o overdue) ended(sent *relay.Error) *relay.Error {
	if sent != nil && sent.Class == relay.ClassTimeout && errors.Is(sent.Cause, o) {
		return sent
	}
	return &relay.Error{Class: relay.ClassTimeout, Message: o.Error(), Cause: o}
}

// task is a request in the pool. The pool's lock guards control; the other fields belong to the worker that serves
// the task.
type task struct {
	p       *Pool
	req     *relay.Request
	control control

	ctx     context.Context
	cancel  context.CancelCauseFunc
	urgency urgency
	ending  ending

	clock     clock
	candidate candidate
	round     round
	retries   int   // of the whole request
	tokens    int64 // estimate of the input; 0: not made yet
	attempts  []relay.Attempt
	bill      bill
	fallback  fallback
}

// urgency is whether a person wants a chat sent now, past our own limits.
type urgency struct {
	now     chan struct{} // closed then; nil unless the request is a chat
	insists atomic.Bool   // now is closed
}

// insist ends the waits of a chat for our own limits.
func (u *urgency) insist() {
	if u.now != nil && !u.insists.Swap(true) {
		close(u.now)
	}
}

// ending is whether a task is over, and what ends it.
type ending struct {
	over    atomic.Bool // Done was emitted, or is about to be
	closing atomic.Bool // stopped because the pool closes
}

// bill is what the billed attempts that did not answer have cost and used.
type bill struct {
	cost  relay.Cost
	usage *relay.Usage // nil: nothing
}

// with is the bill with one more attempt.
func (b bill) with(cost relay.Cost, usage *relay.Usage) bill {
	return bill{sum(b.cost, cost), addUsage(b.usage, usage)}
}

// fallback is why a request is not answered by the model that it asks for.
type fallback struct {
	reason string // of the first fallback
	passes bool   // what kept the first model from answering is a wait, or a failure that may pass
}

func newTask(p *Pool, r *relay.Request) *task {
	total := p.opt.MaxTotal
	if r.MaxTotal > 0 {
		total = r.MaxTotal
	}
	t := &task{p: p, req: r, clock: clock{due: r.Sched, total: total}}
	if r.Lane == relay.LaneChat {
		t.urgency.now = make(chan struct{})
	}
	return t
}

// model is the name of the model that is asked now.
func (t *task) model() string { return t.candidate.name(t.req) }

// lastAttempt is the record of the newest attempt; nil before the first.
func (t *task) lastAttempt() *relay.Attempt {
	if len(t.attempts) == 0 {
		return nil
	}
	return &t.attempts[len(t.attempts)-1]
}

// emit passes an event of the task to the sink, unless the task is over.
func (t *task) emit(e relay.Event) {
	if t.ending.over.Load() {
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
	if t.ending.over.Swap(true) {
		return
	}
	p := t.p
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		t.control.phase = ended
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
	ok := t.control.enter(parked)
	if ok {
		p.parked++
		t.control.timer = time.AfterFunc(time.Until(t.clock.due), t.unpark)
	}
	p.mu.Unlock()
	if !ok {
		t.finish(t.cancelled())
	}
}

func (t *task) unpark() {
	p := t.p
	p.mu.Lock()
	defer p.mu.Unlock()
	if !t.control.requeue() {
		return
	}
	p.parked--
	p.lanes[t.req.Lane].again.push(t)
	p.work.Signal()
}

// waiting makes the event of a wait for the current model.
func (t *task) waiting(cause relay.WaitCause, until time.Time) relay.Event {
	return relay.Event{
		Kind:     relay.Waiting,
		Endpoint: cause.Endpoint,
		Model:    t.model(),
		Until:    until,
		Cause:    &cause,
		Reason:   cause.String(),
	}
}

// pause emits Waiting and blocks the worker until then, until freed is closed, or until the task is stopped. A zero
// time is never, a nil channel too. It reports whether to go on.
func (t *task) pause(until time.Time, freed <-chan struct{}, cause relay.WaitCause) bool {
	t.emit(t.waiting(cause, until))
	var due <-chan time.Time
	if !until.IsZero() {
		timer := time.NewTimer(max(time.Until(until), time.Millisecond)) // a wait of 0 would make the caller spin
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-due:
		return true
	case <-freed:
		return true
	case <-t.ctx.Done():
		return false
	}
}
