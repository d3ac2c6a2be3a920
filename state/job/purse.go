package job

import (
	"fmt"
	"math"

	"relaytop/relay"
)

// purse is what a run has spent and reserved, in picodollars. The run's lock guards it.
//
// The invariant: spent + reserved <= limit whenever a row is sent, be it long after it was submitted. A row's
// reserve is its worst case while it is in flight, and its cost once it has ended: many more rows may be sent
// before its record is durable.
type purse struct {
	limit    relay.Money // 0: no limit
	spent    relay.Money // by rows whose record is durable
	reserved relay.Money // for rows without a durable record
	dearest  relay.Money // the most that a row has cost
	short    bool        // the limit does not cover the next row until one in flight settles
	wanted   relay.Money // what the next row reserves, if short
	costs    spread
}

// covers reports whether a row that costs at most worst can be sent.
func (p *purse) covers(worst relay.Money) bool {
	p.short, p.wanted = p.limit > 0 && p.spent+p.reserved+worst > p.limit, worst
	return !p.short
}

// next is the least limit that covers the row that was short.
func (p *purse) next() relay.Money { return p.spent + p.reserved + p.wanted }

// shortage says why no further row is sent. unknown are the rows whose cost is not known.
func (p *purse) shortage(unknown int) string {
	beside := ""
	if unknown > 0 {
		beside = fmt.Sprintf(", besides %s of unknown cost", relay.Counted(unknown, "row"))
	}
	return fmt.Sprintf("the budget of $%s does not cover another row%s: its longest answer may cost $%s, which is "+
		"reserved until its cost is known; raise the budget to go on", p.limit, beside, p.wanted)
}

// over reports whether rows cost more than was reserved for them, so that the limit does not cover those that wait.
func (p *purse) over() bool { return p.limit > 0 && p.spent+p.reserved > p.limit }

func (p *purse) reserve(worst relay.Money) { p.reserved += worst }

// correct replaces the reserve of an ended row by its cost.
func (p *purse) correct(reserved, cost relay.Money) { p.reserved += cost - reserved }

// release removes a row's reserve: the row was not sent after all, or its cost is in spent.
func (p *purse) release(reserved relay.Money) {
	p.reserved -= reserved
	p.short = false
}

func (p *purse) spend(cost relay.Money) {
	p.spent += cost
	p.dearest = max(p.dearest, cost)
	p.costs.add(cost)
}

// forecast is the cost of the run at its end, with left rows to go. Zeros: not known yet.
func (p *purse) forecast(left int) (low, high relay.Money) { return p.costs.forecast(p.spent, left) }

// spread is the mean and the variance of the cost of rows, for a forecast only: sums of money are exact.
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

// forecast is the cost of the remaining rows at the mean so far, plus and minus two standard errors. Zeros with fewer
// than five rows.
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
