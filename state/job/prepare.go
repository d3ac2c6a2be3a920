package job

import "relaytop/relay"

// prepare makes a run ready to send: input, index, manifest, journal. False: it broke.
func (r *run) prepare() bool {
	err := r.open()
	if err == nil {
		err = r.begin()
	}
	if err == nil {
		if f := &r.folder; f.before != nil && f.before.damage != "" { // from now on the run is whole again
			r.saveHeader(true)
		}
		r.do(r.rec.writeLoop)
		r.do(r.rec.syncLoop)
		r.do(r.headerLoop)
		r.do(r.shown.loadLoop)
		r.do(func() { r.rec.rollup.writeLoop(r.tasks.ctx) })
		return true
	}
	r.rec.replaying.abort()
	if r.tasks.ctx.Err() != nil {
		return false
	}
	r.fail(err, "")
	return false
}

// openJournal opens the journal, before the manifest is written: a run has a journal or is damaged.
func (r *run) openJournal() error {
	f, err := r.book.cfg.openJournal(r.folder.path(journalName))
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rec.journal = &journal{f: f}
	r.adopt(r.in.scan)
	return nil
}

// begin acts on what the journal has, and makes the manifest durable.
func (r *run) begin() error {
	if r.rec.journal == nil {
		if err := r.openJournal(); err != nil {
			return err
		}
	}
	r.mu.Lock()
	err := r.recover()
	if err == nil {
		err = r.rows.mark(&r.folder)
	}
	r.mu.Unlock()
	if err != nil {
		return err
	}
	if err := r.saveManifest(); err != nil {
		return err
	}
	r.rec.rollup.resume(r.folder.man, r.rec.journal.f)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.steer.probe = r.steer.stopped == StopWait
	if class := relay.Class(r.steer.stopped); class.Traits().Refused {
		r.requeue(failedAs(class))
	}
	if r.in.opts.RetryFailed {
		r.requeue((*row).retryable)
	}
	if n := r.in.opts.RetryRow; n > 0 && r.rows.unlessRetried(n) == nil {
		r.requeue(func(row *row) bool { return row == r.rows.ix.at(n-1) })
	}
	switch {
	case r.h.State == Reading && r.steer.closing:
		r.h.Stopped, r.h.Reason = StopUser, closedReason
		r.to(Paused)
	case r.h.State == Reading && r.steer.hold:
		r.to(Paused)
	case r.h.State == Reading:
		r.to(Running)
	}
	return nil
}

// adopt takes an index. The lock is held.
func (r *run) adopt(s *scan) {
	r.rows.ix, r.rows.more = s.ix, r.in.pass != nil && !r.in.pass.seen
	r.h.Rows, r.h.Shard, r.h.Elsewhere = s.own(), r.in.opts.Shard, s.elsewhere
	r.h.Input, r.h.Path = r.folder.man.Input.Name, r.folder.man.Input.Path
	for i := range r.rows.ix.len {
		r.h.tally(r.rows.ix.at(i), 1)
	}
}

// recover acts on the journal once it was replayed: a torn last record is cut off, and rows that were sent and have no
// end may be paid for twice. The lock is held.
func (r *run) recover() error {
	r.rows.placeRemoved(&r.h)
	end := r.rec.journal.end
	r.rec.journal.torn = true
	r.rec.opened, r.rec.durable = end, end
	for i := range r.rows.ix.len {
		if row := r.rows.ix.at(i); row.flags&flagSent != 0 {
			row.flags = row.flags&^flagSent | flagTwice
		}
	}
	if lost := r.folder.lost(&r.h, &r.rows); lost > 0 {
		if _, err := r.rec.journal.add(&record{State: stateLost, N: lost, At: r.book.now()}); err != nil {
			return err
		}
		r.rows.lost += lost
	}
	if end > 0 { // what the header says of it must be true after a power cut
		if err := r.rec.journal.sync(); err != nil {
			return err
		}
	}
	r.h.PaidTwice, r.h.Lost = r.rows.paidTwice(), r.rows.lost
	r.folder.replayed = true
	if r.steer.stopped == StopAlike {
		r.progress.alike.accept(r.folder.before.header().Alike)
	}
	return nil
}
