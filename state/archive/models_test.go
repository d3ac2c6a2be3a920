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
	got, err := a.ModelFigures(now.Add(-7 * 24 * time.Hour))
	want := []meter.ModelFigures{
		{Model: "down", Endpoint: "e", Failed: 1},
		{Model: "fast", Endpoint: "e", OK: 4, Failed: 1, TTFT: 200 * time.Millisecond},
		{Model: "odd", Endpoint: "e", OK: 3, TTFT: 200 * time.Millisecond},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
}
