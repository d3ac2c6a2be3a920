package job

import (
	"errors"

	"relaytop/relay"
)

// errRests says that a row is not sent because its run does not run any more.
var errRests = errors.New("its run has stopped")

// Sending writes to the journal that a row is sent. The engine calls it just before the row's first attempt, so
// that a row that waits for a limit while the program is killed does not count as one that may be paid for twice.
// After an error the row may not be sent: its run is not running, or the journal can't be written. It does not wait
// for the disk.
func (b *Book) Sending(id relay.ID) error {
	if l := b.live.get(id); l != nil {
		return l.run.sending(l)
	}
	return nil
}

func (r *run) sending(l *liveRow) error {
	if err := r.mayBeSent(l); err != nil {
		return err
	}
	rec := r.rowRecord(l.i, l.own, l.try, stateSent)
	rec.Request = l.id
	_, err := r.rec.journal.add(rec)
	if err != nil {
		r.mu.Lock()
		l.sent = false
		r.rows.ix.at(l.i).flags &^= flagSent
		r.mu.Unlock()
		r.pauseUnwritten(err)
	}
	return err
}

// mayBeSent marks a row as sent. From then on a pause lets it end.
func (r *run) mayBeSent(l *liveRow) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.h.State != Running || r.steer.cancelling || r.steer.closing || l.recalled || l.skipped || l.ended {
		return errRests
	}
	l.sent = true
	r.steer.sent++
	r.rows.ix.at(l.i).flags |= flagSent
	return nil
}
