package job

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"relaytop/relay"
	"relaytop/state/job/outfile"
)

func TestRunWritesOneLineARowInOrder(t *testing.T) {
	dir := t.TempDir()
	f := newFake(func(n int, req relay.Request) *relay.Result {
		switch {
		case strings.HasSuffix(promptIn(req), " 3"):
			return failed(relay.ClassUpstream)
		case strings.HasSuffix(promptIn(req), " 5"):
			r := ok("half")
			r.Status, r.Finish = relay.StatusLength, "length"
			return r
		case strings.HasSuffix(promptIn(req), " 7"):
			r := ok("la la")
			r.Status, r.Finish = relay.StatusIncomplete, "odd"
			return r
		}
		return echo(n, req)
	})
	b := open(t, dir, f, nil)
	in := file(t, dir, "in.txt", prompts(50))
	id := start(t, b, Options{Input: in})
	h := wait(t, b, id)
	if h.State != Finished || h.OK != 47 || h.Failed != 1 || h.Incomplete != 2 || h.Done() != h.Rows ||
		h.ByClass[relay.ClassUpstream] != 1 {
		t.Fatalf("%+v", h)
	}
	if want := relay.Money(49 * 1_000_003); h.Cost != want {
		t.Errorf("cost %d, want %d", h.Cost, want)
	}
	lines := outLines(t, filepath.Join(dir, "in.out.jsonl"))
	if len(lines) != 50 {
		t.Fatalf("%d lines", len(lines))
	}
	for i, l := range lines {
		if want := "row-" + itoa(i+1); l.CustomID != want {
			t.Fatalf("line %d is %s", i, l.CustomID)
		}
	}
	if l := lines[2]; l.Error == nil || l.Response != nil || l.Error.Code != "upstream" {
		t.Errorf("the failed row: %+v", l)
	}
	if l := lines[6]; l.Error != nil || outfile.Text(l.Response.Body) != "la la" ||
		!strings.Contains(string(l.Response.Body), `"finish_reason":"odd"`) {
		t.Errorf("the row that ended with an unknown word: %+v", l)
	}
	until(t, "the row says what ended it", func() bool {
		rows := b.Rows(id, 6, 1)
		return len(rows) == 1 && rows[0].Outcome == RowIncomplete && rows[0].Reason == "ended with odd"
	})
	if l := lines[0]; l.Error != nil || outfile.Text(l.Response.Body) != "re: prompt 1" ||
		*l.Ours.Cost != "0.000001000003" {
		t.Errorf("the first row: %+v %+v", l, l.Ours)
	}
	if bad := outLines(t, filepath.Join(dir, "in.out.errors.jsonl")); len(bad) != 1 || bad[0].CustomID != "row-3" {
		t.Errorf("errors file: %+v", bad)
	}
	if st, err := os.Stat(filepath.Join(b.cfg.Dir, id, journalName)); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("journal: %v %v", st, err)
	}
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

func TestRetryFailedSendsOnlyThose(t *testing.T) {
	dir := t.TempDir()
	f := newFake(func(n int, req relay.Request) *relay.Result {
		if n <= 12 && strings.HasSuffix(promptIn(req), "1") {
			r := failed(relay.ClassTimeout)
			r.Cost = relay.Cost{Amount: 7, Source: relay.SourceReported}
			return r
		}
		return echo(n, req)
	})
	b := open(t, dir, f, nil)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(12)), Concurrency: 1})
	if h := wait(t, b, id); h.Failed != 2 || h.State != Finished {
		t.Fatalf("%+v", h)
	}
	if err := b.RetryFailed(id); err != nil {
		t.Fatal(err)
	}
	h := wait(t, b, id)
	if h.OK != 12 || f.count() != 14 || len(h.ByClass) != 0 {
		t.Fatalf("%d sent, %+v", f.count(), h)
	}
	if want := relay.Money(12*1_000_003 + 14); h.Cost != want {
		t.Errorf("cost %d, want %d", h.Cost, want)
	}
	var sum relay.Money
	for _, l := range outLines(t, h.Out) {
		m, err := relay.ParseMoney(*l.Ours.Cost)
		if err != nil {
			t.Fatal(err)
		}
		sum += m
	}
	if sum != h.Cost {
		t.Errorf("the rows cost %d, the run %d", sum, h.Cost)
	}
	if _, err := os.Stat(h.Errors); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an errors file without errors: %v", err)
	}
}

func TestPauseFinishesWhatIsInFlight(t *testing.T) {
	dir := t.TempDir()
	gate := make(chan struct{})
	f := newFake(func(n int, req relay.Request) *relay.Result {
		<-gate
		return echo(n, req)
	})
	b := open(t, dir, f, nil)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(30)), Concurrency: 4})
	var open sync.Once
	release := func() { open.Do(func() { close(gate) }) }
	t.Cleanup(release)
	until(t, "four in flight", func() bool { h, _ := b.Header(id); return h.InFlight == 4 })
	if err := b.Pause(id); err != nil {
		t.Fatal(err)
	}
	if h, _ := b.Header(id); h.State != Pausing || h.InFlight != 4 || h.Queued != 26 {
		t.Fatalf("%+v", h)
	}
	release()
	if h := wait(t, b, id); h.State != Paused || h.OK != 4 || h.Stopped != "user" {
		t.Fatalf("%+v", h)
	}
	if err := b.Resize(id, 2); err != nil {
		t.Fatal(err)
	}
	if err := b.Resume(id); err != nil {
		t.Fatal(err)
	}
	if h := wait(t, b, id); h.State != Finished || h.OK != 30 || h.Concurrency != 2 {
		t.Fatalf("%+v", h)
	}
}

func TestRunPausesByItself(t *testing.T) {
	for _, tt := range []struct {
		class   relay.Class
		stopped Stop
	}{{relay.ClassAuth, "auth"}, {relay.ClassQuota, "quota"}, {relay.ClassUpstream, "alike"}} {
		t.Run(string(tt.stopped), func(t *testing.T) {
			dir := t.TempDir()
			broken := true
			f := newFake(nil)
			f.answer = func(n int, req relay.Request) *relay.Result {
				f.mu.Lock()
				defer f.mu.Unlock()
				if broken {
					return failed(tt.class)
				}
				return echo(n, req)
			}
			b := open(t, dir, f, nil)
			id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(200)), Concurrency: 3})
			h := wait(t, b, id)
			if h.State != Paused || h.Stopped != tt.stopped || h.Reason == "" || f.count() > 80 {
				t.Fatalf("%d sent, %+v", f.count(), h)
			}
			f.mu.Lock()
			broken = false
			f.mu.Unlock()
			if err := b.Resume(id); err != nil {
				t.Fatal(err)
			}
			h = wait(t, b, id)
			if h.State != Finished {
				t.Fatalf("%+v", h)
			}
			if tt.stopped != "alike" && h.OK != 200 {
				t.Errorf("rows that were refused were not sent again: %+v", h)
			}
		})
	}
}

func TestBudgetIsNotOverrun(t *testing.T) {
	dir := t.TempDir()
	f := newFake(func(n int, req relay.Request) *relay.Result {
		r := echo(n, req)
		r.Cost.Amount = relay.USD / 10
		return r
	})
	b := open(t, dir, f, func(c *Config) {
		c.Price = func(string, int64, int64) (relay.Cost, bool) {
			return relay.Cost{Amount: relay.USD / 5, Source: relay.SourceList}, true
		}
	})
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(40)), Budget: relay.USD})
	h := wait(t, b, id)
	if h.State != Paused || h.Stopped != "budget" || h.Cost > relay.USD || h.Cost < relay.USD*8/10 {
		t.Fatalf("%+v", h)
	}
	if err := b.SetBudget(id, 10*relay.USD); err != nil {
		t.Fatal(err)
	}
	if h := wait(t, b, id); h.State != Finished || h.OK != 40 {
		t.Fatalf("%+v", h)
	}
}

func TestExistingOutputIsRefused(t *testing.T) {
	dir := t.TempDir()
	f := newFake(echo)
	b := open(t, dir, f, nil)
	in := file(t, dir, "in.txt", prompts(2))
	wait(t, b, start(t, b, Options{Input: in}))
	if _, err := b.Start(Options{Input: in}); !errors.Is(err, ErrExists) {
		t.Fatalf("%v", err)
	}
	if h := wait(t, b, start(t, b, Options{Input: in, Force: true})); h.OK != 2 {
		t.Fatalf("%+v", h)
	}
	id := start(t, b, Options{Input: in, Resume: "last"})
	if h := wait(t, b, id); h.State != Finished || f.count() != 4 {
		t.Fatalf("%d sent, %+v", f.count(), h)
	}
}

func TestSampleRuns(t *testing.T) {
	f := newFake(echo)
	b := open(t, t.TempDir(), f, nil)
	id := start(t, b, Options{Sample: true})
	h := wait(t, b, id)
	if h.OK != 20 || filepath.Dir(h.Out) != filepath.Join(b.cfg.Dir, id) {
		t.Fatalf("%+v", h)
	}
	rows := b.Rows(id, 0, 100)
	if len(rows) != 20 || rows[0].ID != "tides" || !strings.HasPrefix(rows[0].Text, "re: Explain") || b.Focus(id) != 20 {
		t.Fatalf("%+v", rows)
	}
}

func TestPanicBreaksTheRunOnly(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, newFake(echo), func(c *Config) {
		c.Price = func(string, int64, int64) (relay.Cost,
			bool) {
			panic("no such price")
		}
	})
	id, err := b.Start(Options{Input: file(t, dir, "in.txt", prompts(3))})
	if err != nil {
		t.Fatal(err)
	}
	if h := wait(t, b, id); h.State != Broken || !strings.Contains(h.Reason, "no such price") {
		t.Fatalf("%+v", h)
	}
}

// TestABudgetHoldsWhereRowsCostMoreThanExpected: the cost of an answer counts once it ends, not only once it is
// durable.
func TestABudgetHoldsWhereRowsCostMoreThanExpected(t *testing.T) {
	dir := t.TempDir()
	f := newFake(func(int, relay.Request) *relay.Result {
		r := ok("dear")
		r.Cost.Amount = 3 * relay.USD / 10
		return r
	})
	cheap := func(string, int64, int64) (relay.Cost, bool) {
		return relay.Cost{Amount: relay.USD / 100, Source: relay.SourceList}, true
	}
	b := open(t, dir, f, func(c *Config) { c.Price = cheap })
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(40)), Budget: relay.USD, Concurrency: 1})
	if h := wait(t, b, id); h.State != Paused || h.Stopped != "budget" || h.OK != 4 {
		t.Fatalf("%+v", h)
	}
}

// TestTheDaysBudgetPauses: rows that the engine refuses for a budget are not lost, and the run says what stopped it.
func TestTheDaysBudgetPauses(t *testing.T) {
	dir := t.TempDir()
	f := newFake(echo)
	f.refuse = fmt.Errorf("%w: $5 of $5", relay.ErrBudget)
	b := open(t, dir, f, nil)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(5))})
	h := wait(t, b, id)
	if h.State != Paused || h.Stopped != "budget" || !strings.Contains(h.Reason, "$5 of $5") || f.count() != 0 ||
		h.InFlight != 0 {
		t.Fatalf("%s by %q: %s, %d in flight", h.State, h.Stopped, h.Reason, h.InFlight)
	}
	f.mu.Lock()
	f.refuse = nil
	f.mu.Unlock()
	if err := b.Resume(id); err != nil {
		t.Fatal(err)
	}
	if h := wait(t, b, id); h.State != Finished || h.OK != 5 || h.PaidTwice != 0 {
		t.Errorf("%s: %d ok, %d twice", h.State, h.OK, h.PaidTwice)
	}
}

// TestOnlyTheFirstTryMayBeCached: a row that is sent again must not get the same answer.
func TestOnlyTheFirstTryMayBeCached(t *testing.T) {
	dir := t.TempDir()
	f := newFake(func(n int, req relay.Request) *relay.Result {
		if n == 1 {
			return failed(relay.ClassUpstream)
		}
		return echo(n, req)
	})
	b := open(t, dir, f, func(c *Config) { c.Cache = true })
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(1))})
	wait(t, b, id)
	if err := b.RetryFailed(id); err != nil {
		t.Fatal(err)
	}
	until(t, "sent again and done", func() bool { h, _ := b.Header(id); return f.count() == 2 && h.State == Finished })
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.sent[0].Cache || f.sent[1].Cache {
		t.Errorf("cache %v, then %v", f.sent[0].Cache, f.sent[1].Cache)
	}
}

// TestNoStream: no row is streamed, not even once the run is resumed without the flag, and its keys are the same.
func TestNoStream(t *testing.T) {
	dir := t.TempDir()
	f := newFake(echo)
	b := open(t, dir, f, nil)
	in := file(t, dir, "in.jsonl", `{"prompt":"a"}
{"body":{"messages":[{"role":"user","content":"b"}],"stream":true}}
`)
	id := start(t, b, Options{Input: in, NoStream: true})
	if h := wait(t, b, id); h.OK != 2 || !h.NoStream {
		t.Fatalf("%+v", h)
	}
	file(t, dir, "in.jsonl", `{"prompt":"c"}`+"\n"+`{"prompt":"a"}`+"\n")
	if h := wait(t, b, start(t, b, Options{Input: in, Resume: id})); h.OK != 3 || h.Removed != 1 || !h.NoStream {
		t.Fatalf("%+v", h)
	}
	for _, req := range f.sent {
		if !req.Plain {
			t.Errorf("%s was to be streamed", promptIn(req))
		}
	}
	if len(f.sent) != 3 {
		t.Errorf("%d rows were sent, not 3", len(f.sent))
	}
}

// TestAnswersThatEndAlikePauseARun, incomplete ones too and at any time, but not again for what a resume accepted.
func TestAnswersThatEndAlikePauseARun(t *testing.T) {
	for _, status := range []relay.Status{relay.StatusLength, relay.StatusFiltered, relay.StatusTruncated,
		relay.StatusEmpty, relay.StatusIncomplete} {
		t.Run(string(status), func(t *testing.T) {
			dir := t.TempDir()
			f := newFake(func(n int, req relay.Request) *relay.Result {
				r := echo(n, req)
				if n > 50 && n <= 50+3*alikeRows {
					if r.Status = status; status == relay.StatusEmpty {
						r.Err = &relay.Error{Class: status.Class(), Message: "nothing came"}
					}
				}
				return r
			})
			b := open(t, dir, f, nil)
			id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(200)), Concurrency: 1})
			h := wait(t, b, id)
			if h.State != Paused || h.Stopped != StopAlike || h.OK != 50 || f.count() != 50+alikeRows {
				t.Fatalf("%d sent: %+v", f.count(), h)
			}
			if err := b.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			g := newFake(func(n int, req relay.Request) *relay.Result { return f.answer(n+f.count(), req) })
			c := open(t, dir, g, nil)
			start(t, c, Options{Resume: id})
			if h := wait(t, c, id); h.State != Finished || h.Failed+h.Incomplete != 3*alikeRows {
				t.Errorf("%d sent after a resume: %+v", g.count(), h)
			}
		})
	}
}
