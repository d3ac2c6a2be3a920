package pool

import (
	"fmt"
	"time"

	"relaytop/relay"
	"relaytop/relay/route"
)

// paced waits until the limits of the endpoint allow the attempt. They apply to every model there, so falling back
// instead of waiting helps only if another endpoint serves the fallback. A wait beyond the request's deadline ends
// it at once.
func (t *task) paced(s *spot) (no *route.Unavailable, ok bool) {
	if s.hold == nil || s.hold.Delay <= 0 {
		return nil, true
	}
	name, until := s.endpoint.Name, time.Now().Add(s.hold.Delay)
	over := !t.deadline.IsZero() && until.After(t.deadline)
	if !over && (t.req.Lane != relay.LaneChat || t.worth(until) || !t.elsewhere(name)) {
		return nil, t.pause(until, s.hold.Cause)
	}
	t.limited = name
	err := &relay.Error{
		Class:    relay.ClassRateLimit,
		Endpoint: name,
		Model:    t.modelName(),
		Message: fmt.Sprintf("not sent: %s would hold it back for %s, and all attempts together have %s",
			s.hold.Cause.Why(), relay.Seconds(s.hold.Delay), relay.Seconds(t.total())),
	}
	return &route.Unavailable{Until: until, Cause: s.hold.Cause, Err: err}, false
}

// input is the estimate of the input tokens, made once for all attempts: a body may be megabytes.
func (t *task) input() int64 {
	if t.tokens == 0 {
		t.tokens = relay.EstimateInput(t.req)
	}
	return t.tokens
}

// elsewhere reports whether another endpoint than the one named serves a model that the task may still fall back to.
func (t *task) elsewhere(name string) bool {
	for next := t.model + 1; !t.req.Once && next <= len(t.req.Fallback); next++ {
		if t.beside(t.req.Fallback[next-1], name) {
			return true
		}
	}
	return false
}

func (t *task) beside(model, name string) bool {
	return t.p.opt.Route.Other(route.Query{Model: model, Only: t.req.Endpoint, Avoid: []string{name}})
}
