package archive

import (
	"context"
	"errors"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/state/session"
)

// sumOf is what two rows of an hour used: one that was answered and one that failed at an unknown cost.
func sumOf(at time.Time) relay.Rollup {
	key := relay.RollupKey{Hour: at.Truncate(time.Hour).Unix(), Day: at.Local().Format(time.DateOnly), Model: "m",
		Endpoint: "e"}
	return relay.Rollup{RollupKey: key, OK: 1, Failed: 1, Input: 10, Output: 5, Cost: 7, Known: 1, Unknown: 1, Part: 2,
		First: at}
}

// TestRollUpsCountAsRequestsDo: in the report, by every grouping, in the totals, and for the day's budget.
func TestRollUpsCountAsRequestsDo(t *testing.T) {
	now := time.Date(2026, 11, 1, 12, 40, 0, 0, time.Local)
	a := openAt(t, now)
	a.Record(&relay.Result{ID: 1, Wall: now, Requested: "m", Endpoint: "e", Status: relay.StatusOK,
		Usage: &relay.Usage{Input: 1, Output: 1}, Cost: relay.Cost{Amount: 3, Source: relay.SourceRelay}},
		session.RecordContext{})
	if err := a.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	yesterday := sumOf(now.AddDate(0, 0, -1))
	today := sumOf(now)
	if err := a.Count("r", 0, 100, []relay.Rollup{yesterday, today}); err != nil {
		t.Fatal(err)
	}
	if err := a.Count("r", 100, 200, []relay.Rollup{today}); err != nil {
		t.Fatal(err)
	}
	if err := a.Count("r", 100, 200, []relay.Rollup{today}); !errors.Is(err, errCounted) {
		t.Errorf("the same part again: %v", err)
	}
	if counted, err := a.Counted(); err != nil || counted["r"] != 200 {
		t.Errorf("counted %v, %v", counted, err)
	}
	for by, groups := range map[string]int{"model": 1, "endpoint": 1, "day": 2, "run": 2, "lane": 2, "chat": 1} {
		r, err := a.Usage(Query{By: by})
		want := Usage{OK: 4, Failed: 3, Tokens: 47, Cost: 24, Known: 4, Unknown: 3, Uptime: 24 * time.Hour}
		if err != nil || r.Usage != want || len(r.Groups) != groups {
			t.Errorf("by %s: %+v, want %+v in %d groups, %v", by, r, want, groups, err)
		}
	}
	if c, err := a.Totals(); err != nil || c.Requests != 7 || c.Cost != 30 || c.Unknown != 3 || c.Tokens != 47 {
		t.Errorf("totals %+v, %v", c, err)
	}
	if sum, unknown, err := a.Spent(); err != nil || sum != 17 || unknown != 2 {
		t.Errorf("spent today %d and %d unknown, %v", sum, unknown, err)
	}
}

// TestSinceCutsBatchesAtTheHour: and the report says so where it makes a difference.
func TestSinceCutsBatchesAtTheHour(t *testing.T) {
	now := time.Date(2026, 11, 1, 12, 40, 0, 0, time.UTC)
	a := openAt(t, now)
	early := sumOf(now.Add(-30 * time.Minute))
	if err := a.Count("r", 0, 1, []relay.Rollup{early}); err != nil {
		t.Fatal(err)
	}
	hour := now.Truncate(time.Hour)
	for since, want := range map[time.Time]struct {
		ok   int64
		from time.Time
	}{
		now.Add(-20 * time.Minute): {1, hour},
		hour:                       {1, time.Time{}},
		now.Add(-2 * time.Hour):    {1, time.Time{}},
		now.Add(time.Hour):         {0, time.Time{}},
	} {
		r, err := a.Usage(Query{Since: since})
		if err != nil || r.OK != want.ok || !r.BatchesSince.Equal(want.from) {
			t.Errorf("since %s: %d ok from %s, want %+v, %v", since, r.OK, r.BatchesSince, want, err)
		}
	}
}

func openAt(t *testing.T, now time.Time) *Archive {
	t.Helper()
	a, err := Open(t.TempDir()+"/a.db", Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // the test's context has ended
		if err := a.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return a
}
