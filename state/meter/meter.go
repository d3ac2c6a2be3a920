// Package meter defines every figure of relaytop and computes it, once for the screen, reports, exports and scripts.
//
// Apply is O(1) for a token and allocates next to nothing; quantiles and tables are derived when they are read, at
// most four times a second. Memory is fixed: histograms for the whole run, sparse one-second slots for the windows,
// a timeline that halves its resolution when it is full. A Meter has no lock: its owner has one.
package meter

import (
	"time"

	"relaytop/relay"
)

// Fresh is how old derived figures may be while events arrive.
const Fresh = 250 * time.Millisecond

// maxKeys bounds the models and endpoints that are told apart, and maxGroups their combinations. What comes later
// is counted as Other.
const (
	maxKeys   = 100
	maxGroups = 250
	Other     = "(other)"
)

type groupKey struct {
	model, endpoint string
	lane            relay.Lane
}

// Meter folds events. The zero value is not usable: New makes one.
type Meter struct {
	start    time.Time // first event that had a time: an idle head is in no duration
	inflight map[relay.ID]*request
	spare    []*request
	phases   [numPhases]int
	ring     *ring
	long     *long
	sec      int64 // of cur and far
	cur, far *slot
	groups   map[groupKey]uint16
	keys     []groupKey // by group
	total    *series
	models   map[string]*series
	ends     map[string]*series
	lanes    map[string]*series
	counters Counters
	quarters int64 // output tokens of the run
	last     int64 // second of the newest end or token
	folded   bool  // something was folded since the figures were derived
	derived  time.Time
	version  uint64
	figures  [Run + 1]cachedFigures
	view     cachedView
}

// New returns a Meter that has seen nothing.
func New() *Meter {
	m := &Meter{inflight: make(map[relay.ID]*request), ring: newRing(), long: newLong(), sec: -1, last: -1,
		groups: make(map[groupKey]uint16), total: newSeries(3), models: make(map[string]*series),
		ends: make(map[string]*series), lanes: make(map[string]*series)}
	m.group(groupKey{Other, Other, relay.LaneChat})
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
	m.folded = true
	switch ev.Kind {
	case relay.Text, relay.Reasoning, relay.Refusal, relay.Tool:
		m.stream(ev)
	case relay.Queued, relay.Sent, relay.Waiting:
		m.enter(ev)
	case relay.Failed:
		if r := m.inflight[ev.ID]; r != nil {
			m.settle(r, ev.Usage, ev.At)
			m.failed(r, ev)
			m.fold(r, ev)
		}
	case relay.Answering, relay.Metered, relay.FellBack:
		if r := m.inflight[ev.ID]; r != nil {
			m.fold(r, ev)
		}
	case relay.Done:
		m.done(ev)
	}
}

// second counts from the first event.
func (m *Meter) second(at time.Time) int64 {
	if at.IsZero() {
		return max(m.sec, 0)
	}
	return max(int64(at.Sub(m.start)/time.Second), 0)
}

// slots returns the slots of a second in the windows (nil if it is too old) and in the run.
func (m *Meter) slots(sec int64) (*slot, *slot) {
	if sec == m.sec {
		return m.cur, m.far
	}
	cur, far := m.ring.at(sec), m.long.at(sec)
	if sec > m.sec {
		m.sec, m.cur, m.far = sec, cur, far
	}
	return cur, far
}

// group gives the number under which slots keep a combination.
func (m *Meter) group(k groupKey) uint16 {
	if g, ok := m.groups[k]; ok {
		return g
	}
	if len(m.keys) >= maxGroups {
		return 0
	}
	g := uint16(len(m.keys))
	m.keys = append(m.keys, k)
	m.groups[k] = g
	return g
}

func key(in map[string]*series, k string) *series {
	s := in[k]
	if s == nil && len(in) >= maxKeys {
		k = Other
		s = in[k]
	}
	if s == nil {
		s = newSeries(2)
		in[k] = s
	}
	return s
}

// Counters are the numbers of the whole run, up to now.
func (m *Meter) Counters(now time.Time) Counters {
	c := m.counters
	if !m.start.IsZero() {
		c.Uptime = now.Sub(m.start)
	}
	return c
}

// Latency are the quantiles of one latency over the whole run, of successes.
func (m *Meter) Latency(of Metric) Quantiles { return quantilesOf(m.total.hist[of]) }
