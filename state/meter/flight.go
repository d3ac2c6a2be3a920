package meter

import (
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

// flight is a request that has not ended.
type flight struct {
	phase    phase
	lane     relay.Lane
	model    string
	reported int64 // output tokens as the relay counted them so far
	quarters int64 // estimate of this attempt
	trail    []trace
	failed   int64 // attempts that failed and are counted
}

// trace is how much of the estimate fell into a second.
type trace struct{ sec, quarters int64 }

func (m *Meter) enter(ev *relay.Event, p phase) *flight {
	f := m.flights[ev.ID]
	if f == nil {
		if n := len(m.spare); n > 0 {
			f, m.spare = m.spare[n-1], m.spare[:n-1]
		} else {
			f = new(flight)
		}
		f.lane = ev.Lane
		m.flights[ev.ID] = f
		m.phases[p]++
	} else {
		m.phases[f.phase]--
		m.phases[p]++
	}
	f.phase = p
	if ev.Model != "" {
		f.model = ev.Model
	}
	return f
}

func (m *Meter) sent(ev *relay.Event) {
	f := m.enter(ev, phaseSent)
	f.quarters, f.reported, f.trail = 0, 0, f.trail[:0]
}

func (m *Meter) leave(id relay.ID, f *flight) {
	m.phases[f.phase]--
	delete(m.flights, id)
	if len(m.spare) < 1024 {
		*f = flight{trail: f.trail[:0]}
		m.spare = append(m.spare, f)
	}
}

// stream counts text that arrived. f is nil for a request whose beginning was not seen.
func (m *Meter) stream(f *flight, at time.Time, quarters int64) {
	sec := m.second(at)
	m.credit(sec, quarters)
	if f == nil {
		return
	}
	f.quarters += quarters
	if n := len(f.trail); n > 0 && f.trail[n-1].sec == sec {
		f.trail[n-1].quarters += quarters
		return
	}
	if len(f.trail) >= ringSlots { // an answer of more than ten minutes: the oldest seconds are in no window any more
		f.trail = f.trail[:copy(f.trail, f.trail[len(f.trail)/2:])]
	}
	f.trail = append(f.trail, trace{sec, quarters})
}

func (m *Meter) credit(sec, quarters int64) {
	cur, far := m.slots(sec)
	if cur != nil {
		cur.quarters += quarters
	}
	far.quarters += quarters
	m.quarters += quarters
	m.last = max(m.last, sec)
}

// settle puts what the relay counted in place of the estimate, in the seconds in which the text came: at the end neither a spike nor
// a hole appears in the speed. Without a count the estimate stays.
func (m *Meter) settle(f *flight, u *relay.Usage, at time.Time) {
	if u != nil && u.Output > 0 {
		diff := 4*u.Output - f.quarters
		left := diff
		var traced int64
		for _, t := range f.trail {
			traced += t.quarters
		}
		if traced > 0 && diff != 0 {
			for _, t := range f.trail {
				part := int64(float64(diff) * float64(t.quarters) / float64(traced))
				m.credit(t.sec, part)
				left -= part
			}
		}
		sec := m.second(at)
		if n := len(f.trail); n > 0 {
			sec = f.trail[n-1].sec
		}
		m.credit(sec, left)
	}
	f.quarters, f.reported, f.trail = 0, 0, f.trail[:0]
}

// withdraw takes back what a flight's text was counted as: an answer from our own cache says nothing of the relay's speed.
func (m *Meter) withdraw(f *flight) {
	for _, t := range f.trail {
		m.credit(t.sec, -t.quarters)
	}
	f.quarters, f.reported, f.trail = 0, 0, f.trail[:0]
}

// output is how many tokens the flight has brought so far.
func (f *flight) output() int64 {
	if f.reported > 0 {
		return f.reported
	}
	return relay.TokenCount{Quarters: f.quarters}.Tokens()
}
