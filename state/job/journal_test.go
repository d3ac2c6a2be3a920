package job

import (
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"

	"relaytop/relay"
)

// failedSync is a journal whose next sync fails while fail is set.
type failedSync struct {
	journalFile
	fail *atomic.Bool
}

func (f *failedSync) Sync() error {
	if f.fail.CompareAndSwap(true, false) {
		return errors.New("input/output error")
	}
	return f.journalFile.Sync()
}

// TestRecordsOfAFailedSyncAreWrittenAgain: the system may have dropped them. The run stops, no row is counted, and a
// resume sends no row again.
func TestRecordsOfAFailedSyncAreWrittenAgain(t *testing.T) {
	dir := t.TempDir()
	var fail atomic.Bool
	f := newFake(func(n int, req relay.Request) *relay.Result {
		if n == 1 {
			fail.Store(true)
		}
		return echo(n, req)
	})
	b := open(t, dir, f, func(c *Config) {
		c.openJournal = func(path string) (journalFile, error) {
			jf, err := openJournalFile(path)
			return &failedSync{jf, &fail}, err
		}
	})
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(1))})
	if h := wait(t, b, id); h.State != Paused || h.Stopped != "disk" || h.OK != 0 {
		t.Fatalf("%+v", h)
	}
	if err := b.Resume(id); err != nil {
		t.Fatal(err)
	}
	if h := wait(t, b, id); h.State != Finished || h.OK != 1 || f.count() != 1 {
		t.Fatalf("%d sent, %+v", f.count(), h)
	}
	jf, err := openJournalFile(filepath.Join(b.cfg.Dir, id, journalName))
	if err != nil {
		t.Fatal(err)
	}
	defer jf.Close()
	answers := 0
	if _, _, err := replay(jf, 0, func(_ int64, rec *record) {
		if rec.State == stateOK {
			answers++
		}
	}); err != nil || answers != 2 {
		t.Errorf("%d records of the answer, %v", answers, err)
	}
}
