package archive

import (
	"context"
	"database/sql"
	"errors"

	"relaytop/relay"
)

// errCounted says that a part of a run's journal is in the roll-ups already.
var errCounted = errors.New("this part of the journal is counted already")

// Counted returns up to which byte of its journal each run is in the roll-ups.
func (a *Archive) Counted() (map[string]int64, error) {
	counted := map[string]int64{}
	err := a.db.query("reading what is counted of the runs", "SELECT run, upto FROM counted", nil,
		func(rows *sql.Rows) error {
			var run string
			var upTo int64
			if err := rows.Scan(&run, &upTo); err != nil {
				return err
			}
			counted[run] = upTo
			return nil
		})
	return counted, err
}

// Count adds sums of a run to the roll-ups and to the totals, and notes up to which byte of its journal they go. It
// adds nothing, and returns an error, if the count does not stand at from.
func (a *Archive) Count(run string, from, upTo int64, sums []relay.Rollup) error {
	err := a.ledger.count(run, from, upTo, sums)
	if !errors.Is(err, errCounted) {
		a.errors.report(err)
	}
	return err
}

const addRollup = `INSERT INTO rollups (demo, run, hour, day, model, endpoint, ok, failed, cancelled, cached, input,
	output, cost, known, unknown, estimated, part, saved, saved_known, first)
	VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
	ON CONFLICT DO UPDATE SET ok = ok + excluded.ok, failed = failed + excluded.failed,
	cancelled = cancelled + excluded.cancelled, cached = cached + excluded.cached, input = input + excluded.input,
	output = output + excluded.output, cost = cost + excluded.cost, known = known + excluded.known,
	unknown = unknown + excluded.unknown, estimated = estimated + excluded.estimated, part = part + excluded.part,
	saved = saved + excluded.saved, saved_known = saved_known + excluded.saved_known,
	first = min(first, excluded.first)`

const addMeasured = `INSERT INTO measured (demo, model, hour, answers, tokens, timed, took) VALUES (?,?,?,?,?,?,?)
	ON CONFLICT DO UPDATE SET answers = answers + excluded.answers, tokens = tokens + excluded.tokens,
	timed = timed + excluded.timed, took = took + excluded.took`

func (l *ledger) count(run string, from, upTo int64, sums []relay.Rollup) error {
	ctx := context.Background()
	return l.db.tx(ctx, "counting the rows of a run", func(tx *sql.Tx) error {
		at := int64(0)
		err := tx.QueryRowContext(ctx, "SELECT upto FROM counted WHERE run = ?", run).Scan(&at)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if at != from {
			return errCounted
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO counted (run, upto) VALUES (?, ?)
			ON CONFLICT DO UPDATE SET upto = excluded.upto`, run, upTo)
		for i := range sums {
			if err != nil {
				return err
			}
			err = l.addSum(ctx, tx, run, &sums[i])
		}
		return err
	})
}

func (l *ledger) addSum(ctx context.Context, tx *sql.Tx, run string, s *relay.Rollup) error {
	first := s.First.UnixMicro()
	_, err := tx.ExecContext(ctx, addRollup, l.demo, run, s.Hour, s.Day, s.Model, s.Endpoint, s.OK, s.Failed, s.Cancelled,
		s.Cached, s.Input, s.Output, int64(s.Cost), s.Known, s.Unknown, s.Estimated, int64(s.Part), int64(s.Saved),
		s.SavedKnown, first)
	if err != nil {
		return err
	}
	if s.Measured+s.Timed > 0 {
		_, err = tx.ExecContext(ctx, addMeasured, l.demo, s.Model, s.Hour, s.Measured, s.AnswerTokens, s.Timed,
			s.Took.Microseconds())
		if err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, addTotals, l.demo, s.OK+s.Failed+s.Cancelled, s.OK, s.Failed, s.Input+s.Output,
		int64(s.Cost+s.Part), s.Unknown, first)
	return err
}
