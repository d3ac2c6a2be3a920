package job

import (
	"slices"
	"time"
)

// syncEvery is how long a record may wait for its sync, and so what a power cut can lose.
const syncEvery = 50 * time.Millisecond

// recorder writes answers to the disk: they are queued, written, then durable. The run's lock guards it, except for
// the journal, which has its own.
type recorder struct {
	r         *run
	journal   *journal
	replaying *replaying // nil: the run is new
	rollup    *rollup    // its own lock guards it
	queue     []*answer  // to be written
	unsynced  []*answer  // written, not durable
	opened    int64      // end of the journal when the run was opened
	durable   int64      // end of the newest record that was synced
	slots     int        // rows submitted whose record is not written yet
	stuck     bool       // a write to the journal failed: nothing is sent until a resume
}

// writeLoop writes answers to the journal. A slot is free once its record is written, not once it is durable:
// waiting for the disk would cost a third of the throughput.
func (rec *recorder) writeLoop() {
	r := rec.r
	var text []byte
	for {
		switch n, err := rec.writeQueued(&text); {
		case err != nil:
			r.book.changed()
		case n > 0:
			r.signals.syncer.Notify()
			r.signals.dispatcher.Notify()
		default:
			select {
			case <-r.signals.writer:
			case <-r.tasks.ctx.Done():
				return
			}
		}
	}
}

// writeQueued writes the first answers of the queue, and returns how many; 0: there are none, or none can be written.
func (rec *recorder) writeQueued(text *[]byte) (n int, err error) {
	r := rec.r
	r.mu.Lock()
	group := rec.next()
	r.mu.Unlock()
	if len(group) == 0 {
		return 0, nil
	}
	n, err = rec.writeGroup(group, text)
	r.mu.Lock()
	defer r.mu.Unlock()
	rec.slots -= n
	rec.unsynced = append(rec.unsynced, group[:n]...)
	if n < len(group) {
		rec.queue = slices.Concat(group[n:], rec.queue)
	}
	if err != nil {
		r.journalFailed(err)
	}
	return n, err
}

// A group of answers is written at once: a call of the system costs as much as what makes a record.
const (
	groupAnswers = 64
	groupBytes   = 64 << 10
)

// next takes the first answers from the queue; none: there are none, or none can be written.
func (rec *recorder) next() (group []*answer) {
	if rec.stuck {
		return nil
	}
	n := min(len(rec.queue), groupAnswers)
	group, rec.queue = rec.queue[:n:n], rec.queue[n:]
	return group
}

// writeGroup writes the first answers of a group, and returns how many. text is room for their records. If the disk
// does not take them together, it may still take some of them: what was paid for is written as far as it can be.
func (rec *recorder) writeGroup(group []*answer, text *[]byte) (n int, err error) {
	for size := 0; n < len(group); n++ {
		if err := rec.encode(group[n]); err != nil {
			return 0, err
		}
		if size += len(group[n].line); n > 0 && size > groupBytes {
			break
		}
	}
	if n == 1 {
		if err := rec.write(group[0]); err != nil {
			return 0, err
		}
		return 1, nil
	}
	all := (*text)[:0]
	for _, s := range group[:n] {
		all = append(all, s.line...)
	}
	*text = all
	at, err := rec.journal.append(all)
	if err == nil {
		for _, s := range group[:n] {
			rec.written(s, at)
			at += int64(len(s.line))
		}
		return n, nil
	}
	for n = range group[:n] {
		if err := rec.write(group[n]); err != nil {
			return n, err
		}
	}
	return n + 1, nil
}

// unwritten counts the answers that a relay gave and that can't be written: if the program ends, their rows are paid
// for again.
func (rec *recorder) unwritten() (n int) {
	if !rec.stuck {
		return 0
	}
	for _, s := range rec.queue {
		if len(s.res.Attempts) > 0 && !s.l.recalled {
			n++
		}
	}
	return n
}

// encode makes the record of an answer, once.
func (rec *recorder) encode(s *answer) (err error) {
	if s.line == nil {
		s.rec = s.record(rec.r)
		s.judge(rec.r)
		s.line, err = encodeRecord(s.rec)
	}
	return err
}

// write writes the record of an answer.
func (rec *recorder) write(s *answer) error {
	if err := rec.encode(s); err != nil {
		return err
	}
	at, err := rec.journal.append(s.line)
	if err == nil {
		rec.written(s, at)
	}
	return err
}

// written notes where the record of an answer is.
func (rec *recorder) written(s *answer, at int64) {
	rec.rollup.wrote(s.at, at)
	s.at = at
}

// journalFailed stops the run until a resume: a run never goes on without its journal. The lock is held.
func (r *run) journalFailed(err error) {
	r.rec.stuck = true
	r.steer.cancelling = false
	r.halt(StopDisk, err.Error()+": make room on the disk, then resume; an answer that is not in the journal is lost "+
		"when relaytop ends")
	r.signals.dispatcher.Notify()
}

// syncLoop makes records durable in groups, and counts their rows.
func (rec *recorder) syncLoop() {
	r := rec.r
	for {
		select {
		case <-r.signals.syncer:
		case <-r.tasks.ctx.Done():
			return
		}
		r.mu.Lock()
		idle := rec.slots == 0 // no other record can share the sync
		r.mu.Unlock()
		if !idle {
			t := time.NewTimer(syncEvery)
			select {
			case <-t.C:
			case <-r.tasks.ctx.Done():
				t.Stop()
			}
		}
		rec.syncGroup()
		r.signals.dispatcher.Notify()
		r.saveHeader(false)
		r.book.changed()
	}
}

// syncGroup makes the records that were written durable, and counts their rows.
func (rec *recorder) syncGroup() {
	r := rec.r
	r.mu.Lock()
	group := rec.unsynced
	rec.unsynced = nil
	r.mu.Unlock()
	if len(group) == 0 {
		return
	}
	err := rec.journal.sync()
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		// After a failed fsync the system may have dropped the pages: the records are written once more.
		rec.queue = append(group, rec.queue...)
		rec.slots += len(group)
		r.journalFailed(err)
		return
	}
	for _, s := range group {
		r.settle(s)
	}
}

// writeRest writes the answers that are left in the queue to the journal: its goroutines have ended. If that fails,
// their rows count as sent, and possibly paid.
func (rec *recorder) writeRest() {
	r := rec.r
	var text []byte
	for {
		if n, err := rec.writeQueued(&text); n == 0 || err != nil {
			break
		}
	}
	rec.syncGroup()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.h.State == Pausing && len(r.rows.live) == 0 {
		r.to(Paused)
	}
}
