package metrics

import (
	"math"
	"time"

	"relaytop/relay"
	"relaytop/state/meter"
	"relaytop/ui/pane"
	"relaytop/ui/widget"
)

// cost is the money spent so far: what is settled, and on top of the newest column what the answers in flight have
// probably cost. The day's budget is a line once it can be compared with what was spent.
func (p *page) cost(w, h int) []string {
	st, f := p.st, &p.view.Figures
	s := stacked{part: partCost, name: "cost", note: "what was spent so far", gutter: 6, steps: 2, label: dollars}
	s.draw = func(n int) (cols [][]widget.Part, top float64) {
		for _, c := range p.fold(n, false) {
			var parts []widget.Part
			sum := c.total
			if c.total > 0 {
				parts = []widget.Part{{Share: usd(c.total), Ink: st.Fill[2]}}
			}
			if c.newest && f.Pending > 0 {
				parts = append(parts, widget.Part{Share: usd(f.Pending), Ink: st.Muted})
				sum += f.Pending
			}
			top = max(top, usd(sum))
			cols = append(cols, parts)
		}
		return cols, top
	}
	sum := p.spent() + f.Pending
	s.empty = f.OK == 0 && sum == 0
	s.known = p.budget.limit > 0 || sum > 0
	s.right = p.costHead(w, sum)
	if left := p.budget.limit - p.budget.before; left > 0 && 10*sum >= left {
		s.least = usd(left)
		s.mark = func(high float64) []widget.Mark {
			label := "budget " + p.budget.limit.Dollars()
			if p.budget.before > 0 {
				label += ", " + p.budget.before.Dollars() + " spent before"
			}
			return []widget.Mark{{At: usd(left) / high, Label: label, Ink: st.Warn}}
		}
	} else if s.empty {
		s.least = 1
	}
	s.reads = func(b *meter.Bucket) []string { return []string{st.Text.Paint(b.Total.Dollars())} }
	return p.stack(w, h, s)
}

// spent is what this run cost so far.
func (p *page) spent() relay.Money {
	if b := p.view.Buckets; len(b) > 0 {
		return b[len(b)-1].Total
	}
	return p.view.Figures.Cost
}

// costHead is the sum, then what is spent a minute, then how long the budget lasts at that pace. The sum is never
// cut: it would be a wrong one.
func (p *page) costHead(w int, sum relay.Money) string {
	st, f := p.st, &p.view.Figures
	if sum == 0 && f.Unknown > 0 {
		return st.Text.Paint("unknown")
	}
	head := st.Text.Paint(widget.About(sum.Dollars(), f.Estimated || f.Pending > 0))
	burn := head + "  " + st.Text.Paint(pane.Burn(f.PerMinute)) + st.Muted.Paint("/min")
	left := p.budget.limit - p.budget.before - sum
	switch {
	case p.budget.limit == 0:
		return fits(w, "cost", burn, head)
	case left <= 0:
		return fits(w, "cost", burn+"  "+st.Error.Paint("budget spent"), burn, head)
	case f.PerMinute <= 0:
		return fits(w, "cost", burn+"  "+st.Text.Paint(left.Dollars())+st.Muted.Paint(" left"), burn, head)
	}
	minutes := min(float64(left)/float64(f.PerMinute), 1e6)
	in := time.Duration(math.Round(minutes*60)) * time.Second
	return fits(w, "cost", burn+st.Muted.Paint("  budget in ")+st.Text.Paint(widget.Clock(in)), burn, head)
}
