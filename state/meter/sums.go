package meter

import "relaytop/relay"

// Sum is what a series has counted since the run began. None of its numbers falls.
type Sum struct {
	Key
	OK, Failed, Cancelled    int64 // requests; length and filtered are answers and count as ok here
	Input, Output            int64 // tokens of the answers
	Attempts, FailedAttempts int64
	Classes                  Classes
	Cost                     relay.Money
	Unknown                  int64 // requests whose cost is not known
}

// Sums are the sums of all series. They cost no quantile.
func (m *Meter) Sums() []Sum {
	out := make([]Sum, 0, len(m.groups.keys))
	for n, s := range m.groups.sums {
		if s.ended()+s.attempts+s.known+s.simulated+s.unknown == 0 {
			continue
		}
		one := Sum{Key: m.groups.keys[n], OK: s.ok, Failed: s.failed, Cancelled: s.cancelled, Input: s.input,
			Output: s.output, Attempts: s.attempts, FailedAttempts: s.failedAttempts, Classes: s.classes(),
			Unknown: s.unknown}
		one.Cost, _ = s.money()
		out = append(out, one)
	}
	return out
}

// Present are the requests that have not ended.
type Present struct {
	InFlight [relay.NumLanes]int // sent, by lane
	Queued   int                 // in a lane
	Waiting  int                 // for a retry, or behind our own limits
}

// Present are the requests that have not ended.
func (m *Meter) Present() Present {
	p := Present{Queued: m.inflight.phases[phaseQueued], Waiting: m.inflight.phases[phaseWaiting]}
	for i, n := range m.inflight.sent {
		p.InFlight[i] = int(n)
	}
	return p
}

// SeriesOf is the series that a request counts in: the model and the endpoint that its last attempt asked.
func SeriesOf(r *relay.Result) Key { return Key{askedModel(r), askedEndpoint(r), r.Lane} }
