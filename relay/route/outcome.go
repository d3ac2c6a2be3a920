package route

import (
	"fmt"
	"slices"
	"time"

	"relaytop/relay"
)

const newestTTFT = 0.3 // weight of the newest TTFT in the moving average

// Done records how the attempt ended: err is nil for an answer, ttft is 0 if no token came.
func (c *Choice) Done(err *relay.Error, ttft time.Duration) {
	r := c.r
	r.mu.Lock()
	defer r.unlock()
	c.p.inFlight--
	if c.settle != nil {
		c.settle(counts(err))
	}
	c.h.missing = err != nil && (err.Class == relay.ClassUnknownModel || err.Class == relay.ClassInvalid &&
		(err.Status == 404 || err.Status == 405))
	if err == nil {
		if c.p.out != nil {
			r.note(c.p.Name, "", "in use again: it answers", time.Time{})
		}
		c.p.out = nil
		if c.p.ttft == 0 {
			c.p.ttft = ttft
		} else if ttft > 0 {
			c.p.ttft += time.Duration(newestTTFT * float64(ttft-c.p.ttft))
		}
		return
	}
	traits := err.Class.Traits()
	if traits.Refused {
		if c.p.out == nil {
			r.note(c.p.Name, "", "no longer used: "+err.Error(), time.Time{})
		}
		c.p.out = err
	}
	if traits.Cooldown && err.Waits && err.RetryAfter > 0 {
		if until := time.Now().Add(err.RetryAfter); until.After(c.h.cool) {
			c.h.cool, c.h.class = until, err.Class
			r.note(c.p.Name, err.Model, fmt.Sprintf("cools down for %.0f s: %s", err.RetryAfter.Seconds(), err.Class), until)
		}
	}
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
	c.p.inFlight--
	if c.settle != nil {
		c.settle(errNeutral)
	}
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
		if h := p.health(r, q.Model); !h.missing {
			if until, _ := h.blocked(now); until.IsZero() {
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
