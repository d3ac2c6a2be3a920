package cli

import (
	"relaytop/relay"
	"relaytop/state/job"
)

// planBudget is what a budget covers of a plan. What depends on a price that is not known is null.
type planBudget struct {
	USD           string  `json:"usd"`
	RowReserve    *string `json:"row_reserve_usd"` // the most that is reserved for one row
	CoversLikely  *bool   `json:"covers_likely"`
	CoversMaximum *bool   `json:"covers_max"`
}

// budgetOf is null without a budget.
func budgetOf(p *job.Plan, o *job.Options) *planBudget {
	if o.Budget == 0 {
		return nil
	}
	b := planBudget{USD: o.Budget.String()}
	if likely, most, ok := planCosts(p, o); ok {
		coversLikely, coversMax := likely <= o.Budget, most <= o.Budget
		b.CoversLikely, b.CoversMaximum = &coversLikely, &coversMax
	}
	if p.Priced && o.Carrier != job.ByProvider {
		b.RowReserve = amount(&p.RowMax)
	}
	return &b
}

// planCosts are the likely and the highest cost of a plan, by the way that its rows go.
func planCosts(p *job.Plan, o *job.Options) (likely, most relay.Money, ok bool) {
	if o.Carrier == job.ByProvider {
		return p.Batch.Likely, p.Batch.Max, p.Batch.Priced
	}
	return p.Likely, p.Max, p.Priced
}

// budgetLines say what a budget covers of a plan, and what a row reserves of it.
func budgetLines(p *job.Plan, o *job.Options) []string {
	likely, most, ok := planCosts(p, o)
	if o.Budget == 0 || !ok {
		return nil
	}
	budget := "the budget of $" + o.Budget.String()
	if o.Carrier == job.ByProvider {
		if most <= o.Budget {
			return []string{budget + " covers the highest cost"}
		}
		return []string{budget + " does not cover the highest cost: nothing is uploaded then (--max-tokens lowers it)"}
	}
	lines := []string{"a row in flight reserves up to $" + p.RowMax.String() + " of the budget, the cost of its longest " +
		"answer (--max-tokens lowers it)"}
	switch {
	case p.Good > 0 && p.RowMax > o.Budget:
		budget += " does not cover the longest row: the run pauses before it"
	case most <= o.Budget:
		budget += " covers the highest cost"
	case likely <= o.Budget:
		budget += " covers the likely cost, not the highest: the run may pause before the end"
	default:
		budget += " does not cover the likely cost: the run will likely pause before the end"
	}
	return append(lines, budget)
}
