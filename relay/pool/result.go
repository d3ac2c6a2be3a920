package pool

import (
	"cmp"
	"slices"
	"time"

	"relaytop/relay"
	"relaytop/relay/route"
)

// result makes the result of a request from its last reply.
func (t *task) result(r relay.Reply) *relay.Result {
	res := &relay.Result{
		ID:        t.req.ID,
		Lane:      t.req.Lane,
		Status:    r.Status,
		Finish:    r.Finish,
		Requested: t.req.Model,
		Asked:     t.model(),
		Model:     r.Model,
		Text:      r.Text,
		Reasoning: r.Reasoning,
		Refusal:   r.Refusal,
		Tools:     r.Tools,
		Usage:     r.Usage,
		Timing:    r.Timing,
		Attempts:  t.attempts,
		Raw:       r.Raw,
		Remote:    r.Remote,
		Wall:      time.Now(),
		Err:       r.Err,
		Back:      t.round.back,
	}
	if last := t.lastAttempt(); last != nil {
		res.Endpoint, res.Asked = last.Endpoint, last.Model
	}
	if res.Err != nil && t.candidate.noRetry != "" && !r.Status.Answered() {
		e := *res.Err
		e.Message = join(e.Message, "not tried again: "+t.candidate.noRetry)
		res.Err = &e
	}
	res.Timing.Sched, res.Timing.Wait = t.req.Sched, t.clock.waited
	if !res.Timing.Send.IsZero() {
		res.Timing.Other = max(res.Timing.Send.Sub(t.req.Sched)-t.clock.queued, 0)
	}
	if res.Asked != t.req.Model && (r.Status.Answered() || r.Visible) {
		res.Fallback = &relay.Fallback{From: t.req.Model, To: res.Asked, Reason: t.fallback.reason}
	}
	cost := t.cost(res.Endpoint, res.Asked, &r)
	t.noteCost(cost)
	all := t.bill.with(cost, r.Usage)
	res.Cost, res.Usage = all.cost, all.usage
	return res
}

// noteCost stores what the last attempt alone cost.
func (t *task) noteCost(c relay.Cost) {
	if last := t.lastAttempt(); last != nil && last.Cost.Source == "" {
		c.Bill = nil // the request has it
		last.Cost = c
	}
}

// addUsage is the usage of two parts of one request, either of which may be nil.
func addUsage(a, b *relay.Usage) *relay.Usage {
	if a == nil || b == nil {
		return cmp.Or(a, b)
	}
	both := *a
	both.Add(b)
	return &both
}

// stopError is the error of a request that was stopped by the user or by the end of the program.
func (t *task) stopError(why string) *relay.Error {
	e := &relay.Error{Class: relay.ClassCancelled, Message: why}
	if t.ending.closing.Load() {
		e.Code = relay.CodeEnded
	}
	return e
}

// cancelled makes the result of a request that was stopped while no attempt was in flight.
func (t *task) cancelled() *relay.Result {
	return t.result(relay.Reply{Status: relay.StatusCancelled, Err: t.stopError("stopped")})
}

// abandoned makes the result of a request whose sender does not return. It reads nothing that the worker may still
// write.
func (t *task) abandoned() *relay.Result {
	return &relay.Result{
		ID:        t.req.ID,
		Lane:      t.req.Lane,
		Status:    relay.StatusCancelled,
		Requested: t.req.Model,
		Asked:     t.req.Model,
		Timing:    relay.Timing{Sched: t.req.Sched},
		Wall:      time.Now(),
		Err:       t.stopError("stopped; it did not end in time"),
	}
}

// refused makes the result of a request for which no endpoint was available. If no is nil, the request was stopped
// meanwhile.
func (t *task) refused(no *route.Unavailable) *relay.Result {
	if no == nil {
		return t.cancelled()
	}
	err := no.Err
	switch {
	case !t.isRow():
	case no.Out != "":
		t.round.back = relay.BackRefused
	case no.Freed != nil:
		t.round.back = relay.BackWait
	}
	if err == nil {
		err = &relay.Error{
			Class:    cmp.Or(no.Cause.Class, relay.ClassOverloaded),
			Endpoint: no.Cause.Endpoint,
			Model:    t.model(),
			Message:  no.Error(),
		}
		if !no.Until.IsZero() {
			err.RetryAfter, err.Waits = time.Until(no.Until), true
			err.Message = join(no.Error(), "free in "+relay.Seconds(err.RetryAfter))
		}
	}
	return t.result(relay.Reply{Status: relay.StatusFailed, Err: err})
}

// cost returns the cost of a reply. A failure without usage or visible text has no cost, not an unknown one.
func (t *task) cost(endpoint, model string, r *relay.Reply) relay.Cost {
	billed := r.Usage != nil || r.Reported != nil || r.Header != nil
	if !r.Status.Answered() && !r.Visible && !billed {
		return relay.Cost{}
	}
	if t.p.opt.Price == nil {
		return relay.Cost{Source: relay.SourceUnknown}
	}
	e, _ := t.p.opt.Route.Endpoint(endpoint)
	return t.p.opt.Price.Cost(e, model, r)
}

// charge adds the cost of an attempt that another one follows: relays charge for empty answers too.
func (t *task) charge(r *relay.Reply) {
	counted := r.Usage != nil && (!r.Usage.Estimated || r.Usage.Doubtful)
	if r.Reported == nil && r.Header == nil && !counted {
		return
	}
	last := t.lastAttempt()
	cost := t.cost(last.Endpoint, last.Model, r)
	t.noteCost(cost)
	t.bill = t.bill.with(cost, r.Usage)
}

// sum adds two costs of one request. The sum is known as well as the less certain of the two. If one is unknown, so
// is the sum: the part that is known is kept as Part, except simulated money.
func sum(a, b relay.Cost) relay.Cost {
	switch {
	case a.Source == "":
		return b
	case b.Source == "":
		return a
	case !a.Known() || !b.Known():
		c := relay.Cost{Source: relay.SourceUnknown, Bill: cmp.Or(b.Bill, a.Bill)}
		if a.Source != relay.SourceSim && b.Source != relay.SourceSim {
			c.Part = a.Settled() + b.Settled()
		}
		return c
	}
	b.Amount += a.Amount
	b.Source = relay.LessTrusted(a.Source, b.Source)
	b.Estimated = b.Estimated || a.Estimated
	b.ListKnown = b.ListKnown && a.ListKnown
	b.List += a.List
	if !b.ListKnown {
		b.List = 0
	}
	b.Bill = mergeBills(a.Bill, b.Bill)
	return b
}

// mergeBills is the bill of two attempts: the lines of both, and how the amount of the second was found.
func mergeBills(a, b *relay.Bill) *relay.Bill {
	if a == nil || b == nil {
		return nil
	}
	both := *b
	both.Lines = append(slices.Clone(a.Lines), b.Lines...)
	return &both
}
