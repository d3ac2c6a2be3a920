package job

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"relaytop/relay"
)

// mergeGroup is how many answers are made durable at once.
const mergeGroup = 256

// merger merges the answers of one part into the journal. It can be interrupted at any moment and run again: a row
// whose record of this try is in the journal is left alone, so its money counts once.
type merger struct {
	c     *carrier
	p     *part
	rows  map[string]*partRow // by custom_id; those without a record of this try
	group []*answer
	seen  int // lines of rows of this part, whether merged now or before
	bad   error
	cut   bool           // whether the rows were answered is not known
	named map[uint32]int // the rows by the hashes of their ids; nil: not needed yet
	moved bool           // as place takes it, with named
}

func newMerger(c *carrier, p *part) *merger { return &merger{c: c, p: p, rows: map[string]*partRow{}} }

// load reads the map of the part.
func (m *merger) load() error {
	return readMap(&m.c.r.folder, m.p.N, func(row *partRow) {
		row.i = m.c.r.rows.placeOf(row.CustomID)
		m.rows[row.CustomID] = row
	})
}

// merge fetches the answers of a part that has ended and merges them.
func (c *carrier) merge(p *part) {
	m := newMerger(c, p)
	err := m.load()
	for _, file := range []string{p.Output, p.Errors} {
		if err != nil || file == "" {
			continue
		}
		err = c.during(func(ctx context.Context) error { return c.to.Lines(ctx, file, m.line, m.broken) })
		err = errors.Join(err, m.flush())
	}
	a := c.retriesOf(p)
	var broken *journalError
	switch e := relay.AsError(err, relay.ClassNetwork); {
	case errors.As(err, &broken):
		c.r.pauseUnwritten(broken)
		return
	case errors.Is(err, relay.ErrCutOff), e != nil && e.Status == statusNotFound:
		if a.download++; a.download < c.limits.Downloads {
			c.again(p, 0)
			return
		}
	case err != nil:
		c.trouble(p, "fetching the answers of part "+strconv.Itoa(p.N), err)
		return
	case m.short():
		if a.download++; a.download < c.limits.Downloads {
			c.again(p, 0)
			return
		}
	}
	if err := m.rest(err); err != nil {
		c.r.pauseUnwritten(err)
		return
	}
	if c.move(p, StepMerged, func(q *part) { q.Times.Merged = c.r.book.now() }) {
		c.full = false
		c.after(p, len(m.rows))
	}
}

// journalError is an error of the journal, not of a provider.
type journalError struct{ err error }

func (e *journalError) Error() string { return e.err.Error() }
func (e *journalError) Unwrap() error { return e.err }

// line merges one line of a file of answers.
func (m *merger) line(l relay.BatchLine) error {
	row := m.rows[l.CustomID]
	if row == nil {
		return nil // of no row of this part, or the second line of one
	}
	m.seen++
	if neverRan(&l) {
		return nil // it is pending again with the rest
	}
	delete(m.rows, l.CustomID)
	if row.i < 0 {
		m.adopt(row)
	}
	if row.i < 0 || m.has(row) {
		m.uncarry(row)
		return nil
	}
	res := m.c.to.Result(&l, relay.BatchRow{ID: relay.NewID(), Model: m.p.Model, Path: m.p.Path, Input: row.Input})
	return m.add(row, res)
}

// adopt gives a row that is no longer in the input a place behind the others: its answer was paid for.
func (m *merger) adopt(row *partRow) {
	k, occ, ok := parseCustomID(row.CustomID)
	if !ok {
		return
	}
	r := m.c.r
	r.mu.Lock()
	defer r.mu.Unlock()
	if m.named == nil {
		m.named, m.moved = r.rows.ix.named(), r.rows.moved()
	}
	p := rowKey{k, occ}
	gone := r.rows.removed.take(p, r.rows.ix.hashOf(row.ID))
	gone.flags |= flagCarried
	r.rows.place(gone, p, m.named, m.moved)
	row.i = r.rows.ix.len - 1
	r.h.Rows, r.h.Removed = r.h.Rows+1, r.h.Removed+1
}

// neverRan reports whether a line says that its row was not sent to the model before the batch ended.
func neverRan(l *relay.BatchLine) bool {
	code := strings.ToLower(l.Code)
	return l.Body == nil && (strings.Contains(code, "expired") || strings.Contains(code, "cancelled") ||
		strings.Contains(code, "canceled"))
}

// has reports whether the journal has the record of this try of a row.
func (m *merger) has(row *partRow) bool { return int(m.c.r.rowAt(row.i).try) >= row.Try }

func (m *merger) uncarry(row *partRow) {
	if row.i >= 0 {
		m.c.release([]int{row.i})
	}
}

// broken counts a line that can't be read.
func (m *merger) broken(err error) { m.bad = err }

// short reports whether the files have fewer lines than the provider counts rows.
func (m *merger) short() bool {
	p := m.p
	switch p.Phase {
	case relay.BatchCompleted:
		return m.seen < p.Rows
	case relay.BatchExpired, relay.BatchCancelled:
		return m.seen < min(p.Answered+p.Refused, p.Rows)
	case relay.BatchFailed, relay.BatchValidating, relay.BatchInProgress, relay.BatchFinalizing, relay.BatchCancelling:
	}
	return false
}

// add writes the record of a row, and counts it once it is durable.
func (m *merger) add(row *partRow, res *relay.Result) error {
	r := m.c.r
	l := &liveRow{run: r, i: row.i, try: row.Try, own: row.ID, id: res.ID}
	l.Model, l.judged = m.p.Model, r.in.spec.schema != nil && m.p.Path == ""
	if jrn := r.rowAt(row.i).jrn; jrn != 0 {
		old, err := r.rec.journal.read(jrn - 1)
		if err != nil {
			return &journalError{err}
		}
		l.prior = old.paid()
	}
	if res.Err != nil && res.Err.Message == "" {
		res.Err.Message = res.Err.Code
	}
	s := &answer{l: l, res: res, cut: m.cut}
	if err := r.rec.write(s); err != nil {
		return &journalError{err}
	}
	if m.group = append(m.group, s); len(m.group) >= mergeGroup {
		return m.flush()
	}
	return nil
}

// flush makes the records so far durable, and counts their rows.
func (m *merger) flush() error {
	if len(m.group) == 0 {
		return nil
	}
	r := m.c.r
	if err := r.rec.journal.sync(); err != nil {
		return &journalError{err}
	}
	r.mu.Lock()
	for _, s := range m.group {
		r.settle(s)
		r.rows.uncarry(s.l.i)
	}
	r.steer.sent += len(m.group)
	r.mu.Unlock()
	if spent := r.book.spent; spent != nil {
		for _, s := range m.group {
			spent(r.id, s.res)
		}
	}
	m.group = m.group[:0]
	r.saveHeader(false)
	r.book.changed()
	return nil
}

// rest decides about the rows that no line answers. fetch is why a file could not be read to its end; nil: it was.
func (m *merger) rest(fetch error) error {
	switch {
	case m.p.Phase == relay.BatchCompleted, fetch != nil && m.p.Phase != relay.BatchFailed:
		why := "the provider's files have no line for this row"
		if fetch != nil {
			why += " (" + fetch.Error() + ")"
		} else if m.bad != nil {
			why += "; " + m.bad.Error()
		}
		return m.failRest(&relay.Error{Class: relay.ClassTruncated, Code: "no_line", Message: why})
	}
	indexes := make([]int, 0, len(m.rows))
	for _, row := range m.rows {
		indexes = append(indexes, row.i)
	}
	m.c.release(indexes)
	return nil
}

// failRest records the rows that are left as failed.
func (m *merger) failRest(e *relay.Error) error {
	for id, row := range m.rows {
		delete(m.rows, id)
		if row.i < 0 || m.has(row) {
			m.uncarry(row)
			continue
		}
		no := *e
		no.Endpoint, no.Model = m.p.Provider, m.p.Model
		err := m.add(row, &relay.Result{ID: relay.NewID(), Lane: relay.LaneBatch, Status: relay.StatusFailed, Err: &no,
			Requested: m.p.Model, Asked: m.p.Model, Endpoint: m.p.Provider, Wall: m.c.r.book.now()})
		if err != nil {
			return err
		}
	}
	return m.flush()
}

// after says why rows of a part were not answered, where that ends the run for now. left is how many never ran.
func (c *carrier) after(p *part, left int) {
	c.r.mu.Lock()
	others, cancelling := c.r.rows.parts.open(), c.r.steer.cancelling
	c.r.mu.Unlock()
	rows := relay.Counted(left, "row")
	again := "resume sends them again, with --provider-batch=false through the pool"
	switch p.Phase {
	case relay.BatchFailed:
		if strings.Contains(p.Code, "token_limit") && others > 0 {
			c.full = true // its queue is full: the rows go into a later part
			return
		}
		problem := p.Problem
		if problem == "" {
			problem = "it does not say why"
		}
		c.setback.add(fmt.Sprintf("%s refused the file of part %d: %s; nothing of it ran, and %s", p.Provider,
			p.N, problem, again))
	case relay.BatchExpired:
		if left > 0 {
			c.setback.add(fmt.Sprintf("part %d expired at %s: %s of it never ran; %s", p.N, p.Provider, rows,
				again))
		}
	case relay.BatchCancelled:
		if left > 0 && !cancelling {
			c.setback.add(fmt.Sprintf("part %d was cancelled at %s: %s of it never ran; %s", p.N, p.Provider, rows,
				again))
		}
	case relay.BatchCompleted, relay.BatchValidating, relay.BatchInProgress, relay.BatchFinalizing,
		relay.BatchCancelling:
	}
}
