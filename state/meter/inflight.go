package meter

import (
	"iter"
	"slices"
	"time"

	"relaytop/relay"
)

type phase uint8

const (
	phaseQueued phase = iota
	phaseSent
	phaseWaiting
	numPhases
)

// phaseOf is the phase that a request counts in. One whose attempt failed counts as sent until the next event.
func phaseOf(p relay.Phase) phase {
	switch p {
	case relay.PhaseQueued:
		return phaseQueued
	case relay.PhaseWaiting:
		return phaseWaiting
	case relay.PhaseSent, relay.PhaseStreaming, relay.PhaseFailed, relay.PhaseEnded:
	}
	return phaseSent
}

// inflight are the requests that have not ended.
type inflight struct {
	requests map[relay.ID]*request
	spare    []*request // for reuse
	phases   [numPhases]int
	sent     byLane // those in phaseSent
}

// request is a request that has not ended.
type request struct {
	relay.Progress
	input   int64 // estimate of the tokens that are sent; 0: not known
	trail   []trace
	settled bool // the newest attempt's tokens are final
	failed  int  // attempts that failed and are counted
}

// trace is how much of the estimate fell into a second.
type trace struct{ sec, quarters int64 }

// enter folds an event with which a request may begin.
func (in *inflight) enter(ev *relay.Event) {
	r := in.requests[ev.ID]
	if r == nil {
		if n := len(in.spare); n > 0 {
			r, in.spare = in.spare[n-1], in.spare[:n-1]
		} else {
			r = new(request)
		}
		r.Lane = ev.Lane
		in.requests[ev.ID] = r
		in.count(r.Phase, r.Lane, 1)
	}
	in.fold(r, ev)
	if ev.Kind == relay.Queued && ev.Usage != nil {
		r.input = ev.Usage.Input
	}
	if ev.Kind == relay.Sent {
		r.settled, r.trail = false, r.trail[:0]
	}
}

// fold folds an event of a known request, and counts the requests by phase.
func (in *inflight) fold(r *request, ev *relay.Event) bool {
	was, lane := r.Phase, r.Lane
	if !r.Fold(ev) {
		return false
	}
	if r.Phase != was {
		in.count(was, lane, -1)
		in.count(r.Phase, r.Lane, 1)
	}
	return true
}

// count counts a request of a lane in a phase, or with -1 no longer.
func (in *inflight) count(of relay.Phase, lane relay.Lane, by int) {
	p := phaseOf(of)
	in.phases[p] += by
	if p == phaseSent && int(lane) < len(in.sent) {
		in.sent[lane] += int32(by)
	}
}

func (in *inflight) leave(id relay.ID, r *request) {
	in.count(r.Phase, r.Lane, -1)
	delete(in.requests, id)
	if len(in.spare) < 1024 {
		*r = request{trail: r.trail[:0]}
		in.spare = append(in.spare, r)
	}
}

// firstTokens are the TTFTs of the answers in flight whose first token came at or after since.
func (in *inflight) firstTokens(since time.Time) iter.Seq[time.Duration] {
	return func(yield func(time.Duration) bool) {
		for _, r := range in.requests {
			d, ok := r.TTFT()
			if ok && d >= 0 && r.Phase == relay.PhaseStreaming && !r.First.Before(since) && !yield(d) {
				return
			}
		}
	}
}

// liveTTFT is the TTFT of the whole run together with the answers in flight, which may yet fail.
func (m *Meter) liveTTFT() Quantiles {
	all := m.run.total
	for d := range m.inflight.firstTokens(time.Time{}) {
		if all == m.run.total {
			all = m.derived.copyTTFT(all)
		}
		all.record(TTFT, d)
	}
	return all.quantiles(TTFT)
}

// copyTTFT is a copy of a series' TTFT. It is valid until the next call.
func (d *derived) copyTTFT(of *series) *series {
	if d.live == nil {
		d.live = newSeries()
		d.live.hist[TTFT] = newHistogram()
	}
	h := d.live.hist[TTFT]
	h.Reset()
	if from := of.hist[TTFT]; from != nil {
		h.Merge(from)
	}
	d.live.exact[TTFT] = of.exact[TTFT]
	return d.live
}

// stream counts text that arrived, also of an unknown request.
func (m *Meter) stream(ev *relay.Event) {
	r := m.inflight.requests[ev.ID]
	sec := m.second(ev.At)
	if r == nil {
		m.timeline.credit(sec, relay.TokenQuarters(ev.Text)+relay.TokenQuarters(ev.Name))
		return
	}
	before := r.Tokens.Quarters
	if r.Phase == relay.PhaseStreaming {
		r.Fold(ev) // it stays in its phase
	} else if !m.inflight.fold(r, ev) {
		return
	}
	quarters := r.Tokens.Quarters - before
	m.timeline.credit(sec, quarters)
	if n := len(r.trail); n > 0 && r.trail[n-1].sec == sec {
		r.trail[n-1].quarters += quarters
		return
	}
	if len(r.trail) >= 2*ringSlots {
		r.shorten(sec - ringSlots)
	}
	r.trail = append(r.trail, trace{sec, quarters})
}

// shorten joins the seconds up to one that is in no window any more.
func (r *request) shorten(last int64) {
	n := 1
	for ; n < len(r.trail) && r.trail[n].sec <= last; n++ {
		r.trail[0].quarters += r.trail[n].quarters
	}
	r.trail = slices.Delete(r.trail, 1, n)
}

// settle replaces the estimate by the relay's count, in the seconds in which the text came, so that the speed shows
// neither a spike nor a gap at the end. Without a count the estimate stays.
func (m *Meter) settle(r *request, u *relay.Usage, at time.Time) {
	if u != nil && u.Output > 0 {
		diff := 4*u.Output - r.unsettled()
		left := diff
		var traced int64
		for _, t := range r.trail {
			traced += t.quarters
		}
		if traced > 0 && diff != 0 {
			for _, t := range r.trail {
				part := int64(float64(diff) * float64(t.quarters) / float64(traced))
				m.timeline.credit(t.sec, part)
				left -= part
			}
		}
		sec := m.second(at)
		if n := len(r.trail); n > 0 {
			sec = r.trail[n-1].sec
		}
		m.timeline.credit(sec, left)
	}
	r.settled, r.trail = true, r.trail[:0]
}

// withdraw removes the tokens that were counted for an attempt: the speed is that of answers, and neither what failed
// or was cancelled nor what our own cache had is one of the relay's.
func (m *Meter) withdraw(r *request) {
	for _, t := range r.trail {
		m.timeline.credit(t.sec, -t.quarters)
	}
	r.settled, r.trail = true, r.trail[:0]
}

// unsettled is the estimate of the newest attempt's text that is counted.
func (r *request) unsettled() int64 {
	if r.settled {
		return 0
	}
	return r.Tokens.Quarters
}

// output is the number of the newest attempt's tokens that are not settled.
func (r *request) output() int64 {
	if r.settled {
		return 0
	}
	n, _ := r.Output()
	return n
}
