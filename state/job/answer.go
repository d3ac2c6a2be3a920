package job

import (
	"cmp"
	"time"

	"relaytop/relay"
	"relaytop/state/job/outfile"
)

// answer is an answer on its way to the disk.
type answer struct {
	l    *liveRow
	res  *relay.Result
	rec  *record
	line []byte
	at   int64
	cut  bool // whether the relay answered it, and billed it, is not known
}

// ended queues an answer for the writer. The lock is held.
func (r *run) ended(l *liveRow, res *relay.Result) {
	if l.ended {
		return
	}
	l.ended = true
	if res == nil {
		res = &relay.Result{ID: l.id, Status: relay.StatusFailed, Err: &relay.Error{Class: relay.ClassProtocol,
			Message: "it ended without a result"}}
	}
	if res.Status == relay.StatusCancelled && r.h.State == Running && !r.steer.cancelling && !l.recalled &&
		!l.skipped {
		r.halt(StopUser, "rows were stopped from outside: resume to send them again")
	}
	// checked now: many more may fail before this one is durable
	switch {
	case res.Back == relay.BackUnsent: // nothing failed; the next row to be sent meets the same budget
		l.back = true
	case !r.steer.cancelling && res.Status != relay.StatusCancelled:
		class := failureOf(res)
		r.progress.refusals.add(l.i, class)
		l.back = r.returned(l, res)
		if judged := l.judged && res.Status == relay.StatusOK; !l.back && !judged {
			r.checkEnding(endingOf(res), res.Err)
		}
	}
	if l.probe && !l.back {
		r.steer.probe = false
	}
	if c := res.Cost; c.Known() {
		r.purse.correct(l.worst, c.Amount)
		l.worst = c.Amount
	}
	r.rec.queue = append(r.rec.queue, &answer{l: l, res: res})
	r.touch()
}

// text is the visible text of the answer, without reading it out of the record's body again.
func (s *answer) text() string { return cmp.Or(s.res.Text, s.res.Refusal) }

// failureOf is the class of a row that failed; "" if it did not.
func failureOf(res *relay.Result) relay.Class {
	if res.Status != relay.StatusFailed && res.Status != relay.StatusEmpty {
		return ""
	}
	if res.Err == nil {
		return relay.ClassUpstream
	}
	return res.Err.Class
}

// record makes the journal's record of an answer.
func (s *answer) record(r *run) *record {
	res, l := s.res, s.l
	rec := r.rowRecord(l.i, l.own, l.try, stateFailed)
	if !res.Wall.IsZero() {
		rec.At = res.Wall
	}
	rec.Request, rec.Status, rec.Remote, rec.Cached = l.id, res.Status, res.Remote, res.Cached
	rec.Body, rec.Usage, rec.Prior, rec.Before = outfile.Body(res), res.Usage, l.prior, l.before
	rec.Model, rec.Endpoint = cmp.Or(res.Model, res.Asked, l.Model), res.Endpoint
	rec.Attempts, rec.Fallback = len(res.Attempts), res.Fallback
	if asked := cmp.Or(res.Asked, res.Requested); asked != rec.Model {
		rec.Asked = asked
	}
	if res.Cost.Source != "" {
		c := res.Cost
		c.Bill = nil // it would take up most of the journal
		rec.Cost = &c
	}
	if n := len(res.Attempts); n > 0 {
		rec.HTTP = res.Attempts[n-1].Status
	}
	if rec.HTTP == 0 && res.Status.Answered() {
		rec.HTTP = 200
	}
	if e := res.Err; e != nil {
		rec.Err = &rowError{Class: e.Class, Code: e.Code, Message: e.Message}
	}
	rec.times(res)
	switch res.Status {
	case relay.StatusOK:
		rec.State = stateOK
	case relay.StatusLength, relay.StatusFiltered, relay.StatusIncomplete:
		rec.State, rec.Finish = stateIncomplete, res.Finish
	case relay.StatusTruncated:
		rec.State = stateIncomplete
		rec.class(res.Status.Class(), "the stream broke off")
	case relay.StatusEmpty:
		rec.class(res.Status.Class(), "the answer was empty")
	case relay.StatusCancelled:
		rec.State, rec.Cut = stateCancelled, l.underway()
		rec.class(res.Status.Class(), "stopped")
		if l.skipped { // it is not sent again: nothing is paid twice
			rec.State, rec.Cut, rec.Err = stateSkipped, false, &rowError{Code: "skipped", Message: skipReason}
		}
	case relay.StatusFailed:
		rec.class(res.Status.Class(), "it failed without saying why")
		rec.Cut = s.cut
	}
	if l.back {
		rec.State = stateBack
	}
	return rec
}

// judge fails an answer that does not fit the schema of its run; the answer stays in the record. It is called as the
// answer is written, and not when it ends: then a long answer would hold the run's lock.
func (s *answer) judge(r *run) {
	if !s.l.judged || s.rec.State != stateOK {
		return
	}
	class := relay.Class("")
	if err := r.in.spec.schema.Check(s.res.Text); err != nil {
		class = relay.ClassSchema
		s.rec.State, s.rec.Err = stateFailed, &rowError{Class: class, Message: err.Error()}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if inFlight := r.rows.live[s.l.i] == s.l; inFlight && !r.steer.cancelling { // else a provider's batch answered it
		r.checkEnding(ending(class), nil)
	}
}

// class sets why a record is not ok, if it has no reason yet.
func (r *record) class(c relay.Class, message string) {
	if r.Err == nil {
		r.Err = &rowError{Class: c, Message: message}
	}
}

func (r *record) times(res *relay.Result) {
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	if d, ok := res.Timing.TTFT(); ok {
		r.TTFT = ms(d)
	}
	if d, ok := res.Timing.E2E(); ok {
		r.E2E = ms(d)
	}
	if u := res.AnswerUsage(); u != nil {
		r.TPS, _ = res.Timing.Speed(u.Output)
	}
}

// settle counts a row whose record is durable. The lock is held.
func (r *run) settle(s *answer) {
	r.release(s.l)
	r.rec.durable = max(r.rec.durable, s.at+int64(len(s.line)))
	i, rec := s.l.i, s.rec
	r.rec.rollup.add(rec, s.at, s.at+int64(len(s.line)))
	r.count(r.rows.ix.at(i), rec, s.at)
	r.rows.ix.at(i).flags &^= flagSent
	o, _ := rec.outcome()
	if o == Pending {
		if rec.stopped() {
			r.shown.details.put(i, detailWith(rec, s.text()))
		}
		if s.l.back {
			r.rows.putBack(i, r.progress.answers)
			return
		}
		r.rows.next = min(r.rows.next, i)
		return
	}
	if o == RowOK || o == RowIncomplete || rec.Err != nil && rec.Err.Class == relay.ClassSchema {
		r.progress.answers++
		r.progress.answered = r.book.now()
	}
	delete(r.rows.again.rounds, i)
	r.progress.pace.add(r.book.now())
	r.shown.details.put(i, detailWith(rec, s.text()))
}

// checkEnding pauses the run if the next rows would end the same way. The lock is held.
func (r *run) checkEnding(e ending, err *relay.Error) {
	all := r.progress.alike.add(e)
	switch {
	case relay.Class(e).Traits().Refused:
		r.refused(err)
	case all:
		r.h.Alike = e
		r.halt(StopAlike, r.progress.alike.says())
	}
}

// count adds the record of an ended row to the row and to the sums. The lock is held.
func (r *run) count(row *row, rec *record, at int64) {
	if cost, ok := r.h.count(row, rec, at); ok {
		r.purse.spend(cost)
	}
	r.touch()
}

// count adds the record of an ended row to the row and to the counts, and returns what it cost besides. A record that
// was written twice counts once.
func (h *Header) count(row *row, rec *record, at int64) (cost relay.Money, ok bool) {
	again := int(row.try) == rec.Try
	if row.jrn != 0 || row.outcome != Pending {
		h.tally(row, -1)
	}
	row.outcome, row.class = rec.outcome()
	row.jrn = at + 1
	row.try = uint8(min(rec.Try, 255))
	if row.flags &^= flagFellBack; rec.Fallback != nil {
		row.flags |= flagFellBack
	}
	if rec.Cut && row.flags&flagTwice == 0 {
		row.flags |= flagTwice
		h.PaidTwice++
	}
	h.tally(row, 1)
	if again {
		return 0, false
	}
	h.spend(rec)
	if rec.Cost == nil || !rec.Cost.Known() {
		return 0, false
	}
	return rec.Cost.Amount, true
}

// requeue makes the rows that pick accepts pending again, and returns their number. The lock is held.
func (r *run) requeue(pick func(*row) bool) int {
	n := 0
	for i := range r.rows.ix.ofInput() {
		row := r.rows.ix.at(i)
		if r.rows.live[i] != nil || !pick(row) {
			continue
		}
		r.h.tally(row, -1)
		row.outcome, row.class = Pending, 0
		delete(r.rows.again.waits, i)
		r.shown.details.drop(i)
		r.rows.next, r.rows.low = min(r.rows.next, i), min(r.rows.low, i)
		n++
	}
	r.touch()
	return n
}

// retryable reports whether `retry failed` sends a row again: it failed, or its answer was interrupted.
func (row *row) retryable() bool { return retryable(row.outcome, classOf(row.class)) }

// retryable is the rule of `retry failed` for a row with an outcome and a class.
func retryable(o Outcome, c relay.Class) bool {
	return o == RowFailed || o == RowIncomplete && c.Traits().CutsOff
}
