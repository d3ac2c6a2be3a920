package job

import (
	"errors"
	"fmt"

	"relaytop/relay"
	"relaytop/state/job/input"
)

// action is what the dispatcher does next.
type action uint8

const (
	actWait action = iota
	actSend
	actRecall
	actRest
	actFinish
	actReadOn
	actSkip
)

// dispatch is the goroutine that prepares the run, sends its rows, and writes its outputs.
func (r *run) dispatch() {
	if !r.prepare() {
		return
	}
	switch c, err := carrierOf(r); {
	case err != nil:
		r.fail(err, StopInput)
		return
	case c != nil:
		c.work()
		return
	}
	for {
		i, act := r.decide()
		switch act {
		case actSend:
			r.send(i)
		case actRecall:
			r.recall()
		case actRest:
			r.rest()
		case actFinish:
			r.finish()
		case actReadOn:
			r.readOn()
		case actSkip:
			r.skip(i)
		case actWait:
			select {
			case <-r.signals.dispatcher:
			case <-r.tasks.ctx.Done():
				return
			}
		}
		r.book.changed()
	}
}

func (r *run) decide() (int, action) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tasks.ctx.Err() != nil || r.h.State == Broken {
		return 0, actWait
	}
	if r.rows.more && r.in.pass.ended() {
		return 0, actReadOn
	}
	if r.steer.cancelling && r.h.State != Cancelled {
		if len(r.rows.live) == 0 {
			return 0, actFinish
		}
		return 0, actWait
	}
	if !r.rec.stuck {
		if i := r.steer.nextSkip(&r.rows); i >= 0 {
			return i, actSkip
		}
	}
	if r.h.State == Pausing && len(r.rows.held()) > 0 {
		return 0, actRecall
	}
	if r.h.State == Pausing && (len(r.rows.live) == 0 || r.rec.stuck && len(r.rows.live) == len(r.rec.queue)) {
		return 0, actRest
	}
	if r.h.State != Running || r.rec.stuck || r.rec.slots >= r.h.Concurrency {
		return 0, actWait
	}
	if r.stopUnfit() {
		return 0, actWait
	}
	if r.purse.short {
		if len(r.rows.live) > 0 {
			return 0, actWait
		}
		r.h.NextBudget = r.purse.next()
		r.halt(StopBudget, r.purse.shortage(r.h.Unknown))
		return 0, actWait
	}
	if r.steer.probe && len(r.rows.live) > 0 {
		return 0, actWait // one row shows whether the relay answers
	}
	if i := r.rows.nextPending(r.progress.answers); i >= 0 {
		return i, actSend
	}
	if len(r.rows.live) > 0 || r.rows.more {
		return 0, actWait
	}
	return 0, actFinish
}

// recall takes back the rows that wait to be sent, for a pause: it may be long until they are.
func (r *run) recall() {
	r.mu.Lock()
	var ids []relay.ID
	for _, l := range r.rows.held() {
		l.recalled = true
		ids = append(ids, l.id)
	}
	r.mu.Unlock()
	r.book.engine.cancel(ids)
}

// halt pauses the run with a reason. The first reason stays. The lock is held.
func (r *run) halt(stopped Stop, reason string) {
	if r.h.State.Rests() && r.h.State != Paused {
		return
	}
	if r.h.Stopped == "" || r.h.Stopped == StopUser || stopped == StopDisk {
		r.h.Stopped, r.h.Reason = stopped, reason
	}
	if r.h.State != Paused {
		r.to(Pausing)
	}
	r.signals.dispatcher.Notify() // the rest is written before the run is paused
}

// send reads a row again, and submits it.
func (r *run) send(i int) {
	req, l, err := r.load(i)
	if err != nil {
		r.pauseUnread(err)
		return
	}
	r.mu.Lock()
	if !r.purse.covers(l.worst) || r.h.State != Running || r.steer.cancelling { // paused meanwhile
		r.mu.Unlock()
		return
	}
	r.rows.live[i] = l
	l.others = r.rows.sendsAgain(i, r.progress.answers)
	req.Insist, l.probe = r.steer.probe, r.steer.probe
	r.rec.slots++
	r.purse.reserve(l.worst)
	delete(r.rows.again.waits, i)
	r.shown.details.drop(i)
	r.touch()
	r.mu.Unlock()

	r.book.live.add(l)
	if err := r.book.engine.submit(req); err != nil {
		r.sendRefused(i, l, err)
		return
	}
	r.mu.Lock()
	late := r.steer.closing // Close came between the check and the submit, and missed this row
	r.mu.Unlock()
	if late {
		r.book.engine.cancel([]relay.ID{l.id})
	}
}

// sendRefused makes a row that the engine refused pending again.
func (r *run) sendRefused(i int, l *liveRow, err error) {
	r.book.live.drop(l.id)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.release(l)
	r.rec.slots--
	r.rows.next = min(r.rows.next, i)
	switch {
	case r.steer.closing: // the reason is known
		r.halt(StopUser, closedReason)
	case errors.Is(err, relay.ErrBudget):
		r.h.Stopped = ""
		r.halt(StopBudget, err.Error())
	default:
		r.h.Stopped = ""
		r.halt(StopUser, fmt.Sprintf("rows can't be sent: %v", err))
	}
}

// load makes the request of a row.
func (r *run) load(i int) (relay.Request, *liveRow, error) {
	row := r.rowAt(i)
	at, err := r.rows.ix.readPlace(i)
	if err != nil {
		return relay.Request{}, nil, err
	}
	data, err := r.in.file.Read(at.off, int(at.n))
	if err != nil {
		return relay.Request{}, nil, err
	}
	req, f, judged, err := r.in.spec.read(data)
	if err != nil {
		return req, nil, input.Unusable("row %d of the input changed while it ran (%w)", i+1, err)
	}
	if f.key != at.key {
		return req, nil, input.Unusable("row %d of the input changed while it ran", i+1)
	}
	l := &liveRow{run: r, i: i, try: int(row.try) + 1, own: r.rows.ix.idOf(i, f.own), id: req.ID}
	l.Model, l.Since, l.judged = req.Model, r.book.now(), judged
	req.Group = r.id
	req.Cache = r.book.cfg.Cache && l.try == 1
	if row.jrn != 0 {
		old, err := r.rec.journal.read(row.jrn - 1)
		if err != nil {
			return relay.Request{}, nil, err
		}
		l.prior, l.before = old.paid(), old.used()
	}
	l.worst = r.worst(req.Model, req.Input, f.out)
	return req, l, nil
}

func (r *run) rowAt(i int) row {
	r.mu.Lock()
	defer r.mu.Unlock()
	return *r.rows.ix.at(i)
}

// worst is the most that a row may cost. A row without a price counts as the most expensive one so far.
func (r *run) worst(model string, in, out int64) relay.Money {
	if most, ok := r.book.prices.most(model, in, out); ok {
		return most
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.purse.dearest
}

func (r *run) pauseFor(stopped Stop, reason string) {
	r.mu.Lock()
	r.halt(stopped, reason)
	r.mu.Unlock()
	r.book.changed()
}

// pauseUnwritten pauses the run because its journal or a file of its folder can't be written.
func (r *run) pauseUnwritten(err error) { r.pauseFor(StopDisk, err.Error()+": make room, then resume") }

// pauseUnread pauses the run because a row can't be read: its input has changed, or the disk fails.
func (r *run) pauseUnread(err error) {
	var unusable *input.Error
	if errors.As(err, &unusable) {
		r.pauseFor(StopInput, unusable.Message+": put the input back as it was, or resume with it as it is then")
		return
	}
	r.pauseFor(StopDisk, err.Error()+": resume to go on")
}

// release removes a row from those in flight. The lock is held.
func (r *run) release(l *liveRow) {
	delete(r.rows.live, l.i)
	r.purse.release(l.worst)
	r.touch()
}
