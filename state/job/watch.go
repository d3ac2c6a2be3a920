package job

import (
	"fmt"
	"os"
	"time"

	"relaytop/relay"
	"relaytop/state/disk"
	"relaytop/state/job/input"
)

// followEvery is how often the journal of another process is read.
const followEvery = 500 * time.Millisecond

// watch opens a run on the disk, read only.
func (b *Book) watch(id string) {
	b.mu.Lock()
	h, ok := b.disk[id]
	if !ok || b.closed || b.runs[id] != nil {
		b.mu.Unlock()
		return
	}
	r := newRun(b, id, b.folders.of(id), Options{})
	r.view, r.h, r.purse.spent = true, h, h.Cost
	if r.h.ByClass == nil {
		r.h.ByClass = make(map[relay.Class]int)
	}
	b.runs[id] = r
	b.mu.Unlock()
	r.do(r.observe)
}

// dropView closes a run that was opened read only.
func (b *Book) dropView(id string) {
	r := b.run(id)
	if r == nil || !r.view {
		return
	}
	b.forget(r)
	_ = r.close() // it was open for reading only
}

// observe reads a run's input and journal, and follows the journal while another process writes it.
func (r *run) observe() {
	if err := r.openView(); err != nil {
		if r.tasks.ctx.Err() == nil {
			r.mu.Lock()
			if r.h.State != Damaged {
				r.h.Reason = err.Error()
			}
			r.touch()
			r.mu.Unlock()
			r.book.changed()
		}
		return
	}
	r.do(r.loadRows)
	t := time.NewTicker(followEvery)
	defer t.Stop()
	for {
		more := r.catchUp()
		r.book.changed()
		if !more {
			return
		}
		select {
		case <-t.C:
		case <-r.tasks.ctx.Done():
			return
		}
	}
}

func (r *run) openView() error {
	m, err := readManifest(r.folder.dir)
	if err != nil {
		return err
	}
	f, err := disk.Open(r.folder.path(journalName), os.O_RDONLY)
	if err != nil {
		return err
	}
	r.folder.man, r.in.opts, r.rec.journal, r.steer.resumed = m, m.Options, &journal{f: readOnly{f}}, true
	r.in.opts.AllowDuplicate, r.in.opts.StopOnBad = true, false // the process that runs it has decided on these
	if err := r.open(); err != nil {
		if r.in.scan, err = r.fromJournal(); err != nil {
			return err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := r.h
	r.h = Header{ID: kept.ID, Input: kept.Input, Out: kept.Out, Errors: kept.Errors, State: kept.State,
		Reason: kept.Reason, Stopped: kept.Stopped,
		Model: kept.Model, Concurrency: kept.Concurrency, Started: kept.Started, Ended: kept.Ended, Elapsed: kept.Elapsed,
		PaidTwice: kept.PaidTwice, Partial: kept.Partial, ErrorsOut: kept.ErrorsOut,
		ReadOnly: kept.ReadOnly, Version: kept.Version + 1, ByClass: make(map[relay.Class]int)}
	r.purse = purse{}
	r.adopt(r.in.scan)
	return nil
}

// readOnly is a journal that is only read.
type readOnly struct{ *os.File }

// Sync does nothing: nothing is written.
func (readOnly) Sync() error { return nil }

// catchUp reads what was written since the last call. False: no process writes it.
func (r *run) catchUp() bool {
	h, err := readHeader(r.folder.dir)
	r.mu.Lock()
	defer r.mu.Unlock()
	end, damaged, rerr := replay(r.rec.journal.f, r.rec.journal.end, r.replayed)
	if rerr != nil {
		r.h.Reason = rerr.Error()
	}
	if end != r.rec.journal.end || r.h.State != h.State || r.h.InFlight != h.InFlight || r.h.Held != h.Held {
		r.touch()
	}
	r.rec.journal.end = end
	r.rows.keep(&r.h)
	r.h.Damaged += damaged
	if err == nil {
		r.h.State, r.h.Reason, r.h.Stopped, r.h.ReadOnly = h.State, h.Reason, h.Stopped, h.ReadOnly
		r.h.InFlight, r.h.Writing, r.h.Retrying, r.h.Held = h.InFlight, h.Writing, h.Retrying, h.Held
		r.h.Concurrency = h.Concurrency
		r.h.Elapsed, r.h.Ended, r.h.Rate, r.h.ETA, r.h.PaidTwice = h.Elapsed, h.Ended, h.Rate, h.ETA, h.PaidTwice
		r.h.Partial, r.h.ErrorsOut = h.Partial, h.ErrorsOut
	}
	return r.h.ReadOnly
}

// fromJournal makes an index from the journal alone, for a run whose input is gone or can't be read.
func (r *run) fromJournal() (*scan, error) {
	rows, ids := make([]row, r.folder.man.Rows), make([]string, r.folder.man.Rows)
	_, _, err := replay(r.rec.journal.f, 0, func(_ int64, rec *record) {
		if k, ok := input.ParseKey(rec.Key); ok && rec.N >= 1 && rec.N <= len(rows) {
			rows[rec.N-1].key, ids[rec.N-1] = k, rec.ID
		}
	})
	if err != nil {
		return nil, fmt.Errorf("reading the journal: %w", err)
	}
	if r.in.spec == nil {
		r.in.spec = newSpec(input.Format{}, r.folder.man.Options)
	}
	s := &scan{ix: newIndex()}
	for i, row := range rows {
		s.ix.add(row)
		s.ix.addID(ids[i])
	}
	s.ix.seal()
	return s, nil
}
