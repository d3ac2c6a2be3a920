package state

import (
	"slices"
	"time"

	"relaytop/relay"
)

// liveGaps bounds the gaps between chunks that are kept of a request under way, for the chat's lane alone: of thousands of rows nobody
// looks at more than one.
const liveGaps = 4096

// Inspection is all that is known of one request.
type Inspection struct {
	Result    *relay.Result // as far as it came; nil: nothing is known
	Live      bool          // it goes on: Result holds attempts, stamps and usage so far
	Waits     string        // why nothing is sent just now; "": something is, or it has ended
	Until     time.Time     // how long nothing is sent; zero: not known
	Exchanges []relay.Exchange
}

// flight is a request under way, folded into a Result so far.
type flight struct {
	res   relay.Result
	waits string
	until time.Time
	due   time.Time // when the next attempt is due
}

// flights are the requests under way by their id. Measurements are not followed: nothing may slow them.
type flights map[relay.ID]*flight

func (fs flights) apply(ev *relay.Event) {
	if ev.ID == 0 || ev.Lane == relay.LaneBench {
		return
	}
	f := fs[ev.ID]
	switch {
	case ev.Kind == relay.Done:
		delete(fs, ev.ID)
		return
	case f == nil && (ev.Kind == relay.Queued || ev.Kind == relay.Sent):
		f = &flight{res: relay.Result{ID: ev.ID, Lane: ev.Lane, Requested: ev.Model, Timing: relay.Timing{Sched: ev.At}}, due: ev.At}
		fs[ev.ID] = f
	case f == nil:
		return
	}
	if f.res.Requested == "" {
		f.res.Requested = ev.Model
	}
	if ev.Kind == relay.Sent {
		f.sent(ev)
		return
	}
	var last *relay.Attempt
	if n := len(f.res.Attempts); n > 0 {
		last = &f.res.Attempts[n-1]
	}
	switch ev.Kind {
	case relay.Waiting:
		f.wait(ev, last)
	case relay.FellBack:
		f.res.Fallback, f.due = &relay.Fallback{From: ev.From, To: ev.Model, Reason: ev.Reason}, ev.At
		if last != nil && last.WaitReason == "" {
			last.WaitReason = "fell back: " + ev.Reason
		}
	}
	if last != nil {
		f.heard(ev, last)
	}
}

func (f *flight) sent(ev *relay.Event) {
	f.waits, f.until = "", time.Time{}
	f.res.Asked, f.res.Endpoint = ev.Model, ev.Endpoint
	f.res.Attempts = append(f.res.Attempts, relay.Attempt{N: int(ev.Attempt), Endpoint: ev.Endpoint, Model: ev.Model, Timing: relay.Timing{Sched: f.due, Send: ev.At}})
}

func (f *flight) wait(ev *relay.Event, last *relay.Attempt) {
	f.waits, f.until = ev.Reason, ev.Until
	if last == nil || ev.Until.IsZero() || last.Class == "" {
		return
	}
	f.due = ev.Until
	last.WaitReason = ev.Reason
	last.Wait += ev.Until.Sub(ev.At)
}

// heard takes in what an attempt brought.
func (f *flight) heard(ev *relay.Event, last *relay.Attempt) {
	t := &last.Timing
	switch ev.Kind {
	case relay.Answering:
		last.Status, t.FirstByte = int(ev.Status), ev.At
	case relay.Text, relay.Reasoning, relay.Refusal, relay.Tool:
		if ev.At.Equal(t.Last) {
			return // of the same chunk
		}
		if t.First.IsZero() {
			t.First = ev.At
		} else if f.res.Lane == relay.LaneChat && len(t.Gaps) < liveGaps {
			t.Gaps = append(t.Gaps, ev.At.Sub(t.Last))
		}
		if ev.Kind != relay.Reasoning && t.FirstOut.IsZero() {
			t.FirstOut = ev.At
		}
		t.Last = ev.At
		t.Chunks++
	case relay.Metered:
		last.Usage = ev.Usage
	case relay.Failed:
		t.Done = ev.At
		if ev.Err != nil {
			last.Class, last.Message = ev.Err.Class, ev.Err.Message
			if last.Status == 0 {
				last.Status = ev.Err.Status
			}
		}
	}
}

// Inspect tells all that is known of a request under way, or of one of the newest that ended.
func (s *Store) Inspect(id relay.ID) Inspection {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := Inspection{Exchanges: s.exchanges.of(id)}
	if f := s.flights[id]; f != nil {
		r := f.res
		r.Attempts = slices.Clone(r.Attempts)
		if n := len(r.Attempts); n > 0 {
			last := &r.Attempts[n-1]
			sched := r.Timing.Sched
			r.Timing, r.Usage = last.Timing, last.Usage
			r.Timing.Sched = sched
		}
		in.Result, in.Live, in.Waits, in.Until = &r, true, f.waits, f.until
		return in
	}
	if in.Result = s.requests.result(id); in.Result == nil && s.chats.Flying(id) { // its prompt is being stored
		in.Result, in.Live = &relay.Result{ID: id}, true
	}
	return in
}
