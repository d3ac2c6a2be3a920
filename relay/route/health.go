package route

import (
	"errors"
	"time"

	"github.com/sony/gobreaker/v2"

	"relaytop/relay"
)

const (
	breakerWindow = 30 * time.Second
	breakerOpen   = 1500 * time.Millisecond // until a probe: a relay that has recovered is used again within two seconds
	breakerMin    = 5                       // attempts that must have ended before it may open
	breakerMargin = time.Millisecond        // the breaker lets a probe through just after breakerOpen, not exactly at it
)

// health is the state of one model at one endpoint.
type health struct {
	breaker *gobreaker.TwoStepCircuitBreaker[struct{}]
	opened  time.Time
	cool    time.Time   // nothing is sent before then
	class   relay.Class // of the failure that caused it
	missing bool        // it does not have the model or the path: it is tried last
}

var (
	errCounts  = errors.New("counts against the endpoint")
	errNeutral = errors.New("says nothing about the endpoint")
)

func newHealth(r *Route, endpoint, model string) *health {
	h := &health{}
	h.breaker = gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
		Interval: breakerWindow, BucketPeriod: time.Second, Timeout: breakerOpen, MaxRequests: 1,
		ReadyToTrip: func(c gobreaker.Counts) bool {
			ended := c.TotalSuccesses + c.TotalFailures
			return ended >= breakerMin && c.TotalFailures*2 >= ended
		},
		IsExcluded: func(err error) bool { return errors.Is(err, errNeutral) },
		OnStateChange: func(_ string, _, to gobreaker.State) {
			e := relay.Event{Kind: relay.Breaker, At: time.Now(), Endpoint: endpoint, Model: model, Breaker: stateOf(to)}
			if to == gobreaker.StateOpen {
				h.opened = e.At
				e.Until = e.At.Add(breakerOpen + breakerMargin)
			}
			r.events = append(r.events, e) // r.mu is held whenever a breaker is used
		},
	})
	return h
}

// stateOf converts a breaker's state to that of events.
func stateOf(s gobreaker.State) relay.BreakerState {
	switch s {
	case gobreaker.StateOpen:
		return relay.BreakerOpen
	case gobreaker.StateHalfOpen:
		return relay.BreakerHalfOpen
	case gobreaker.StateClosed:
	}
	return relay.BreakerClosed
}

// counts returns what the end of an attempt means for its breaker: nil is a success, errCounts a failure,
// errNeutral neither.
func counts(err *relay.Error) error {
	if err == nil {
		return nil
	}
	switch err.Class.Traits().Breaker {
	case relay.BreakerFailure:
		return errCounts
	case relay.BreakerSuccess:
		return nil
	case relay.BreakerIgnores:
	}
	return errNeutral
}

// blocked returns until when nothing may be sent, and why; zero if something may. It does not take the probe of a
// half-open breaker.
func (h *health) blocked(now time.Time) (until time.Time, why relay.WaitCause) {
	if h.cool.After(now) {
		until, why = h.cool, relay.WaitCause{Kind: relay.WaitCooldown, Class: h.class}
	}
	if h.breaker.State() == gobreaker.StateOpen {
		if t := h.opened.Add(breakerOpen + breakerMargin); t.After(until) {
			until, why = t, relay.WaitCause{Kind: relay.WaitBreaker}
		}
	}
	return until, why
}
