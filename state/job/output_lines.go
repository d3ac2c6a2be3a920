package job

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"relaytop/relay"
	"relaytop/state/disk"
	"relaytop/state/job/input"
)

// outLine is one line of an output: OpenAI's batch output, and our own figures.
type outLine struct {
	ID       string       `json:"id"`
	CustomID string       `json:"custom_id"`
	Response *outResponse `json:"response"`
	Error    *outError    `json:"error"`
	Ours     *outOurs     `json:"relaytop,omitempty"`
}

type outResponse struct {
	Status  int             `json:"status_code"`
	Request string          `json:"request_id"`
	Body    json.RawMessage `json:"body"`
}

type outError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

type outOurs struct {
	Model    string          `json:"model"`
	Endpoint string          `json:"endpoint"`
	Outcome  string          `json:"outcome"`
	Class    relay.Class     `json:"class,omitempty"`
	Cost     *string         `json:"cost_usd"`
	Source   relay.Source    `json:"cost_source"`
	Part     *string         `json:"known_usd,omitempty"` // of an unknown cost: at least this was paid
	Usage    *relay.Usage    `json:"usage"`               // of all attempts, as cost_usd
	TTFT     *float64        `json:"ttft_ms"`
	E2E      *float64        `json:"e2e_ms"`
	Attempts int             `json:"attempts"`
	Fallback *relay.Fallback `json:"fallback"`
	Cached   bool            `json:"cached_answer"`
	Twice    bool            `json:"maybe_paid_twice,omitempty"`
	Removed  bool            `json:"removed,omitempty"` // it is no longer in the input
	Line     int             `json:"line,omitempty"`
	Shard    string          `json:"shard,omitempty"`
	Row      int             `json:"row,omitempty"`  // with Shard: its place in the input, from 1
	Rows     int             `json:"rows,omitempty"` // with Shard: how many rows the input has
}

// The outcomes of rows without an answer: a resume sends the first.
const (
	outcomePending = "pending"
	outcomeSkipped = "skipped"
)

// finish writes the outputs and ends the run, unless rows were queued again meanwhile.
func (r *run) finish() {
	r.mu.Lock()
	r.to(Finishing)
	r.mu.Unlock()
	r.book.changed()
	err := project(r, Finishing)
	r.mu.Lock()
	cancelled := r.steer.cancelling
	switch {
	case r.h.State != Finishing:
		// a retry or a resume came meanwhile: the outputs are written again when its rows are done
		r.mu.Unlock()
		return
	case err != nil && r.tasks.ctx.Err() != nil: // relaytop closes: a resume writes it
	case err != nil:
		r.halt(StopDisk, "writing the output: "+err.Error()+": make room, then resume; the answers are safe in the journal")
	case cancelled:
		r.to(Cancelled)
	default:
		r.h.Stopped, r.h.Reason, r.h.NothingLeft = "", "", r.steer.resumed && r.steer.sent == 0
		r.to(Finished)
	}
	r.steer.cancelling = false
	r.mu.Unlock()
	r.keepHeader(true)
	r.book.changed()
}

// rest writes the outputs so far and pauses the run, unless it goes on meanwhile.
func rest(r *run) {
	err := project(r, Pausing)
	r.mu.Lock()
	if r.h.State == Pausing && !r.steer.cancelling && r.tasks.ctx.Err() == nil {
		if err != nil {
			r.h.Reason += "; the output so far could not be written: " + err.Error()
		}
		r.to(Paused)
	}
	r.mu.Unlock()
	r.keepHeader(false)
}

// errGoesOn means that the outputs were about to be written and the run went on.
var errGoesOn = errors.New("the run goes on")

// hasLeft reports whether a run has left the state in which its outputs are written.
func hasLeft(r *run, during State) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.h.State != during || during == Pausing && r.steer.cancelling
}

// project writes both outputs from the journal, one line per row, in the order of the input, as long as the run stays
// in its state. Without failed rows there is no errors file.
func project(r *run, during State) error {
	failed, pending, n := 0, 0, 0
	err := disk.Files{}.Replace(r.folder.man.Errors, func(bad io.Writer) error {
		return disk.Files{}.Replace(r.folder.man.Out, func(out io.Writer) error {
			return r.lines(func(row *row, line []byte) error {
				if n++; n%256 == 0 && hasLeft(r, during) {
					return errGoesOn
				}
				if row.outcome == Pending {
					pending++
				}
				if _, err := out.Write(line); err != nil {
					return err
				}
				if row.outcome == RowFailed || row.outcome == RowSkipped || row.outcome == Pending {
					failed++
					_, err := bad.Write(line)
					return err
				}
				return nil
			})
		})
	})
	if err == nil && failed == 0 {
		err = os.Remove(r.folder.man.Errors)
	}
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.h.Partial, r.h.ErrorsOut = pending > 0, failed > 0
	return nil
}

// lines makes the line of every row.
func (r *run) lines(each writeRow) error {
	r.mu.Lock()
	n := r.rows.ix.len // while the input is read there may be more later
	if r.in.opts.DropRemoved {
		n = r.rows.ix.ofInput()
	}
	r.mu.Unlock()
	for i := range n {
		if err := r.tasks.ctx.Err(); err != nil {
			return err
		}
		row := r.rowAt(i)
		if row.outcome == RowElsewhere || row.flags&flagReplaced != 0 {
			continue
		}
		line, err := r.line(i, &row)
		if err != nil {
			return err
		}
		raw, err := line.encode(r.in.opts.Shard, i, r.rows.ix.len)
		if err != nil {
			return err
		}
		if err := each(&row, raw); err != nil {
			return err
		}
	}
	return nil
}

// encode makes the text of the line of row i of n. That of a shard says which row of the input it is.
func (l *outLine) encode(shard Shard, i, n int) ([]byte, error) {
	if !shard.Whole() {
		l.Ours.Shard, l.Ours.Row, l.Ours.Rows = shard.String(), i+1, n
	}
	raw, err := json.Marshal(l)
	if err != nil {
		return nil, fmt.Errorf("row %d: %w", i+1, err)
	}
	return append(raw, '\n'), nil
}

func (r *run) line(i int, row *row) (*outLine, error) {
	if row.jrn == 0 {
		return r.unsentLine(i, row), nil
	}
	rec, err := r.rec.journal.read(row.jrn - 1)
	if err != nil {
		return nil, err
	}
	if row.outcome == Pending && !rec.stopped() {
		return r.unsentLine(i, row), nil
	}
	l := lineOf(rec, row, r.idNow(i, row, rec.ID))
	l.Ours.Removed = i >= r.rows.ix.ofInput()
	return l, nil
}

// lineOf makes the line of a record, under the id that its row now has.
func lineOf(rec *record, row *row, id string) *outLine {
	l := &outLine{ID: "batch_req_" + rec.Request.String(), CustomID: id,
		Ours: &outOurs{Model: rec.Model, Endpoint: rec.Endpoint,
			Outcome: rec.State, Attempts: rec.Attempts, Fallback: rec.Fallback, Source: relay.SourceUnknown, Cached: rec.Cached,
			Usage: rec.used(),
			Twice: row.flags&flagTwice != 0}}
	if row.outcome == Pending {
		l.Ours.Outcome = outcomePending
	}
	if rec.Body != nil {
		l.Response = &outResponse{Status: rec.HTTP, Request: rec.Remote, Body: rec.Body}
	}
	if rec.Err != nil {
		l.Error = &outError{Code: cmp.Or(rec.Err.Code, string(rec.Err.Class)), Message: rec.Err.Message}
		l.Ours.Class = rec.Err.Class
	}
	switch usd := rec.paid().String(); {
	case rec.Cost != nil && rec.Cost.Known():
		l.Ours.Cost, l.Ours.Source = &usd, rec.Cost.ShownSource()
	case rec.paid() > 0:
		l.Ours.Part = &usd
	}
	if rec.TTFT > 0 {
		l.Ours.TTFT = &rec.TTFT
	}
	if rec.E2E > 0 {
		l.Ours.E2E = &rec.E2E
	}
	return l
}

// unsentLine is the line of a row that was not sent: a bad one, or one that a cancelled run did not reach.
func (r *run) unsentLine(i int, row *row) *outLine {
	own, reason := r.in.row(r.rows.ix, i, row)
	l := &outLine{ID: fmt.Sprintf("batch_req_%s_%d", r.id, i+1), CustomID: own,
		Ours: &outOurs{Outcome: outcomeSkipped, Source: relay.SourceUnknown, Line: int(row.line)}}
	l.Error = &outError{Code: "bad_row", Message: fmt.Sprintf("line %d: %s", row.line, reason)}
	if row.outcome != RowSkipped {
		l.Ours.Outcome = outcomePending
		l.Error = &outError{Code: "not_sent", Message: "the run stopped before this row: resume sends it"}
	}
	return l
}

// idNow is the id of a row that has a record. A record has the id under which the row was answered; since then rows
// may have moved in the input.
func (r *run) idNow(i int, row *row, recorded string) string {
	ix := r.rows.ix
	_, again := ix.repeat(i)
	switch {
	case row.line == 0 && row.flags&flagRenamed != 0:
		return recorded + "#" + row.key.String()[:8]
	case row.line == 0: // the input is gone, or the row is no longer in it
		return ix.idOf(i, recorded)
	case row.id == 0:
		return ix.idOf(i, "")
	case !again && row.id == ix.hashOf(recorded): // without reading the row again
		return recorded
	}
	own, _ := r.in.row(r.rows.ix, i, row)
	return own
}

// row reads the id of row i again, and why it is bad if it is.
func (in *source) row(ix *index, i int, row *row) (own, reason string) {
	p := input.Row{Bad: ix.reason(i)}
	if row.n > 0 && in.file != nil {
		if data, err := in.file.Read(row.off, int(row.n)); err != nil {
			p.Bad = cmp.Or(p.Bad, err.Error())
		} else if q := in.spec.Parse(data); p.Bad == "" {
			p = q
		} else {
			p.ID = q.ID
		}
	}
	return ix.idOf(i, p.ID), cmp.Or(p.Bad, "it can't be read")
}
