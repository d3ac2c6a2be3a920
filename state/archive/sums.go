package archive

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// summedAtOnce is how many requests one statement of sumRequests reads: few enough for a bar that moves.
const summedAtOnce = 20_000

// sumRequests fills request_sums with the requests of a file that has none, and calls progress after each part.
func sumRequests(ctx context.Context, tx *sql.Tx, progress func(done, total int64)) error {
	var last int64
	if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(seq), 0) FROM requests").Scan(&last); err != nil {
		return err
	}
	// The cache of two megabytes that a connection has holds less than a part, which is read once a kind.
	if _, err := tx.ExecContext(ctx, "PRAGMA cache_size = -65536"); err != nil {
		return err
	}
	for from := int64(0); from < last; from += summedAtOnce {
		for _, k := range []struct{ kind, key string }{
			{"model", "model, endpoint, lane, ''"}, {"run", "'', '', '', run"}, {"chat", "'', '', '', chat"},
		} {
			_, err := tx.ExecContext(ctx, sumPart(k.kind, k.key), from, from+summedAtOnce)
			if err != nil {
				return err
			}
		}
		progress(min(from+summedAtOnce, last), last)
	}
	_, err := tx.ExecContext(ctx, "PRAGMA cache_size = -2000")
	return err
}

// sumPart is the statement that adds the requests between two numbers, the first one excluded, to the sums of a kind.
func sumPart(kind, key string) string {
	columns := strings.Split(sumColumns, ", ")
	sums, adds := make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		sums[i], adds[i] = "sum("+c+")", c+" = "+c+" + excluded."+c
	}
	return fmt.Sprintf(`INSERT INTO request_sums SELECT demo, '%s', day, %s, %s, min(wall), max(wall)
		FROM request_figures WHERE seq > ? AND seq <= ? GROUP BY 1, 3, 4, 5, 6, 7
		ON CONFLICT DO UPDATE SET %s, first = min(first, excluded.first), last = max(last, excluded.last)`,
		kind, key, strings.Join(sums, ", "), strings.Join(adds, ", "))
}
