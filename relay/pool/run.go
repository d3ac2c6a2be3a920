package pool

import (
	"context"
	"errors"
	"fmt"
	"time"

	"relaytop/relay"
	"relaytop/relay/limit"
	"relaytop/relay/route"
)

// run makes attempts until the task has ended, or until it must wait for a retry: then it returns true.
func (t *task) run() (park bool) {
	for {
		if t.ctx.Err() != nil {
			t.finish(t.cancelled())
			return false
		}
		if t.req.Lane != relay.LaneBatch { // a row's time begins when it is sent: its waits for limits do not count
			t.clock.begin(time.Now())
		}
		if res := t.fromCache(); res != nil {
			t.finish(res)
			return false
		}
		rsv, no := t.reserve()
		if rsv == nil {
			if no == nil || !t.fallBack(no.Err, no.Error()) {
				t.finish(t.refused(no))
				return false
			}
			continue
		}
		r := t.attempt(rsv)
		switch t.decide(&r) {
		case again:
		case waits:
			return true
		case done:
			t.finish(t.result(r))
			t.toCache(rsv.endpoint, &r)
			return false
		}
	}
}

// reservation is what an attempt has reserved before it is sent.
type reservation struct {
	choice   *route.Choice
	hold     *limit.Hold
	entered  bool
	endpoint relay.Endpoint
	sender   Sender
}

// reserve finds an endpoint and waits for its limits. It returns nil and nil if the task was stopped.
func (t *task) reserve() (*reservation, *route.Unavailable) {
	for {
		choice, no := t.p.opt.Route.Pick(t.query())
		if choice == nil {
			if no.Until.IsZero() || !t.shouldWait(no.Until) {
				return nil, no
			}
			now := time.Now()
			wait := max(no.Until.Sub(now), 0)
			no.Cause.Wait = wait
			t.clock.queued += max(now.Sub(t.clock.due), 0)
			if !t.pause(no.Until, no.Cause) {
				return nil, nil
			}
			t.clock.wait(wait, no.Until)
			continue
		}
		rsv := &reservation{choice: choice}
		rsv.endpoint, _ = t.p.opt.Route.Endpoint(choice.Endpoint)
		rsv.sender = t.p.opt.Senders[choice.Endpoint]
		if rsv.sender == nil {
			choice.Drop()
			return nil, &route.Unavailable{Err: &relay.Error{Class: relay.ClassInvalid, Endpoint: choice.Endpoint,
				Message: fmt.Sprintf("there is no way to send to the endpoint %q", choice.Endpoint)}}
		}
		no, ok := t.admit(rsv)
		if !ok {
			return nil, no
		}
		return rsv, nil
	}
}

func (t *task) query() route.Query {
	q := route.Query{Model: t.model(), Only: t.req.Endpoint, Avoid: t.candidate.avoid, Raw: t.req.Once,
		Force: t.req.Once || t.req.Lane == relay.LaneChat}
	if l := t.p.opt.Limit; l != nil && !t.req.Once {
		q.Ready = func(name string) bool { return l.Ready(name, t.req.Lane) }
	}
	return q
}

// shouldWait reports whether waiting until then for an endpoint is better than giving up on the model.
func (t *task) shouldWait(until time.Time) bool {
	wait, pol := time.Until(until), t.p.opt.Retry
	if wait > pol.MaxWait || t.req.Lane == relay.LaneChat && t.hasFallback() && t.clock.held+wait > pol.ChatWait {
		return false
	}
	return t.clock.allows(until)
}

func (t *task) hasFallback() bool { return len(t.candidate.fallbacks(t.req)) > 0 }

// admit waits for the limits of the endpoint. A measurement waits neither for rate limits nor for a lowered
// concurrency, but it counts as in flight.
func (t *task) admit(rsv *reservation) (no *route.Unavailable, ok bool) {
	l := t.p.opt.Limit
	if l == nil {
		return nil, true
	}
	if !t.req.Once {
		rsv.hold = l.Reserve(rsv.endpoint.Name, t.model(), t.req.Lane, t.inputTokens())
		if no, ok = t.awaitLimits(rsv); !ok {
			rsv.release(t)
			return no, false
		}
	}
	lane := t.req.Lane
	if t.req.Once {
		lane = relay.LaneChat // bound only by the user's limit
	}
	err := l.Enter(t.ctx, rsv.endpoint.Name, lane, func(cause relay.WaitCause) { t.emit(t.waiting(cause, time.Time{})) })
	if err != nil {
		rsv.release(t)
		return nil, false
	}
	rsv.entered = true
	return nil, true
}

// release gives back what was reserved for an attempt that was not made.
func (rsv *reservation) release(t *task) {
	rsv.choice.Drop()
	rsv.hold.Cancel()
	if rsv.entered {
		t.p.opt.Limit.Leave(rsv.endpoint.Name, relay.ClassCancelled)
	}
}

// attempt makes one round trip and settles what it had reserved.
func (t *task) attempt(rsv *reservation) relay.Reply {
	p, model := t.p, t.model()
	now := time.Now()
	t.clock.begin(now)
	t.candidate.tries++
	n := len(t.attempts) + 1
	t.attempts = append(t.attempts, relay.Attempt{N: n, Endpoint: rsv.endpoint.Name, Model: model})
	r := t.send(rsv, relay.Call{Request: t.req, Endpoint: rsv.endpoint.Name, Model: model, Attempt: n})
	t.clock.took = time.Since(now)
	r.Err = t.failure(rsv, &r)

	var ttft time.Duration
	class, err := relay.Class(""), failureOf(&r)
	if err != nil {
		class = err.Class
	} else if d, ok := r.Timing.TTFT(); ok {
		ttft = d
	}
	rsv.choice.Done(err, ttft)
	if err != nil && r.HTTP == 0 && r.Usage == nil {
		rsv.hold.Cancel()
	} else {
		rsv.hold.Settle(r.Usage)
	}
	if p.opt.Limit != nil {
		if r.HTTP != 0 {
			p.opt.Limit.Observe(rsv.endpoint.Name, r.Limits)
		}
		p.opt.Limit.Leave(rsv.endpoint.Name, class)
	}
	t.record(&r, class)
	return r
}

// maxAttempt is the number of the last attempt that this model may get.
func (t *task) maxAttempt() uint8 {
	if t.req.Once {
		return 1
	}
	return number(len(t.attempts) + max(t.p.opt.Retry.Attempts-t.candidate.tries, 0))
}

// send calls the sender. The deadline applies until the first token, or to the whole answer if the request sets its
// own limit.
func (t *task) send(rsv *reservation, c relay.Call) (r relay.Reply) {
	ctx, cancel := context.WithCancelCause(t.ctx)
	defer cancel(nil)
	end := time.AfterFunc(time.Until(t.clock.deadline), func() { cancel(errBudget) })
	defer end.Stop()
	seen := false
	defer func() {
		if v := recover(); v != nil {
			r = relay.Reply{Status: relay.StatusFailed, Visible: seen, Err: internal(v)}
		}
		if errors.Is(context.Cause(ctx), errBudget) && !r.Status.Answered() {
			r.Err = &relay.Error{
				Class:   relay.ClassTimeout,
				Message: fmt.Sprintf("no answer within %s", relay.Seconds(t.clock.total)),
				Cause:   errBudget,
			}
			r.Status = relay.StatusFailed
			if r.Visible = r.Visible || seen; r.Visible {
				r.Err.Class, r.Err.Message = relay.ClassTruncated,
					fmt.Sprintf("cut off: the %s that the whole request may take are over", relay.Seconds(t.clock.total))
				r.Status = relay.StatusTruncated
			}
		}
	}()
	return rsv.sender.Send(ctx, c, func(e relay.Event) {
		switch e.Kind {
		case relay.Text, relay.Reasoning, relay.Refusal, relay.Tool:
			if !seen && t.req.MaxTotal == 0 {
				end.Stop()
			}
			seen = true
		}
		e.Attempt, e.Of = number(c.Attempt), t.maxAttempt()
		if e.Endpoint == "" {
			e.Endpoint, e.Model = c.Endpoint, c.Model
		}
		t.emit(e)
	})
}
