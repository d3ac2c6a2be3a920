package archive

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/state/session"
)

// fillMillion writes a million requests of twenty models over a year into a file of the version before request_sums.
func fillMillion(b *testing.B, path string, end time.Time) {
	b.Helper()
	a := open(b, path, Options{})
	a.Record(result(relay.StatusOK, 5), session.RecordContext{})
	if err := a.Flush(context.Background()); err != nil {
		b.Fatal(err)
	}
	_, err := a.db.sql.Exec(unsum+`; WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)
		INSERT INTO requests (id, wall, day, demo, lane, endpoint, requested, asked, model, status, finish, class, http,
			message, input, cached, cache_write, output, reasoning, estimated, cost, source, cost_estimated, list, billable,
			ttft, e2e, queue, wait, attempts, fallback, cached_answer, chat, chat_message, run, is_row, remote)
		SELECT n.i, ? - n.i * 31536000, date((? - n.i * 31536000) / 1000000, 'unixepoch'), demo,
			CASE n.i % 3 WHEN 0 THEN 'chat' ELSE 'bench' END, 'e' || n.i % 2, 'm' || n.i % 20, 'm' || n.i % 20, model,
			CASE n.i % 50 WHEN 0 THEN 'failed' ELSE status END, finish, class, http, message, input, cached, cache_write,
			output, reasoning, estimated, cost, source, cost_estimated, list, billable, ttft, e2e, queue, wait, attempts,
			fallback, cached_answer, 'c' || n.i / 200, chat_message, 'r' || n.i / 1000, is_row, remote
		FROM n, (SELECT * FROM requests WHERE seq = 1)`, end.UnixMicro(), end.UnixMicro())
	if err != nil {
		b.Fatal(err)
	}
	closeNow(b, a)
}

// BenchmarkMillion migrates a file of a million requests and reports on it.
func BenchmarkMillion(b *testing.B) {
	end := time.Now()
	path := filepath.Join(b.TempDir(), "a.db")
	fillMillion(b, path, end)
	began := time.Now()
	a := open(b, path, Options{})
	b.Logf("migrated in %s", time.Since(began).Round(time.Millisecond))
	for name, q := range map[string]Query{"model": {By: "model"}, "day": {By: "day"}, "week": {By: "week"},
		"run": {By: "run"}, "chat": {By: "chat"}, "model since 30d": {By: "model", Since: end.AddDate(0, 0, -30)}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if r, err := a.Usage(q); err != nil || r.OK+r.Failed == 0 {
					b.Fatal(r, err)
				}
			}
		})
	}
}
