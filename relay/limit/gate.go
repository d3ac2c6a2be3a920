package limit

import (
	"context"
	"fmt"
	"slices"
	"time"

	"relaytop/relay"
)

// cleanWindow is how long the concurrency stays after it was lowered or raised. From one back to fifty takes fifty
// windows.
const cleanWindow = 2 * time.Second

// gate bounds the requests in flight at one endpoint. most is the user's limit, now what the relay can take. Only
// most applies to chats: they never wait because batch rows have overrun the relay.
type gate struct {
	own      bool // most is the endpoint's own, not the pool's
	most     int
	now      int
	inFlight int
	changed  time.Time // when now was last lowered or raised
	overrun  time.Time // when the relay last refused because of its load
	waiting  []*waiter
}

type waiter struct {
	lane relay.Lane
	in   chan struct{}
}

func newGate(own, workers int) gate {
	if own > 0 {
		return gate{own: true, most: own, now: own}
	}
	workers = max(workers, 1)
	return gate{most: workers, now: workers}
}

func (g *gate) free(lane relay.Lane) bool {
	if lane == relay.LaneChat {
		return g.inFlight < g.most
	}
	return g.inFlight < g.now
}

// wake admits waiters while there are free places, the lowest lane first and within a lane by arrival.
func (g *gate) wake() {
	g.waiting = slices.DeleteFunc(g.waiting, func(w *waiter) bool {
		if !g.free(w.lane) {
			return false
		}
		g.inFlight++
		close(w.in)
		return true
	})
}

// Enter takes a place in flight at an endpoint. If none is free it calls waiting with the cause and blocks until
// one is or ctx ends; then it returns ctx's cause. Each nil return needs one call of Leave.
func (l *Limiter) Enter(ctx context.Context, name string, lane relay.Lane, waiting func(relay.WaitCause)) error {
	l.mu.Lock()
	e := l.byName[name]
	if e == nil || e.gate.free(lane) {
		if e != nil {
			e.gate.inFlight++
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
	cause := relay.WaitCause{Kind: relay.WaitInFlight, Endpoint: name, N: e.gate.inFlight, Of: e.gate.now}
	l.mu.Unlock()
	waiting(cause)
	select {
	case <-w.in:
		return nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-w.in: // admitted at the same moment: the place goes to another
		e.gate.inFlight--
		e.gate.wake()
	default:
		e.gate.waiting = slices.DeleteFunc(e.gate.waiting, func(o *waiter) bool { return o == w })
	}
	return context.Cause(ctx)
}

// Leave gives the place back and adapts the concurrency to how the attempt ended ("" is success).
func (l *Limiter) Leave(name string, class relay.Class) {
	l.mu.Lock()
	e := l.byName[name]
	if e == nil {
		l.mu.Unlock()
		return
	}
	g := &e.gate
	g.inFlight--
	was, now := g.now, time.Now()
	due := now.Sub(g.changed) >= cleanWindow
	if class.Traits().Overrun {
		g.overrun = now
		if due {
			g.now, g.changed = max(1, g.now/2), now
		}
	} else if class == "" && due && g.now < g.most && now.Sub(g.overrun) >= cleanWindow {
		g.now, g.changed = g.now+1, now
	}
	is := g.now
	g.wake()
	l.mu.Unlock()
	if is != was {
		why := "no overload lately"
		if is < was {
			why = string(class)
		}
		l.notify(relay.Event{Kind: relay.Limit, At: now, Endpoint: name,
			Reason: fmt.Sprintf("%s at once instead of %d: %s", relay.Counted(is, "request"), was, why)})
	}
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
		if whole := g.now == g.most; whole || g.now > workers {
			g.now = max(workers, 1)
		}
		g.most = max(workers, 1)
		g.wake()
	}
}

// Concurrency returns how many requests the endpoint may have in flight now, and the user's limit.
func (l *Limiter) Concurrency(name string) (now, most int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.byName[name]; e != nil {
		return e.gate.now, e.gate.most
	}
	return 0, 0
}
