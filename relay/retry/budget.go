package retry

import (
	"sync"
	"time"
)

const (
	window    = 10 // seconds that the budget looks back
	freeShare = 10 // retries in a window that need no leave
	loadShare = 5  // beyond them, one retry for so many first attempts
)

// Budget is shared by all requests. The first retry of a request is always allowed; of the later ones ten in 10 s are, and beyond
// that as many as add 20 % to the load. The zero value is ready. It may be used from any goroutine.
type Budget struct {
	mu      sync.Mutex
	seconds [window]struct {
		at            int64
		firsts, later int
	}
}

// Sent counts a first attempt.
func (b *Budget) Sent(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.slot(now).firsts++
}

// Allow reports whether retry n (from 1) of a request may be made now, and counts it if so.
func (b *Budget) Allow(n int, now time.Time) bool {
	if n <= 1 {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	firsts, later := 0, 0
	for _, s := range b.seconds {
		if age := now.Unix() - s.at; age >= 0 && age < window {
			firsts += s.firsts
			later += s.later
		}
	}
	if later >= freeShare && (later+1)*loadShare > firsts {
		return false
	}
	b.slot(now).later++
	return true
}

func (b *Budget) slot(now time.Time) *struct {
	at            int64
	firsts, later int
} {
	s := &b.seconds[((now.Unix()%window)+window)%window]
	if s.at != now.Unix() {
		s.at, s.firsts, s.later = now.Unix(), 0, 0
	}
	return s
}
