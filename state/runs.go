package state

import (
	"context"
	"errors"

	"relaytop/relay"
	"relaytop/state/job"
)

var errNoRuns = errors.New("batch runs are not available here")

// Runs are the batch runs. Methods that start, stop or change one may wait for the disk; those that list and read
// answer from memory.
type Runs struct{ s *Store }

// Runs are the batch runs.
func (s *Store) Runs() Runs { return Runs{s} }

// shown is the run whose header is in the snapshots. It is guarded by the store's lock.
type shown struct {
	book  RunBook
	id    string // "": the newest
	count int    // how many there are
	stale bool   // a run may have been added or removed since they were counted
}

func (r Runs) book() RunBook {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	return r.s.shown.book
}

// Start begins a batch run and shows it.
func (r Runs) Start(o job.Options) (string, error) {
	b := r.book()
	if b == nil {
		return "", errNoRuns
	}
	if o.Resume == "" { // a resumed run may have all its answers; if not, the budget stops its first row
		if err := r.s.Budget().Check(append([]string{o.Model}, o.Fallback...)...); err != nil {
			return "", err
		}
	}
	id, err := b.Start(o)
	if id != "" {
		r.Show(id)
	}
	return id, err
}

// Preflight reads an input and returns what a run of it would do and cost. It sends nothing.
func (r Runs) Preflight(ctx context.Context, o job.Options) (job.Plan, error) {
	b := r.book()
	if b == nil {
		return job.Plan{}, errNoRuns
	}
	return b.Preflight(ctx, o)
}

// PreflightSoon is Preflight that reads for a bounded time: of a long input the plan is that of its first rows, and
// says that there is more.
func (r Runs) PreflightSoon(ctx context.Context, o job.Options) (job.Plan, error) {
	b := r.book()
	if b == nil {
		return job.Plan{}, errNoRuns
	}
	return b.PreflightSoon(ctx, o)
}

// BatchAPI asks the relays of a model whether they have batches. It waits for their answers.
func (r Runs) BatchAPI(ctx context.Context, model string) job.BatchAPI {
	b := r.book()
	if b == nil {
		return job.BatchAPI{Err: errNoRuns}
	}
	return b.BatchAPI(ctx, model)
}

// Preview reads the first rows of a file. It sends nothing.
func (r Runs) Preview(ctx context.Context, path string) (job.Plan, error) {
	b := r.book()
	if b == nil {
		return job.Plan{}, errNoRuns
	}
	return b.Preview(ctx, path)
}

// Refresh reads the list of the runs on the disk again: another process may have started one.
func (r Runs) Refresh() error {
	b := r.book()
	if b == nil {
		return nil
	}
	err := b.Refresh()
	r.s.mu.Lock()
	r.s.shown.stale = true
	r.s.mu.Unlock()
	r.s.Touch()
	return err
}

// Pause starts no more rows; those in flight finish.
func (r Runs) Pause(id string) error { return r.do(id, RunBook.Pause) }

// Hold opens a run that rests on the disk, and returns its header once it is read. Nothing is sent.
func (r Runs) Hold(ctx context.Context, id string) (job.Header, error) {
	b := r.book()
	if b == nil {
		return job.Header{}, errNoRuns
	}
	h, err := b.Hold(ctx, id)
	r.s.Touch()
	return h, err
}

// Release closes a run that Hold opened, unless it went on: another process may have it then.
func (r Runs) Release(id string) error { return r.do(id, RunBook.Release) }

// Resume continues a run that was paused or interrupted.
func (r Runs) Resume(id string) error { return r.spend(id, RunBook.Resume) }

// Cancel ends a run. Its answers are kept.
func (r Runs) Cancel(id string) error { return r.do(id, RunBook.Cancel) }

// PollNow asks a provider at once for the state of the batches of a run.
func (r Runs) PollNow(id string) error {
	return r.do(id, func(b RunBook, id string) error { return b.Carried(id).Poll() })
}

// Detach leaves a run to its provider, which keeps its rows: another process may go on with it.
func (r Runs) Detach(ctx context.Context, id string) error {
	return r.do(id, func(b RunBook, id string) error { return b.Carried(id).Detach(ctx) })
}

// RetryFailed sends the failed rows of a run again.
func (r Runs) RetryFailed(id string) error { return r.spend(id, RunBook.RetryFailed) }

// SetBudget sets what a run may cost, 0 for no limit. A run that its budget paused goes on.
func (r Runs) SetBudget(id string, budget relay.Money) error {
	return r.spend(id, func(b RunBook, id string) error { return b.SetBudget(id, budget) })
}

// RetryRow sends one row of a run again, by its number.
func (r Runs) RetryRow(id string, n int) error {
	return r.spend(id, func(b RunBook, id string) error { return b.RetryRow(id, n) })
}

// RowCost is what a row of a run will cost if it is sent.
func (r Runs) RowCost(id string, n int) (job.RowCost, error) {
	b := r.book()
	if b == nil {
		return job.RowCost{}, errNoRuns
	}
	return b.RowCost(id, n)
}

// Skip leaves a row out of a run, by its number.
func (r Runs) Skip(id string, n int) error {
	return r.do(id, func(b RunBook, id string) error { return b.Skip(id, n) })
}

// spend is do for verbs that send requests: the day's budget is checked first.
func (r Runs) spend(id string, verb func(RunBook, string) error) error {
	if err := r.s.Budget().Check(); err != nil {
		return err
	}
	return r.do(id, verb)
}

func (r Runs) do(id string, verb func(RunBook, string) error) error {
	b := r.book()
	if b == nil {
		return errNoRuns
	}
	err := verb(b, id)
	r.s.Touch()
	return err
}

// Resize sets how many rows of a run are in flight at once.
func (r Runs) Resize(id string, n int) {
	b := r.book()
	if b == nil {
		return
	}
	if err := b.Resize(id, n); err != nil {
		r.s.AddNotice(Warn, err.Error())
	}
	r.s.Touch()
}

// Show chooses the run whose header is in the snapshots.
func (r Runs) Show(id string) {
	r.s.mu.Lock()
	r.s.shown.id = id
	r.s.mu.Unlock()
	r.s.Touch()
}

// List is all runs, newest first.
func (r Runs) List() []job.Header {
	if b := r.book(); b != nil {
		return b.Headers()
	}
	return nil
}

// Rows returns n rows of a run, from an index on.
func (r Runs) Rows(id string, from, n int) []job.Row {
	if b := r.book(); b != nil {
		return b.Rows(id, from, n)
	}
	return nil
}

// RowsWhere returns n of the rows that keep accepts, from the from-th of them on, and how many it accepts.
func (r Runs) RowsWhere(id string, keep func(o job.Outcome, fellBack bool) bool, from, n int) (rows []job.Row,
	total int) {
	if b := r.book(); b != nil {
		return b.RowsWhere(id, keep, from, n)
	}
	return nil, 0
}

// Query returns the indexes of the rows that a query picks, in its order. It may wait for the disk.
func (r Runs) Query(ctx context.Context, id string, q job.Query) ([]int32, error) {
	b := r.book()
	if b == nil {
		return nil, errNoRuns
	}
	return b.Query(ctx, id, q)
}

// RowsAt returns rows of a run by their indexes.
func (r Runs) RowsAt(id string, at []int32) []job.Row {
	if b := r.book(); b != nil {
		return b.RowsAt(id, at)
	}
	return nil
}

// Whole reads all of a row, by its number: its attempts from memory where they are kept, else what its journal has.
func (r Runs) Whole(id string, n int) (job.Whole, error) {
	b := r.book()
	if b == nil {
		return job.Whole{}, errNoRuns
	}
	w, err := b.Whole(id, n)
	if err != nil {
		return w, err
	}
	if kept := r.s.Requests().Inspect(w.Request).Result; kept != nil && len(kept.Attempts) >= w.Sent {
		w.Attempts, w.Sent, w.Cost.Bill = kept.Attempts, len(kept.Attempts), kept.Cost.Bill
	}
	return w, nil
}

// Parts are the parts of a run that a provider carries, and their newest steps, oldest first.
func (r Runs) Parts(id string) ([]job.Part, []job.PartStep) {
	book := r.book()
	if book == nil {
		return nil, nil
	}
	return book.Carried(id).Parts()
}

// Focus is the index of the first unfinished row.
func (r Runs) Focus(id string) int {
	if b := r.book(); b != nil {
		return b.Focus(id)
	}
	return 0
}

// header returns the header of the shown run, and the number of runs. The list is read only if it may have changed.
func (r Runs) header() (job.Header, int) {
	s := r.s
	s.mu.Lock()
	now := s.shown
	s.shown.stale = false
	s.mu.Unlock()
	if now.book == nil {
		return job.Header{}, 0
	}
	if now.stale {
		all := now.book.Headers()
		now.count = len(all)
		if now.id == "" && now.count > 0 {
			now.id = all[0].ID
		}
		s.mu.Lock()
		s.shown.count = now.count
		if s.shown.id == "" {
			s.shown.id = now.id
		}
		s.mu.Unlock()
	}
	if now.id == "" {
		return job.Header{}, now.count
	}
	h, _ := now.book.Header(now.id)
	return h, now.count
}
