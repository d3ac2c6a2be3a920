package state

import "relaytop/state/meter"

// Metrics are the figures of this run of the program.
type Metrics struct{ s *Store }

// Metrics are the figures of this run of the program.
func (s *Store) Metrics() Metrics { return Metrics{s} }

// View returns the metrics of a window in at most columns buckets.
func (m Metrics) View(w meter.Window, columns int) meter.View {
	m.s.mu.Lock()
	m.s.window = w
	frozen := m.s.meter.Freeze(m.s.opt.Now())
	m.s.mu.Unlock()
	return frozen.View(w, columns)
}

// Counters are the numbers of this run of the program.
func (m Metrics) Counters() meter.Counters {
	m.s.mu.Lock()
	defer m.s.mu.Unlock()
	return m.s.meter.Counters(m.s.opt.Now())
}

// SetObjectives states what a good answer is, for the requests that end from now on.
func (m Metrics) SetObjectives(o meter.Objectives) {
	m.s.mu.Lock()
	defer m.s.mu.Unlock()
	m.s.meter.SetObjectives(o)
}

// Sums are the sums of every series since the program began.
func (m Metrics) Sums() []meter.Sum {
	m.s.mu.Lock()
	defer m.s.mu.Unlock()
	return m.s.meter.Sums()
}

// Present are the requests that have not ended.
func (m Metrics) Present() meter.Present {
	m.s.mu.Lock()
	defer m.s.mu.Unlock()
	return m.s.meter.Present()
}
