package route

import "time"

// The time until the first probe of a relay that answers 429 and names no wait, and the longest between two probes.
const (
	firstThrottle   = time.Second
	longestThrottle = 15 * time.Second
)

// throttle holds the rows of a batch together after a 429 that named no wait: each row that would ask by itself is
// one more request that the relay refuses. One row probes 1 s after the first refusal, the next after 2, 4, 8 s and
// so on, at most 15 s after the last. The first token of a probe lets the others go.
type throttle struct {
	until   time.Time // when the next probe may go; zero: rows pass
	since   time.Time // of the first refusal
	probing bool
}

// refuse takes in such a 429. One of a request that was sent before the rows were held back, and one of a chat, says
// nothing new.
func (t *throttle) refuse(probe bool, now time.Time) {
	switch {
	case t.until.IsZero():
		t.since, t.until = now, now.Add(firstThrottle)
	case probe:
		t.until, t.probing = now.Add(min(max(now.Sub(t.since), firstThrottle), longestThrottle)), false
	}
}

// free lets the rows go.
func (t *throttle) free() { *t = throttle{} }
