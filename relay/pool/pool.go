// Package pool answers requests with a fixed number of workers. Rules:
//
//   - Submit never waits. Each request that it accepts gets Queued first and exactly one Done last, even after
//     Cancel, Close or a panic. Its events are in order; events of different requests are not.
//   - Lanes are served by priority, the groups of a lane in turn. Two workers are reserved for chats, so that one
//     never waits behind a row of a file.
//   - A request that waits for a retry gives its worker back and goes to the head of its lane when it is due. One
//     that waits before it is sent (for a limit, or an endpoint that cools down) keeps the worker, because the
//     requests behind it would have to wait as well.
//   - No wait fails a row of a batch. One that can't be answered now, through no fault of its own, ends with
//     Result.Back: the caller sends it again later.
//   - A cached answer gives the same events as any other, except Sent. It counts for neither limits nor breakers.
//   - No lock is held while the sink is called. Submit and Cancel call it from the caller's goroutine, so the
//     caller must not hold a lock that the sink takes.
package pool

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"relaytop/relay"
	"relaytop/relay/limit"
	"relaytop/relay/retry"
	"relaytop/relay/route"
)

// Sender makes one round trip. It passes on events, Sent first, and returns after the last one. It stops when ctx
// ends.
type Sender interface {
	Send(ctx context.Context, c relay.Call, sink relay.Sink) relay.Reply
}

// Pricer says what a reply cost.
type Pricer interface {
	Cost(e relay.Endpoint, model string, r *relay.Reply) relay.Cost
}

// Cache keeps answers that were paid for. It decides which requests it serves. Both methods may wait for the disk.
type Cache interface {
	Get(e relay.Endpoint, model string, r *relay.Request) (relay.Reply, bool)
	Put(e relay.Endpoint, model string, r *relay.Request, reply *relay.Reply) error
}

// Options configure a Pool. Senders, Route and Sink must be set.
type Options struct {
	Senders       map[string]Sender // by endpoint name
	Route         *route.Route
	Limit         *limit.Limiter                             // nil: no limits
	Price         Pricer                                     // nil: every price is unknown
	ContextWindow func(endpoint, model string) (int64, bool) // context window in tokens, where known; may be nil
	Cache         Cache                                      // nil: none
	Retry         retry.Policy                               // the zero Policy is retry.Default
	Sink          relay.Sink                                 // gets every event
	Workers       int                                        // at least 1
	Chance        func() float64                             // in [0, 1), for jitter; nil: math/rand

	// Guard is called before a request is accepted; an error refuses the request. A row of a batch, which may wait for
	// long, is asked about again before its first attempt. It must not wait. May be nil.
	Guard func(*relay.Request) error
	// Sending is called once for a row of a batch, after its waits and just before its first attempt. An error puts the
	// row back. It may write to a file, but not wait for the disk. May be nil.
	Sending func(*relay.Request) error
	// MaxTotal limits all attempts and waits of a request up to its first token; 0 is 4 minutes.
	MaxTotal time.Duration
	// RequestLimit limits a request up to its last byte, unless it sets a limit of its own; 0: no limit.
	RequestLimit time.Duration
}

const (
	defaultTotal = 4 * time.Minute
	chatReserve  = 2 // workers reserved for chats
)

// Errors of Submit.
var (
	ErrClosed    = errors.New("the pool is closed")
	ErrDuplicate = errors.New("a request of this id is in the pool")
	ErrNoID      = errors.New("the request has no id")
	ErrLane      = errors.New("there is no such lane")
)

// Pool may be used from any goroutine.
type Pool struct {
	opt      Options
	budget   retry.Budget
	absent   absent
	uncached sync.Once // the notice that answers can't be cached

	mu      sync.Mutex
	work    *sync.Cond // there is something to do, or a reason to end
	idle    *sync.Cond // tasks or workers became fewer
	tasks   map[relay.ID]*task
	lanes   [relay.NumLanes]lane
	target  int // workers wanted
	workers int // running now
	running int
	others  int // running that are not chats
	parked  int
	closed  bool
}

// New starts a pool.
func New(opt Options) (*Pool, error) {
	if opt.Route == nil || opt.Sink == nil || len(opt.Senders) == 0 {
		return nil, errors.New("a pool needs senders, a route and a sink")
	}
	opt.Retry = cmp.Or(opt.Retry, retry.Default())
	if opt.MaxTotal <= 0 {
		opt.MaxTotal = defaultTotal
	}
	p := &Pool{opt: opt, tasks: map[relay.ID]*task{}}
	p.work, p.idle = sync.NewCond(&p.mu), sync.NewCond(&p.mu)
	p.Resize(opt.Workers)
	return p, nil
}

// Submit queues a request and returns at once. It fails if the pool is closed, the ID is zero or in use, the lane
// is unknown, or the guard refuses; then there are no events.
func (p *Pool) Submit(r relay.Request) error {
	now := time.Now()
	if r.ID == 0 {
		return ErrNoID
	}
	if int(r.Lane) >= relay.NumLanes {
		return fmt.Errorf("%w: %d", ErrLane, r.Lane)
	}
	if p.opt.Guard != nil {
		if err := p.opt.Guard(&r); err != nil {
			return err
		}
	}
	if r.Sched.IsZero() {
		r.Sched = now
	}
	if r.MaxTotal == 0 {
		r.MaxTotal = p.opt.RequestLimit
	}
	r.Fallback = chain(r.Model, r.Fallback)
	t := newTask(p, &r)
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return ErrClosed
	}
	if _, ok := p.tasks[r.ID]; ok {
		p.mu.Unlock()
		return fmt.Errorf("%w: %s", ErrDuplicate, r.ID)
	}
	p.tasks[r.ID] = t
	p.mu.Unlock()

	t.emit(relay.Event{Kind: relay.Queued, At: now, Model: r.Model, Endpoint: r.Endpoint,
		Usage: &relay.Usage{Input: relay.EstimateInput(&r), Estimated: true}})

	p.mu.Lock()
	ok := t.control.enter(queued)
	if ok {
		p.lanes[r.Lane].fresh.push(t)
		p.work.Signal()
	}
	p.mu.Unlock()
	if !ok {
		t.finish(t.cancelled())
	}
	return nil
}

// Cancel ends a request, whether queued, running or waiting; its Done follows. An unknown ID is ignored.
func (p *Pool) Cancel(id relay.ID) {
	p.mu.Lock()
	t := p.tasks[id]
	mine := t != nil && p.stop(t)
	p.mu.Unlock()
	if mine {
		t.finish(t.cancelled())
	}
}

// SendNow sends a chat that waits for our own limits, and none of its attempts waits for them any more. What the
// relay asked for is still kept.
func (p *Pool) SendNow(id relay.ID) {
	p.mu.Lock()
	t := p.tasks[id]
	p.mu.Unlock()
	if t != nil {
		t.urgency.insist()
	}
}

// stop marks a task as cancelled. It reports whether the caller must finish it, because no worker will.
func (p *Pool) stop(t *task) bool {
	was, ok := t.control.stop()
	if !ok {
		return false
	}
	t.ending.closing.Store(p.closed)
	switch was {
	case running:
		t.cancel(errStopped)
	case parked:
		p.parked--
		return true
	case queued:
		p.lanes[t.req.Lane].drop(t)
		return true
	case submitting, ended: // Submit finishes it, or it is finished already
	}
	return false
}

// ResizeOtherLanes sets the number of workers so that n requests of the other lanes are served at once, at least
// 1. The workers reserved for chats are added.
func (p *Pool) ResizeOtherLanes(n int) { p.Resize(max(n, 1) + chatReserve) }

// Resize sets the number of workers, at least 1. Surplus workers end once they have finished their request.
func (p *Pool) Resize(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.target = max(n, 1)
	for p.workers < p.target {
		p.workers++
		go p.worker()
	}
	p.work.Broadcast()
	if p.opt.Limit != nil {
		p.opt.Limit.Resize(p.target)
	}
}

// Pause stops serving a lane. What is running goes on.
func (p *Pool) Pause(l relay.Lane) { p.pause(l, true) }

// Resume serves a paused lane again.
func (p *Pool) Resume(l relay.Lane) { p.pause(l, false) }

func (p *Pool) pause(l relay.Lane, on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if int(l) < relay.NumLanes {
		p.lanes[l].paused = on
		p.work.Broadcast()
	}
}

// Close accepts nothing more, cancels everything and waits until every request has had its Done and the workers
// have ended. If ctx ends first, requests whose sender does not return get their Done anyway, their later events
// are dropped, and Close returns an error.
func (p *Pool) Close(ctx context.Context) error {
	p.mu.Lock()
	p.closed, p.target = true, 0
	var mine []*task
	for _, t := range p.tasks {
		if p.stop(t) {
			mine = append(mine, t)
		}
	}
	p.work.Broadcast()
	p.mu.Unlock()
	for _, t := range mine {
		t.finish(t.cancelled())
	}
	stop := context.AfterFunc(ctx, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.idle.Broadcast()
	})
	defer stop()
	p.mu.Lock()
	for (len(p.tasks) > 0 || p.workers > 0) && ctx.Err() == nil {
		p.idle.Wait()
	}
	stuck := make([]*task, 0, len(p.tasks))
	for _, t := range p.tasks {
		stuck = append(stuck, t)
	}
	workers := p.workers
	p.mu.Unlock()
	for _, t := range stuck {
		t.finish(t.abandoned())
	}
	if workers > 0 {
		return fmt.Errorf("close the pool: %d workers did not end: %w", workers, context.Cause(ctx))
	}
	return nil
}
