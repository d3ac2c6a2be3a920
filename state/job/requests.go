package job

import (
	"math/bits"

	"relaytop/relay"
)

// requests is a set of requests, in 8 to 22 bytes each. Their ids are random, and not 0.
type requests struct {
	ids []relay.ID // a hash table; 0 is a free place
	n   int
}

// add adds a request. False: it is there already.
func (s *requests) add(id relay.ID) bool {
	if 4*(s.n+1) > 3*len(s.ids) {
		old := s.ids
		s.ids = make([]relay.ID, max(2*len(old), 64))
		for _, id := range old {
			if id != 0 {
				s.ids[s.place(id)] = id
			}
		}
	}
	i := s.place(id)
	if s.ids[i] == id {
		return false
	}
	s.ids[i] = id
	s.n++
	return true
}

// place is where a request is, or would be.
func (s *requests) place(id relay.ID) int {
	i := int(uint64(id) >> (64 - bits.TrailingZeros(uint(len(s.ids)))))
	for s.ids[i] != 0 && s.ids[i] != id {
		i = (i + 1) & (len(s.ids) - 1)
	}
	return i
}
