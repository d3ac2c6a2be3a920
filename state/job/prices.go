package job

import (
	"cmp"
	"maps"
	"slices"

	"relaytop/relay"
	"relaytop/state/job/input"
)

// unboundedOutput is the most that a row is assumed to answer if it sets no max_tokens, in tokens.
const unboundedOutput = 4096

// prices say what rows will cost.
type prices struct {
	forecast relay.Forecast                    // nil: prices are unknown
	known    func(model string) bool           // nil: forecast decides
	measured func(model string) relay.Measured // nil: nothing was measured
}

// unpriced lists the models whose price is not known, of those that rows ask for and those that may answer instead.
func (p *prices) unpriced(models map[string]int, fallback []string) (list []string) {
	names := append(slices.Sorted(maps.Keys(models)), fallback...)
	for _, model := range names {
		if !slices.Contains(list, model) && !p.priced(model) {
			list = append(list, model)
		}
	}
	return list
}

// priced reports whether the price of a model is known, wherever it may be sent.
func (p *prices) priced(model string) bool {
	if p.known != nil {
		return p.known(model)
	}
	if p.forecast == nil {
		return false
	}
	_, ok := p.forecast(model, 1, 1)
	return ok
}

// most is the most that a request may cost: its estimated input plus a quarter, and all of its max_tokens, or what is
// assumed if it sets none. False: its price is not known.
func (p *prices) most(model string, in, out int64) (relay.Money, bool) {
	if p.forecast == nil {
		return 0, false
	}
	c, ok := p.forecast(model, in+in/4, boundOf(out))
	return c.Amount, ok
}

// boundOf is the most that a row with a bound may answer, in tokens.
func boundOf(out int64) int64 {
	if out == noOutput {
		return 0
	}
	return cmp.Or(out, unboundedOutput)
}

// list is the price of each model, for the manifest; those without a price are left out.
func (p *prices) list(models map[string]int) []priced {
	if p.forecast == nil {
		return nil
	}
	var out []priced
	for model := range models {
		in, ok1 := p.forecast(model, 1_000_000, 0)
		o, ok2 := p.forecast(model, 0, 1_000_000)
		if ok1 && ok2 {
			out = append(out, priced{Model: model, Input: in.Amount.String(), Output: o.Amount.String(),
				Source: in.ShownSource(), AsOf: in.AsOf})
		}
	}
	return out
}

// refuse returns why a run with a budget must not start: what a row costs is not known, so the budget would
// hold nothing back.
func (p *prices) refuse(o Options, models map[string]int) error {
	if o.Budget == 0 || o.BudgetUnknown {
		return nil
	}
	list := p.unpriced(models, o.Fallback)
	if len(list) == 0 {
		return nil
	}
	no := &relay.UnpricedError{Model: list[0], Limit: "the budget of " + o.Budget.Dollars()}
	more := ""
	if n := len(list) - 1; n > 0 {
		more = "; " + relay.Counted(n, "more model") + " without a price"
	}
	return input.Unusable("%s; or send such rows all the same, their cost beside the budget: --budget-unknown allow%s",
		no, more)
}

// checkLimit returns why an open run can't get the budget of o.
func (r *run) checkLimit(o Options) error {
	r.mu.Lock()
	o.BudgetUnknown = o.BudgetUnknown || r.in.opts.BudgetUnknown
	models := map[string]int{r.in.opts.Model: 1}
	o.Fallback = r.in.opts.Fallback
	r.mu.Unlock()
	return r.book.prices.refuse(o, models)
}
