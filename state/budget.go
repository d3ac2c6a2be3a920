package state

// Budget is what a day may cost.
type Budget struct{ s *Store }

// Budget is what a day may cost.
func (s *Store) Budget() Budget { return Budget{s} }

// Check is nil while the day's budget allows that something is sent, whatever process spent it. The error is
// relay.ErrBudget and names the budget; where the ledger can't be read the error says so, for nothing is sent
// unasked. It may wait for the disk.
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

// Lift lets the rest of the day go past its budget: somebody was asked, and said yes.
func (b Budget) Lift() {
	if day := b.s.opt.Budget; day != nil {
		day.Lift()
		b.s.Touch()
	}
}
