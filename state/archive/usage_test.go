package archive

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/state/session"
)

func flush(t *testing.T, a *Archive) {
	t.Helper()
	if err := a.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func recordSome(t *testing.T, a *Archive) {
	t.Helper()
	unknown := result(relay.StatusLength, 0)
	unknown.Cost = relay.Cost{Source: relay.SourceUnknown}
	unknown.Asked, unknown.Fallback = "deepseek", &relay.Fallback{From: "m", To: "deepseek", Reason: "429"}
	refused := result(relay.StatusFailed, 0)
	refused.Usage, refused.Cost, refused.Wall = nil, relay.Cost{}, refused.Wall.AddDate(0, 0, -1)
	refused.Err = &relay.Error{Class: relay.ClassAuth, Status: 401, Message: "no"}
	cancelled := result(relay.StatusCancelled, 7)
	cancelled.Cost.ListKnown = false
	a.Record(result(relay.StatusOK, 3), session.RecordContext{Chat: "c1", Message: 2})
	a.Record(result(relay.StatusOK, 5), session.RecordContext{Row: true, Run: "r1"})
	a.Record(unknown, session.RecordContext{Chat: "c1"})
	a.Record(refused, session.RecordContext{})
	a.Record(cancelled, session.RecordContext{})
	a.Record(nil, session.RecordContext{})
	flush(t, a)
}

// TestEveryStatusIsCountedAsTheMeterDoes: an answer, a failure, or neither.
func TestEveryStatusIsCountedAsTheMeterDoes(t *testing.T) {
	for _, status := range []relay.Status{relay.StatusOK, relay.StatusLength, relay.StatusFiltered,
		relay.StatusIncomplete, relay.StatusTruncated, relay.StatusEmpty, relay.StatusFailed, relay.StatusCancelled} {
		a := open(t, filepath.Join(t.TempDir(), "a.db"), Options{})
		a.Record(result(status, 3), session.RecordContext{})
		flush(t, a)
		r, err := a.Usage(Query{})
		totals, totalsErr := a.Totals()
		if err != nil || totalsErr != nil || r.OK != totals.Answered || r.Failed != totals.Errors {
			t.Errorf("%s: usage %+v, totals %+v, %v, %v", status, r.Usage, totals, err, totalsErr)
		}
	}
}

// TestEstimatesAreCounted in the sum as in its groups.
func TestEstimatesAreCounted(t *testing.T) {
	now := time.Date(2026, 11, 23, 13, 0, 0, 0, time.Local)
	a := open(t, filepath.Join(t.TempDir(), "a.db"), Options{Now: func() time.Time { return now }})
	for _, estimated := range []bool{true, false, true} {
		r := result(relay.StatusOK, 3)
		r.Cost.Estimated = estimated
		a.Record(r, session.RecordContext{})
	}
	flush(t, a)
	r, err := a.Usage(Query{By: "model"})
	if err != nil || len(r.Groups) != 1 || r.Groups[0].Estimated != 2 || r.Estimated != 2 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestUsage(t *testing.T) {
	now := time.Date(2026, 11, 23, 13, 0, 0, 0, time.Local)
	a := open(t, filepath.Join(t.TempDir(), "a.db"), Options{Now: func() time.Time { return now }})
	empty, err := a.Usage(Query{By: "day"})
	if js, _ := json.Marshal(empty); err != nil || !strings.Contains(string(js), `"avg_cost_per_request":null`) ||
		!strings.Contains(string(js), `"groups":[]`) {
		t.Errorf("nothing recorded: %s %v", js, err)
	}
	recordSome(t, a)
	r, err := a.Usage(Query{By: "model"})
	if err != nil {
		t.Fatal(err)
	}
	want := Usage{OK: 3, Failed: 1, Cancelled: 1, Tokens: 60, Cost: 15, Known: 2, Unknown: 1, Saved: 8, SavedKnown: 2,
		Uptime: 25 * time.Hour}
	if r.Usage != want {
		t.Errorf("usage = %+v\n   want %+v", r.Usage, want)
	}
	for by, keys := range map[string]string{"model": "m deepseek", "endpoint": "e", "day": "2026-11-22 2026-11-23",
		"chat": " c1", "run": " r1", "lane": "batch"} {
		r, err := a.Usage(Query{By: by})
		var got []string
		var cost relay.Money
		for _, g := range r.Groups {
			got = append(got, g.Key)
			cost += g.Cost
		}
		if err != nil || strings.Join(got, " ") != keys || cost != 15 {
			t.Errorf("by %s: %q with %v, %v; want %q", by, got, cost, err, keys)
		}
	}
	if _, err := a.Usage(Query{By: "id; DROP TABLE requests"}); err == nil {
		t.Error("grouped by something else")
	}
	r, err = a.Usage(Query{Since: now.Add(-2 * time.Hour)})
	if err != nil || r.Failed != 0 || r.OK != 3 || r.Uptime != time.Hour || r.ErrorRate() != 0 {
		t.Errorf("since: %+v %v", r, err)
	}
	if sum, unknown, err := a.Spent(); err != nil || sum != 15 || unknown != 1 {
		t.Errorf("spent today: %d and %d unknown, %v", sum, unknown, err)
	}
	now = now.AddDate(0, 0, 1)
	if sum, unknown, err := a.Spent(); err != nil || sum != 0 || unknown != 0 {
		t.Errorf("spent the day after: %d and %d unknown, %v", sum, unknown, err)
	}
	now = now.AddDate(0, 0, -1)
	totals, err := a.Totals()
	if err != nil || totals.Requests != 4 || totals.Answered != 3 || totals.Errors != 1 || totals.Cost != 15 ||
		totals.Unknown != 1 || totals.Tokens != 60 || totals.Uptime != 25*time.Hour {
		t.Errorf("totals = %+v %v", totals, err)
	}
}

func TestUsageJSON(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "a.db"), Options{})
	a.Record(result(relay.StatusOK, 320_000_000), session.RecordContext{})
	a.Record(result(relay.StatusTruncated, 1), session.RecordContext{})
	flush(t, a)
	r, err := a.Usage(Query{By: "lane"})
	if err != nil {
		t.Fatal(err)
	}
	js, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(js, &m); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{"total_requests": 2.0, "total_tokens": 30.0,
		"total_cost_usd": "0.000320000001", "error_count": 1.0, "error_rate": 50.0,
		"avg_cost_per_request": "0.000160", "unknown_cost_requests": 0.0, "saved_usd": "0.000320000001"} {
		if m[key] != want {
			t.Errorf("%s = %v, want %v", key, m[key], want)
		}
	}
	group, ok := m["groups"].([]any)[0].(map[string]any)
	if !ok || group["key"] != "batch" || group["total_requests"] != 2.0 {
		t.Errorf("group = %v", group)
	}
}

// TestCachedAnswersAreNotUse: an answer from our own cache was used and paid for once.
func TestCachedAnswersAreNotUse(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "a.db"), Options{})
	hit := result(relay.StatusOK, 0)
	hit.Cost, hit.Cached, hit.Attempts = relay.Cost{Source: relay.SourceCache, List: 4, ListKnown: true}, true, nil
	unknown := result(relay.StatusOK, 0)
	unknown.Cost = relay.Cost{Source: relay.SourceUnknown}
	a.Record(result(relay.StatusOK, 6), session.RecordContext{Run: "r1"})
	a.Record(hit, session.RecordContext{Run: "r1"})
	hit2 := *hit
	hit2.ID = relay.NewID()
	a.Record(&hit2, session.RecordContext{Run: "r2"})
	a.Record(unknown, session.RecordContext{Run: "r2"})
	flush(t, a)
	r, err := a.Usage(Query{By: "run"})
	if err != nil {
		t.Fatal(err)
	}
	avg, ok := r.Average()
	if r.OK != 4 || r.Cached != 2 || r.Tokens != 30 || r.Cost != 6 || r.Known != 1 || !ok || avg != 6 || r.Saved != 14 {
		t.Errorf("%+v, on average %s", r.Usage, avg)
	}
	js, err := json.Marshal(r)
	if err != nil || strings.Count(string(js), `"cached_answers":1`) != 2 ||
		strings.Count(string(js), `"cached_answers":2`) != 1 {
		t.Errorf("%s %v", js, err)
	}
	if g := r.Groups[1]; g.Key != "r2" || g.Tokens != 15 || g.json().Cost != nil || g.json().Average != nil {
		t.Errorf("an unknown cost beside a cached answer is known: %+v", g)
	}
}

func TestDemoIsApart(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "a.db"), Options{})
	a.Record(result(relay.StatusOK, 3), session.RecordContext{Demo: true})
	a.Record(result(relay.StatusOK, 5), session.RecordContext{})
	flush(t, a)
	r, err := a.Usage(Query{})
	totals, terr := a.Totals()
	if err != nil || terr != nil || r.Cost != 5 || totals.Cost != 5 {
		t.Errorf("%+v %+v", r, totals)
	}
}

// TestNothingRecordedIsDropped holds the file's lock, closes the archive meanwhile, and finds every request after the
// next start.
func TestNothingRecordedIsDropped(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	a := open(t, path, Options{})
	other := open(t, path, Options{})
	tx, err := other.db.sql.Begin()
	if err != nil {
		t.Fatal(err)
	}
	const n = 2000
	for range n {
		a.Record(result(relay.StatusOK, 1), session.RecordContext{Run: "r"})
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if err := a.Flush(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("flush = %v", err)
	}
	if err := a.Close(ended); err == nil || !strings.Contains(err.Error(), ": 2000 requests kept in ") {
		t.Errorf("close = %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	closeNow(t, other)
	for range 2 {
		a = open(t, path, Options{})
		r, err := a.Usage(Query{By: "run"})
		if err != nil || r.OK != n || r.Cost != n || r.Groups[0].Key != "r" {
			t.Errorf("%+v %v", r, err)
		}
		closeNow(t, a)
	}
	if left, err := filepath.Glob(path + ".pending-*"); err != nil || len(left) != 0 {
		t.Errorf("left: %v %v", left, err)
	}
}

// TestSpillFileIsWrittenOnce leaves the file in place as a crash before its removal would.
func TestSpillFileIsWrittenOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	a := open(t, path, Options{})
	flat, err := rowOf(result(relay.StatusOK, 1), session.RecordContext{}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.ledger.spill([]*row{&flat}); err != nil {
		t.Fatal(err)
	}
	found, err := filepath.Glob(path + ".pending-*.jsonl")
	if err != nil || len(found) != 1 {
		t.Fatalf("%v %v", found, err)
	}
	text, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	a.ledger.importSpilled()
	if err := os.WriteFile(found[0], text, 0o600); err != nil {
		t.Fatal(err)
	}
	a.ledger.importSpilled()
	if r, err := a.Usage(Query{}); err != nil || r.OK != 1 {
		t.Errorf("%+v %v", r, err)
	}
}

func TestWriterTellsAndRecovers(t *testing.T) {
	told := make(chan error, 10)
	a := open(t, filepath.Join(t.TempDir(), "a.db"), Options{})
	a.OnError(func(err error) { told <- err })
	if _, err := a.db.sql.Exec("ALTER TABLE requests RENAME TO away"); err != nil {
		t.Fatal(err)
	}
	a.Record(result(relay.StatusOK, 1), session.RecordContext{})
	if err := <-told; err == nil {
		t.Error("the failure was not told")
	}
	if _, err := a.db.sql.Exec("ALTER TABLE away RENAME TO requests"); err != nil {
		t.Fatal(err)
	}
	if err := <-told; err != nil {
		t.Errorf("told %v, want nil: it works again", err)
	}
	flush(t, a)
	if r, err := a.Usage(Query{}); err != nil || r.OK != 1 {
		t.Errorf("%+v %v", r, err)
	}
}

func BenchmarkOpenSmall(b *testing.B) { benchmarkOpen(b, 1_000) } // looked through
func BenchmarkOpenLarge(b *testing.B) { benchmarkOpen(b, 20_000) }

func benchmarkOpen(b *testing.B, requests int) {
	b.Helper()
	path := filepath.Join(b.TempDir(), "a.db")
	a := open(b, path, Options{})
	for range requests {
		a.Record(result(relay.StatusOK, 1), session.RecordContext{})
	}
	for i := range int64(200) {
		if err := a.SaveChat(session.Record{ID: "c" + string(rune('a'+i)), Updated: time.UnixMicro(i)}); err != nil {
			b.Fatal(err)
		}
	}
	closeNow(b, a)
	for b.Loop() {
		a, err := Open(path, Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		closeNow(b, a)
		b.StartTimer()
	}
}

func BenchmarkSaveMessage(b *testing.B)      { benchmarkSave(b, false) } // while it streams
func BenchmarkSaveMessageEnded(b *testing.B) { benchmarkSave(b, true) }  // indexed

func benchmarkSave(b *testing.B, ended bool) {
	b.Helper()
	a := open(b, filepath.Join(b.TempDir(), "a.db"), Options{})
	m := message("c", 1)
	m.Ended = ended
	m.Text = strings.Repeat("text ", 800)
	for b.Loop() {
		if err := a.SaveMessage(m); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRecord(b *testing.B) {
	a := open(b, filepath.Join(b.TempDir(), "a.db"), Options{})
	r := result(relay.StatusOK, 1)
	for b.Loop() {
		a.Record(r, session.RecordContext{})
	}
	if err := a.Flush(context.Background()); err != nil {
		b.Fatal(err)
	}
}

func TestEstimatesAndSimulatedMoneyInTheUsage(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "a.db"), Options{})
	for _, cost := range []relay.Cost{
		{Amount: 1, Source: relay.SourceRelay, List: 3, ListKnown: true},
		{Amount: 1, Source: relay.SourceRelay, Estimated: true},
		{Amount: 1, Source: relay.SourceEstimated},
		{Amount: 1, Source: relay.SourceSim, List: 100, ListKnown: true},
	} {
		r := result(relay.StatusOK, 0)
		r.Cost = cost
		a.Record(r, session.RecordContext{})
	}
	flush(t, a)
	for _, by := range []string{"", "model"} {
		r, err := a.Usage(Query{By: by})
		if err != nil || r.Estimated != 2 {
			t.Errorf("by %q: %d of 2 estimates are counted, %v", by, r.Estimated, err)
		}
		if r.Saved != 2 || r.SavedKnown != 1 {
			t.Errorf("by %q: saved %d by %d requests, want 2 by 1: simulated money saves nothing", by, r.Saved, r.SavedKnown)
		}
	}
}
