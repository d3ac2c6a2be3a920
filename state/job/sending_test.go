package job

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"relaytop/relay"
)

// TestARowThatWaitsIsNotSent: of 6 rows 2 are with the relay when the program is killed, and 4 wait for a limit. 2 may
// be paid for twice.
func TestARowThatWaitsIsNotSent(t *testing.T) {
	f := newFake(func(int, relay.Request) *relay.Result { return nil })
	f.sends = 2
	dir := t.TempDir()
	b := open(t, dir, f, nil)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(6)), Concurrency: 6})
	until(t, "two rows are in flight, four wait", func() bool {
		h, _ := b.Header(id)
		return h.InFlight == 2 && h.Held == 4
	})
	copied := filepath.Join(t.TempDir(), "runs", id)
	if err := os.CopyFS(copied, os.DirFS(filepath.Join(dir, "runs", id))); err != nil {
		t.Fatal(err)
	}
	journal, err := os.ReadFile(filepath.Join(copied, "journal.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(journal), `"s":"sent"`); n != 2 {
		t.Errorf("%d rows are sent by the journal, not 2", n)
	}
	after := newFake(echo)
	again := open(t, filepath.Dir(filepath.Dir(copied)), after, nil)
	start(t, again, Options{Resume: id})
	if h := wait(t, again, id); h.OK != 6 || h.PaidTwice != 2 {
		t.Errorf("%d ok, %d may be paid twice: want 6 and 2", h.OK, h.PaidTwice)
	}
	if err := b.Cancel(id); err != nil {
		t.Fatal(err)
	}
	if h := wait(t, b, id); h.PaidTwice != 2 {
		t.Errorf("after a cancel %d may be paid twice, not 2", h.PaidTwice)
	}
}

// TestNothingIsSentAfterAPause: a row whose wait ends after the pause is pending again, and one that was sent before it
// is not stopped.
func TestNothingIsSentAfterAPause(t *testing.T) {
	answer := make(chan struct{})
	f := newFake(func(n int, req relay.Request) *relay.Result { <-answer; return echo(n, req) })
	f.sends = 1
	dir := t.TempDir()
	b := open(t, dir, f, nil)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(3)), Concurrency: 3})
	until(t, "two rows wait", func() bool { h, _ := b.Header(id); return h.InFlight == 1 && h.Held == 2 })
	var waits []relay.ID
	f.mu.Lock()
	for row := range f.hung {
		waits = append(waits, row)
	}
	f.mu.Unlock()
	if err := b.Pause(id); err != nil {
		t.Fatal(err)
	}
	for _, row := range waits {
		if err := b.Sending(row); err == nil && b.live.get(row) != nil {
			t.Errorf("row %d is sent after the pause", row)
		}
	}
	close(answer)
	until(t, "the run rests", func() bool { h, _ := b.Header(id); return h.State == Paused })
	if h, _ := b.Header(id); h.OK != 1 || h.Queued != 2 || h.PaidTwice != 0 {
		t.Errorf("%d ok, %d queued, %d may be paid twice", h.OK, h.Queued, h.PaidTwice)
	}
}

// TestARowIsNotSentWithoutItsRecord: a journal that can't be written pauses the run before the relay gets the row.
func TestARowIsNotSentWithoutItsRecord(t *testing.T) {
	f := newFake(echo)
	dir := t.TempDir()
	b := open(t, dir, f, func(c *Config) {
		c.openJournal = func(path string) (journalFile, error) {
			file, err := openJournalFile(path)
			return readOnlyJournal{file}, err
		}
	})
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(2)), Concurrency: 1})
	until(t, "the run pauses", func() bool { h, _ := b.Header(id); return h.Stopped == StopDisk })
	if h, _ := b.Header(id); h.OK != 0 || h.InFlight != 0 {
		t.Errorf("%d ok, %d in flight", h.OK, h.InFlight)
	}
}

type readOnlyJournal struct{ journalFile }

func (readOnlyJournal) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }
