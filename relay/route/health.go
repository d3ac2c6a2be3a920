package route

import (
	"time"

	"relaytop/relay"
)

// health is the state of one model at one endpoint.
type health struct {
	breaker  breaker
	throttle throttle
	inFlight int
	cool     time.Time   // nothing is sent before then
	class    relay.Class // of the failure that caused it
	missing  bool        // it does not have the model or the path: it is tried last
}

// blocked returns until when nothing may be sent, and why; zero if something may. It does not take a probe.
func (h *health) blocked(now time.Time) (until time.Time, why relay.WaitCause) {
	if h.cool.After(now) {
		until, why = h.cool, relay.WaitCause{Kind: relay.WaitCooldown, Class: h.class}
	}
	if b := &h.breaker; b.state == relay.BreakerOpen && b.until.After(now) && b.until.After(until) {
		until, why = b.until, relay.WaitCause{Kind: relay.WaitBreaker}
	}
	return until, why
}

// held reports whether a request of the lane has to wait for a probe: until when, if that is known, and why. A chat
// never waits for the probe of another request.
func (h *health) held(lane relay.Lane, now time.Time) (until time.Time, why relay.WaitCause, held bool) {
	if lane == relay.LaneChat {
		return time.Time{}, relay.WaitCause{}, false
	}
	if h.breaker.state == relay.BreakerHalfOpen && h.breaker.probing {
		return time.Time{}, relay.WaitCause{Kind: relay.WaitProbe}, true
	}
	t := &h.throttle
	if lane != relay.LaneBatch || t.until.IsZero() || !t.probing && !t.until.After(now) {
		return time.Time{}, relay.WaitCause{}, false
	}
	why = relay.WaitCause{Kind: relay.WaitThrottle, Class: relay.ClassRateLimit, Status: tooMany}
	if t.probing {
		return time.Time{}, why, true
	}
	return t.until, why, true
}

// tooMany is the status of a rate limit.
const tooMany = 429

// take makes a choice a probe where one is due.
func (h *health) take(c *Choice, now time.Time) {
	b := &h.breaker
	if !c.raw {
		if b.due(now) || c.q.Insist && b.state == relay.BreakerOpen {
			c.breaker(relay.BreakerHalfOpen)
		}
		if b.state == relay.BreakerHalfOpen && !b.probing {
			b.probing, c.probe = true, true
		}
		if t := &h.throttle; c.q.Lane == relay.LaneBatch && !t.until.IsZero() && !t.probing {
			t.probing, c.first = true, true
		}
	}
	b.sent++
	c.gen, c.place = b.gen, b.sent
}
