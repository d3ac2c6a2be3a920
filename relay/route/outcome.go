package route

import (
	"fmt"
	"slices"
	"time"

	"relaytop/relay"
)

const newestTTFT = 0.3 // weight of the newest TTFT in the moving average

// Done tells how the attempt ended: err is nil for an answer, ttft 0 if no token came.
func (c *Choice) Done(err *relay.Error, ttft time.Duration) {
	r := c.r
	r.mu.Lock()
	defer r.unlock()
	c.p.inside--
	if c.settle != nil {
		c.settle(counts(err))
	}
	c.h.lacks = err != nil && (err.Class == relay.ClassUnknownModel || err.Class == relay.ClassInvalid &&
		(err.Status == 404 || err.Status == 405))
	if err == nil {
		if c.p.out != nil {
			r.told(c.p.Name, "", "asked again: it answers", time.Time{})
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
			r.told(c.p.Name, "", "not asked any more: "+err.Error(), time.Time{})
		}
		c.p.out = err
	}
	if traits.Cooldown && err.Waits && err.RetryAfter > 0 {
		if until := time.Now().Add(err.RetryAfter); until.After(c.h.cool) {
			c.h.cool, c.h.class = until, err.Class
			r.told(c.p.Name, err.Model, fmt.Sprintf("cools down for %.0f s: %s", err.RetryAfter.Seconds(), err.Class), until)
		}
	}
}

// told notes an event for those who listen, once the lock is gone.
func (r *Route) told(endpoint, model, reason string, until time.Time) {
	r.events = append(r.events, relay.Event{
		Kind:     relay.Limit,
		At:       time.Now(),
		Endpoint: endpoint,
		Model:    model,
		Reason:   reason,
		Until:    until,
	})
}

// Drop gives the place back: nothing was sent.
func (c *Choice) Drop() {
	c.r.mu.Lock()
	defer c.r.unlock()
	c.p.inside--
	if c.settle != nil {
		c.settle(errNeuter)
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
		if h := p.health(r, q.Model); !h.lacks {
			if until, _ := h.blocked(now); until.IsZero() {
				return true
			}
		}
	}
	return false
}

// State is how an endpoint fares, for doctor and the screen.
type State struct {
	Endpoint string
	InFlight int
	TTFT     time.Duration // moving average; 0: no answer yet
	Out      *relay.Error  // nil: it is in
	Cool     time.Time     // the latest end of what it asked to be left alone for, of any model; zero: nothing
}

// States lists the endpoints in the order of the configuration.
func (r *Route) States() []State {
	r.mu.Lock()
	defer r.unlock()
	all, now := make([]State, 0, len(r.places)), time.Now()
	for _, p := range r.places {
		s := State{Endpoint: p.Name, InFlight: p.inside, TTFT: p.ttft, Out: p.out}
		for _, h := range p.byModel {
			if h.cool.After(now) && h.cool.After(s.Cool) {
				s.Cool = h.cool
			}
		}
		all = append(all, s)
	}
	return all
}
