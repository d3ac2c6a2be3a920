package cli

import (
	"strings"
	"testing"

	"relaytop/relay"
	"relaytop/state/job"
)

// TestWhatABudgetCovers: of a plan whose rows cost 2 dollars likely and 4 at most, and one of them up to 1.
func TestWhatABudgetCovers(t *testing.T) {
	const usd = relay.USD
	p := job.Plan{Good: 4, Priced: true, Likely: 2 * usd, Max: 4 * usd, RowMax: usd,
		Batch: job.BatchPrice{Priced: true, Likely: usd, Max: 2 * usd}}
	for _, c := range []struct {
		budget      relay.Money
		carrier     job.Carrier
		want        string
		likely, max bool
	}{
		{usd / 2, job.ByPool, "$0.500000 does not cover the longest row", false, false},
		{usd, job.ByPool, "$1.000000 does not cover the likely cost", false, false},
		{2 * usd, job.ByPool, "$2.000000 covers the likely cost, not the highest", true, false},
		{4 * usd, job.ByPool, "$4.000000 covers the highest cost", true, true},
		{2*usd - 1, job.ByProvider, "does not cover the highest cost: nothing is uploaded", true, false},
		{2 * usd, job.ByProvider, "$2.000000 covers the highest cost", true, true},
	} {
		o := job.Options{Budget: c.budget, Carrier: c.carrier}
		lines := strings.Join(budgetLines(&p, &o), "\n")
		if !strings.Contains(lines, c.want) {
			t.Errorf("$%s: %q is not in %q", c.budget, c.want, lines)
		}
		if pool := c.carrier == job.ByPool; strings.Contains(lines, "reserves up to $1.000000") != pool {
			t.Errorf("$%s: what a row reserves: %q", c.budget, lines)
		}
		b := budgetOf(&p, &o)
		if b.CoversLikely == nil || *b.CoversLikely != c.likely || *b.CoversMaximum != c.max {
			t.Errorf("$%s: %+v", c.budget, b)
		}
	}
	if lines := budgetLines(&p, &job.Options{}); lines != nil || budgetOf(&p, &job.Options{}) != nil {
		t.Errorf("without a budget: %q", lines)
	}
	p.Priced = false
	if b := budgetOf(&p, &job.Options{Budget: usd}); b.CoversLikely != nil || b.RowReserve != nil {
		t.Errorf("without a price: %+v", b)
	}
}
