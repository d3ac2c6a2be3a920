package pool

import (
	"fmt"
	"slices"
	"time"

	"relaytop/relay"
	"relaytop/relay/route"
)

// awaitLimits waits until the limits of the endpoint allow the attempt. They apply to every model there, so falling
// back instead of waiting helps only if another endpoint serves the fallback. A wait beyond the request's deadline
// ends it at once.
func (t *task) awaitLimits(rsv *reservation) (no *route.Unavailable, ok bool) {
	if rsv.hold == nil || rsv.hold.Delay <= 0 {
		return nil, true
	}
	name, until := rsv.endpoint.Name, time.Now().Add(rsv.hold.Delay)
	late := !t.clock.allows(until)
	if !late && (t.req.Lane != relay.LaneChat || t.shouldWait(until) || !t.fallsBackElsewhere(name)) {
		if rsv.hold.Cause.Kind == relay.WaitLimit && t.urgency.insists.Load() {
			rsv.hold.Insist()
			return nil, true
		}
		var now <-chan struct{}
		if rsv.hold.Cause.Kind == relay.WaitLimit {
			now = t.urgency.now
		}
		if !t.pause(until, now, rsv.hold.Cause) {
			return nil, false
		}
		rsv.hold.Again()
		return t.awaitLimits(rsv)
	}
	t.candidate.limited = name
	err := &relay.Error{
		Class:    relay.ClassRateLimit,
		Endpoint: name,
		Model:    t.model(),
		Message: fmt.Sprintf("not sent: %s would hold it back for %s, and all attempts together have %s",
			rsv.hold.Cause.Why(), relay.Seconds(rsv.hold.Delay), relay.Seconds(t.clock.total)),
	}
	return &route.Unavailable{Until: until, Cause: rsv.hold.Cause, Err: err}, false
}

// inputTokens is the estimate of the input tokens, made once for all attempts: a body may be megabytes.
func (t *task) inputTokens() int64 {
	if t.tokens == 0 {
		t.tokens = relay.EstimateInput(t.req)
	}
	return t.tokens
}

// mostInput is how many tokens the input may be at most: the estimate is of the text alone, and the relay adds its
// template and counts by another tokenizer.
func (t *task) mostInput() int64 {
	const template = 16
	n := t.inputTokens()
	return n + n/4 + template
}

// fitting is what a model's context window leaves for the answer beside the input at its most, if that is less than a
// max_tokens that is only our default; 0: nothing is changed.
func (t *task) fitting(endpoint, model string) int64 {
	most := t.req.OurMaxTokens()
	if t.p.opt.ContextWindow == nil || most == 0 {
		return 0
	}
	window, known := t.p.opt.ContextWindow(endpoint, model)
	room := window - t.mostInput()
	if room <= 0 { // it may still fit
		room = window - t.inputTokens()
	}
	if known && room > 0 && room < most {
		return room
	}
	return 0
}

// fallsBackElsewhere reports whether an endpoint other than the one named serves a model that the task may still fall
// back to.
func (t *task) fallsBackElsewhere(name string) bool {
	return slices.ContainsFunc(t.candidate.fallbacks(t.req), func(model string) bool {
		return t.servedElsewhere(model, name)
	})
}

// servedElsewhere reports whether an endpoint other than the one named could be asked for the model at once.
func (t *task) servedElsewhere(model, name string) bool {
	return t.p.opt.Route.Other(route.Query{Model: model, Only: t.req.Endpoint, Avoid: []string{name}})
}
