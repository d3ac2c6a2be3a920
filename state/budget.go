package state

import "slices"

// Budget is what a day may cost.
type Budget struct{ s *Store }

// Budget is what a day may cost.
func (s *Store) Budget() Budget { return Budget{s} }

// Check is nil while the day's budget is not spent, by whatever process, and the prices of the models are known.
// The error is relay.ErrBudget and names the budget, a *relay.UnpricedError for a price. If the ledger can't be
// read, that is the error, and nothing is sent. It may wait for the disk, and for a price list for a few seconds.
func (b Budget) Check(models ...string) error {
	day := b.s.opt.Budget
	if day == nil {
		return nil
	}
	models = slices.DeleteFunc(models, func(model string) bool { return model == "" })
	if err := day.Refresh(models...); err != nil {
		return err
	}
	return day.Check(models...)
}

// AllowUnpriced lets models without a price pass for the rest of the day. The user confirmed it.
func (b Budget) AllowUnpriced() {
	if day := b.s.opt.Budget; day != nil {
		day.AllowUnpriced()
		b.s.Touch()
	}
}

// Lift lifts the budget for the rest of the day. The user confirmed it.
func (b Budget) Lift() {
	if day := b.s.opt.Budget; day != nil {
		day.Lift()
		b.s.Touch()
	}
}
