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
		t.begin()
		if res := t.remembered(); res != nil {
			t.finish(res)
			return false
		}
		place, no := t.place()
		if place == nil {
			if no == nil || !t.fallBack(no.Err, no.Error()) {
				t.finish(t.refused(no))
				return false
			}
			continue
		}
		r := t.attempt(place)
		switch t.judge(place, &r) {
		case again:
		case waits:
			return true
		case done:
			t.finish(t.result(r))
			t.remember(place.endpoint, &r)
			return false
		}
	}
}

// begin sets the deadline of the request. That of a batch row is set when it is first sent: waiting for limits
// before that does not count.
func (t *task) begin() {
	if t.deadline.IsZero() && t.req.Lane != relay.LaneBatch {
		t.deadline = time.Now().Add(t.total())
	}
}

func (t *task) total() time.Duration {
	if t.req.MaxTotal > 0 {
		return t.req.MaxTotal
	}
	return t.p.opt.MaxTotal
}

// spot holds what an attempt has reserved before it is sent.
type spot struct {
	choice   *route.Choice
	hold     *limit.Hold
	entered  bool
	endpoint relay.Endpoint
	sender   Sender
}

// place finds an endpoint and waits for its limits. It returns nil and nil if the task was stopped.
func (t *task) place() (*spot, *route.Unavailable) {
	for {
		choice, no := t.p.opt.Route.Pick(t.query())
		if choice == nil {
			if no.Until.IsZero() || !t.worth(no.Until) {
				return nil, no
			}
			now := time.Now()
			wait := max(no.Until.Sub(now), 0)
			no.Cause.Wait = wait
			t.queued += max(now.Sub(t.due), 0)
			if !t.pause(no.Until, no.Cause) {
				return nil, nil
			}
			t.waited, t.held, t.due = t.waited+wait, t.held+wait, no.Until
			continue
		}
		s := &spot{choice: choice}
		s.endpoint, _ = t.p.opt.Route.Endpoint(choice.Endpoint)
		s.sender = t.p.opt.Senders[choice.Endpoint]
		if s.sender == nil {
			choice.Drop()
			return nil, &route.Unavailable{Err: &relay.Error{Class: relay.ClassInvalid, Endpoint: choice.Endpoint,
				Message: fmt.Sprintf("there is no way to send to the endpoint %q", choice.Endpoint)}}
		}
		no, ok := t.admit(s)
		if !ok {
			return nil, no
		}
		return s, nil
	}
}

func (t *task) query() route.Query {
	q := route.Query{Model: t.modelName(), Only: t.req.Endpoint, Avoid: t.avoid, Raw: t.req.Once,
		Force: t.req.Once || t.req.Lane == relay.LaneChat}
	if l := t.p.opt.Limit; l != nil && !t.req.Once {
		q.Ready = func(name string) bool { return l.Ready(name, t.req.Lane) }
	}
	return q
}

// worth reports whether waiting until then for an endpoint is better than giving up on the model.
func (t *task) worth(until time.Time) bool {
	wait := time.Until(until)
	if wait > t.p.opt.Retry.MaxWait || t.hasFallback() && t.req.Lane == relay.LaneChat &&
		t.held+wait > t.p.opt.Retry.ChatWait {
		return false
	}
	return t.deadline.IsZero() || !until.After(t.deadline)
}

func (t *task) hasFallback() bool { return !t.req.Once && t.model < len(t.req.Fallback) }

// admit waits for the limits of the endpoint. A measurement waits neither for rate limits nor for a lowered
// concurrency, but it counts as in flight.
func (t *task) admit(s *spot) (no *route.Unavailable, ok bool) {
	l := t.p.opt.Limit
	if l == nil {
		return nil, true
	}
	if !t.req.Once {
		s.hold = l.Reserve(s.endpoint.Name, t.modelName(), t.req.Lane, t.input())
		if no, ok = t.paced(s); !ok {
			s.leave(t)
			return no, false
		}
	}
	lane := t.req.Lane
	if t.req.Once {
		lane = relay.LaneChat // bound only by the user's limit
	}
	err := l.Enter(t.ctx, s.endpoint.Name, lane, func(cause relay.WaitCause) { t.emit(t.waiting(cause, time.Time{})) })
	if err != nil {
		s.leave(t)
		return nil, false
	}
	s.entered = true
	return nil, true
}

// leave gives back what was reserved for an attempt that was not made.
func (s *spot) leave(t *task) {
	s.choice.Drop()
	s.hold.Cancel()
	if s.entered {
		t.p.opt.Limit.Leave(s.endpoint.Name, relay.ClassCancelled)
	}
}

// attempt makes one round trip and settles what it had reserved.
func (t *task) attempt(s *spot) relay.Reply {
	p, model := t.p, t.modelName()
	now := time.Now()
	if t.deadline.IsZero() {
		t.deadline = now.Add(t.total())
	}
	t.tries++
	n := len(t.attempts) + 1
	t.attempts = append(t.attempts, relay.Attempt{N: n, Endpoint: s.endpoint.Name, Model: model})
	r := t.send(s, relay.Call{Request: t.req, Endpoint: s.endpoint.Name, Model: model, Attempt: n})
	t.took = time.Since(now)
	r.Err = t.failure(s, &r)

	var ttft time.Duration
	class, err := relay.Class(""), broke(&r)
	if err != nil {
		class = err.Class
	} else if d, ok := r.Timing.TTFT(); ok {
		ttft = d
	}
	s.choice.Done(err, ttft)
	if err != nil && r.HTTP == 0 && r.Usage == nil {
		s.hold.Cancel()
	} else {
		s.hold.Settle(r.Usage)
	}
	if p.opt.Limit != nil {
		if r.HTTP != 0 {
			p.opt.Limit.Observe(s.endpoint.Name, r.Limits)
		}
		p.opt.Limit.Leave(s.endpoint.Name, class)
	}
	t.record(&r, class)
	return r
}

// most is the number of the last attempt that this model may get.
func (t *task) most() uint8 {
	if t.req.Once {
		return 1
	}
	return number(len(t.attempts) + max(t.p.opt.Retry.Attempts-t.tries, 0))
}

// send calls the sender. The deadline applies until the first token, or to the whole answer if the request sets its
// own limit.
func (t *task) send(s *spot, c relay.Call) (r relay.Reply) {
	ctx, cancel := context.WithCancelCause(t.ctx)
	defer cancel(nil)
	end := time.AfterFunc(time.Until(t.deadline), func() { cancel(errBudget) })
	defer end.Stop()
	seen := false
	defer func() {
		if v := recover(); v != nil {
			r = relay.Reply{Status: relay.StatusFailed, Visible: seen, Err: internal(v)}
		}
		if errors.Is(context.Cause(ctx), errBudget) && !r.Status.Answered() {
			r.Err = &relay.Error{
				Class:   relay.ClassTimeout,
				Message: fmt.Sprintf("no answer within %s", relay.Seconds(t.total())),
				Cause:   errBudget,
			}
			r.Status = relay.StatusFailed
			if r.Visible = r.Visible || seen; r.Visible {
				r.Err.Class, r.Err.Message = relay.ClassTruncated,
					fmt.Sprintf("cut off: the %s that the whole request may take are over", relay.Seconds(t.total()))
				r.Status = relay.StatusTruncated
			}
		}
	}()
	return s.sender.Send(ctx, c, func(e relay.Event) {
		switch e.Kind {
		case relay.Text, relay.Reasoning, relay.Refusal, relay.Tool:
			if !seen && t.req.MaxTotal == 0 {
				end.Stop()
			}
			seen = true
		}
		e.Attempt, e.Of = number(c.Attempt), t.most()
		if e.Endpoint == "" {
			e.Endpoint, e.Model = c.Endpoint, c.Model
		}
		t.emit(e)
	})
}
