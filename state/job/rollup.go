package job

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"relaytop/relay"
	"relaytop/state/disk"
)

// Ledger keeps the sums of all runs. The archive is the real one.
type Ledger interface {
	// Counted returns up to which byte of its journal each run is counted.
	Counted() (map[string]int64, error)
	// Count adds sums of a run, and moves the count from one byte of its journal to another, in one transaction. It
	// adds nothing, and returns an error, if the count does not stand at from.
	Count(run string, from, upTo int64, sums []relay.Rollup) error
}

// countEvery is how often a run adds to the ledger.
const countEvery = time.Second

// rollup is the part of a run that is not in the ledger yet. A record is added once it is durable. What a crash left
// out is found by Reconcile, or when the run is opened again: the ledger knows up to which byte of the journal it has
// counted. Its lock is taken while the run's is held, and nothing is called under it.
type rollup struct {
	to   Ledger // nil: nothing is counted
	run  string
	work relay.Signal

	mu   sync.Mutex
	from int64          // the ledger has counted to here
	end  int64          // of the last record that was added
	open map[int64]bool // offsets of records that are written and not added
	sums map[relay.RollupKey]*relay.Rollup
}

func newRollup(to Ledger, run string) *rollup {
	return &rollup{to: to, run: run, work: relay.NewSignal(), open: map[int64]bool{},
		sums: map[relay.RollupKey]*relay.Rollup{}}
}

// wrote notes that a record was written at an offset. An earlier copy of it, at before, no longer counts; 0: there
// is none.
func (u *rollup) wrote(before, at int64) {
	if u.to == nil {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if before > 0 {
		delete(u.open, before)
	}
	u.open[at] = true
}

// add adds a record that is durable, from its offset to its end.
func (u *rollup) add(r *record, at, end int64) {
	if u.to == nil {
		return
	}
	u.mu.Lock()
	delete(u.open, at)
	u.end = max(u.end, end)
	u.sum(r)
	u.mu.Unlock()
	u.work.Notify()
}

func (u *rollup) sum(r *record) {
	k := r.sumKey()
	s := u.sums[k]
	if s == nil {
		s = &relay.Rollup{RollupKey: k}
		u.sums[k] = s
	}
	r.addTo(s)
}

// take returns what is to be counted, and up to where: no further than the first record that is not added.
func (u *rollup) take() (from, upTo int64, sums []relay.Rollup) {
	u.mu.Lock()
	defer u.mu.Unlock()
	upTo = u.end
	for at := range u.open {
		upTo = min(upTo, at)
	}
	for _, s := range u.sums {
		sums = append(sums, *s)
	}
	clear(u.sums)
	return u.from, upTo, sums
}

// write adds what is pending to the ledger. After an error it stays pending.
func (u *rollup) write() error {
	from, upTo, sums := u.take()
	if u.to == nil || len(sums) == 0 && from == upTo {
		return nil
	}
	err := u.to.Count(u.run, from, upTo, sums)
	u.mu.Lock()
	defer u.mu.Unlock()
	if err == nil {
		u.from = upTo
		return nil
	}
	for i := range sums {
		if s := u.sums[sums[i].RollupKey]; s != nil {
			s.Add(&sums[i])
		} else {
			u.sums[sums[i].RollupKey] = &sums[i]
		}
	}
	return fmt.Errorf("counting run %s: %w", u.run, err)
}

// writeLoop writes what is pending once a second until ctx ends.
func (u *rollup) writeLoop(ctx context.Context) {
	for {
		select {
		case <-u.work:
		case <-ctx.Done():
			return
		}
		if u.write() != nil { // the ledger reports it
			u.work.Notify()
		}
		t := time.NewTimer(countEvery)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return
		}
	}
}

// resume continues where the ledger stands. A run whose ledger can't be read or written is not counted now, but by
// the next start.
func (u *rollup) resume(m *manifest, journal io.ReaderAt) {
	if u.to != nil && u.catchUp(m, journal) != nil {
		u.to = nil
	}
}

// catchUp adds the records that the ledger lacks.
func (u *rollup) catchUp(m *manifest, journal io.ReaderAt) error {
	counted, err := u.to.Counted()
	if err != nil {
		return err
	}
	from, known := counted[u.run]
	var seen requests // after a failed sync a record is written twice
	u.mu.Lock()
	u.from = from
	// a journal that is shorter now was cut or begun again, and what it still has is counted
	shorter := from > 0 && !endsAt(journal, from)
	if shorter {
		from = 0
	}
	end, _, err := replay(journal, from, func(_ int64, r *record) {
		if shorter || !known && !m.Counted || !r.endsRow() || r.Request != 0 && !seen.add(r.Request) {
			return // an earlier version wrote a row for each into the archive
		}
		u.sum(r)
	})
	u.end = end
	u.mu.Unlock()
	if err != nil {
		return err
	}
	return u.write()
}

// endsAt reports whether a line of a journal ends at an offset.
func endsAt(journal io.ReaderAt, at int64) bool {
	var b [1]byte
	_, err := journal.ReadAt(b[:], at-1)
	return err == nil && b[0] == '\n'
}

// endsRow reports whether the record says how a request ended.
func (r *record) endsRow() bool {
	switch r.State {
	case stateOK, stateFailed, stateIncomplete, stateCancelled, stateBack:
		return true
	}
	return false
}

// Reconcile counts what runs in a folder have in their journals and the ledger does not: they were killed. A run that
// another process has open is left to it.
func Reconcile(dir string, to Ledger) error {
	counted, err := to.Counted()
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("listing the runs: %w", err)
	}
	var errs []error
	for _, e := range entries {
		info, err := os.Stat(filepath.Join(dir, e.Name(), journalName))
		if err == nil && info.Size() != counted[e.Name()] {
			errs = append(errs, reconcileRun(filepath.Join(dir, e.Name()), to))
		}
	}
	return errors.Join(errs...)
}

func reconcileRun(dir string, to Ledger) (err error) {
	m, err := readManifest(dir)
	if err != nil {
		return nil // the run is damaged: who resumes it or forgets it decides
	}
	l, err := lockRun(filepath.Join(dir, lockName))
	if errors.Is(err, ErrLocked) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Release()) }()
	f, err := disk.Open(filepath.Join(dir, journalName), os.O_RDONLY)
	if err != nil {
		return err
	}
	defer f.Close()
	return newRollup(to, m.ID).catchUp(m, f)
}
