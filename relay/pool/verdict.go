package pool

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"relaytop/relay"
	"relaytop/relay/retry"
)

// verdict is what follows an attempt.
type verdict uint8

const (
	done  verdict = iota // the reply is the result
	again                // another attempt at once
	waits                // another attempt when t.due has come
)

// failure returns why an attempt did not answer, or nil. It names the endpoint and the model even if the sender did
// not. A filtered answer keeps its reason, which has no consequences: see failureOf.
func (t *task) failure(rsv *reservation, r *relay.Reply) *relay.Error {
	switch r.Status {
	case relay.StatusFiltered:
		return t.named(rsv, r.Err)
	case relay.StatusOK, relay.StatusLength, relay.StatusIncomplete:
		return nil
	case relay.StatusTruncated, relay.StatusEmpty, relay.StatusFailed, relay.StatusCancelled:
	}
	t.p.mu.Lock()
	stopped := t.control.stopped
	t.p.mu.Unlock()
	if stopped || r.Status == relay.StatusCancelled {
		r.Status = relay.StatusCancelled
		return t.named(rsv, t.stopError("stopped"))
	}
	err := r.Err
	if err == nil {
		err = unexplained(r.Status)
	}
	if r.Status == "" {
		r.Status = relay.StatusFailed
	}
	return t.named(rsv, err)
}

// unexplained makes the error of a reply that has a status and no error.
func unexplained(status relay.Status) *relay.Error {
	message := "the relay gave neither an answer nor a reason"
	switch status {
	case relay.StatusTruncated:
		message = "the stream broke off before its end"
	case relay.StatusEmpty:
		message = "the relay said ok and sent nothing"
	case relay.StatusOK, relay.StatusLength, relay.StatusFiltered, relay.StatusIncomplete, relay.StatusFailed,
		relay.StatusCancelled:
	}
	return &relay.Error{Class: status.Class(), Message: message}
}

// named returns a copy of an error that says where it happened; nil stays nil.
func (t *task) named(rsv *reservation, err *relay.Error) *relay.Error {
	if err == nil {
		return nil
	}
	e := *err
	e.Endpoint, e.Model = cmp.Or(e.Endpoint, rsv.endpoint.Name), cmp.Or(e.Model, t.model())
	return &e
}

// failureOf returns the error that counts against the endpoint and may lead to another attempt; nil for a complete
// answer.
func failureOf(r *relay.Reply) *relay.Error {
	if r.Status.Answered() {
		return nil
	}
	return r.Err
}

// record completes the record of the attempt and emits Failed.
func (t *task) record(r *relay.Reply, class relay.Class) {
	a := t.lastAttempt()
	a.Status, a.Class, a.Timing, a.Usage = r.HTTP, class, r.Timing, r.Usage
	a.Timing.Sched = t.clock.due
	if d, ok := a.Timing.Queue(); ok {
		t.clock.queued += d
	}
	if r.Err == nil {
		return
	}
	a.Message = r.Err.Message
	if failureOf(r) != nil && class != relay.ClassCancelled {
		t.emit(relay.Event{
			Kind:     relay.Failed,
			Endpoint: a.Endpoint,
			Model:    a.Model,
			Err:      r.Err,
			Status:   int16(r.HTTP),
			Usage:    r.Usage,
		})
	}
}

// decide says what follows an attempt: the answer, a retry at once or later, a fallback, or the end.
func (t *task) decide(r *relay.Reply) verdict {
	err := failureOf(r)
	if err == nil || err.Class == relay.ClassCancelled || r.Visible || t.req.Once {
		return done
	}
	t.candidate.failedAt(t.lastAttempt().Endpoint)
	other := t.otherEndpoint()
	insists := err.Retry != nil && *err.Retry
	traits := err.Class.Traits()
	if !(traits.Unasked && other) && t.withoutFallback(err) {
		t.charge(r)
		return again
	}
	if traits.Unasked && other {
		t.charge(r)
		t.candidate.tries--
		return t.askAnother(err)
	}
	if traits.Refused && !insists {
		t.putBack(err)
		return done
	}
	if v, ok := t.tryAgain(err, other); ok {
		t.charge(r)
		return v
	}
	if t.fallBack(err, err.Brief()) {
		t.charge(r)
		return again
	}
	t.putBack(err)
	return done
}

func (t *task) otherEndpoint() bool {
	return t.p.opt.Route.Other(t.query())
}

// tryAgain decides on a retry of the same model. ok is false if there is none; candidate.noRetry then says why,
// unless the failure does.
func (t *task) tryAgain(err *relay.Error, other bool) (v verdict, ok bool) {
	if t.isRow() && !other {
		return t.rowAgain(err)
	}
	p, pol := t.p, t.p.opt.Retry
	if !retry.Retryable(err, false) || t.candidate.tries >= pol.Attempts {
		return done, false
	}
	now := time.Now()
	left := t.clock.deadline.Sub(now)
	if left <= 0 {
		return done, false // the failure says so
	}
	var cause relay.WaitCause
	if !other {
		cause = pol.Delay(t.candidate.tries, err, t.chance(), left/2)
		if err.Waits && cause.Wait > pol.MaxWait {
			return t.giveUp(fmt.Sprintf("it asked to wait %s, longer than the %s of max_wait", relay.Seconds(cause.Wait),
				relay.Seconds(pol.MaxWait)))
		}
	}
	if t.hasFallback() {
		switch {
		case t.req.Lane == relay.LaneChat && t.clock.held+cause.Wait > pol.ChatWait:
			return t.giveUp(fmt.Sprintf("a chat that has a fallback waits at most %s", relay.Seconds(pol.ChatWait)))
		case cause.Wait+2*t.clock.took > left: // another such attempt would leave no time for the fallback
			return t.giveUp("the remaining time is kept for the fallback")
		}
	}
	switch {
	case cause.Wait > left && err.Waits:
		return t.giveUp(fmt.Sprintf("it asked to wait %s, and all attempts together have %s", relay.Seconds(cause.Wait),
			relay.Seconds(t.clock.total)))
	case cause.Wait > left:
		return t.giveUp(fmt.Sprintf("the %s for all attempts would be exceeded", relay.Seconds(t.clock.total)))
	}
	if !p.budget.Allow(t.retries+1, now) {
		return t.giveUp("too many retries just now")
	}
	if other {
		return t.askAnother(err), true
	}
	return t.retryIn(cause), true
}

// giveUp records why a retry is not made.
func (t *task) giveUp(why string) (verdict, bool) {
	t.candidate.noRetry = why
	t.lastAttempt().WaitReason = "not tried again: " + why
	return done, false
}

func (t *task) chance() float64 {
	if t.p.opt.Chance != nil {
		return t.p.opt.Chance()
	}
	return rand.Float64()
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}

// askAnother sends the request to another endpoint at once.
func (t *task) askAnother(err *relay.Error) verdict {
	last := t.lastAttempt()
	last.WaitReason = fmt.Sprintf("%s: %s, trying another endpoint", err.Endpoint, err.Brief())
	t.retries++
	t.clock.retryNow(time.Now())
	t.emit(relay.Event{Kind: relay.Notice, Endpoint: last.Endpoint, Model: last.Model, Reason: last.WaitReason})
	return again
}

// retryIn records the wait and emits it.
func (t *task) retryIn(cause relay.WaitCause) verdict {
	last := t.lastAttempt()
	last.Wait, last.WaitReason = cause.Wait, cause.String()
	t.retries++
	t.clock.wait(cause.Wait, time.Now().Add(cause.Wait))
	e := t.waiting(cause, t.clock.due)
	e.Of = t.maxAttempt()
	t.emit(e)
	return waits
}

// chain returns a fallback chain without the model itself and without duplicates.
func chain(model string, fallback []string) []string {
	var list []string
	for _, f := range fallback {
		if f != "" && f != model && !slices.Contains(list, f) {
			list = append(list, f)
		}
	}
	return list
}

// fallBack moves on to the next model if there is one and it may succeed where this one failed. err is nil if the
// wait is too long but nothing failed.
func (t *task) fallBack(err *relay.Error, reason string) bool {
	now, from := time.Now(), t.model()
	for i, to := range t.candidate.fallbacks(t.req) {
		if err != nil && !retry.FallsBack(err, t.larger(from, to)) {
			if err.Class.Traits().Fallback == relay.LargerModel {
				continue // a later one may be larger
			}
			return false
		}
		if t.clock.expired(now) {
			return false
		}
		if t.skips(to) {
			continue
		}
		if limited := t.candidate.limited; limited != "" && !t.servedElsewhere(to, limited) {
			continue // under the same limit
		}
		t.fallback.reason = cmp.Or(t.fallback.reason, reason)
		if t.candidate.model == 0 {
			t.fallback.passes = err == nil || err.Class.Traits().Retry
		}
		t.candidate.skip(i + 1)
		t.clock.nextModel(now)
		t.emit(relay.Event{Kind: relay.FellBack, From: from, Model: to, Reason: reason})
		return true
	}
	return false
}

// larger reports whether some endpoint is known to give the model to a larger context window than the last endpoint
// gave from.
func (t *task) larger(from, to string) bool {
	window, last := t.p.opt.ContextWindow, t.lastAttempt()
	if window == nil || last == nil {
		return false
	}
	a, ok := window(last.Endpoint, from)
	return ok && slices.ContainsFunc(t.p.opt.Route.Serving(to, t.req.Endpoint), func(e relay.Endpoint) bool {
		b, ok := window(e.Name, to)
		return ok && b > a
	})
}
