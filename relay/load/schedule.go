package load

import (
	"math/rand/v2"
	"time"
)

// schedule gives the times at which the requests of an open loop are due. They depend on the rate and the seed alone,
// never on how the relay answers: a relay that is slow is asked as often as a fast one.
type schedule struct {
	rate    float64    // requests a second
	random  *rand.Rand // nil: the same time between any two
	arrived float64    // in units of the mean time between two
}

// scheduleSeed makes every run with the same rate send at the same times, so that two runs can be compared.
const scheduleSeed = 1

func newSchedule(rate float64, poisson bool) *schedule {
	s := &schedule{rate: rate}
	if poisson {
		s.random = rand.New(rand.NewPCG(scheduleSeed, scheduleSeed))
	}
	return s
}

// next is when the next request is due, counted from the start. The first one is due at once.
func (s *schedule) next() time.Duration {
	at := time.Duration(s.arrived / s.rate * float64(time.Second))
	if s.random == nil {
		s.arrived++
	} else {
		s.arrived += s.random.ExpFloat64()
	}
	return at
}
