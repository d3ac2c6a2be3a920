package job

import "relaytop/relay"

// rows are the rows of a run, and which of them are in flight. The run's lock guards them.
type rows struct {
	ix   *index           // nil until the first rows can be sent
	more bool             // the input is still being read, or what was found in it was not acted on
	live map[int]*liveRow // by index: sent, and no durable record
	next int              // no earlier row waits to be sent for the first time
	low  int              // no earlier row is unfinished
	lost int              // rows that were sent before, at most, and of which the journal has no trace

	again   again
	removed removed
	parts   parts
}

// nextPending is the index of the next row to be sent, or -1. answers is how many rows were answered so far.
func (r *rows) nextPending(answers int) int {
	back := r.nextBack()
	if back >= 0 && r.again.rounds[back].answer < answers {
		return back
	}
	if i := r.nextFresh(); i >= 0 {
		return i
	}
	return back
}

// nextFresh is the index of the first row that waits to be sent and was not put back, or -1.
func (r *rows) nextFresh() int {
	for ; r.next < r.ix.len; r.next++ {
		if row := r.ix.at(r.next); row.outcome == Pending && row.flags&flagCarried == 0 &&
			!r.again.waits[r.next] && r.live[r.next] == nil {
			return r.next
		}
	}
	return -1
}

// firstUnfinished is the index of the first row without an outcome; the number of rows if all have one.
func (r *rows) firstUnfinished() int {
	for r.low < r.ix.len && r.ix.at(r.low).outcome >= RowOK {
		r.low++
	}
	return r.low
}

// outcome is the state of row i as it is drawn, and whether another model answers it.
func (r *rows) outcome(i int) (o Outcome, fellBack bool) {
	if l := r.live[i]; l != nil {
		return l.outcome(), l.Fallback != nil
	}
	row := r.ix.at(i)
	return row.outcome, row.flags&flagFellBack != 0
}

// inFlight are the requests that have not ended.
func (r *rows) inFlight() []relay.ID {
	var ids []relay.ID
	for _, l := range r.live {
		if !l.ended {
			ids = append(ids, l.id)
		}
	}
	return ids
}

// held are the rows that were submitted and that no relay has now. Those that were not sent are not from then on, if
// they are recalled.
func (r *rows) held() []*liveRow {
	var list []*liveRow
	for _, l := range r.live {
		if !l.ended && !l.recalled && (!l.sent || l.Phase == relay.PhaseWaiting) {
			list = append(list, l)
		}
	}
	return list
}

// paidTwice is the number of rows that may have been paid for twice.
func (r *rows) paidTwice() int {
	n := r.lost
	for i := range r.ix.len {
		if r.ix.at(i).flags&flagTwice != 0 {
			n++
		}
	}
	return n
}
