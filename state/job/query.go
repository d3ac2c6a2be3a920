package job

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"relaytop/state/job/input"
	"relaytop/state/job/outfile"
)

// Column is what rows are sorted by.
type Column uint8

// The columns. All but the first and the status are sorted from the largest or newest value down; rows without a value
// come last.
const (
	ByRow Column = iota
	ByCost
	ByTTFT
	ByTokens
	ByTime
	ByStatus
	Columns // how many there are
)

func (c Column) String() string {
	return [...]string{"row", "cost", "TTFT", "tokens", "time", "status"}[c%Columns]
}

// Query picks rows of a run and puts them in order.
type Query struct {
	Keep func(o Outcome, fellBack bool) bool // nil: every outcome
	Text string                              // in the id, the prompt, the answer or the error, in any case; "": every row
	Sort Column
}

// hit is a row while it is searched and sorted.
type hit struct {
	at    int
	row   row
	order float64
	found bool
}

// Query returns the indexes of the rows that a query picks, in its order. It reads the journal, and the input if a text
// is searched for: a copy of the index is searched, so that the run goes on meanwhile.
func (b *Book) Query(ctx context.Context, id string, q Query) ([]int32, error) {
	r := b.run(id)
	if r == nil {
		return nil, fmt.Errorf("%w: %s is not open", ErrNoRun, id)
	}
	hits := pick(r, &q)
	if len(hits) == 0 {
		return nil, nil
	}
	text := strings.ToLower(q.Text)
	if err := fromJournal(ctx, r, hits, &q, text); err != nil {
		return nil, err
	}
	if text != "" {
		if err := fromInput(ctx, r, hits, text); err != nil {
			return nil, err
		}
		hits = slices.DeleteFunc(hits, func(h hit) bool { return !h.found })
	}
	if q.Sort != ByRow {
		slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.order, a.order) })
	}
	out := make([]int32, len(hits))
	for i := range hits {
		out[i] = int32(hits[i].at)
	}
	return out, nil
}

// pick copies the rows with the outcomes of a query, and what is known of those in flight. It holds the run's lock for
// one chunk at a time.
func pick(r *run, q *Query) []hit {
	var hits []hit
	text := strings.ToLower(q.Text)
	for from := 0; ; from += rowsPerChunk {
		r.mu.Lock()
		if r.rows.ix == nil || from >= r.rows.ix.len {
			r.mu.Unlock()
			return hits
		}
		for i := from; i < min(from+rowsPerChunk, r.rows.ix.len); i++ {
			row, l := *r.rows.ix.at(i), r.rows.live[i]
			outcome, fell := r.rows.outcome(i)
			if q.Keep != nil && !q.Keep(outcome, fell) {
				continue
			}
			h := hit{at: i, row: row, order: -1}
			if q.Sort == ByStatus {
				h.order = float64(outcome)
			}
			if l != nil {
				h.order = max(h.order, liveOrder(r, l, q.Sort))
				h.found = text != "" && has(text, l.own, string(l.tail), l.Reason)
			} else if reason := r.rows.ix.reason(i); reason != "" {
				h.found = text != "" && has(text, reason)
			}
			hits = append(hits, h)
		}
		r.mu.Unlock()
	}
}

// liveOrder is the value of a row in flight. The lock is held.
func liveOrder(r *run, l *liveRow, by Column) float64 {
	out, _ := l.Output()
	switch by {
	case ByCost:
		if price := r.book.prices.forecast; price != nil && out > 0 {
			if c, ok := price(l.Model, 0, out); ok {
				return float64(c.Amount)
			}
		}
	case ByTTFT:
		if d, ok := l.TTFT(); ok {
			return float64(d)
		}
	case ByTokens:
		return float64(out)
	case ByTime:
		return float64(l.Since.UnixNano())
	case ByRow, ByStatus, Columns:
	}
	return -1
}

// fromJournal takes the figures of the rows from the journal, which is read once from its beginning, and searches its
// ids, answers and errors.
func fromJournal(ctx context.Context, r *run, hits []hit, q *Query, text string) error {
	if text == "" && (q.Sort == ByRow || q.Sort == ByStatus) || r.rec.journal == nil {
		return nil
	}
	at := make(map[int64]int, len(hits))
	for k := range hits {
		if j := hits[k].row.jrn; j != 0 {
			at[j-1] = k
		}
	}
	if len(at) == 0 {
		return nil
	}
	lines := input.NewLines(io.NewSectionReader(r.rec.journal.f, 0, 1<<62), 0)
	for n := 0; ; n++ {
		if n%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		l, err := lines.Next()
		if errors.Is(err, io.EOF) || err == nil && l.Cut() {
			return nil
		}
		if err != nil {
			return fmt.Errorf("searching the journal: %w", err)
		}
		k, ok := at[l.Offset]
		if !ok {
			continue
		}
		rec, ok := decodeRecord(l.Text)
		if !ok {
			continue
		}
		h := &hits[k]
		if h.row.outcome != Pending || rec.stopped() {
			h.order = max(h.order, rec.order(q.Sort))
		}
		if text != "" && !h.found {
			h.found = has(text, rec.ID) || rec.says(text)
		}
	}
}

// order is the value of a record that rows are sorted by; -1: it has none.
func (r *record) order(by Column) float64 {
	switch by {
	case ByCost:
		if r.Cost != nil && r.Cost.Known() {
			return float64(r.paid())
		}
	case ByTTFT:
		if r.TTFT > 0 {
			return r.TTFT * float64(time.Millisecond)
		}
	case ByTokens:
		if r.Usage != nil {
			return float64(r.Usage.Output)
		}
	case ByTime:
		return float64(r.At.UnixNano())
	case ByRow, ByStatus, Columns:
	}
	return -1
}

// says reports whether the answer or the error of a record has a text.
func (r *record) says(text string) bool {
	if r.Err != nil && has(text, r.Err.Message, string(r.Err.Class), r.Err.Code) {
		return true
	}
	answer, reasoning := outfile.Answer(r.Body)
	return has(text, answer, reasoning)
}

// fromInput searches the ids and prompts of the rows that were not found yet.
func fromInput(ctx context.Context, r *run, hits []hit, text string) error {
	if r.in.file == nil || r.in.spec == nil {
		return nil
	}
	for k := range hits {
		h := &hits[k]
		if k%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		at := r.rows.ix.place(h.at)
		if h.found || at.n == 0 {
			continue
		}
		data, err := r.in.file.Read(at.off, int(at.n))
		if err != nil {
			continue // the input changed: the row is found by what the journal has
		}
		p := r.in.spec.Parse(data)
		if p.Bad != "" {
			h.found = has(text, string(data))
			continue
		}
		if h.found = has(text, cmp.Or(p.ID, input.RowName(h.at))); h.found {
			continue
		}
		for _, m := range p.List() {
			h.found = h.found || has(text, m.Text)
		}
	}
	return nil
}

// has reports whether one of the strings has a text, which is in lower case.
func has(text string, in ...string) bool {
	for _, s := range in {
		if strings.Contains(strings.ToLower(s), text) {
			return true
		}
	}
	return false
}

// RowsAt returns rows by their indexes. Like Rows it reads no disk.
func (b *Book) RowsAt(id string, at []int32) []Row {
	r := b.run(id)
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []Row
	var missing []int
	for _, i := range at[:min(len(at), maxRows)] {
		i := int(i)
		if r.rows.ix == nil || i >= r.rows.ix.len {
			continue
		}
		row, loaded := r.shown.row(i)
		if !loaded {
			missing = append(missing, i)
		}
		out = append(out, row)
	}
	r.shown.load(missing, r.signals.loader)
	return out
}
