package state

// MaySpend is nil while the day's budget allows that something is sent, whatever process spent it. The error is
// relay.ErrBudget and names the budget; where the ledger can't be read the error says so, for nothing is sent
// unasked. It may wait for the disk.
func (s *Store) MaySpend() error {
	b := s.opt.Budget
	if b == nil {
		return nil
	}
	if err := b.Refresh(); err != nil {
		return err
	}
	return b.Check()
}

// LiftBudget lets the rest of the day go past its budget: somebody was asked, and said yes.
func (s *Store) LiftBudget() {
	if s.opt.Budget != nil {
		s.opt.Budget.Lift()
		s.Touch()
	}
}
