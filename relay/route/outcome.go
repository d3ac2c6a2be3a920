package route

import (
	"fmt"
	"slices"
	"time"

	"relaytop/relay"
)

const newestTTFT = 0.3 // weight of the newest TTFT in the moving average

// Token records the first token of the attempt, or for a plain answer its header: the endpoint answers. What was held
// back for a probe goes on; if the attempt breaks off later, that is one more failure.
func (c *Choice) Token() {
	c.r.mu.Lock()
	defer c.r.unlock()
	if c.probe {
		c.probe = false
		c.breaker(relay.BreakerClosed)
		c.gen, c.place = c.h.breaker.gen, 0
	}
	if c.first {
		c.first = false
		c.h.throttle.free()
		c.r.wake()
	}
	if c.q.Insist && c.h.cool.After(time.Now()) {
		c.h.cool = time.Time{}
		c.r.wake()
	}
}

// Held reports whether the endpoint has come to be held back since it was chosen: the attempt should not be sent.
func (c *Choice) Held() bool {
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	if c.raw || c.q.Insist {
		return false
	}
	now := time.Now()
	if until, _ := c.h.blocked(now); !until.IsZero() {
		return true
	}
	_, _, held := c.h.held(c.q.Lane, now)
	return held && !c.probe && !c.first
}

// Probes reports whether the attempt is the probe of a breaker that nothing has settled yet, and whether it was sent
// alone: as that probe, or as the one row that tries again after a 429.
func (c *Choice) Probes() (probe, alone bool) {
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	return c.probe, c.probe || c.first
}

// Done records how the attempt ended: err is nil for an answer, ttft is 0 if no token came.
func (c *Choice) Done(err *relay.Error, ttft time.Duration) {
	r := c.r
	r.mu.Lock()
	defer r.unlock()
	c.leave()
	c.settle(err)
	c.h.missing = err != nil && err.LacksModel()
	c.judgeKey(err)
	if err == nil {
		c.p.answered++
		if c.p.ttft == 0 {
			c.p.ttft = ttft
		} else if ttft > 0 {
			c.p.ttft += time.Duration(newestTTFT * float64(ttft-c.p.ttft))
		}
		return
	}
	if err.Class.Traits().Cooldown && err.Waits && err.RetryAfter > 0 {
		if until := time.Now().Add(err.RetryAfter); until.After(c.h.cool) {
			c.h.cool, c.h.class = until, err.Class
			r.note(c.p.Name, err.Model, fmt.Sprintf("cools down for %s: %s", relay.Seconds(err.RetryAfter), err.Class), until)
			r.wake()
		}
	}
}

// settle counts the end of the attempt for the breaker and the throttle.
func (c *Choice) settle(err *relay.Error) {
	now, b := time.Now(), &c.h.breaker
	if err != nil && err.NamesNoWait() {
		c.h.throttle.refuse(c.first, now)
		c.first = false
		c.r.wake()
	}
	if c.gen != b.gen || c.raw && b.state != relay.BreakerClosed {
		c.pass()
		return
	}
	use := relay.BreakerSuccess
	if err != nil {
		use = err.Class.Traits().Breaker
	}
	switch {
	case b.state == relay.BreakerHalfOpen && !c.probe: // it passed beside the probe
	case use == relay.BreakerSuccess && c.probe:
		c.probe = false
		c.breaker(relay.BreakerClosed)
	case use == relay.BreakerSuccess:
		b.answer(c.q.Request, c.place, now)
	case use == relay.BreakerFailure && (c.probe || b.fail(c.q.Request, c.place, c.h.inFlight, now)):
		c.probe = false
		c.breaker(relay.BreakerOpen)
	case use == relay.BreakerFailure, use == relay.BreakerIgnores:
	}
	c.pass()
}

// pass lets another request probe in place of this one, if it was a probe and settled nothing.
func (c *Choice) pass() {
	if c.probe {
		c.probe, c.h.breaker.probing = false, false
		c.r.wake()
	}
	if c.first {
		c.first, c.h.throttle.probing = false, false
		c.r.wake()
	}
}

// breaker changes the state of the breaker and records the event.
func (c *Choice) breaker(to relay.BreakerState) {
	now := time.Now()
	c.h.breaker.set(to, now)
	c.r.events = append(c.r.events, relay.Event{
		Kind:     relay.Breaker,
		At:       now,
		Endpoint: c.p.Name,
		Model:    c.q.Model,
		Breaker:  to,
		Until:    c.h.breaker.until,
	})
	c.r.wake()
}

// judgeKey takes an endpoint out that refuses every request, and brings it back when it answers. One refusal of the
// key among answers proves nothing: two requests in a row do, or the first one.
func (c *Choice) judgeKey(err *relay.Error) {
	p := c.p
	if err == nil {
		if p.out != nil {
			c.r.note(p.Name, "", "in use again: it answers", time.Time{})
			c.r.wake()
		}
		p.out, p.refusals, p.refused = nil, 0, 0
		return
	}
	if c.q.Spare && err.Class == relay.ClassAuth {
		return
	}
	if !err.Class.Traits().Refused {
		if err.Status > 0 && err.Class.Traits().Origin == relay.FromRequest {
			p.refusals, p.refused = 0, 0 // the key was taken
		}
		return
	}
	if p.refused == 0 || p.refused != c.q.Request {
		p.refusals++
	}
	p.refused = c.q.Request
	if err.Class == relay.ClassAuth && p.answered > 0 && p.refusals < 2 && p.out == nil {
		return
	}
	if p.out == nil {
		c.r.note(p.Name, "", "no longer used: "+err.Error(), time.Time{})
	}
	p.out = err
	c.r.wake()
}

// leave takes the attempt out of those in flight.
func (c *Choice) leave() {
	c.p.inFlight--
	c.h.inFlight--
}

// note records an event to be emitted once the lock is released.
func (r *Route) note(endpoint, model, reason string, until time.Time) {
	r.events = append(r.events, relay.Event{
		Kind:     relay.Limit,
		At:       time.Now(),
		Endpoint: endpoint,
		Model:    model,
		Reason:   reason,
		Until:    until,
	})
}

// Drop ends the reservation: nothing was sent.
func (c *Choice) Drop() {
	c.r.mu.Lock()
	defer c.r.unlock()
	c.leave()
	c.pass()
}

// Other reports whether an endpoint other than those named could be asked for the model at once.
func (r *Route) Other(q Query) bool {
	r.mu.Lock()
	defer r.unlock()
	now := time.Now()
	for _, p := range r.places {
		if p.out != nil || !p.serves(q.Model) || q.Only != "" && p.Name != q.Only || slices.Contains(q.Avoid, p.Name) {
			continue
		}
		if h := p.health(q.Model); !h.missing {
			until, _ := h.blocked(now)
			if _, _, held := h.held(q.Lane, now); until.IsZero() && !held {
				return true
			}
		}
	}
	return false
}

// State is the health of an endpoint, for doctor and the screen.
type State struct {
	Endpoint string
	InFlight int
	TTFT     time.Duration // moving average; 0: no answer yet
	Out      *relay.Error  // why it is not used; nil: it is used
	Cool     time.Time     // the latest end of a cooldown of any model; zero: none
}

// States lists the endpoints in the order of the configuration.
func (r *Route) States() []State {
	r.mu.Lock()
	defer r.unlock()
	all, now := make([]State, 0, len(r.places)), time.Now()
	for _, p := range r.places {
		s := State{Endpoint: p.Name, InFlight: p.inFlight, TTFT: p.ttft, Out: p.out}
		for _, h := range p.byModel {
			if h.cool.After(now) && h.cool.After(s.Cool) {
				s.Cool = h.cool
			}
		}
		all = append(all, s)
	}
	return all
}
