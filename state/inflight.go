package state

import (
	"slices"
	"time"

	"relaytop/relay"
)

// mostGaps bounds the gaps between chunks that are kept of a request in flight. Only the chat's lane keeps them:
// there may be thousands of rows, and at most one of them is inspected.
const mostGaps = 4096

// Inspection is everything that is known of one request.
type Inspection struct {
	Result    *relay.Result // so far; nil: nothing is known
	Live      bool          // it is in flight: Result holds attempts, stamps and usage so far
	Waits     string        // why it is not being sent; "": it is, or it has ended
	Until     time.Time     // when it is sent; zero: not known
	Exchanges []relay.Exchange
}

// underway is a request in flight with its attempts.
type underway struct {
	relay.Progress
	id        relay.ID
	requested string // the model first asked for
	attempts  []relay.Attempt
	gaps      []time.Duration // of the newest attempt
	due       time.Time       // when the next attempt is due
}

// inflight are the requests in flight, by ID. Those of a measurement are not followed: that would slow them down.
type inflight map[relay.ID]*underway

func (in inflight) apply(ev *relay.Event) {
	if ev.ID == 0 || ev.Lane == relay.LaneBench {
		return
	}
	u := in[ev.ID]
	switch {
	case ev.Kind == relay.Done:
		delete(in, ev.ID)
		return
	case u == nil && (ev.Kind == relay.Queued || ev.Kind == relay.Sent):
		u = &underway{id: ev.ID, due: ev.At}
		u.Queued = ev.At
		in[ev.ID] = u
	case u == nil:
		return
	}
	u.apply(ev)
}

func (u *underway) apply(ev *relay.Event) {
	if u.requested == "" {
		u.requested = ev.Model
	}
	if ev.Kind == relay.Sent {
		u.settle(u.attempts)
		u.attempts = append(u.attempts, relay.Attempt{N: int(ev.Attempt), Endpoint: ev.Endpoint, Model: ev.Model,
			Timing: relay.Timing{Sched: u.due, Send: ev.At}})
		u.gaps = nil
	}
	if u.Lane == relay.LaneChat {
		u.gap(ev)
	}
	if !u.Fold(ev) {
		return
	}
	switch ev.Kind {
	case relay.Text, relay.Reasoning, relay.Refusal, relay.Tool:
		return
	case relay.FellBack:
		u.due = ev.At
	case relay.Waiting:
		if len(u.attempts) > 0 && u.Class != "" && !ev.Until.IsZero() {
			u.due = ev.Until
		}
	}
	if n := len(u.attempts); n > 0 {
		follow(&u.attempts[n-1], ev)
	}
}

// gap keeps the time since the previous chunk, unless the event belongs to that chunk or to none.
func (u *underway) gap(ev *relay.Event) {
	switch ev.Kind {
	case relay.Text, relay.Reasoning, relay.Refusal, relay.Tool:
		if u.Phase == relay.PhaseStreaming && ev.At != u.Last && len(u.gaps) < mostGaps {
			u.gaps = append(u.gaps, ev.At.Sub(u.Last))
		}
	}
}

// follow keeps how an attempt ended, and what followed: a wait, a fallback, or an answer.
func follow(a *relay.Attempt, ev *relay.Event) {
	switch ev.Kind {
	case relay.Failed:
		a.Timing.Done = ev.At
		if ev.Err != nil {
			a.Class, a.Message, a.Status = ev.Err.Class, ev.Err.Message, ev.Err.Status
		}
	case relay.Waiting:
		if a.Class != "" && !ev.Until.IsZero() {
			a.WaitReason = ev.Reason
			a.Wait += ev.Until.Sub(ev.At)
		}
	case relay.FellBack:
		if a.WaitReason == "" {
			a.WaitReason = "fell back: " + ev.Reason
		}
	}
}

// settle copies what the newest attempt has received so far into the last of the attempts.
func (u *underway) settle(attempts []relay.Attempt) {
	if len(attempts) == 0 {
		return
	}
	a := &attempts[len(attempts)-1]
	if u.Status != 0 {
		a.Status = int(u.Status)
	}
	a.Usage = u.Usage
	t := &a.Timing
	t.FirstByte, t.First, t.FirstOut, t.Last = u.Answered, u.First, u.FirstOut, u.Last
	t.Chunks, t.Gaps = int(u.Chunks), u.gaps
}

// result is the result of the request so far.
func (u *underway) result() *relay.Result {
	r := &relay.Result{ID: u.id, Lane: u.Lane, Requested: u.requested, Endpoint: u.Endpoint, Fallback: u.Fallback,
		Attempts: slices.Clone(u.attempts)}
	u.settle(r.Attempts)
	if n := len(r.Attempts); n > 0 {
		last := &r.Attempts[n-1]
		r.Asked, r.Timing, r.Usage = last.Model, last.Timing, last.Usage
	}
	r.Timing.Sched = u.Queued
	return r
}
