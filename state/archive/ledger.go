package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"relaytop/relay"
	"relaytop/state/meter"
	"relaytop/state/session"
)

// ledger holds the requests that ended, and their totals.
type ledger struct {
	db     *database
	demo   bool
	errors *reporter
	queue  queue
}

func (l *ledger) record(r *relay.Result, c session.RecordContext) {
	if r == nil {
		return
	}
	c.Demo = c.Demo || l.demo
	flat, err := rowOf(r, c, l.db.now())
	if err != nil {
		l.queue.addFault(err)
		return
	}
	l.queue.add(&flat)
}

// close ends the writer. Requests that can't be written before ctx ends go into a file, and the error says so.
func (l *ledger) close(ctx context.Context) error {
	err := l.queue.stop(ctx)
	if left := l.queue.left(); len(left) > 0 {
		name, kept := l.spill(left)
		if kept == nil {
			kept = fmt.Errorf("the database can't be written: %s kept in %s until it can",
				relay.Counted(len(left), "request"), name)
		}
		err = errors.Join(err, kept)
	}
	return err
}

// write writes requests and adds them to the totals, in one transaction.
func (l *ledger) write(ctx context.Context, batch []*row) error {
	return l.db.tx(ctx, "writing the requests", func(tx *sql.Tx) error { return l.insert(ctx, tx, batch) })
}

const addTotals = `INSERT INTO totals (demo, requests, answered, errors, tokens, cost, unknown, first)
	VALUES (?,?,?,?,?,?,?,?)
	ON CONFLICT (demo) DO UPDATE SET requests = requests + excluded.requests, answered = answered + excluded.answered,
	errors = errors + excluded.errors, tokens = tokens + excluded.tokens, cost = cost + excluded.cost,
	unknown = unknown + excluded.unknown, first = min(first, excluded.first)`

func (l *ledger) insert(ctx context.Context, tx *sql.Tx, batch []*row) error {
	requests, err := tx.PrepareContext(ctx, insertRow)
	if err != nil {
		return err
	}
	defer requests.Close()
	totals, err := tx.PrepareContext(ctx, addTotals)
	if err != nil {
		return err
	}
	defer totals.Close()
	for _, r := range batch {
		if _, err := requests.ExecContext(ctx, r.Cols...); err != nil {
			return err
		}
		_, err = totals.ExecContext(ctx, r.Demo, r.Add[0], r.Add[1], r.Add[2], r.Add[3], r.Add[4], r.Add[5], r.Wall)
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *ledger) totals() (meter.Counters, error) {
	var c meter.Counters
	const text = "SELECT answered + errors, answered, errors, tokens, cost, unknown, first FROM totals WHERE demo = ?"
	err := l.db.query("reading the totals", text, []any{l.demo},
		func(rows *sql.Rows) error {
			var first int64
			if err := rows.Scan(&c.Requests, &c.Answered, &c.Errors, &c.Tokens, &c.Cost, &c.Unknown, &first); err != nil {
				return err
			}
			c.Uptime = l.db.now().Sub(time.UnixMicro(first))
			return nil
		})
	return c, err
}
