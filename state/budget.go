package state

// Budget is what a day may cost.
type Budget struct{ s *Store }

// Budget is what a day may cost.
func (s *Store) Budget() Budget { return Budget{s} }

// Check is nil while the day's budget is not spent, by whatever process. The error is
// relay.ErrBudget and names the budget. If the ledger can't be read, that is the error, and nothing is sent. It may
// wait for the disk.
func (b Budget) Check() error {
	day := b.s.opt.Budget
	if day == nil {
		return nil
	}
	if err := day.Refresh(); err != nil {
		return err
	}
	return day.Check()
}

// Lift lifts the budget for the rest of the day. The user confirmed it.
func (b Budget) Lift() {
	if day := b.s.opt.Budget; day != nil {
		day.Lift()
		b.s.Touch()
	}
}
