package archive

import (
	"database/sql"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/state/session"
)

// twice is an answer after an attempt that was refused.
func twice() *relay.Result {
	r := result(relay.StatusOK, 3)
	at := r.Timing.Sched
	after := func(ms int) time.Time { return at.Add(time.Duration(ms) * time.Millisecond) }
	r.Attempts = []relay.Attempt{
		{N: 1, Endpoint: "e", Model: "m", Status: 429, Class: relay.ClassRateLimit, Message: "slow down",
			Wait: 500 * time.Millisecond, WaitReason: "the relay asked for it",
			Timing: relay.Timing{Send: after(2), FirstByte: after(40), Done: after(41)}},
		{N: 2, Endpoint: "f", Model: "n", Status: 200, Usage: &relay.Usage{Input: 10, Output: 5, Total: 15},
			Timing: relay.Timing{Send: after(542), FirstByte: after(600), First: after(650), FirstOut: after(660),
				Last: after(900), Done: after(905), Chunks: 12}},
	}
	r.Timing = r.Attempts[1].Timing
	r.Timing.Sched, r.Timing.Wait, r.Timing.Other = at, 500*time.Millisecond, 539*time.Millisecond
	r.Fallback = &relay.Fallback{From: "m", To: "n", Reason: "429"}
	r.Cost.Bill = &relay.Bill{From: "the list of the relay", Tried: []string{"the answer"}, Model: "n",
		Lines: []relay.BillLine{{What: "input", Tokens: 10, Rate: 200_000, Amount: 2, Assumed: true}}}
	return r
}

// TestRequest: a request that ended is read with all of its attempts and their times.
func TestRequest(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	a := open(t, path, Options{})
	want := twice()
	a.Record(want, session.RecordContext{Row: true, Run: "r1"})
	for range 3 {
		a.Record(result(relay.StatusOK, 1), session.RecordContext{})
	}
	closeNow(t, a)
	a = open(t, path, Options{})
	got, err := a.Request(want.ID)
	if err != nil || got == nil {
		t.Fatalf("%+v, %v", got, err)
	}
	if got.Lane != want.Lane || got.Status != want.Status || !reflect.DeepEqual(got.Cost, want.Cost) ||
		*got.Fallback != *want.Fallback || got.Asked != "m" || got.Model != "m-1" ||
		got.Usage.Output != 5 || !got.Wall.Equal(want.Wall) || got.Err != nil {
		t.Errorf("%+v", got)
	}
	spans := func(r *relay.Result, n int) [6]time.Duration {
		s, t := r.Timing.Sched, r.Attempts[n].Timing
		return [6]time.Duration{t.Send.Sub(s), t.FirstByte.Sub(s), t.First.Sub(s), t.FirstOut.Sub(s), t.Last.Sub(s),
			t.Done.Sub(s)}
	}
	for i := range want.Attempts {
		g, w := got.Attempts[i], want.Attempts[i]
		if i == 1 && spans(got, i) != spans(want, i) {
			t.Errorf("attempt 2 took %v, want %v", spans(got, i), spans(want, i))
		}
		if d := g.Timing.Done.Sub(g.Timing.Send); d != w.Timing.Done.Sub(w.Timing.Send) {
			t.Errorf("attempt %d took %v", i+1, d)
		}
		g.Timing, w.Timing = relay.Timing{Chunks: g.Timing.Chunks}, relay.Timing{Chunks: w.Timing.Chunks}
		if !reflect.DeepEqual(g, w) {
			t.Errorf("attempt %+v\n   want %+v", g, w)
		}
	}
	gq, _ := got.Timing.Queue()
	wq, _ := want.Timing.Queue()
	if gq != wq {
		t.Errorf("queued for %v, want %v", gq, wq)
	}
	if r, err := a.Request(relay.NewID()); r != nil || err != nil {
		t.Errorf("a request that never was: %+v, %v", r, err)
	}
}

// TestRequestJustRecorded: one that waits to be written is found too.
func TestRequestJustRecorded(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "a.db"), Options{})
	r := result(relay.StatusFailed, 0)
	r.Usage, r.Cost = nil, relay.Cost{}
	r.Err = &relay.Error{Class: relay.ClassAuth, Status: 401, Message: "no"}
	a.Record(r, session.RecordContext{})
	got, err := a.Request(r.ID)
	if err != nil || got == nil || got.Err == nil || got.Err.Class != relay.ClassAuth || got.Err.Status != 401 ||
		got.Usage != nil || got.Cost != (relay.Cost{}) {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestRequestOfAnEarlierVersion has the figures of the attempt that answered, and no times of others.
func TestRequestOfAnEarlierVersion(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "a.db"), Options{})
	r := twice()
	a.Record(r, session.RecordContext{})
	flush(t, a)
	err := a.db.tx(t.Context(), "", func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE requests SET attempts = '[{"endpoint":"e","model":"m","status":429,"class":"rate_limit",
			"wait_ms":500,"e2e_ms":null},{"endpoint":"f","model":"n","status":200,"class":"","wait_ms":0,"e2e_ms":358}]'`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := a.Request(r.ID)
	if err != nil || len(got.Attempts) != 2 || got.Attempts[0].Wait != 500*time.Millisecond ||
		!got.Attempts[0].Timing.Send.IsZero() || !got.Timing.Sched.IsZero() {
		t.Fatalf("%+v, %v", got, err)
	}
	ttft, ok := got.Timing.TTFT()
	if e2e, _ := got.Attempts[1].Timing.E2E(); !ok || ttft != 108*time.Millisecond || e2e != 358*time.Millisecond {
		t.Errorf("TTFT %v, E2E %v", ttft, e2e)
	}
}

// TestRequestIsLookedUp: the age of a request costs nothing.
func TestRequestIsLookedUp(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "a.db"), Options{})
	var plan string
	err := a.db.query("", "EXPLAIN QUERY PLAN "+selectRequest, []any{1, false}, func(rows *sql.Rows) error {
		var id, parent, unused int
		return rows.Scan(&id, &parent, &unused, &plan)
	})
	if want := "SEARCH requests USING INDEX requests_by_id (id=?)"; err != nil || plan != want {
		t.Errorf("%q, want %q: %v", plan, want, err)
	}
}
