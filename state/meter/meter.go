// Package meter defines every figure of relaytop and computes it, once for the screen, reports, exports and scripts.
//
// Apply is O(1) for a token and allocates next to nothing; quantiles and tables are derived when they are read, at
// most four times a second, from what Freeze returns: the owner's lock is not held meanwhile. Memory is fixed:
// histograms for the whole run, sparse one-second slots for the windows, a timeline that halves its resolution when it
// is full. A Meter has no lock: its owner has one.
package meter

import (
	"time"

	"relaytop/relay"
)

// Fresh is how old derived figures may be while events arrive.
const Fresh = 250 * time.Millisecond

// maxSeries bounds the series that are kept apart, in every window. Those beyond it, the least used, are counted as
// Other.
const (
	maxSeries = 250
	Other     = "(other)"
)

// Meter folds events. The zero value is not usable: New makes one.
type Meter struct {
	start      time.Time // time of the first event that has one: durations begin here
	inflight   inflight
	timeline   timeline
	groups     groups
	run        totals
	derived    derived
	reader     *reader
	forecast   relay.Forecast // nil: no prices are known
	objectives Objectives
}

// totals are the sums of the whole run.
type totals struct {
	counters Counters
	total    *series
}

// derived is what figures were derived from last.
type derived struct {
	at      time.Time
	version uint64
	stale   bool    // something was folded since
	frozen  *frozen // of the version; nil at first
	live    *series // the run's TTFT and that of the answers in flight; nil until it is needed
}

// New returns an empty Meter.
func New() *Meter {
	m := &Meter{
		inflight: inflight{requests: make(map[relay.ID]*request)},
		timeline: timeline{long: long{step: 1}, last: -1},
		groups:   newGroups(),
		run:      totals{total: newSeries()},
		reader:   new(reader),
	}
	return m
}

// Apply folds one event. Events of one request come in order; those of different requests in any.
func (m *Meter) Apply(ev *relay.Event) {
	if ev.ID == 0 {
		return
	}
	if m.start.IsZero() {
		if ev.At.IsZero() {
			return
		}
		m.start = ev.At
	}
	m.derived.stale = true
	switch ev.Kind {
	case relay.Text, relay.Reasoning, relay.Refusal, relay.Tool:
		m.stream(ev)
	case relay.Queued, relay.Sent, relay.Waiting:
		m.inflight.enter(ev)
	case relay.Failed:
		if r := m.inflight.requests[ev.ID]; r != nil {
			m.withdraw(r)
			m.failed(r, ev)
			m.inflight.fold(r, ev)
		}
	case relay.Answering, relay.Metered, relay.FellBack:
		if r := m.inflight.requests[ev.ID]; r != nil {
			m.inflight.fold(r, ev)
		}
	case relay.Done:
		m.done(ev)
	}
	if m.inflight.sent != m.timeline.atOnce.now {
		m.timeline.atOnce.set(m.second(ev.At), m.inflight.sent)
	}
}

// second is the number of whole seconds since the first event.
func (m *Meter) second(at time.Time) int64 {
	if at.IsZero() {
		return m.timeline.ring.head
	}
	return max(int64(at.Sub(m.start)/time.Second), 0)
}

// Counters are the numbers of the whole run, up to now.
func (m *Meter) Counters(now time.Time) Counters {
	c := m.run.counters
	if !m.start.IsZero() {
		c.Uptime = now.Sub(m.start)
	}
	return c
}

// Latency are the quantiles of one latency over the whole run, of successes.
func (m *Meter) Latency(of Metric) Quantiles { return m.run.total.quantiles(of) }
