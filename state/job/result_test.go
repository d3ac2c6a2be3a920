package job

import (
	"testing"
	"time"

	"relaytop/relay"
)

// What the inspector shows of a row that is no longer in memory comes from its journal.
func TestTheRequestOfARecord(t *testing.T) {
	end := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	paid := &relay.Cost{Amount: 5_000_000_000, Source: relay.SourceReported}
	for _, c := range []struct {
		name   string
		rec    record
		status relay.Status
		class  relay.Class
		tries  int
		ttft   time.Duration
		e2e    time.Duration
		burst  bool
	}{
		{"ok", record{State: stateOK, Status: relay.StatusOK, HTTP: 200, TTFT: 400, E2E: 1900, TPS: 100, Attempts: 3,
			Cost: paid}, relay.StatusOK, "", 3, 400 * time.Millisecond, 1900 * time.Millisecond, false},
		{"ok, of an earlier version", record{State: stateOK, TTFT: 400, E2E: 1900, Attempts: 1, Cost: paid}, relay.StatusOK,
			"", 1, 400 * time.Millisecond, 1900 * time.Millisecond, false},
		{"at once, of an earlier version", record{State: stateOK, TTFT: 400, E2E: 400.25, TPS: 600_000, Attempts: 1},
			relay.StatusOK, "", 1, 400 * time.Millisecond, 400250 * time.Microsecond, true},
		{"a document", record{State: stateOK, E2E: 1900, Attempts: 1}, relay.StatusOK, "", 1, 0, 1900 * time.Millisecond,
			false},
		{"from our cache", record{State: stateOK, Status: relay.StatusOK, Cached: true}, relay.StatusOK, "", 0, 0, 0, false},
		{"cut", record{State: stateIncomplete, TTFT: 9, E2E: 99, Attempts: 1, Err: &rowError{Class: relay.ClassTruncated}},
			relay.StatusTruncated, relay.ClassTruncated, 1, 9 * time.Millisecond, 99 * time.Millisecond, false},
		{"failed", record{State: stateFailed, HTTP: 429, Attempts: 2, Err: &rowError{Class: relay.ClassRateLimit,
			Message: "slow down"}}, relay.StatusFailed, relay.ClassRateLimit, 2, 0, 0, false},
	} {
		c.rec.At, c.rec.Request, c.rec.Model, c.rec.Endpoint = end, 7, "m", "e"
		c.rec.Usage = &relay.Usage{Input: 10, Output: 151}
		row := detailOf(&c.rec)
		r := row.Result
		if r.ID != 7 || r.Status != c.status || r.Model != "m" || r.Endpoint != "e" || r.Usage.Output != 151 ||
			r.Cached != c.rec.Cached || !r.Wall.Equal(end) || (r.Cost.Amount == paid.Amount) != (c.rec.Cost == paid) {
			t.Errorf("%s: %+v", c.name, r)
		}
		ttft, _ := r.Timing.TTFT()
		if e2e, _ := r.Timing.E2E(); ttft != c.ttft || e2e != c.e2e {
			t.Errorf("%s: TTFT %v, E2E %v; want %v and %v", c.name, ttft, e2e, c.ttft, c.e2e)
		}
		if (r.Err != nil && r.Err.Class != c.class) || (r.Err == nil) != (c.class == "") {
			t.Errorf("%s: %v, want the class %q", c.name, r.Err, c.class)
		}
		n := len(r.Attempts)
		if n != min(c.tries, 1) || n > 0 && (r.Attempts[0].N != c.tries || r.Attempts[0].Class != c.class) {
			t.Errorf("%s: attempts %+v", c.name, r.Attempts)
		}
		if row.Burst != c.burst || c.burst && row.TokPerSec != 0 {
			t.Errorf("%s: %v tok/s, burst %t", c.name, row.TokPerSec, row.Burst)
		}
	}
}

// TestARequestOfARowIsFoundInTheJournal: of a run that is open and of one that is not.
func TestARequestOfARowIsFoundInTheJournal(t *testing.T) {
	dir := t.TempDir()
	f := newFake(echo)
	b := open(t, dir, f, nil)
	wait(t, b, start(t, b, Options{Input: file(t, dir, "in.txt", prompts(3))}))
	want := f.sent[1]
	for _, b := range []*Book{b, open(t, dir, newFake(echo), nil)} {
		got, err := b.Recorded(want.ID)
		if err != nil || got == nil || got.ID != want.ID || got.Status != relay.StatusOK || got.Cost.Amount != 1_000_003 {
			t.Errorf("%+v, %v", got, err)
		}
		if got, err := b.Recorded(want.ID + 1_000_000); got != nil || err != nil {
			t.Errorf("a request that was never sent: %+v, %v", got, err)
		}
	}
}
