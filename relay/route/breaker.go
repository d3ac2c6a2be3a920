package route

import (
	"slices"
	"time"

	"relaytop/relay"
)

const (
	breakerWindow = 30                      // seconds that it looks back
	breakerOpen   = 1500 * time.Millisecond // until a probe: a relay that has recovered is used again within two seconds
	breakerMin    = 5                       // requests that must have ended before it may open
)

// breaker is the circuit breaker of a model at an endpoint.
//
// A request counts once: its failures are one failure, and an answer takes that failure back. The breaker opens
// when half of the requests in the window failed, or when breakerMin of them, or half of those in flight if that is
// more, failed in a row, by the order in which they were sent. When it has been open long enough, one request is
// the probe: its first token closes the breaker, its failure opens it again. A library that counts calls can do
// neither.
type breaker struct {
	state   relay.BreakerState
	until   time.Time // open: when a probe may go
	probing bool      // half-open: the probe is on its way
	gen     int       // grows with each change of state: an attempt counts only in the state that it was sent in
	sent    int       // attempts so far: their order
	// failures with no answer to an attempt that was sent later, in any order, by the place in that order
	inRow   []int
	failed  map[relay.ID]int64
	seconds [breakerWindow]struct {
		at         int64
		ok, failed int
	}
}

// set changes the state and forgets what was counted.
func (b *breaker) set(s relay.BreakerState, now time.Time) {
	*b = breaker{state: s, gen: b.gen + 1}
	if s == relay.BreakerOpen {
		b.until = now.Add(breakerOpen)
	}
}

// due reports whether an open breaker may be probed.
func (b *breaker) due(now time.Time) bool {
	return b.state == relay.BreakerOpen && !now.Before(b.until)
}

// answer counts an answer to a request. One that was sent before the failures says nothing about the time after.
func (b *breaker) answer(id relay.ID, place int, now time.Time) {
	b.inRow = slices.DeleteFunc(b.inRow, func(failed int) bool { return failed < place })
	if at, ok := b.failed[id]; ok {
		delete(b.failed, id)
		if s := &b.seconds[at%breakerWindow]; s.at == at && s.failed > 0 {
			s.failed--
		}
	}
	b.second(now).ok++
}

// fail counts the failure of a request, unless one of it is counted already. It reports whether the breaker must
// open.
func (b *breaker) fail(id relay.ID, place, inFlight int, now time.Time) bool {
	at := now.Unix()
	if id != 0 {
		if was, ok := b.failed[id]; ok && at-was < breakerWindow {
			return false
		}
		if b.failed == nil {
			b.failed = map[relay.ID]int64{}
		}
		b.failed[id] = at
		b.prune(at)
	}
	b.inRow = append(b.inRow, place)
	b.second(now).failed++
	if len(b.inRow) >= max(breakerMin, inFlight/2) {
		return true
	}
	ok, failed := 0, 0
	for _, s := range b.seconds {
		if at-s.at < breakerWindow {
			ok, failed = ok+s.ok, failed+s.failed
		}
	}
	return ok+failed >= breakerMin && failed >= ok
}

// prune bounds the memory of the requests that failed.
func (b *breaker) prune(at int64) {
	const many = 4096
	if len(b.failed) < many {
		return
	}
	for id, was := range b.failed {
		if at-was >= breakerWindow {
			delete(b.failed, id)
		}
	}
}

func (b *breaker) second(now time.Time) *struct {
	at         int64
	ok, failed int
} {
	s := &b.seconds[now.Unix()%breakerWindow]
	if s.at != now.Unix() {
		s.at, s.ok, s.failed = now.Unix(), 0, 0
	}
	return s
}
