package job

import "relaytop/relay"

// rows are the rows of a run, and which of them are in flight. The run's lock guards them.
type rows struct {
	ix   *index           // nil while the input is read
	live map[int]*liveRow // by index: sent, and no durable record
	next int              // no earlier row waits to be sent
	low  int              // no earlier row is unfinished
}

// nextPending is the index of the first row to be sent, or -1.
func (r *rows) nextPending() int {
	for ; r.next < r.ix.len; r.next++ {
		if r.ix.at(r.next).outcome == Pending && r.live[r.next] == nil {
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

// allEnded reports whether every row in flight has ended and waits for the disk.
func (r *rows) allEnded() bool {
	for _, l := range r.live {
		if !l.ended {
			return false
		}
	}
	return true
}

// paidTwice is the number of rows that may have been paid for twice.
func (r *rows) paidTwice() int {
	n := 0
	for i := range r.ix.len {
		if r.ix.at(i).flags&flagTwice != 0 {
			n++
		}
	}
	return n
}
