package job

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"relaytop/relay"
)

// carried opens a book with a provider, and no engine that may be used.
func carried(t *testing.T, dir string, v *visitor, rows int) *Book {
	t.Helper()
	f := newFake(func(_ int, req relay.Request) *relay.Result {
		t.Errorf("the pool was asked for %s", promptIn(req))
		return failed(relay.ClassInvalid)
	})
	b := open(t, dir, f, func(c *Config) { c.Parts = quick(rows) })
	b.SetProviders([]Provider{v}, nil)
	return b
}

func TestAProviderCarriesARun(t *testing.T) {
	dir := t.TempDir()
	a := newAccount()
	b := carried(t, dir, &visitor{account: a}, 40)
	var spent relay.Money
	b.spent = func(_ string, res *relay.Result) { spent += res.Cost.Amount }
	h := wait(t, b, start(t, b, Options{Input: file(t, dir, "in.txt", prompts(100)), Carrier: ByProvider}))
	if h.State != Finished || h.OK != 100 || h.Cost != 100*1_000_003 || spent != h.Cost || h.PaidTwice != 0 {
		t.Fatalf("%+v", h)
	}
	if h.Provider.Parts != 3 || h.Provider.Open != 0 || len(a.created()) != 3 {
		t.Fatalf("%+v, created %v", h.Provider, a.created())
	}
	lines := outLines(t, h.Out)
	for i, l := range lines {
		if l.CustomID != fmt.Sprintf("row-%d", i+1) || l.Response == nil ||
			!strings.Contains(string(l.Response.Body), "re: ") {
			t.Fatalf("line %d: %+v", i+1, l)
		}
	}
	for _, id := range a.rowsSent() {
		if len(id) > 64 || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
			t.Errorf("a custom_id of %q", id)
		}
	}
	if got, _ := filepath.Glob(filepath.Join(b.cfg.Dir, h.ID, "part-*.map.jsonl")); len(got) != 3 {
		t.Errorf("maps %v", got)
	}
	if got, _ := filepath.Glob(filepath.Join(b.cfg.Dir, h.ID, "part-????.jsonl")); len(got) != 0 {
		t.Errorf("files that the provider has are still here: %v", got)
	}
}

func TestOneModelAPart(t *testing.T) {
	dir := t.TempDir()
	a := newAccount()
	b := carried(t, dir, &visitor{account: a}, 10)
	var in strings.Builder
	for i := range 30 {
		fmt.Fprintf(&in, `{"custom_id":"r%d","body":{"model":"m%d","messages":[{"role":"user","content":"q%d"}]}}`+"\n", i,
			i%3, i)
	}
	h := wait(t, b, start(t, b, Options{Input: file(t, dir, "in.jsonl", in.String()), Carrier: ByProvider}))
	if h.OK != 30 || len(a.batches) != 3 {
		t.Fatalf("%d batches, %+v", len(a.batches), h)
	}
	for _, x := range a.batches {
		models := map[string]bool{}
		for _, l := range a.files[x.Input] {
			models[string(l.Body)[:strings.Index(string(l.Body), "}")]] = true
			if l.Method != http.MethodPost || l.URL != "/v1/chat/completions" {
				t.Errorf("a row of %+v", l)
			}
		}
		for _, l := range a.files[x.Input] {
			if first := a.files[x.Input][0]; modelIn(t, l) != modelIn(t, first) {
				t.Errorf("models %s and %s in one part", modelIn(t, l), modelIn(t, first))
			}
		}
	}
}

func modelIn(t *testing.T, l fakeLine) string {
	t.Helper()
	_, rest, ok := strings.Cut(string(l.Body), `"model":"`)
	if !ok {
		t.Fatalf("no model in %s", l.Body)
	}
	return rest[:strings.IndexByte(rest, '"')]
}

// TestKilledAtEveryStep takes the folder of a run as it is at each call to the provider, before and after what the
// call does, and goes on from it in another process.
func TestKilledAtEveryStep(t *testing.T) {
	for _, call := range []string{"probe", "upload", "uploaded", "create", "created", "poll", "polled", "download", "line",
		"downloaded"} {
		for _, nth := range []int{1, 2, 5} {
			t.Run(fmt.Sprintf("%s %d", call, nth), func(t *testing.T) { killAt(t, call, nth) })
		}
	}
}

func killAt(t *testing.T, call string, nth int) {
	dir := t.TempDir()
	a := newAccount()
	a.answer = func(l fakeLine) *relay.BatchLine {
		if strings.Contains(string(l.Body), "prompt 7\"") {
			return &relay.BatchLine{CustomID: l.ID, Status: 400, Message: "no"}
		}
		return &relay.BatchLine{CustomID: l.ID, Status: 200, Body: l.Body}
	}
	reached, seen := make(chan struct{}), 0
	first := &visitor{account: a, hook: func(ctx context.Context, at string) error {
		if at == call {
			if seen++; seen == nth {
				close(reached)
				<-ctx.Done()
				return errKilled
			}
		}
		return ctx.Err()
	}}
	in := file(t, dir, "in.txt", prompts(25))
	b := carried(t, dir, first, 10)
	id := start(t, b, Options{Input: in, Carrier: ByProvider})
	ended := make(chan Header, 1)
	go func() {
		h, _ := b.Wait(t.Context(), id)
		ended <- h
	}()
	select {
	case <-reached:
	case h := <-ended: // there are not so many calls
		if h.State != Finished {
			t.Fatalf("%+v", h)
		}
		return
	}
	other := filepath.Join(dir, "after")
	if err := os.CopyFS(filepath.Join(other, "runs"), os.DirFS(b.cfg.Dir)); err != nil {
		t.Fatal(err)
	}
	_ = b.Close(t.Context())

	c := carried(t, other, &visitor{account: a}, 10)
	h := wait(t, c, start(t, c, Options{Resume: id}))
	if h.State != Finished || h.OK != 24 || h.Failed != 1 || h.Cost != 24*1_000_003 {
		t.Fatalf("%+v", h)
	}
	for part, n := range a.created() {
		if n != 1 {
			t.Errorf("part %s has %d batches", part, n)
		}
	}
	if ids := a.rowsSent(); len(ids) != 25 || distinctOf(ids) != 25 {
		t.Errorf("%d rows were sent, %d different", len(ids), distinctOf(ids))
	}
	if n := len(outLines(t, h.Out)); n != 25 {
		t.Errorf("%d lines", n)
	}
	records := map[string]int{}
	j, err := os.Open(filepath.Join(c.cfg.Dir, id, journalName))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	_, damaged, err := replay(j, 0, func(_ int64, rec *record) {
		if rec.Part == nil {
			records[rec.Key]++
		}
	})
	if err != nil || damaged != 0 || len(records) != 25 || slices.Max(slices.Collect(maps.Values(records))) != 1 {
		t.Errorf("records %v, %d damaged, %v", records, damaged, err)
	}
}

func TestOddProviders(t *testing.T) {
	tests := []struct {
		name       string
		set        func(*account)
		state      State
		stopped    Stop
		ok, failed int
		says       string
	}{
		{"cut downloads", func(a *account) { a.cut = 2 }, Finished, "", 20, 0, ""},
		{"downloads with fewer lines", func(a *account) { a.short = 2 }, Finished, "", 20, 0, ""},
		{"a row without a line", func(a *account) {
			a.answer = func(l fakeLine) *relay.BatchLine {
				if strings.Contains(string(l.Body), `prompt 3"`) {
					return nil
				}
				return &relay.BatchLine{CustomID: l.ID, Status: 200, Body: l.Body}
			}
		}, Finished, "", 19, 1, ""},
		{"no file named yet", func(a *account) {
			late := 0
			a.odd = func(b *relay.Batch) {
				if b.Phase == relay.BatchCompleted && late < 3 {
					late++
					b.Output, b.Errors = "", ""
				}
			}
		}, Finished, "", 20, 0, ""},
		{"an unknown phase", func(a *account) {
			a.odd = func(b *relay.Batch) {
				if b.Phase == relay.BatchInProgress {
					b.Phase, b.Word = "", "warming_up"
				}
			}
		}, Finished, "", 20, 0, ""},
		{"counts of nonsense", func(a *account) {
			a.odd = func(b *relay.Batch) { b.Total, b.Completed, b.Failed = 0, 0, 999 }
		}, Finished, "", 20, 0, ""},
		{"expired", func(a *account) { a.ends, a.ran = relay.BatchExpired, 4 }, Paused, StopProvider, 8, 0,
			"expired at home: 6 rows of it never ran; resume sends them again, with --provider-batch=false through the pool " +
				"(1 other part ended badly, too)"},
		{"a file that is refused", func(a *account) { a.ends = relay.BatchFailed }, Paused, StopProvider, 0, 0,
			"line 1: not JSON"},
		{"a failed batch that does not say why", func(a *account) {
			a.ends = relay.BatchFailed
			a.odd = func(b *relay.Batch) { b.Problem = "" }
		}, Paused, StopProvider, 0, 0, "does not say why"},
		{"a batch that it does not know", func(a *account) { a.odd = func(*relay.Batch) { a.batches = nil } }, Paused,
			StopProvider, 0, 20, "no longer knows the batch"},
		{"no batches", func(a *account) { a.cannot = relay.Capability{Reason: "home has no /batches"} }, Paused,
			StopProvider, 0, 0, "home has no /batches"},
		{"a create that is refused", func(a *account) {
			a.refuse = &relay.Error{Class: relay.ClassInvalid, Status: 400, Message: "no such endpoint"}
		}, Paused, StopProvider, 0, 0, "no such endpoint"},
		{"a key that is refused", func(a *account) {
			a.refuse = &relay.Error{Class: relay.ClassAuth, Status: 401, Message: "wrong key"}
		}, Paused, StopAuth, 0, 0, "wrong key"},
		{"the budget of the day", func(a *account) { a.refuse = fmt.Errorf("%w: today", relay.ErrBudget) }, Paused,
			StopBudget, 0, 0, "today"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			a := newAccount()
			tt.set(a)
			b := carried(t, dir, &visitor{account: a}, 10)
			id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(20)), Carrier: ByProvider})
			h := wait(t, b, id)
			if h.State != tt.state || h.Stopped != tt.stopped || h.OK != tt.ok || h.Failed != tt.failed ||
				!strings.Contains(h.Reason, tt.says) {
				t.Errorf("%s (%s) %d ok %d failed: %s", h.State, h.Stopped, h.OK, h.Failed, h.Reason)
			}
			if want := relay.Money(h.OK) * 1_000_003; h.Cost != want {
				t.Errorf("cost %s, want %s", h.Cost, want)
			}
			if twice := tt.name == "a batch that it does not know"; twice != (h.PaidTwice == 20) || !twice && h.PaidTwice > 0 {
				t.Errorf("%d rows may be paid twice", h.PaidTwice)
			}
			if h.State == Paused && h.Stopped == StopProvider && h.Provider.Open > 0 {
				t.Errorf("it paused while %d parts were not over", h.Provider.Open)
			}
		})
	}
}
