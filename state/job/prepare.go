package job

import (
	"relaytop/relay"
	"relaytop/state/job/input"
)

// prepare makes a run ready to send: input, index, manifest, journal. False: it broke.
func (r *run) prepare() bool {
	err := r.open()
	if err == nil {
		err = r.begin()
	}
	if err == nil {
		if f := &r.folder; f.before != nil && f.before.damage != "" { // from now on the run is whole again
			r.keepHeader(true)
		}
		r.do(r.writeAnswers)
		r.do(r.syncAnswers)
		r.do(r.shown.keepLoading)
		r.do(func() { r.rec.rollup.keep(r.tasks.ctx) })
		return true
	}
	if r.tasks.ctx.Err() != nil {
		return false
	}
	r.fail(err, "")
	return false
}

// begin replays the journal, and makes the manifest durable.
func (r *run) begin() error {
	f, err := r.book.cfg.openJournal(r.folder.path(journalName)) // before the manifest: a run has a journal or is damaged
	if err != nil {
		return err
	}
	r.mu.Lock()
	r.rec.journal = &journal{f: f}
	r.adopt(r.in.scan)
	if err = r.recover(); err == nil {
		err = r.rows.mark(&r.folder)
	}
	r.mu.Unlock()
	if err != nil {
		return err
	}
	if err := r.keepManifest(); err != nil {
		return err
	}
	r.rec.rollup.resume(r.folder.man, f)
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

// recover replays the journal and cuts off a torn last record. The lock is held.
func (r *run) recover() error {
	end, damaged, err := replay(r.rec.journal.f, 0, r.replayed)
	if err != nil {
		return err
	}
	r.rows.keep(&r.h)
	r.h.Damaged = damaged
	r.rec.journal.end, r.rec.journal.torn = end, true
	r.rec.opened, r.rec.durable = end, end
	for i := range r.rows.ix.len {
		if row := r.rows.ix.at(i); row.flags&flagSent != 0 {
			row.flags = row.flags&^flagSent | flagTwice
		}
	}
	if lost := r.folder.lost(&r.h, &r.rows); lost > 0 {
		line, err := encodeRecord(&record{State: stateLost, N: lost, At: r.book.now()})
		if err == nil {
			_, err = r.rec.journal.append(line)
		}
		if err != nil {
			return err
		}
		r.rows.lost += lost
	}
	if end > 0 { // what the header says of it must be true after a power cut
		if err := r.rec.journal.sync(); err != nil {
			return err
		}
	}
	r.h.PaidTwice = r.rows.paidTwice()
	r.folder.replayed = true
	if r.steer.stopped == StopAlike {
		r.progress.alike.accept(r.folder.before.header().Alike)
	}
	return nil
}

// replayed applies one record of the journal. The lock is held.
func (r *run) replayed(at int64, rec *record) {
	if rec.Part != nil {
		r.rows.parts.replay(rec.At, rec.Part)
		return
	}
	if rec.State == stateLost {
		r.rows.lost += rec.N
		return
	}
	k, ok := input.ParseKey(rec.Key)
	if !ok {
		return
	}
	var row *row
	i := r.rows.ix.find(k, rec.Occ)
	if i >= 0 {
		row = r.rows.ix.at(i)
		if row.flags &^= flagMoved; rec.N != i+1 {
			row.flags |= flagMoved
		}
	} else {
		row = r.rows.removed.at(k, rec.Occ, r.rows.ix.hashOf(rec.ID))
	}
	switch rec.State {
	case stateSent:
		if row.flags&flagSent != 0 {
			row.flags |= flagTwice
		}
		row.flags |= flagSent
		r.h.tally(row, -1)
		row.outcome, row.class = Pending, 0
		if r.view && i >= 0 {
			r.shown.details.put(i, Row{ID: rec.ID, Since: rec.At, Request: rec.Request, Attempt: 1})
		}
	case stateUnsent:
		row.flags &^= flagSent
		r.shown.details.drop(i)
	default:
		row.flags &^= flagSent
		r.count(row, rec, at)
		r.shown.details.drop(i)
	}
}
