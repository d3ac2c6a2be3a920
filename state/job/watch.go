package job

import (
	"os"
	"time"

	"relaytop/relay"
	"relaytop/state/disk"
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
	r.do((&follower{r: r}).follow)
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

// follower reads a run that this process does not run: its input once, and its journal as it grows.
type follower struct {
	r  *run
	at int64 // the journal was read to here
}

// follow reads the run until no process writes it.
func (f *follower) follow() {
	r := f.r
	if err := f.open(); err != nil {
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
	r.do(r.shown.loadLoop)
	t := time.NewTicker(followEvery)
	defer t.Stop()
	for {
		more := f.catchUp()
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

// open reads the input, or what the journal has of it.
func (f *follower) open() error {
	r := f.r
	m, err := readManifest(r.folder.dir)
	if err != nil {
		return err
	}
	file, err := disk.Open(r.folder.path(journalName), os.O_RDONLY)
	if err != nil {
		return err
	}
	r.folder.man, r.in.opts, r.rec.journal, r.steer.resumed = m, m.Options, &journal{f: readOnly{file}}, true
	r.in.opts.AllowDuplicate, r.in.opts.StopOnBad = true, false // the process that runs it has decided on these
	if err := r.open(); err != nil {
		if r.in.scan, err = r.in.fromJournal(m, r.rec.journal); err != nil {
			return err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := r.h
	r.h = Header{ID: kept.ID, Input: kept.Input, Out: kept.Out, Errors: kept.Errors, State: kept.State,
		Reason: kept.Reason, Stopped: kept.Stopped,
		Model: kept.Model, Concurrency: kept.Concurrency, Started: kept.Started, Ended: kept.Ended, Elapsed: kept.Elapsed,
		PaidTwice: kept.PaidTwice, Lost: kept.Lost, Partial: kept.Partial, ErrorsOut: kept.ErrorsOut,
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
func (f *follower) catchUp() bool {
	r := f.r
	h, err := readHeader(r.folder.dir)
	r.mu.Lock()
	defer r.mu.Unlock()
	end, damaged, rerr := replay(r.rec.journal.f, f.at, func(at int64, rec *record) { r.replayed(at, rec, false) })
	if rerr != nil {
		r.h.Reason = rerr.Error()
	}
	if end != f.at || r.h.State != h.State || r.h.InFlight != h.InFlight || r.h.Held != h.Held {
		r.touch()
	}
	f.at = end
	r.rows.placeRemoved(&r.h)
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
