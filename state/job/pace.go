package job

import (
	"math"
	"time"

	"relaytop/relay"
)

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

// rate is rows a second over the last half minute, or over the time since the first row if that is less. 0: not known yet.
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

// spread is what rows have cost: how many, their mean and how far they lie from it. It serves a forecast; sums of money are exact
// elsewhere.
type spread struct {
	n        int
	mean, m2 float64
}

func (s *spread) add(m relay.Money) {
	s.n++
	d := float64(m) - s.mean
	s.mean += d / float64(s.n)
	s.m2 += d * (float64(m) - s.mean)
}

// project is the cost at the end: two standard errors around what the rest would cost at the mean so far. Zeros with fewer than five
// rows.
func (s *spread) project(soFar relay.Money, left int) (low, high relay.Money) {
	if s.n < 5 {
		return 0, 0
	}
	sd := math.Sqrt(s.m2 / float64(s.n-1))
	rest := float64(left)
	off := 2 * sd * (rest/math.Sqrt(float64(s.n)) + math.Sqrt(rest))
	low = soFar + relay.Money(max(s.mean*rest-off, 0))
	return low, soFar + relay.Money(s.mean*rest+off)
}

// alikeRows is how many rows, failing alike from the first on, pause a run.
const alikeRows = 20

// alike watches the first rows of a run.
type alike struct {
	class relay.Class
	n     int
	over  bool
}

// add takes in how a row ended ("" is well) and reports whether the first rows have all failed alike.
func (a *alike) add(c relay.Class) bool {
	if a.over {
		return false
	}
	if c == "" || a.n > 0 && c != a.class {
		a.over = true
		return false
	}
	a.class = c
	a.n++
	a.over = a.n == alikeRows
	return a.over
}
