package state

import (
	"sync"
	"time"

	"relaytop/state/meter"
)

const (
	measuredOver = 7 * 24 * time.Hour
	measuredKept = time.Minute // before it is worked out again
)

// measured is how the models did, kept for a while: working it out reads the ledger.
type measured struct {
	mu   sync.Mutex
	at   time.Time
	list []meter.Measure
}

// Measured says how the models did in the last seven days, or in this run where nothing lasts. It may wait for the
// disk.
func (s *Store) Measured() ([]meter.Measure, error) {
	m := &s.measured
	m.mu.Lock()
	defer m.mu.Unlock()
	now := s.now()
	if m.list != nil && now.Sub(m.at) < measuredKept {
		return m.list, nil
	}
	if s.archive == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.meter.Measures(now), nil
	}
	list, err := s.archive.Measured(now.Add(-measuredOver))
	if err != nil {
		return m.list, err // an older one is better than none
	}
	m.at, m.list = now, list
	return list, nil
}
