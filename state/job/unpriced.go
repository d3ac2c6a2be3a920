package job

import (
	"maps"
	"slices"

	"relaytop/relay"
	"relaytop/state/job/input"
)

// unpriced lists the models whose price is not known, of those that rows ask for and those that may answer instead.
func (b *Book) unpriced(models map[string]int, fallback []string) (list []string) {
	names := append(slices.Sorted(maps.Keys(models)), fallback...)
	for _, model := range names {
		if !slices.Contains(list, model) && !b.priced(model) {
			list = append(list, model)
		}
	}
	return list
}

// priced reports whether the price of a model is known.
func (b *Book) priced(model string) bool {
	if b.cfg.Priced != nil {
		return b.cfg.Priced(model)
	}
	if b.cfg.Price == nil {
		return false
	}
	_, ok := b.cfg.Price(model, 1, 1)
	return ok
}

// refuseUnpriced returns why a run with a budget must not start: what a row costs is not known, so the budget would
// hold nothing back.
func (b *Book) refuseUnpriced(o Options, models map[string]int) error {
	if o.Budget == 0 || o.BudgetUnknown {
		return nil
	}
	list := b.unpriced(models, o.Fallback)
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

// mayLimit returns why an open run can't get a budget.
func (b *Book) mayLimit(id string, o Options) error {
	r := b.run(id)
	if r == nil || r.view {
		return nil
	}
	r.mu.Lock()
	o.BudgetUnknown = o.BudgetUnknown || r.in.opts.BudgetUnknown
	models := map[string]int{r.in.opts.Model: 1}
	o.Fallback = r.in.opts.Fallback
	r.mu.Unlock()
	return b.refuseUnpriced(o, models)
}
