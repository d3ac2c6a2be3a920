package archive

import (
	"database/sql"
	"time"

	"relaytop/relay"
	"relaytop/state/meter"
)

// maxModelRequests is how many of the newest requests are read: enough for a median, and a bound for a ledger of
// millions.
const maxModelRequests = 50_000

const modelFigures = `WITH recent AS (
		SELECT CASE asked WHEN '' THEN requested ELSE asked END AS model, endpoint, ttft,
			status IN ` + answered + ` AS ok, status = 'cancelled' AS gone
		FROM requests WHERE wall >= ? AND demo = ? AND NOT cached_answer ORDER BY wall DESC LIMIT ?),
	ranked AS (
		SELECT model, endpoint, ttft, row_number() OVER (PARTITION BY model, endpoint ORDER BY ttft) AS at,
			count(*) OVER (PARTITION BY model, endpoint) AS n
		FROM recent WHERE ok AND ttft IS NOT NULL)
	SELECT model, endpoint, sum(ok), sum(failed), max(ttft) FROM (
		SELECT r.model, r.endpoint, sum(r.ok) ok, sum(NOT r.ok AND NOT r.gone) failed, coalesce(max(m.ttft), 0) ttft
		FROM recent r LEFT JOIN ranked m ON m.model = r.model AND m.endpoint = r.endpoint AND m.at = (m.n + 1) / 2
		GROUP BY 1, 2
		UNION ALL SELECT model, endpoint, sum(ok - cached), sum(failed), 0 FROM rollups WHERE hour >= ? AND demo = ?
		GROUP BY 1, 2)
	GROUP BY 1, 2 ORDER BY 1, 2`

func (l *ledger) modelFigures(since time.Time) ([]meter.ModelFigures, error) {
	var out []meter.ModelFigures
	err := l.db.query("reading the figures of the models", modelFigures,
		[]any{since.UnixMicro(), l.demo, maxModelRequests, since.Truncate(time.Hour).Unix(), l.demo},
		func(rows *sql.Rows) error {
			var m meter.ModelFigures
			var ttft int64
			err := rows.Scan(&m.Model, &m.Endpoint, &m.OK, &m.Failed, &ttft)
			m.TTFT = time.Duration(ttft) * time.Microsecond
			out = append(out, m)
			return err
		})
	return out, err
}

// measuredOver is how long an answer counts for the forecast of a batch.
const measuredOver = 90 * 24 * time.Hour

// enoughRows is how many answers to rows of batches are measured alone, without those to other requests: chats are
// answered at greater length.
const enoughRows = 20

const (
	measuredRequests = `SELECT count(output), coalesce(sum(output), 0), count(e2e), coalesce(sum(e2e), 0) FROM (
		SELECT CASE asked WHEN '' THEN requested ELSE asked END AS model, output, e2e, status FROM requests
		WHERE wall >= ? AND demo = ? AND NOT cached_answer ORDER BY wall DESC LIMIT ?)
		WHERE model = ? AND status IN ` + answered
	measuredRows = `SELECT coalesce(sum(answers), 0), coalesce(sum(tokens), 0), coalesce(sum(timed), 0),
		coalesce(sum(took), 0) FROM measured WHERE hour >= ? AND demo = ? AND model = ?`
)

// sample is a number of answers and their sums.
type sample struct{ answers, tokens, timed, micros int64 }

func (s *sample) measured(rows bool) relay.Measured {
	m := relay.Measured{Answers: s.answers, Rows: rows && s.answers > 0}
	if s.answers > 0 {
		m.Output = (s.tokens + s.answers/2) / s.answers
	}
	if s.timed > 0 {
		m.Took = time.Duration(s.micros/s.timed) * time.Microsecond
	}
	return m
}

func (l *ledger) measured(model string) (relay.Measured, error) {
	since := l.db.now().Add(-measuredOver)
	rows, err := l.sample(measuredRows, since.Truncate(time.Hour).Unix(), l.demo, model)
	if err != nil || rows.answers >= enoughRows {
		return rows.measured(true), err
	}
	all, err := l.sample(measuredRequests, since.UnixMicro(), l.demo, maxModelRequests, model)
	alone := all == sample{}
	all = sample{all.answers + rows.answers, all.tokens + rows.tokens, all.timed + rows.timed, all.micros + rows.micros}
	return all.measured(alone), err
}

func (l *ledger) sample(query string, args ...any) (s sample, err error) {
	err = l.db.query("reading what was measured", query, args, func(rows *sql.Rows) error {
		return rows.Scan(&s.answers, &s.tokens, &s.timed, &s.micros)
	})
	return s, err
}
