package pool

import (
	"cmp"
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
			switch {
			case no != nil && no.Err != nil && no.Out == "" && t.withoutFallback(no.Err):
			case no == nil || !t.fallBack(no.Err, no.Error()):
				t.finish(t.refused(no))
				return false
			}
			continue
		}
		if err := t.sending(); err != nil {
			rsv.release(t)
			t.finish(t.unsent(err))
			return false
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
	lane     relay.Lane // as which it entered
	sent     time.Time
	endpoint relay.Endpoint
	sender   Sender
}

// reserve finds an endpoint and waits for its limits. It returns nil and nil if the task was stopped.
func (t *task) reserve() (*reservation, *route.Unavailable) {
	for {
		choice, no := t.p.opt.Route.Pick(t.query())
		if choice == nil {
			if no.Freed == nil || !t.shouldWait(no.Until) {
				return nil, no
			}
			if !t.awaitEndpoint(no) {
				return nil, nil
			}
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
		begun := time.Now()
		no, ok := t.admit(rsv)
		if !ok {
			return nil, no
		}
		if time.Since(begun) > 0 && rsv.choice.Held() { // the endpoint came to be held back meanwhile
			rsv.release(t)
			continue
		}
		return rsv, nil
	}
}

// awaitEndpoint waits until an endpoint may be free. It returns false if the task was stopped.
func (t *task) awaitEndpoint(no *route.Unavailable) bool {
	now, until := time.Now(), no.Until
	t.clock.queued += max(now.Sub(t.clock.due), 0)
	switch {
	case !until.IsZero():
		no.Cause.Wait = max(until.Sub(now), 0)
	case !t.isRow():
		until = t.clock.deadline
	}
	if !t.pause(until, no.Freed, no.Cause) {
		return false
	}
	end := time.Now()
	t.clock.wait(end.Sub(now), end)
	if last := t.lastAttempt(); last != nil {
		last.Wait += end.Sub(now)
		last.WaitReason = cmp.Or(last.WaitReason, no.Cause.String())
	}
	if t.isRow() {
		t.clock.extend(end.Sub(now))
	}
	return true
}

func (t *task) query() route.Query {
	q := route.Query{
		Model:   t.model(),
		Only:    t.req.Endpoint,
		Avoid:   t.candidate.avoid,
		Raw:     t.req.Once,
		Force:   t.req.Once || t.req.Lane == relay.LaneChat,
		Lane:    t.req.Lane,
		Request: t.req.ID,
		Insist:  t.req.Insist && len(t.attempts) == 0,
		Spare:   t.isRow() && t.candidate.model > 0,
	}
	if l := t.p.opt.Limit; l != nil && !t.req.Once {
		q.Ready = func(name string) bool { return l.Ready(name, t.req.Lane) }
	}
	return q
}

// shouldWait reports whether waiting until then for an endpoint is better than giving up on the model.
func (t *task) shouldWait(until time.Time) bool {
	pol := t.p.opt.Retry
	var wait time.Duration
	if !until.IsZero() {
		wait = time.Until(until)
	}
	if t.isRow() {
		return wait <= pol.MaxHold && (!t.hasFallback() || t.clock.held+wait <= pol.MaxWait)
	}
	if wait > pol.MaxWait || t.req.Lane == relay.LaneChat && t.hasFallback() && t.clock.held+wait > pol.ChatWait {
		return false
	}
	return t.clock.allows(until)
}

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
	rsv.lane = t.req.Lane
	if t.req.Once {
		rsv.lane = relay.LaneChat // bound only by the user's limit
	}
	err := l.Enter(t.ctx, rsv.endpoint.Name, rsv.lane, t.urgency.now,
		func(cause relay.WaitCause) { t.emit(t.waiting(cause, time.Time{})) })
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
		t.p.opt.Limit.Leave(rsv.endpoint.Name, rsv.lane, relay.ClassCancelled)
	}
}

// attempt makes one round trip and settles what it had reserved.
func (t *task) attempt(rsv *reservation) relay.Reply {
	p, model := t.p, t.model()
	now := time.Now()
	t.clock.begin(now)
	rsv.sent = now
	rsv.hold.Sent()
	t.candidate.tries++
	t.round.begin(p.opt.Route, rsv.endpoint.Name)
	n := len(t.attempts) + 1
	t.attempts = append(t.attempts, relay.Attempt{N: n, Endpoint: rsv.endpoint.Name, Model: model})
	r := t.send(rsv, relay.Call{
		Request:   t.req,
		Endpoint:  rsv.endpoint.Name,
		Model:     model,
		Attempt:   n,
		MaxTokens: t.fitting(rsv.endpoint.Name, model),
	})
	t.clock.took = time.Since(now)
	r.Err = t.failure(rsv, &r)

	var ttft time.Duration
	class, err := relay.Class(""), failureOf(&r)
	if err != nil {
		class = err.Class
	} else if d, ok := r.Timing.TTFT(); ok {
		ttft = d
	}
	var alone bool
	t.round.probe, alone = rsv.choice.Probes()
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
		if alone && class.Traits().Overrun {
			class = relay.ClassCancelled // one request at a time can't be too many
		}
		p.opt.Limit.Leave(rsv.endpoint.Name, rsv.lane, class)
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
	over := overdue{t.clock.total}
	end := time.AfterFunc(time.Until(t.clock.deadline), func() { cancel(over) })
	defer end.Stop()
	seen := false
	defer func() {
		if v := recover(); v != nil {
			r = relay.Reply{Status: relay.StatusFailed, Visible: seen, Err: internal(v)}
		}
		if errors.Is(context.Cause(ctx), over) && !r.Status.Answered() {
			r.Status, r.Err = relay.StatusFailed, over.ended(r.Err)
			if r.Visible = r.Visible || seen; r.Visible {
				r.Status = relay.StatusTruncated
				r.Err = &relay.Error{
					Class:   relay.ClassTruncated,
					Message: fmt.Sprintf("cut off: the %s that the whole request may take are over", relay.Seconds(over.limit)),
					Cause:   over,
				}
			}
		}
	}()
	return rsv.sender.Send(ctx, c, func(e relay.Event) {
		switch e.Kind {
		case relay.Text, relay.Reasoning, relay.Refusal, relay.Tool:
			if !seen {
				t.answering(rsv)
				if t.req.MaxTotal == 0 {
					end.Stop()
				}
			}
			seen = true
		case relay.Answering:
			if t.req.Plain && e.Status >= 200 && e.Status < 300 {
				t.answering(rsv)
			}
		}
		e.Attempt, e.Of = number(c.Attempt), t.maxAttempt()
		if e.Endpoint == "" {
			e.Endpoint, e.Model = c.Endpoint, c.Model
		}
		t.emit(e)
	})
}
