package archive

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/state/meter"
	"relaytop/state/session"
)

func TestMeasured(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "a.db"), Options{})
	now := time.Now()
	put := func(model string, status relay.Status, ttft, ago time.Duration, cached bool) {
		r := result(status, 1)
		r.Asked, r.Wall, r.Cached = model, now.Add(-ago), cached
		r.Timing = relay.Timing{Send: now, First: now.Add(ttft), Last: now.Add(2 * ttft)}
		a.Record(r, session.RecordContext{})
	}
	for _, ms := range []time.Duration{900, 100, 300, 200} {
		put("fast", relay.StatusOK, ms*time.Millisecond, time.Hour, false)
		if ms != 900 {
			put("odd", relay.StatusOK, ms*time.Millisecond, time.Hour, false)
		}
	}
	put("fast", relay.StatusFailed, 5*time.Second, time.Hour, false)
	put("fast", relay.StatusCancelled, 5*time.Second, time.Hour, false)
	put("fast", relay.StatusOK, time.Millisecond, time.Hour, true)      // our own cache
	put("fast", relay.StatusOK, time.Millisecond, 240*time.Hour, false) // long ago
	put("down", relay.StatusFailed, time.Second, time.Hour, false)
	flush(t, a)
	hour := now.Truncate(time.Hour).Unix()
	sum := relay.Rollup{RollupKey: relay.RollupKey{Hour: hour, Model: "odd", Endpoint: "e"}, OK: 9, Cached: 2, Failed: 1,
		First: now}
	if err := a.Count("r", 0, 1, []relay.Rollup{sum}); err != nil {
		t.Fatal(err)
	}
	got, err := a.ModelFigures(now.Add(-7 * 24 * time.Hour))
	want := []meter.ModelFigures{
		{Model: "down", Endpoint: "e", Failed: 1},
		{Model: "fast", Endpoint: "e", OK: 4, Failed: 1, TTFT: 200 * time.Millisecond},
		{Model: "odd", Endpoint: "e", OK: 10, Failed: 1, TTFT: 200 * time.Millisecond},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
}

// TestMeasuredForBatches: the rows of batches alone once there are enough of them, else all answers of the model.
func TestMeasuredForBatches(t *testing.T) {
	now := time.Date(2026, 11, 1, 12, 40, 0, 0, time.UTC)
	a := openAt(t, now)
	put := func(status relay.Status, output int64, took time.Duration, ago time.Duration, cached bool) {
		r := result(status, 1)
		r.Wall, r.Usage.Output, r.Cached = now.Add(-ago), output, cached
		r.Timing = relay.Timing{Send: now, First: now, Last: now.Add(took)}
		a.Record(r, session.RecordContext{})
	}
	want := func(what string, want relay.Measured) {
		t.Helper()
		flush(t, a)
		if got := a.Measured("m"); got != want {
			t.Errorf("%s: %+v, want %+v", what, got, want)
		}
	}
	want("nothing", relay.Measured{})
	put(relay.StatusOK, 1000, 10*time.Second, time.Hour, false)
	put(relay.StatusLength, 500, 5*time.Second, time.Hour, false)
	put(relay.StatusFailed, 9, time.Second, time.Hour, false)
	put(relay.StatusOK, 9, time.Second, time.Hour, true)               // our own cache
	put(relay.StatusOK, 9, time.Second, measuredOver+time.Hour, false) // long ago
	want("requests", relay.Measured{Answers: 2, Output: 750, Took: 7500 * time.Millisecond})
	rows := relay.Rollup{RollupKey: relay.RollupKey{Hour: now.Truncate(time.Hour).Unix(), Model: "m", Endpoint: "e"},
		OK: 10, Output: 9000, Measured: 10, AnswerTokens: 300, Timed: 10, Took: 20 * time.Second, First: now}
	count := func(from int64) {
		if err := a.Count("r", from, from+1, []relay.Rollup{rows}); err != nil {
			t.Fatal(err)
		}
	}
	count(0)
	want("a few rows", relay.Measured{Answers: 12, Output: 150, Took: 35 * time.Second / 12 / time.Microsecond *
		time.Microsecond})
	count(1)
	want("enough rows", relay.Measured{Answers: 20, Output: 30, Took: 2 * time.Second, Rows: true})
	if got := a.Measured("other"); got != (relay.Measured{}) {
		t.Errorf("of another model: %+v", got)
	}
}
