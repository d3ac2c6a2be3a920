package job

import (
	"fmt"
	"time"

	"relaytop/relay"
)

const (
	mostRounds = 3                // rounds of attempts after which a row fails for good
	roundEvery = 10 * time.Second // between two rounds of rows that are the last of a run
	maxHold    = time.Hour        // how long a run is held without an answer
)

// rounds is what is known of a row that was put back.
type rounds struct {
	n      int       // that counted
	at     time.Time // when the newest of them ended
	answer int       // answers of the run when the row was put back
	open   bool      // the newest of them counts once another row is answered
}

// again holds the rows that were put back because an endpoint failed them, in the order in which they are sent again.
// Rows that were never sent go first while nothing is answered, so that one bad row can't hold up all the others.
type again struct {
	queue  []int
	waits  map[int]bool // rows in queue that are still to be sent; few, so the flags of a row have no bit for it
	rounds map[int]*rounds
}

// putBack makes a row pending again at the end of the queue.
func (r *rows) putBack(i, answers int) {
	if r.again.waits == nil {
		r.again.waits = map[int]bool{}
	}
	r.again.waits[i] = true
	r.again.queue = append(r.again.queue, i)
	r.of(i).answer = answers
}

// sendsAgain notes that a row is about to be sent. It reports whether other rows were answered since it was put back:
// the endpoint is not out. Then the round that ended at that time counts, and so does the one that begins: with one
// row in flight, no other is answered between the first attempt of a round and its last.
func (r *rows) sendsAgain(i, answers int) (others bool) {
	o := r.again.rounds[i]
	if o == nil || o.answer >= answers {
		return false
	}
	if o.open {
		o.n, o.open = o.n+1, false
	}
	return true
}

// of is the record of a row that was put back.
func (r *rows) of(i int) *rounds {
	if r.again.rounds == nil {
		r.again.rounds = map[int]*rounds{}
	}
	o := r.again.rounds[i]
	if o == nil {
		o = &rounds{}
		r.again.rounds[i] = o
	}
	return o
}

// nextBack is the first row that was put back and is still to be sent, or -1.
func (r *rows) nextBack() int {
	for len(r.again.queue) > 0 {
		i := r.again.queue[0]
		if r.again.waits[i] && r.ix.at(i).outcome == Pending && r.live[i] == nil {
			return i
		}
		r.again.queue = r.again.queue[1:]
	}
	return -1
}

// returned decides whether a row that was not answered is sent again later, and halts the run where that does not
// help now. The lock is held.
func (r *run) returned(l *liveRow, res *relay.Result) bool {
	message := "the relay does not answer"
	if res.Err != nil {
		message = res.Err.Error()
	}
	switch res.Back {
	case relay.BackNone:
		return false
	case relay.BackWait:
		r.halt(StopWait, message+": resume when it is over; a resume tries one row at once")
		return true
	case relay.BackRefused:
		r.refused(res.Err)
		return true
	case relay.BackRound, relay.BackOutage, relay.BackProbe:
	case relay.BackUnsent: // the caller knows it
	}
	if res.Err != nil && res.Err.Class.Traits().Refused && r.progress.refusals.n > 1 {
		r.refused(res.Err)
		return true
	}
	now, o := r.book.now(), r.rows.of(l.i)
	switch {
	case res.Back == relay.BackRound, res.Back == relay.BackOutage && l.others,
		r.rows.lastOf(res.Err, r.progress.answers) && now.Sub(o.at) >= roundEvery:
		o.n, o.at, o.open = o.n+1, now, false
	case res.Back == relay.BackOutage:
		o.open = true
	}
	if o.n >= mostRounds {
		return false
	}
	if most := r.book.cfg.MaxHold; now.Sub(r.progress.answered) >= most {
		r.halt(StopWait, fmt.Sprintf("nothing was answered for %s (%s): resume to try again", relay.Seconds(most), message))
	}
	return true
}

// lastOf reports whether a failure of the last rows of a run counts against them, although no other row can show
// whether the endpoint is out. A relay that can't be reached, or that has not answered anything, holds the run
// instead.
func (r *rows) lastOf(err *relay.Error, answers int) bool {
	return err != nil && err.Class != relay.ClassNetwork && answers > 0 && r.allBack()
}

// allBack reports whether every row that is left was put back since the last answer, so that no other row can show
// whether the endpoint answers. The lock is held.
func (r *rows) allBack() bool {
	if r.more || r.nextFresh() >= 0 {
		return false
	}
	for i := range r.live {
		if o := r.again.rounds[i]; o == nil {
			return false
		}
	}
	return true
}

// refusals counts the rows in a row that a relay refused because of the key or the account.
type refusals struct {
	n        int
	last     int  // index of the last of them, plus one
	answered bool // something was answered in this run
}

func (f *refusals) add(i int, class relay.Class) {
	switch {
	case class.Traits().Refused && f.last != i+1:
		f.n, f.last = f.n+1, i+1
	case class == "":
		f.n, f.last, f.answered = 0, 0, true
	}
}

// says is why the run stops, by the newest of the refusals.
func (f *refusals) says(err *relay.Error) string {
	counted := fmt.Sprintf("refused %s in a row", relay.Counted(f.n, "request"))
	switch {
	case f.n == 0:
		counted = "refuses every request"
	case !f.answered && f.n == 1:
		counted = "refused the first request"
	case !f.answered:
		counted = fmt.Sprintf("refused the first %d requests", f.n)
	case f.n == 1:
		counted = "refused a request"
	}
	return "the relay " + counted + " (" + string(err.Class) + "): " + err.Advice() + "; then resume"
}

// refused pauses the run because a relay refuses the key or the account. Rows in flight that are refused too are
// counted in the reason. The lock is held.
func (r *run) refused(err *relay.Error) {
	stop, why := Stop(err.Class), r.progress.refusals.says(err)
	if r.h.State == Pausing && r.h.Stopped == stop {
		r.h.Reason = why
	}
	r.halt(stop, why)
}
