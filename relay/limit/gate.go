package limit

import (
	"context"
	"slices"
	"time"

	"relaytop/relay"
)

// gate bounds the requests in flight at one endpoint. Only the user's limit applies to chats: they never wait because
// batch rows have overrun the relay. Of an endpoint's own limit, one place in twenty and at least one is kept for
// chats; of the pool's, the pool keeps workers.
type gate struct {
	own      bool // the limit is the endpoint's own, not the pool's
	size     adaptive
	inFlight int
	others   int // in flight that are not chats
	waiting  []*waiter
}

type waiter struct {
	lane relay.Lane
	in   chan struct{}
}

func newGate(own, workers int) gate {
	if own > 0 {
		return gate{own: true, size: newAdaptive(own)}
	}
	return gate{size: newAdaptive(max(workers, 1))}
}

// setting is what the configuration calls the limit.
func (g *gate) setting() string {
	if g.own {
		return "concurrency"
	}
	return "max_concurrent_requests"
}

// kept is the number of places that only chats may take. A limit of one can't keep any.
func (g *gate) kept() int {
	if !g.own || g.size.most < 2 {
		return 0
	}
	return max(g.size.most/chatsOf, 1)
}

func (g *gate) free(lane relay.Lane) bool {
	if lane == relay.LaneChat {
		return g.inFlight < g.size.most
	}
	return g.inFlight < g.size.now && g.others < g.size.most-g.kept()
}

func (g *gate) enter(lane relay.Lane) {
	g.inFlight++
	if lane != relay.LaneChat {
		g.others++
	}
}

func (g *gate) leave(lane relay.Lane) {
	g.inFlight--
	if lane != relay.LaneChat {
		g.others--
	}
}

// cause says what a request of the lane waits for that finds no place.
func (g *gate) cause(endpoint string, lane relay.Lane) relay.WaitCause {
	c := relay.WaitCause{Kind: relay.WaitInFlight, Endpoint: endpoint, N: g.inFlight, Of: g.size.now}
	kept := lane != relay.LaneChat && g.inFlight < g.size.now
	if kept {
		c.Kept = g.kept()
	}
	if kept || lane == relay.LaneChat || g.size.now == g.size.most {
		c.Of, c.Setting = g.size.most, g.setting()
	}
	return c
}

// wake admits waiters while there are free places, the lowest lane first and within a lane by arrival.
func (g *gate) wake() {
	g.waiting = slices.DeleteFunc(g.waiting, func(w *waiter) bool {
		if !g.free(w.lane) {
			return false
		}
		g.enter(w.lane)
		close(w.in)
		return true
	})
}

func (g *gate) leaveQueue(w *waiter) {
	g.waiting = slices.DeleteFunc(g.waiting, func(o *waiter) bool { return o == w })
}

// Enter takes a place in flight at an endpoint. If none is free it calls waiting with the cause and blocks until
// one is, now is closed, or ctx ends; then it returns ctx's cause. Each nil return needs one call of Leave for the
// same lane.
func (l *Limiter) Enter(
	ctx context.Context, name string, lane relay.Lane, now <-chan struct{}, waiting func(relay.WaitCause),
) error {
	l.mu.Lock()
	e := l.byName[name]
	if e == nil || e.gate.free(lane) {
		if e != nil {
			e.gate.enter(lane)
		}
		l.mu.Unlock()
		return nil
	}
	w := &waiter{lane: lane, in: make(chan struct{})}
	at := len(e.gate.waiting)
	for at > 0 && e.gate.waiting[at-1].lane > lane {
		at--
	}
	e.gate.waiting = slices.Insert(e.gate.waiting, at, w)
	cause := e.gate.cause(name, lane)
	l.mu.Unlock()
	waiting(cause)
	select {
	case <-w.in:
		return nil
	case <-now:
		l.mu.Lock()
		defer l.mu.Unlock()
		select {
		case <-w.in:
		default:
			e.gate.leaveQueue(w)
			e.gate.enter(lane)
		}
		return nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-w.in: // admitted at the same moment: the place goes to another
		e.gate.leave(lane)
		e.gate.wake()
	default:
		e.gate.leaveQueue(w)
	}
	return context.Cause(ctx)
}

// Leave gives the place back, and lowers the concurrency if the attempt failed because of the load. "" is success.
func (l *Limiter) Leave(name string, lane relay.Lane, class relay.Class) {
	l.adapt(name, func(a *adaptive) {
		if class == relay.ClassRateLimit {
			l.byName[name].refused = true
		}
		g := &l.byName[name].gate
		if class.Traits().Overrun {
			a.refuse(g.inFlight, time.Now())
		}
		g.leave(lane)
	}, string(class))
}

// Resize sets the number of requests in flight for endpoints that do not state their own.
func (l *Limiter) Resize(workers int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.byName {
		g := &e.gate
		if g.own {
			continue
		}
		g.size.resize(max(workers, 1))
		g.wake()
	}
}

// Concurrency returns how many requests the endpoint may have in flight now, and the user's limit.
func (l *Limiter) Concurrency(name string) (now, most int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.byName[name]; e != nil {
		return e.gate.size.now, e.gate.size.most
	}
	return 0, 0
}
