package job

import (
	"fmt"
	"time"

	"relaytop/relay"
	"relaytop/state/job/input"
	"relaytop/state/job/outfile"
)

// Whole is all that is known of a row: its prompt, all of its answer, its error and its attempts. Texts have their
// full length, except for the answer of a row in flight, of which only the end is kept.
type Whole struct {
	Row
	Prompt    []input.Message
	PromptErr string // why there is no prompt: the input changed or is gone
	Answer    string
	Reasoning string
	Error     string // the relay's message
	Code      string
	HTTP      int
	Finish    string
	Tries     int // how many times the user had it sent
	Usage     *relay.Usage
	Endpoint  string
	Took      time.Duration
	// Attempts are those of the last try, of which the journal has the last one.
	Attempts []relay.Attempt
	Sent     int         // how many attempts there were
	Prior    relay.Money // paid for earlier tries
	At       time.Time   // of the journal's record; zero: it has none
}

// Live reports whether the row is with a relay, or on its way there.
func (w *Whole) Live() bool { return w.Outcome > Pending && w.Outcome < RowOK }

// Whole reads row n (1-based) of a run that is open, from its input and its journal. It reads the disk.
func (b *Book) Whole(id string, n int) (Whole, error) {
	r := b.run(id)
	if r == nil {
		return Whole{}, fmt.Errorf("%w: %s is not open", ErrNoRun, id)
	}
	rows := b.Rows(id, n-1, 1)
	if len(rows) == 0 {
		return Whole{}, fmt.Errorf("run %s has no row %d yet", id, n)
	}
	w := Whole{Row: rows[0]}
	at := r.rowAt(n - 1)
	w.Tries = int(at.try)
	w.Prompt, w.PromptErr = r.in.prompt(r.rows.ix.place(n - 1))
	if w.Live() {
		w.Answer = tailOf(r, n-1)
		return w, nil
	}
	if at.jrn == 0 {
		w.ID, _ = r.in.row(r.rows.ix, n-1, &at)
		return w, nil
	}
	rec, err := r.rec.journal.read(at.jrn - 1)
	if err != nil {
		return w, err
	}
	if at.outcome != Pending || rec.stopped() {
		w.Row = rowNow(r, n-1, rec)
	}
	w.ID = r.in.idNow(r.rows.ix, n-1, &at, rec.ID)
	w.take(rec)
	return w, nil
}

// rowNow is the row with its record, as it is drawn.
func rowNow(r *run, i int, rec *record) Row {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rowAtRest(i, detailOf(rec))
}

// tailOf is the end of the answer of a row in flight.
func tailOf(r *run, i int) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if l := r.rows.live[i]; l != nil {
		return string(l.tail)
	}
	return ""
}

// take takes what the journal has of a row.
func (w *Whole) take(rec *record) {
	w.Answer, w.Reasoning = outfile.Answer(rec.Body)
	if rec.Err != nil {
		w.Error, w.Code = rec.Err.Message, rec.Err.Code
	}
	w.HTTP, w.Finish, w.Usage, w.Endpoint, w.At = rec.HTTP, rec.Finish, rec.Usage, rec.Endpoint, rec.At
	w.Took = time.Duration(rec.E2E * float64(time.Millisecond))
	w.Sent, w.Prior = rec.Attempts, rec.Prior
	w.Attempts = rec.result().Attempts
}
