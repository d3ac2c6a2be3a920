package job

import (
	"cmp"
	"time"

	"relaytop/relay"
)

// result is what the record says about its request: how it ended, its last attempt, its figures and its cost. It has
// no texts, no earlier attempts and no stamps of the connection: they are not in the journal.
func (r *record) result() *relay.Result {
	out := &relay.Result{ID: r.Request, Lane: relay.LaneBatch, Status: r.ended(), Finish: r.Finish, Model: r.Model,
		Asked: cmp.Or(r.Asked, r.Model), Endpoint: r.Endpoint, Usage: r.Usage, Timing: r.timing(), Fallback: r.Fallback,
		Cached: r.Cached, Remote: r.Remote, Wall: r.At}
	out.Cost = relay.Cost{Source: relay.SourceUnknown}
	if r.Cost != nil {
		out.Cost = *r.Cost
	}
	var class relay.Class
	if e := r.Err; e != nil {
		class = e.Class
		out.Err = &relay.Error{Class: e.Class, Status: r.HTTP, Code: e.Code, Message: e.Message}
	}
	if r.Attempts > 0 {
		last := relay.Attempt{N: r.Attempts, Endpoint: r.Endpoint, Model: r.Model, Status: r.HTTP, Class: class,
			Timing: out.Timing, Usage: r.Usage}
		if out.Err != nil {
			last.Message = out.Err.Message
		}
		out.Attempts = []relay.Attempt{last}
	}
	return out
}

// ended is how the request ended. Journals of earlier versions have the state of the row alone.
func (r *record) ended() relay.Status {
	if r.Status != "" {
		return r.Status
	}
	switch r.State {
	case stateOK:
		return relay.StatusOK
	case stateIncomplete:
		return relay.StatusTruncated
	case stateCancelled:
		return relay.StatusCancelled
	}
	return relay.StatusFailed
}

// timing is the stamps that the record still has: those of the first and the last token, before the time at which it
// was written.
func (r *record) timing() relay.Timing {
	ms := func(v float64) time.Duration { return time.Duration(v * float64(time.Millisecond)) }
	if r.E2E <= 0 {
		return relay.Timing{}
	}
	t := relay.Timing{Send: r.At.Add(-ms(r.E2E)), Last: r.At}
	if r.TTFT > 0 {
		t.First = t.Send.Add(ms(r.TTFT))
	} else {
		t.Whole = true
	}
	return t
}
