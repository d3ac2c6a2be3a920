package job

import (
	"testing"
	"time"

	"relaytop/relay"
)

// waiting answers the first rows, and leaves the others waiting.
func waiting(f *fake, answered int, failed bool, cause relay.WaitCause) {
	f.answer = func(n int, req relay.Request) *relay.Result {
		if n <= answered {
			return echo(n, req)
		}
		if failed {
			f.book.Apply(relay.Event{Kind: relay.Failed, ID: req.ID, Err: &relay.Error{Class: relay.ClassUpstream}})
		}
		f.book.Apply(relay.Event{Kind: relay.Waiting, ID: req.ID, Cause: &cause, Reason: cause.String(),
			Until: time.Now().Add(cause.Wait)})
		return nil
	}
}

// TestOurOwnLimitIsNamed: a run that our own limit paces says which setting it is, and the time that is left is by the
// limit.
func TestOurOwnLimitIsNamed(t *testing.T) {
	for _, c := range []struct {
		cause relay.WaitCause
		by    string
		eta   time.Duration // of 90 rows
	}{
		{relay.WaitCause{What: relay.WhatRequests, N: 30, Setting: "rpm"}, "rpm = 30", 180 * time.Second},
		{relay.WaitCause{What: relay.WhatTokens, N: 450, Setting: "tpm"}, "tpm = 450", 180 * time.Second},
		{relay.WaitCause{What: relay.WhatRequests, N: 30}, "our own limit of 30 requests a minute", 180 * time.Second},
	} {
		f := newFake(nil)
		c.cause.Kind, c.cause.Wait = relay.WaitLimit, 19*time.Second
		waiting(f, 10, false, c.cause)
		dir := t.TempDir()
		b := open(t, dir, f, nil)
		id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(100)), Concurrency: 4})
		until(t, "four rows wait", func() bool {
			h, _ := b.Header(id)
			return h.OK == 10 && h.Underway() == 4 && h.PacedBy != ""
		})
		h, _ := b.Header(id)
		if h.PacedBy != c.by || h.HeldBy != "" || h.ETA.Round(time.Second) != c.eta {
			t.Errorf("paced by %q, held by %q, ETA %s", h.PacedBy, h.HeldBy, h.ETA)
		}
		if err := b.Cancel(id); err != nil {
			t.Error(err)
		}
		wait(t, b, id)
	}
}

// TestTheLastRowsThatAreRetriedHoldTheRun: there is no time left to tell by the rate of those before them.
func TestTheLastRowsThatAreRetriedHoldTheRun(t *testing.T) {
	for rows, why := range map[int]string{
		5: "the last row is retried: e: 500 upstream",
		6: "the last 2 rows are retried: e: 500 upstream",
		9: "", // a row waits behind them
	} {
		f := newFake(nil)
		waiting(f, 4, true, relay.WaitCause{Kind: relay.WaitBackoff, Endpoint: "e", Status: 500, Class: relay.ClassUpstream,
			Wait: 20 * time.Second, Attempt: 2})
		f.mute = true
		dir := t.TempDir()
		b := open(t, dir, f, nil)
		id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(rows)), Concurrency: 4})
		until(t, "rows are retried", func() bool {
			h, _ := b.Header(id)
			return h.OK == 4 && h.Retrying == min(rows-4, 4)
		})
		if h, _ := b.Header(id); h.HeldBy != why || why != "" && (h.ETA != 0 || h.HeldUntil.IsZero()) {
			t.Errorf("%d rows: held by %q until %s, ETA %s", rows, h.HeldBy, h.HeldUntil, h.ETA)
		}
		if err := b.Cancel(id); err != nil {
			t.Error(err)
		}
		wait(t, b, id)
	}
}

// stuckJournal is a journal whose records reach the disk only when it is let go.
type stuckJournal struct {
	journalFile
	let <-chan struct{}
}

func (j stuckJournal) Sync() error {
	<-j.let
	return j.journalFile.Sync()
}

// TestRowsThatAreWrittenAreNotInFlight: an answer has come, and only its record is not on the disk yet.
func TestRowsThatAreWrittenAreNotInFlight(t *testing.T) {
	let := make(chan struct{})
	f := newFake(echo)
	dir := t.TempDir()
	b := open(t, dir, f, func(c *Config) {
		c.openJournal = func(path string) (journalFile, error) {
			j, err := openJournalFile(path)
			return stuckJournal{j, let}, err
		}
	})
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(3)), Concurrency: 4})
	until(t, "three rows are written", func() bool {
		h, _ := b.Header(id)
		return h.Writing == 3 && h.InFlight == 0 && h.Underway() == 3 && h.Queued == 0
	})
	close(let)
	if h := wait(t, b, id); h.OK != 3 || h.Writing != 0 {
		t.Errorf("%+v", h)
	}
}
