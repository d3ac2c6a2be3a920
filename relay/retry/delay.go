package retry

import (
	"time"

	"relaytop/relay"
)

// Delay is the wait before the retry that follows attempt n (from 1), and its cause. chance is in [0, 1). A wait
// that the relay did not ask for is at most most, unless that is less than the base.
func (p Policy) Delay(n int, err *relay.Error, chance float64, most time.Duration) relay.WaitCause {
	c := relay.WaitCause{
		Kind:     relay.WaitBackoff,
		Endpoint: err.Endpoint,
		Status:   err.Status,
		Class:    err.Class,
		Attempt:  n + 1,
	}
	switch {
	case err.Waits && err.RetryAfter > 0:
		c.Kind, c.Wait, c.From = relay.WaitAsked, err.RetryAfter, err.WaitFrom
	default:
		c.Wait = p.own(p.backoff(n, err.Waits, chance), most)
	}
	return c
}

// backoff doubles the base with each attempt, plus or minus up to a quarter by chance. If the relay asked for a
// wait of 0, it is the base.
func (p Policy) backoff(n int, asked bool, chance float64) time.Duration {
	d := p.Base
	if !asked {
		for i := 1; i < n && d < p.Cap; i++ {
			d *= 2
		}
	}
	d = min(d, p.Cap)
	d += time.Duration((chance - 0.5) * 0.5 * float64(d))
	return min(d, p.Cap)
}

// own bounds a wait that the relay did not ask for.
func (p Policy) own(d, most time.Duration) time.Duration {
	if most >= p.Base {
		return min(d, most)
	}
	return d
}
