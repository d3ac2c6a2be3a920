package archive

import (
	"database/sql"
	"time"

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
	SELECT r.model, r.endpoint, sum(r.ok), sum(NOT r.ok AND NOT r.gone), coalesce(max(m.ttft), 0)
	FROM recent r LEFT JOIN ranked m ON m.model = r.model AND m.endpoint = r.endpoint AND m.at = (m.n + 1) / 2
	GROUP BY 1, 2 ORDER BY 1, 2`

func (l *ledger) modelFigures(since time.Time) ([]meter.ModelFigures, error) {
	var out []meter.ModelFigures
	err := l.db.query("reading the figures of the models", modelFigures,
		[]any{since.UnixMicro(), l.demo, maxModelRequests},
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
