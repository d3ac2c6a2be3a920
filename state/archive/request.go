package archive

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"relaytop/relay"
)

// flushFor is how long a request that is looked for may wait for the queue to be written.
const flushFor = 2 * time.Second

// Request returns what was kept of a request of any age: how it ended, its attempts with their times, its figures
// and its cost. Texts, headers and bodies are not kept. Nil: there is no such request.
func (a *Archive) Request(id relay.ID) (*relay.Result, error) {
	ctx, cancel := context.WithTimeout(context.Background(), flushFor)
	defer cancel()
	_ = a.Flush(ctx) // a queue that can't be written is reported by its writer; what was written before can be read
	return a.ledger.request(id)
}

const requestColumns = `wall, lane, endpoint, requested, asked, model, status, finish, class, http, message,
	input, cached, cache_write, output, reasoning, estimated, cost, source, cost_estimated, list, billable,
	ttft, e2e, queue, wait, attempts, fallback, cached_answer, remote`

const selectRequest = "SELECT " + requestColumns +
	" FROM requests WHERE id = ? AND demo = ? ORDER BY seq DESC LIMIT 1"

// requestRow is a row of the table as it is read.
type requestRow struct {
	r                                         relay.Result
	wall, wait                                int64
	lane, class, message, attempts            string
	http                                      int
	input, cached, cacheWrite, out, reasoning sql.NullInt64
	estimated, billable                       bool
	cost, list, ttft, e2e, queue              sql.NullInt64
	fallback                                  sql.NullString
}

// columns are where requestColumns are read to.
func (q *requestRow) columns() []any {
	r := &q.r
	return []any{&q.wall, &q.lane, &r.Endpoint, &r.Requested, &r.Asked, &r.Model, &r.Status, &r.Finish, &q.class,
		&q.http, &q.message, &q.input, &q.cached, &q.cacheWrite, &q.out, &q.reasoning, &q.estimated, &q.cost,
		&r.Cost.Source, &r.Cost.Estimated, &q.list, &q.billable, &q.ttft, &q.e2e, &q.queue, &q.wait, &q.attempts,
		&q.fallback, &r.Cached, &r.Remote}
}

func (l *ledger) request(id relay.ID) (*relay.Result, error) {
	var found *relay.Result
	err := l.db.query("reading a request", selectRequest, []any{int64(id), l.demo}, func(rows *sql.Rows) error {
		q := requestRow{r: relay.Result{ID: id}}
		err := rows.Scan(q.columns()...)
		if err != nil {
			return err
		}
		found, err = q.result()
		return err
	})
	return found, err
}

// result is the request that a row was made of.
func (q *requestRow) result() (*relay.Result, error) {
	r := &q.r
	r.Wall = time.UnixMicro(q.wall)
	r.Lane = laneNamed(q.lane)
	if q.class != "" {
		r.Err = &relay.Error{Class: relay.Class(q.class), Status: q.http, Message: q.message}
	}
	if q.input.Valid || q.out.Valid {
		r.Usage = &relay.Usage{Input: q.input.Int64, Cached: q.cached.Int64, CacheWrite: q.cacheWrite.Int64,
			Output: q.out.Int64, Reasoning: q.reasoning.Int64, Total: q.input.Int64 + q.out.Int64, Estimated: q.estimated}
	}
	switch {
	case q.cost.Valid:
		r.Cost.Amount = relay.Money(q.cost.Int64)
	case !q.billable:
		r.Cost.Source = ""
	}
	r.Cost.List, r.Cost.ListKnown = relay.Money(q.list.Int64), q.list.Valid
	if q.fallback.Valid {
		if err := json.Unmarshal([]byte(q.fallback.String), &r.Fallback); err != nil {
			return nil, fmt.Errorf("decoding the fallback: %w", err)
		}
	}
	return r, q.times()
}

// times decodes the attempts, and sets the bill and the stamps of the request and of each attempt. Rows of earlier
// versions have only the figures of the attempt that answered, and no bill.
func (q *requestRow) times() error {
	r := &q.r
	var tries []attempt
	if err := json.Unmarshal([]byte(q.attempts), &tries); err != nil {
		return fmt.Errorf("decoding the attempts: %w", err)
	}
	var end int64
	for i := range tries {
		end = max(end, tries[i].At.end())
	}
	began := r.Wall.Add(-time.Duration(end) * time.Microsecond)
	r.Attempts = make([]relay.Attempt, len(tries))
	for i := range tries {
		t := &tries[i]
		r.Attempts[i] = relay.Attempt{N: i + 1, Endpoint: t.Endpoint, Model: t.Model, Status: t.Status, Class: t.Class,
			Message: t.Message, Wait: time.Duration(t.WaitMS * float64(time.Millisecond)), WaitReason: t.WaitReason,
			Usage: t.Usage, Timing: t.At.timing(began)}
		r.Attempts[i].Timing.Chunks = t.Chunks
	}
	us := func(v sql.NullInt64) time.Duration { return time.Duration(v.Int64) * time.Microsecond }
	whole := q.e2e.Valid && !q.ttft.Valid
	n := len(tries)
	if n > 0 {
		r.Cost.Bill = tries[n-1].Bill
	}
	if n > 0 && tries[n-1].At != nil {
		r.Attempts[n-1].Timing.Whole = whole
		r.Timing = r.Attempts[n-1].Timing
		r.Timing.Sched = began
		if q.queue.Valid {
			r.Timing.Other = max(r.Timing.Send.Sub(began)-us(q.queue), 0)
		}
	} else if q.e2e.Valid {
		r.Timing = relay.Timing{Send: r.Wall.Add(-us(q.e2e)), Last: r.Wall, Whole: whole}
		if q.ttft.Valid {
			r.Timing.First = r.Timing.Send.Add(us(q.ttft))
		}
		if n > 0 {
			r.Attempts[n-1].Timing = r.Timing
		}
		if n == 1 && q.queue.Valid {
			r.Timing.Sched = r.Timing.Send.Add(-us(q.queue))
		}
	}
	r.Timing.Wait = time.Duration(q.wait) * time.Microsecond
	return nil
}

func laneNamed(name string) relay.Lane {
	for l := range relay.Lane(relay.NumLanes) {
		if l.String() == name {
			return l
		}
	}
	return relay.LaneChat
}
