package job

import (
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"relaytop/relay"
)

// gatedReads is a journal whose reads can be blocked, so that a run stays in the state Finishing.
type gatedReads struct {
	journalFile
	closed *atomic.Bool
	gate   chan struct{}
}

func (g *gatedReads) ReadAt(p []byte, off int64) (int, error) {
	if g.closed.Load() {
		<-g.gate
	}
	return g.journalFile.ReadAt(p, off)
}

// finishing starts a run of n rows, and returns while its output is being written. release unblocks the writing.
func finishing(t *testing.T, f *fake, n int) (b *Book, id string, release func()) {
	t.Helper()
	dir := t.TempDir()
	var closed atomic.Bool
	gate := make(chan struct{})
	b = open(t, dir, f, func(c *Config) {
		c.openJournal = func(path string) (journalFile, error) {
			jf, err := openJournalFile(path)
			return &gatedReads{jf, &closed, gate}, err
		}
	})
	answer := f.answer
	f.answer = func(sent int, req relay.Request) *relay.Result {
		if sent == n {
			closed.Store(true) // not before: a journal is read when its run starts
		}
		return answer(sent, req)
	}
	id = start(t, b, Options{Input: file(t, dir, "in.txt", prompts(n)), Out: filepath.Join(dir, "out.jsonl")})
	until(t, "the output is being written", func() bool { h, _ := b.Header(id); return h.State == Finishing })
	return b, id, func() { closed.Store(false); close(gate) }
}

// firstTryFails fails the first request of every prompt that ends with a 1.
func firstTryFails(n int) func(int, relay.Request) *relay.Result {
	return func(sent int, req relay.Request) *relay.Result {
		if sent <= n && strings.HasSuffix(promptIn(req), "1") {
			return failed(relay.ClassTimeout)
		}
		return echo(sent, req)
	}
}

func TestRetryWhileARunIsFinishingSendsTheRows(t *testing.T) {
	f := newFake(firstTryFails(30))
	b, id, release := finishing(t, f, 30)
	if err := b.RetryFailed(id); err != nil {
		t.Fatal(err)
	}
	release()
	until(t, "the run is finished", func() bool { h, _ := b.Header(id); return h.State == Finished })
	if h, _ := b.Header(id); h.OK != 30 || h.Queued != 0 || f.count() != 33 {
		t.Fatalf("%d sent, %d ok, %d queued in state %s", f.count(), h.OK, h.Queued, h.State)
	}
	if bad := outLines(t, filepath.Join(filepath.Dir(b.cfg.Dir), "out.jsonl")); len(bad) != 30 || bad[0].Error != nil {
		t.Errorf("%d lines, the first %+v", len(bad), bad[0])
	}
}

// TestCancelWhileARunIsFinishing: every row has its answer, so there is nothing to cancel.
func TestCancelWhileARunIsFinishing(t *testing.T) {
	b, id, release := finishing(t, newFake(echo), 10)
	if err := b.Cancel(id); err != nil {
		t.Fatal(err)
	}
	release()
	if h := wait(t, b, id); h.State != Finished || h.OK != 10 || h.Stopped != "" {
		t.Fatalf("%+v", h)
	}
}

// TestRetryThenCancelWhileARunIsFinishing: the rows that were queued again stay pending, and the run says that it
// was cancelled.
func TestRetryThenCancelWhileARunIsFinishing(t *testing.T) {
	f := newFake(firstTryFails(30))
	b, id, release := finishing(t, f, 30)
	for _, do := range []func(string) error{b.RetryFailed, b.Cancel} {
		if err := do(id); err != nil {
			t.Fatal(err)
		}
	}
	release()
	if h := wait(t, b, id); h.State != Cancelled || h.OK != 27 || h.Queued != 3 || f.count() != 30 {
		t.Fatalf("%d sent, %+v", f.count(), h)
	}
}
