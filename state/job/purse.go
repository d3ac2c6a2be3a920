package job

import (
	"math"

	"relaytop/relay"
)

// purse is what a run has spent and what it has set aside, in picodollars. The run's lock guards it.
//
// Limit, spent and reserved keep one promise: spent + reserved <= limit whenever a row is sent. A row's reserve is
// its worst case while it is in flight, and its cost from the moment it ends: before its record is durable, a
// hundred others may ask.
type purse struct {
	limit    relay.Money // 0: no limit
	spent    relay.Money // by rows whose record is durable
	reserved relay.Money // for rows without a durable record
	dearest  relay.Money // the most that a row has cost
	short    bool        // the limit does not cover the next row until one in flight settles
	costs    spread
}

// covers reports whether a row that costs at most worst can be sent.
func (p *purse) covers(worst relay.Money) bool {
	p.short = p.limit > 0 && p.spent+p.reserved+worst > p.limit
	return !p.short
}

func (p *purse) reserve(worst relay.Money) { p.reserved += worst }

// correct puts the cost of a row that ended in place of its reserve.
func (p *purse) correct(reserved, cost relay.Money) { p.reserved += cost - reserved }

// release gives back a row's reserve: it was not sent after all, or its cost is in spent.
func (p *purse) release(reserved relay.Money) {
	p.reserved -= reserved
	p.short = false
}

func (p *purse) spend(cost relay.Money) {
	p.spent += cost
	p.dearest = max(p.dearest, cost)
	p.costs.add(cost)
}

// forecast is what the run will have cost at its end, with left rows to go. Zeros: not known yet.
func (p *purse) forecast(left int) (low, high relay.Money) { return p.costs.forecast(p.spent, left) }

// spread is the mean and the variance of what rows have cost. It serves a forecast; sums of money are exact
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

// forecast is two standard errors around what the rest would cost at the mean so far. Zeros with fewer than five
// rows.
func (s *spread) forecast(spent relay.Money, left int) (low, high relay.Money) {
	if s.n < 5 {
		return 0, 0
	}
	sd := math.Sqrt(s.m2 / float64(s.n-1))
	rest := float64(left)
	off := 2 * sd * (rest/math.Sqrt(float64(s.n)) + math.Sqrt(rest))
	low = spent + relay.Money(max(s.mean*rest-off, 0))
	return low, spent + relay.Money(s.mean*rest+off)
}
