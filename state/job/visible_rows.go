package job

import (
	"cmp"
	"time"

	"relaytop/relay"
	"relaytop/state/job/outfile"
)

// maxDetails bounds the rows that are cached as they are drawn: those that ended last, and those in the window. They
// take at most a few megabytes.
const maxDetails = 4096

// maxRows bounds how many rows one call of Rows returns.
const maxRows = 1000

// details caches rows as they are drawn, and ids; the oldest are evicted.
type details struct {
	rows map[int]Row
	fifo []int
}

// shown are the rows that windows show. The run's lock guards it.
type shown struct {
	r       *run
	details details
	wanted  []int // rows that a window asked for and that are not loaded
}

func newDetails() details { return details{rows: map[int]Row{}} }

func (d *details) put(i int, row Row) {
	if _, ok := d.rows[i]; !ok {
		d.fifo = append(d.fifo, i)
	}
	d.rows[i] = row
	for len(d.rows) > maxDetails || len(d.fifo) > 2*maxDetails {
		delete(d.rows, d.fifo[0])
		d.fifo = d.fifo[1:]
	}
}

func (d *details) drop(i int) { delete(d.rows, i) }

// Rows returns up to n rows of a run from index from (0-based); those of other shards are not counted. It reads no
// disk: a row that is not in memory comes without its id and text, and is loaded; then OnChange is called.
func (b *Book) Rows(id string, from, n int) []Row {
	r := b.run(id)
	if r == nil {
		b.watch(id)
		return nil
	}
	if r.header().Elsewhere > 0 {
		rows, _ := b.RowsWhere(id, func(Outcome, bool) bool { return true }, from, n)
		return rows
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.rows.ix == nil || from < 0 {
		return nil
	}
	n = min(n, maxRows, r.rows.ix.len-from)
	if n <= 0 {
		return nil
	}
	out := make([]Row, n)
	var missing []int
	for k := range out {
		row, loaded := r.shown.row(from + k)
		if !loaded {
			missing = append(missing, from+k)
		}
		out[k] = row
	}
	r.shown.load(missing, r.signals.loader)
	return out
}

// row is row i as it is drawn. loaded: its id and text are in memory. The run's lock is held.
func (s *shown) row(i int) (row Row, loaded bool) {
	r := s.r
	if l := r.rows.live[i]; l != nil {
		return l.row(r.book.prices.forecast), true
	}
	row, loaded = s.details.rows[i]
	return r.rowAtRest(i, row), loaded
}

// load makes the loader read rows, given by their index.
func (s *shown) load(rows []int, loader relay.Signal) {
	if len(rows) > 0 {
		s.wanted = rows
		loader.Notify()
	}
}

// rowAtRest is a row that is not in flight. The lock is held.
func (r *run) rowAtRest(i int, out Row) Row {
	row := r.rows.ix.at(i)
	out.N, out.Outcome = i+1, row.outcome
	switch row.outcome {
	case Pending:
		if row.flags&flagCarried != 0 {
			out.Outcome, out.Reason = RowQueued, "with the provider"
			return out
		}
		out.Model = cmp.Or(out.Model, r.in.spec.model)
		out.Class, out.Fallback = "", nil
		switch {
		case r.h.ReadOnly && row.flags&flagSent != 0: // the process that runs it has sent it
			out.Outcome = RowWaiting
		case r.h.State == Running:
			out.Reason = "waits for a free slot"
		case r.h.Reason != "":
			out.Reason = r.h.Reason
		}
	case RowSkipped:
		out.Reason = cmp.Or(r.rows.ix.reason(i), out.Reason)
	case RowQueued, RowHeld, RowWaiting, RowStreaming, RowRetrying, RowOK, RowFailed, RowIncomplete, RowElsewhere:
		out.Class = classOf(row.class)
	}
	return out
}

// Focus returns the index, as Rows counts, of the oldest unfinished row; the number of rows once all are done.
func (b *Book) Focus(id string) int {
	r := b.run(id)
	if r == nil {
		return 0
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.rows.ix == nil {
		return 0
	}
	i := r.rows.firstUnfinished()
	if r.h.Elsewhere == 0 {
		return i
	}
	own := 0
	for j := range i {
		if r.rows.ix.at(j).outcome != RowElsewhere {
			own++
		}
	}
	return own
}

// loadLoop reads the rows that windows asked for.
func (s *shown) loadLoop() {
	r := s.r
	for {
		select {
		case <-r.signals.loader:
		case <-r.tasks.ctx.Done():
			return
		}
		r.mu.Lock()
		wanted := s.wanted
		r.mu.Unlock()
		for _, i := range wanted {
			s.read(i)
		}
		r.mu.Lock()
		r.touch()
		r.mu.Unlock()
		r.book.changed()
	}
}

// read reads a row, unless it is in memory.
func (s *shown) read(i int) {
	r := s.r
	r.mu.Lock()
	row := *r.rows.ix.at(i)
	_, there := s.details.rows[i]
	inFlight := r.rows.live[i] != nil
	r.mu.Unlock()
	if there || inFlight {
		return
	}
	var out Row
	var rec *record
	if row.jrn != 0 && (row.outcome >= RowOK || row.outcome == Pending) {
		rec, _ = r.rec.journal.read(row.jrn - 1) // without a record, a row shows the input
	}
	if rec != nil && row.outcome == Pending && !rec.stopped() {
		rec = nil
	}
	if rec != nil {
		out = detailOf(rec)
		out.ID = r.in.idNow(r.rows.ix, i, &row, rec.ID)
	} else {
		own, reason := r.in.row(r.rows.ix, i, &row)
		if out.ID = own; row.outcome == RowSkipped {
			out.Reason = reason
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, there = s.details.rows[i]; there { // what came meanwhile is newer
		return
	}
	if now := r.rows.ix.at(i); now.outcome == row.outcome && now.jrn == row.jrn && r.rows.live[i] == nil {
		s.details.put(i, out)
	}
}

// detailOf is the row of a record as it is drawn.
func detailOf(rec *record) Row { return detailWith(rec, outfile.Text(rec.Body)) }

// detailWith is detailOf for a record whose visible text is known.
func detailWith(rec *record, text string) Row {
	out := Row{N: rec.N, ID: rec.ID, Model: rec.Model, Attempt: rec.Attempts, TokPerSec: rec.TPS, Fallback: rec.Fallback,
		Since:   rec.At,
		Request: rec.Request, TTFT: time.Duration(rec.TTFT * float64(time.Millisecond)),
		Text: firstRunes(text, textRunes), Result: rec.result()}
	if rec.Usage != nil {
		out.Out, out.OutEst = rec.Usage.Output, rec.Usage.Estimated
	}
	if t := rec.timing(); t.Burst(out.Out) { // journals of earlier versions have a speed all the same
		out.TokPerSec, out.Burst = 0, true
	}
	out.Cost = relay.Cost{Source: relay.SourceUnknown}
	if rec.Cost != nil {
		out.Cost = *rec.Cost
		out.Cost.Amount = rec.paid()
	}
	switch {
	case rec.Err != nil:
		out.Reason, out.Class = firstRunes(rec.Err.Message, textRunes), rec.Err.Class
	case rec.Finish != "":
		out.Reason = "ended with " + firstRunes(rec.Finish, textRunes)
	}
	return out
}
