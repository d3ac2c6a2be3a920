package pool

import (
	"fmt"
	"time"

	"relaytop/relay"
	"relaytop/relay/retry"
	"relaytop/relay/route"
)

const (
	mostRefusals = 10               // 429s of a row, whose waits are no attempts, before it is put back
	crowded      = 10 * time.Second // what a row waits in addition while there are too many retries
)

// round is what a row's attempts say about the endpoint and about the row.
type round struct {
	answered map[string]int // answers of each endpoint when the row first asked it
	refusals int            // 429s
	probe    bool           // the last attempt was the probe of a breaker, and did not settle it
	back     relay.Back     // why the row is to be sent again later
}

// begin notes how many answers the endpoint has given before the row first asks it.
func (o *round) begin(r *route.Route, endpoint string) {
	if o.answered == nil {
		o.answered = map[string]int{}
	}
	if _, ok := o.answered[endpoint]; !ok {
		o.answered[endpoint] = r.Answered(endpoint)
	}
}

// isRow reports whether the request is a row of a batch: no wait fails it, and what it waits for is no part of its
// time.
func (t *task) isRow() bool { return t.req.Lane == relay.LaneBatch && !t.req.Once }

// sending asks the guard about a row that is about to be sent for the first time, and says that it is sent. Other
// requests do not wait for long.
func (t *task) sending() error {
	if !t.isRow() || len(t.attempts) > 0 {
		return nil
	}
	if t.p.opt.Guard != nil {
		if err := t.p.opt.Guard(t.req); err != nil {
			return err
		}
	}
	if t.p.opt.Sending == nil {
		return nil
	}
	return t.p.opt.Sending(t.req)
}

// unsent makes the result of a row that may not be sent now.
func (t *task) unsent(err error) *relay.Result {
	t.round.back = relay.BackUnsent
	return t.result(relay.Reply{Status: relay.StatusFailed,
		Err: &relay.Error{Class: relay.ClassCancelled, Message: "not sent: " + err.Error(), Cause: err}})
}

// answering tells the route and the limits that the endpoint answers.
func (t *task) answering(rsv *reservation) {
	rsv.choice.Token()
	t.p.absent.remove(t.model())
	if l := t.p.opt.Limit; l != nil {
		l.Accepted(rsv.endpoint.Name, rsv.sent)
	}
}

// rowAgain decides on another attempt of a row at the same model. ok is false if there is none now.
func (t *task) rowAgain(err *relay.Error) (v verdict, ok bool) {
	pol, traits := t.p.opt.Retry, err.Class.Traits()
	if !retry.Retryable(err, false) || t.round.probe && traits.Breaker == relay.BreakerFailure {
		return done, false // after a probe that failed, another row probes
	}
	if err.Class == relay.ClassRateLimit {
		t.candidate.tries-- // it was refused, not tried
		t.round.refusals++
	}
	if t.candidate.tries >= pol.Attempts || t.round.refusals >= mostRefusals {
		return done, false
	}
	now := time.Now()
	left := t.clock.deadline.Sub(now)
	if left <= 0 {
		return done, false
	}
	if err.NamesNoWait() {
		t.lastAttempt().WaitReason = err.Brief() + ", it named no wait: rows wait together until one is answered"
		t.retries++
		t.clock.retryNow(now)
		return again, true
	}
	cause := pol.Delay(max(t.candidate.tries, 1), err, t.chance(), left/2)
	switch {
	case err.Waits && cause.Wait > pol.MaxHold:
		t.round.back = relay.BackWait
		return t.giveUp(fmt.Sprintf("it asked to wait %s, longer than the %s that a batch is held for",
			relay.Seconds(cause.Wait), relay.Seconds(pol.MaxHold)))
	case err.Waits && cause.Wait > pol.MaxWait && t.hasFallback():
		return t.giveUp(fmt.Sprintf("it asked to wait %s, longer than the %s of max_wait", relay.Seconds(cause.Wait),
			relay.Seconds(pol.MaxWait)))
	case t.hasFallback() && cause.Wait+2*t.clock.took > left:
		return t.giveUp("the remaining time is kept for the fallback")
	}
	if !t.p.budget.Allow(t.retries+1, now) {
		cause.Wait += crowded
	}
	t.clock.extend(cause.Wait)
	return t.retryIn(cause), true
}

// putBack decides whether a row that failed is to be sent again later: what failed it was the endpoint, not the row.
func (t *task) putBack(err *relay.Error) {
	if !t.isRow() || t.round.back != relay.BackNone {
		return
	}
	last, traits := t.lastAttempt(), err.Class.Traits()
	r := t.p.opt.Route
	others := r.Answered(last.Endpoint) > t.round.answered[last.Endpoint]
	switch {
	case traits.Refused:
		if !r.Refuses(last.Endpoint) {
			t.round.back = relay.BackRound
		}
	case err.Class != relay.ClassRateLimit && traits.Breaker != relay.BreakerFailure:
	case !retry.Retryable(err, false) && (err.Retry != nil || r.Answered(last.Endpoint) == 0):
		// it will not answer later either
	case t.round.probe:
		t.round.back = relay.BackProbe
	case !others:
		t.round.back = relay.BackOutage
	case err.Class == relay.ClassRateLimit || r.Failing(last.Endpoint, last.Model):
		t.round.back = relay.BackRound
	}
}
