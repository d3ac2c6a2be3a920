package job

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"relaytop/relay"
)

// back is a failure after which the row is to be sent again later.
func back(class relay.Class, why relay.Back) *relay.Result {
	r := failed(class)
	r.Back = why
	return r
}

// TestRowsThatComeBackAreSentAgain: what becomes of a run whose row 3, or each of whose rows, comes back a number of
// times.
func TestRowsThatComeBackAreSentAgain(t *testing.T) {
	for _, tt := range []struct {
		name  string
		class relay.Class
		why   relay.Back
		times int // -1: always
		all   bool
		rows  int
		ok    int
		sent  int // of row 3
	}{
		{"an outage, however long", relay.ClassUpstream, relay.BackOutage, 9, true, 30, 30, 10},
		{"a relay that can't be reached, and no other row is left", relay.ClassNetwork, relay.BackOutage, 9, true, 3, 3, 10},
		{"it fails as a probe", relay.ClassUpstream, relay.BackProbe, 9, false, 30, 30, 10},
		{"two rounds", relay.ClassUpstream, relay.BackRound, 2, false, 30, 30, 3},
		{"it is the row", relay.ClassUpstream, relay.BackRound, -1, false, 30, 29, 3},
		{"one refusal of the key", relay.ClassAuth, relay.BackRound, 1, false, 30, 30, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			tries := map[string]int{}
			f := newFake(nil)
			f.answer = func(n int, req relay.Request) *relay.Result {
				f.mu.Lock()
				defer f.mu.Unlock()
				row := promptIn(req)
				tries[row]++
				if (tt.all || row == "prompt 3") && (tt.times < 0 || tries[row] <= tt.times) {
					return back(tt.class, tt.why)
				}
				return echo(n, req)
			}
			b := open(t, dir, f, nil)
			id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(tt.rows)), Concurrency: 1})
			h := wait(t, b, id)
			f.mu.Lock()
			defer f.mu.Unlock()
			sent := tries["prompt 3"]
			if h.State != Finished || h.OK != tt.ok || h.Failed != tt.rows-tt.ok || sent != tt.sent || h.PaidTwice != 0 {
				t.Fatalf("sent %d times: %s, %d ok, %d failed, %d paid twice: %s", sent, h.State, h.OK, h.Failed, h.PaidTwice,
					h.Reason)
			}
			if lines := outLines(t, h.Out); len(lines) != tt.rows {
				t.Errorf("%d lines", len(lines))
			}
		})
	}
}

// TestTheLastRows: what becomes of rows that no other row shows to be at fault, while an hour passes.
func TestTheLastRows(t *testing.T) {
	for _, tt := range []struct {
		name     string
		answered int // rows before
		class    relay.Class
		state    State
		failed   int
	}{
		{"at a relay that answered the others", 1, relay.ClassUpstream, Finished, 2},
		{"at one that can't be reached any more", 1, relay.ClassNetwork, Paused, 0},
		{"at one that has answered nothing", 0, relay.ClassOverloaded, Paused, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			var passed atomic.Int64
			f := newFake(func(n int, req relay.Request) *relay.Result {
				if n <= tt.answered {
					return echo(n, req)
				}
				passed.Add(int64(roundEvery))
				return back(tt.class, relay.BackOutage)
			})
			began := time.Now()
			b := open(t, dir, f, func(c *Config) {
				c.Now = func() time.Time { return began.Add(time.Duration(passed.Load())) }
			})
			in := file(t, dir, "in.txt", prompts(2+tt.answered))
			h := wait(t, b, start(t, b, Options{Input: in, Concurrency: 1}))
			if h.State != tt.state || h.Failed != tt.failed || h.OK != tt.answered {
				t.Fatalf("%s after %s: %d ok, %d failed: %s", h.State, time.Duration(passed.Load()), h.OK, h.Failed, h.Reason)
			}
			if h.State == Paused && (h.Stopped != StopWait || !strings.Contains(h.Reason, "nothing was answered for 60 m 0 s")) {
				t.Errorf("stopped by %q: %s", h.Stopped, h.Reason)
			}
		})
	}
}

// TestAnotherRowIsSentAfterOneThatCameBack: while nothing is answered, one bad row does not hold up the others.
func TestAnotherRowIsSentAfterOneThatCameBack(t *testing.T) {
	dir := t.TempDir()
	var order []string
	f := newFake(nil)
	f.answer = func(n int, req relay.Request) *relay.Result {
		f.mu.Lock()
		defer f.mu.Unlock()
		order = append(order, promptIn(req)[len("prompt "):])
		if n <= 4 {
			return back(relay.ClassUpstream, relay.BackOutage)
		}
		return echo(n, req)
	}
	b := open(t, dir, f, nil)
	wait(t, b, start(t, b, Options{Input: file(t, dir, "in.txt", prompts(8)), Concurrency: 1}))
	f.mu.Lock()
	defer f.mu.Unlock()
	if got := strings.Join(order, " "); !strings.HasPrefix(got, "1 2 3 4 5 ") || len(order) != 12 {
		t.Errorf("sent in the order %s", got)
	}
}

// TestALongWaitPausesTheRun: no row fails, and a resume tries one row before the others, in this process and the
// next.
func TestALongWaitPausesTheRun(t *testing.T) {
	for _, other := range []bool{false, true} {
		dir := t.TempDir()
		refusing, gate := true, make(chan struct{})
		f := newFake(nil)
		f.mute = true
		f.answer = func(n int, req relay.Request) *relay.Result {
			f.mu.Lock()
			no := refusing && n > 40
			late := !refusing && req.Insist
			f.mu.Unlock()
			if no {
				r := back(relay.ClassRateLimit, relay.BackWait)
				r.Err.Message = "it asked to wait 10 d 10 h"
				return r
			}
			if late {
				<-gate
			}
			return echo(n, req)
		}
		b := open(t, dir, f, nil)
		id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(100)), Concurrency: 5})
		h := wait(t, b, id)
		if h.State != Paused || h.Stopped != StopWait || h.Failed != 0 || h.OK < 36 ||
			!strings.Contains(h.Reason, "10 d 10 h") {
			t.Fatalf("%s by %q: %d ok, %d failed: %s", h.State, h.Stopped, h.OK, h.Failed, h.Reason)
		}
		sent := f.count()
		if other {
			if err := b.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			b = open(t, dir, f, nil)
		}
		if err := b.Resume(id); err != nil { // the relay still refuses
			t.Fatal(err)
		}
		if h = wait(t, b, id); h.Stopped != StopWait || f.count() != sent+1 {
			t.Fatalf("a resume sent %d rows: %s", f.count()-sent, h.Reason)
		}
		f.mu.Lock()
		refusing = false
		f.mu.Unlock()
		if err := b.Resume(id); err != nil {
			t.Fatal(err)
		}
		until(t, "one row is tried", func() bool { return f.count() == sent+2 })
		f.mu.Lock()
		insists := f.sent[len(f.sent)-1].Insist
		f.mu.Unlock()
		if h, _ := b.Header(id); !insists || h.Underway() != 1 {
			t.Errorf("insists %v, %d rows under way", insists, h.Underway())
		}
		close(gate)
		if h = wait(t, b, id); h.State != Finished || h.OK != 100 {
			t.Fatalf("%+v", h)
		}
	}
}

// TestRefusalsAreCounted: the sentence says what was counted, and a row that was not sent is pending.
func TestRefusalsAreCounted(t *testing.T) {
	for _, tt := range []struct {
		name          string
		from          int // the first request that is refused
		flight        int // rows in flight
		back          relay.Back
		says          string
		failed, class int
	}{
		{"the first", 1, 1, relay.BackNone, "the relay refused the first request (auth): check the key", 1, 1},
		{"all in flight", 1, 8, relay.BackNone, "the relay refused the first 8 requests (auth): check the key", 8, 1},
		{"two in a row", 21, 1, relay.BackRound, "the relay refused 2 requests in a row (auth): check the key", 0, 0},
		{"not sent", 21, 1, relay.BackRefused, "(auth): check the key", 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			var sent sync.WaitGroup
			sent.Add(tt.flight)
			f := newFake(func(n int, req relay.Request) *relay.Result {
				if n <= tt.flight {
					sent.Done()
					sent.Wait() // all are in flight
				}
				if n >= tt.from {
					return back(relay.ClassAuth, tt.back)
				}
				return echo(n, req)
			})
			b := open(t, dir, f, nil)
			h := wait(t, b, start(t, b, Options{Input: file(t, dir, "in.txt", prompts(60)), Concurrency: tt.flight}))
			if h.State != Paused || h.Stopped != StopAuth || !strings.Contains(h.Reason, tt.says) || h.Failed != tt.failed ||
				len(h.ByClass) != tt.class {
				t.Errorf("%s by %q, %d failed, %v: %s", h.State, h.Stopped, h.Failed, h.ByClass, h.Reason)
			}
		})
	}
}

// TestWhatHoldsARunBack: the first wait that ends, unless rows are sent or what they wait for is our own limit.
func TestWhatHoldsARunBack(t *testing.T) {
	now := time.Now()
	waits := func(kind relay.WaitKind, left time.Duration) relay.Progress {
		cause := &relay.WaitCause{Kind: kind, Endpoint: left.String(), Class: relay.ClassRateLimit}
		return relay.Progress{Phase: relay.PhaseWaiting, Cause: cause, Until: now.Add(left)}
	}
	cooling, sooner := waits(relay.WaitCooldown, time.Hour), waits(relay.WaitCooldown, time.Minute)
	ours, sent := waits(relay.WaitLimit, time.Second), relay.Progress{Phase: relay.PhaseSent}
	streams := relay.Progress{Phase: relay.PhaseStreaming}
	for _, c := range []struct {
		name string
		rows []relay.Progress
		want *relay.Progress // the row whose wait it is
	}{
		{"no row", nil, nil},
		{"one waits", []relay.Progress{cooling}, &cooling},
		{"the first wait that ends", []relay.Progress{cooling, sooner, cooling}, &sooner},
		{"another one asks", []relay.Progress{sent, cooling}, &cooling},
		{"two others ask", []relay.Progress{sent, cooling, sent}, nil},
		{"an answer comes", []relay.Progress{cooling, streams}, nil},
		{"our own limit", []relay.Progress{ours}, nil},
		{"our own limit too", []relay.Progress{ours, cooling}, &cooling},
	} {
		r := rows{live: map[int]*liveRow{}}
		for i, p := range c.rows {
			r.live[i] = &liveRow{i: i, Progress: p}
		}
		r.live[len(c.rows)] = &liveRow{ended: true, Progress: streams}
		why, until := "", time.Time{}
		if c.want != nil {
			why, until = c.want.Cause.Why(), c.want.Until
		}
		if got, at := r.heldBy(); got != why || !at.Equal(until) {
			t.Errorf("%s: held by %q until %s, want %q until %s", c.name, got, at, why, until)
		}
	}
}

// TestARefusalHasItsOwnAdvice: without a key it is not to check the key.
func TestARefusalHasItsOwnAdvice(t *testing.T) {
	dir := t.TempDir()
	f := newFake(func(int, relay.Request) *relay.Result {
		r := failed(relay.ClassAuth)
		r.Err.Hint = "no key was sent: set HOLYSHEEP_API_KEY"
		return r
	})
	b := open(t, dir, f, nil)
	h := wait(t, b, start(t, b, Options{Input: file(t, dir, "in.txt", prompts(3)), Concurrency: 1}))
	const want = "the relay refused the first request (auth): no key was sent: set HOLYSHEEP_API_KEY; then resume"
	if h.Reason != want {
		t.Errorf("%s", h.Reason)
	}
}

// TestAPauseTakesBackWhatWasNotSent: rows that wait for the endpoint are not waited for.
func TestAPauseTakesBackWhatWasNotSent(t *testing.T) {
	dir := t.TempDir()
	f := newFake(nil)
	f.answer = func(n int, req relay.Request) *relay.Result {
		f.mu.Lock()
		defer f.mu.Unlock()
		if n > 2 {
			f.book.Apply(relay.Event{Kind: relay.Failed, ID: req.ID, Err: &relay.Error{Class: relay.ClassRateLimit}})
			f.book.Apply(relay.Event{Kind: relay.Waiting, ID: req.ID, Cause: &relay.WaitCause{Kind: relay.WaitCooldown,
				Endpoint: "e", Class: relay.ClassRateLimit}})
			return nil
		}
		return echo(n, req)
	}
	b := open(t, dir, f, nil)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(10)), Concurrency: 3})
	until(t, "three are held", func() bool {
		h, _ := b.Header(id)
		return h.Retrying == 3 && h.HeldBy == "e: rate_limit, cooling down" && h.ETA == 0
	})
	if err := b.Pause(id); err != nil {
		t.Fatal(err)
	}
	if h := wait(t, b, id); h.State != Paused || h.OK != 2 || h.Underway() != 0 || h.PaidTwice != 0 {
		t.Fatalf("%+v", h)
	}
	f.mu.Lock()
	f.answer = echo
	f.mu.Unlock()
	if err := b.Resume(id); err != nil {
		t.Fatal(err)
	}
	if h := wait(t, b, id); h.State != Finished || h.OK != 10 {
		t.Fatalf("%+v", h)
	}
}
