package state

import (
	"errors"

	"relaytop/state/job"
)

var errNoRuns = errors.New("batch runs are not available here")

func (s *Store) book() Runs {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.runs
}

// StartRun begins a batch run and shows it.
func (s *Store) StartRun(o job.Options) (string, error) {
	b := s.book()
	if b == nil {
		return "", errNoRuns
	}
	if o.Resume == "" { // a resumed run may have all its answers; if not, its first row meets the budget
		if err := s.MaySpend(); err != nil {
			return "", err
		}
	}
	id, err := b.Start(o)
	if id != "" {
		s.ShowRun(id)
	}
	return id, err
}

// PauseRun lets the rows in flight finish and starts no others.
func (s *Store) PauseRun(id string) error { return s.onRun(id, Runs.Pause) }

// ResumeRun goes on with a run that was paused or broke off.
func (s *Store) ResumeRun(id string) error { return s.ifMaySpend(id, Runs.Resume) }

// CancelRun ends a run; what was answered is kept.
func (s *Store) CancelRun(id string) error { return s.onRun(id, Runs.Cancel) }

// RetryFailed asks the failed rows of a run again.
func (s *Store) RetryFailed(id string) error { return s.ifMaySpend(id, Runs.RetryFailed) }

func (s *Store) ifMaySpend(id string, do func(Runs, string) error) error {
	if err := s.MaySpend(); err != nil {
		return err
	}
	return s.onRun(id, do)
}

func (s *Store) onRun(id string, do func(Runs, string) error) error {
	b := s.book()
	if b == nil {
		return errNoRuns
	}
	err := do(b, id)
	s.Touch()
	return err
}

// ResizeRun sets how many rows of a run are in flight at once.
func (s *Store) ResizeRun(id string, n int) {
	b := s.book()
	if b == nil {
		return
	}
	if err := b.Resize(id, n); err != nil {
		s.Tell(Warn, err.Error())
	}
	s.Touch()
}

// ShowRun chooses the run that snapshots hold.
func (s *Store) ShowRun(id string) {
	s.mu.Lock()
	s.run = id
	s.mu.Unlock()
	s.Touch()
}

// Runs are all runs, newest first.
func (s *Store) Runs() []job.Header {
	if b := s.book(); b != nil {
		return b.Headers()
	}
	return nil
}

// RunRows are n rows of a run from the given index on.
func (s *Store) RunRows(id string, from, n int) []job.Row {
	if b := s.book(); b != nil {
		return b.Window(id, from, n)
	}
	return nil
}

// RunFocus is the index of the first unfinished row.
func (s *Store) RunFocus(id string) int {
	if b := s.book(); b != nil {
		return b.Focus(id)
	}
	return 0
}

// header gives the shown run and how many there are. The list is asked for only when it may have changed.
func (s *Store) header() (job.Header, int) {
	s.mu.Lock()
	b, id, count, stale := s.runs, s.run, s.runCount, s.runStale
	s.runStale = false
	s.mu.Unlock()
	if b == nil {
		return job.Header{}, 0
	}
	if stale {
		all := b.Headers()
		count = len(all)
		if id == "" && count > 0 {
			id = all[0].ID
		}
		s.mu.Lock()
		s.runCount = count
		if s.run == "" {
			s.run = id
		}
		s.mu.Unlock()
	}
	if id == "" {
		return job.Header{}, count
	}
	h, _ := b.Header(id)
	return h, count
}

// RunPick are n of the rows of a run that keep says yes to, from the from-th of them on, and how many there are.
func (s *Store) RunPick(id string, keep func(o job.Outcome, fellBack bool) bool, from, n int) (rows []job.Row,
	total int) {
	if b := s.book(); b != nil {
		return b.WindowWhere(id, keep, from, n)
	}
	return nil, 0
}
