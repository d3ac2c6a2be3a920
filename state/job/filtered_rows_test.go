package job

import (
	"testing"

	"relaytop/relay"
)

func TestRowsAreFoundByHowTheyStand(t *testing.T) {
	dir := t.TempDir()
	f := newFake(func(n int, req relay.Request) *relay.Result {
		if n%10 == 3 {
			return &relay.Result{Status: relay.StatusFailed, Err: &relay.Error{Class: relay.ClassInvalid, Message: "no"}}
		}
		return echo(n, req)
	})
	b := open(t, dir, f, nil)
	const all = maxDetails + 1000 // the details of the first rows are let go of
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(all)), Concurrency: 1})
	wait(t, b, id)
	failed := func(o Outcome, _ bool) bool { return o == RowFailed }
	h, _ := b.Header(id)
	rows, total := b.RowsWhere(id, failed, 0, 5)
	if total != h.Failed || total == 0 || len(rows) != 5 {
		t.Fatalf("%d rows of %d, the header has %d", len(rows), total, h.Failed)
	}
	for _, from := range []int{0, total - 20} {
		until(t, "rows are loaded", func() bool {
			rows, _ := b.RowsWhere(id, failed, from, 20)
			return len(rows) == 20 && rows[0].ID != "" && rows[19].Reason == "no" && rows[19].N > rows[0].N
		})
	}
	if rows, n := b.RowsWhere(id, failed, total, 5); len(rows) != 0 || n != total {
		t.Errorf("%d rows beyond the last of %d", len(rows), n)
	}
	if _, n := b.RowsWhere("none", failed, 0, 5); n != 0 {
		t.Error("a run that is not there has rows")
	}
}
