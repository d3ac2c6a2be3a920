package limit

import (
	"fmt"
	"time"

	"relaytop/relay"
)

// cleanWindow is how long the concurrency stays after it was lowered, and between two steps of one.
const cleanWindow = 2 * time.Second

// calm is how long after the last refusal the relay counts as one that has never refused.
const calm = 30 * time.Second

// adaptive is the concurrency that a relay can take. A refusal halves it, once a window. Then every round of clean
// answers doubles it, up to where the next refusal came; from there on it grows by one a window.
type adaptive struct {
	most    int // the user's limit
	now     int
	ceiling int       // up to which it doubles
	clean   int       // answers that began since it changed
	grown   bool      // it has grown since it was last halved
	changed time.Time // last lowered or raised
	cut     time.Time // last halved
	overrun time.Time // when the relay last refused because of its load
}

func newAdaptive(most int) adaptive { return adaptive{most: most, now: most, ceiling: most} }

// refuse takes in a refusal because of the load, which was that of so many requests in flight.
func (a *adaptive) refuse(inFlight int, now time.Time) {
	fresh := a.overrun.IsZero() || a.now == a.most && now.Sub(a.overrun) >= calm
	a.overrun = now
	if !fresh && !a.grown && now.Sub(a.cut) < cleanWindow {
		return
	}
	half := max(1, min(a.now, inFlight)/2)
	switch {
	case fresh:
		a.ceiling = a.most
	case a.grown:
		a.ceiling = half
	}
	a.now, a.clean, a.grown, a.cut, a.changed = half, 0, false, now, now
}

// accept takes in the beginning of an answer to an attempt that was sent at a time. One from before the last refusal
// says nothing about the time after it.
func (a *adaptive) accept(sent, now time.Time) {
	if a.now >= a.most || sent.Before(a.overrun) {
		return
	}
	a.clean++
	switch {
	case a.now < a.ceiling && a.clean >= a.now:
		a.now = min(2*a.now, a.ceiling)
	case a.now >= a.ceiling && now.Sub(a.changed) >= cleanWindow && now.Sub(a.overrun) >= cleanWindow:
		a.now++
	default:
		return
	}
	a.clean, a.grown, a.changed = 0, true, now
}

// resize sets the user's limit.
func (a *adaptive) resize(most int) {
	if whole := a.now == a.most; whole || a.now > most {
		a.now = most
	}
	if a.ceiling == a.most || a.ceiling > most {
		a.ceiling = most
	}
	a.most = most
}

// Accepted says that an answer from the endpoint has begun, to an attempt that was sent at the time.
func (l *Limiter) Accepted(name string, sent time.Time) {
	l.adapt(name, func(a *adaptive) { a.accept(sent, time.Now()) }, "no overload lately")
}

// adapt changes the concurrency of an endpoint and reports the change.
func (l *Limiter) adapt(name string, change func(*adaptive), why string) {
	l.mu.Lock()
	e := l.byName[name]
	if e == nil {
		l.mu.Unlock()
		return
	}
	was := e.gate.size.now
	change(&e.gate.size)
	is := e.gate.size.now
	e.gate.wake()
	l.mu.Unlock()
	if is != was {
		l.notify(relay.Event{Kind: relay.Limit, At: time.Now(), Endpoint: name,
			Reason: fmt.Sprintf("%s at once instead of %d: %s", relay.Counted(is, "request"), was, why)})
	}
}
