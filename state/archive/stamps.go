package archive

import (
	"time"

	"relaytop/relay"
)

// stamps are the times of an attempt, in microseconds from the start of its request. Except in Send, 0 means that it
// never happened.
type stamps struct {
	Send      int64 `json:"send"`
	FirstByte int64 `json:"first_byte,omitempty"`
	First     int64 `json:"first,omitempty"`
	FirstOut  int64 `json:"first_out,omitempty"`
	Last      int64 `json:"last,omitempty"`
	Done      int64 `json:"done,omitempty"`
}

// started is when a request began: when it was due, else when its first attempt was sent.
func started(r *relay.Result) time.Time {
	if !r.Timing.Sched.IsZero() || len(r.Attempts) == 0 {
		return r.Timing.Sched
	}
	return r.Attempts[0].Timing.Send
}

// stampsOf are the times of an attempt of a request that began at a moment; nil if the attempt has none.
func stampsOf(t *relay.Timing, began time.Time) *stamps {
	if began.IsZero() || t.Send.IsZero() {
		return nil
	}
	after := func(at time.Time) int64 {
		if at.IsZero() {
			return 0
		}
		return max(at.Sub(began).Microseconds(), 0)
	}
	return &stamps{Send: after(t.Send), FirstByte: after(t.FirstByte), First: after(t.First),
		FirstOut: after(t.FirstOut), Last: after(t.Last), Done: after(t.Done)}
}

// timing is the reverse of stampsOf.
func (s *stamps) timing(began time.Time) relay.Timing {
	if s == nil {
		return relay.Timing{}
	}
	at := func(us int64) time.Time {
		if us == 0 {
			return time.Time{}
		}
		return began.Add(time.Duration(us) * time.Microsecond)
	}
	return relay.Timing{Send: began.Add(time.Duration(s.Send) * time.Microsecond), FirstByte: at(s.FirstByte),
		First: at(s.First), FirstOut: at(s.FirstOut), Last: at(s.Last), Done: at(s.Done)}
}

// end is the last of the stamps, in microseconds from the start of the request.
func (s *stamps) end() int64 {
	if s == nil {
		return 0
	}
	return max(s.Send, s.FirstByte, s.First, s.Last, s.Done)
}
