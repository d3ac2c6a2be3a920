package job

import "time"

// paceSeconds is how far back the recent rate looks.
const paceSeconds = 30

// pace counts rows per second.
type pace struct {
	at    [paceSeconds]int64 // unix second of each slot
	n     [paceSeconds]int
	since time.Time
}

func (p *pace) add(now time.Time) {
	if p.since.IsZero() {
		p.since = now
	}
	s := now.Unix()
	i := s % paceSeconds
	if p.at[i] != s {
		p.at[i], p.n[i] = s, 0
	}
	p.n[i]++
}

// rate is rows per second over the last half minute, or since the first row if that is less. 0: not known yet.
func (p *pace) rate(now time.Time) float64 {
	if p.since.IsZero() {
		return 0
	}
	n := 0
	for i, at := range p.at {
		if now.Unix()-at < paceSeconds {
			n += p.n[i]
		}
	}
	span := min(now.Sub(p.since).Seconds(), paceSeconds)
	if span < 1 || n < 2 {
		return 0
	}
	return float64(n) / span
}
