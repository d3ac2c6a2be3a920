package retry

import (
	"sync"
	"time"
)

const (
	window    = 10 // seconds that the budget looks back
	freeShare = 10 // later retries in a window that are always allowed
	loadShare = 5  // beyond them, failed requests per later retry
)

// Budget is shared by all requests. The first retry of a request is always allowed; of the later ones ten in 10 s
// are, and beyond that one for each five requests that failed. Successes do not count. The zero value is ready
// to use. It may be used from any goroutine.
type Budget struct {
	mu      sync.Mutex
	seconds [window]struct {
		at            int64
		firsts, later int // retries: of how many requests, and beyond their first
	}
}

// Allow reports whether retry n (from 1) of a request may be made now, and counts it if so.
func (b *Budget) Allow(n int, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n <= 1 {
		b.slot(now).firsts++
		return true
	}
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
