package job

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestARunWithoutItsHeader is listed with what its journal has, and goes on.
func TestARunWithoutItsHeader(t *testing.T) {
	for _, harm := range []func(path string) error{os.Remove, func(path string) error { return os.Truncate(path, 50) }} {
		dir, _, id := stoppedRun(t)
		before, _ := open(t, dir, newFake(echo), nil).Header(id)
		if err := harm(filepath.Join(dir, "runs", id, headerName)); err != nil {
			t.Fatal(err)
		}
		f := newFake(echo)
		b := open(t, dir, f, nil)
		h, _ := b.Header(id)
		if h.State != Paused || h.OK != 6 || h.OK+h.Failed+h.Queued != 10 || h.Cost != before.Cost || h.Cost == 0 ||
			h.Usage != before.Usage || h.ByClass["auth"] != before.ByClass["auth"] {
			t.Errorf("listed as %+v, before %+v", h, before)
		}
		start(t, b, Options{Resume: id, RetryFailed: true})
		if h := wait(t, b, id); h.OK != 10 || f.count() != 4 {
			t.Errorf("%d sent: %+v", f.count(), h)
		}
	}
}

// TestAKilledRunIsListedWithItsJournal: the header that a killed program leaves is up to a second old.
func TestAKilledRunIsListedWithItsJournal(t *testing.T) {
	dir, _, id := stoppedRun(t)
	path := filepath.Join(dir, "runs", id, headerName)
	before := readSaved(filepath.Dir(path))
	old := *before
	old.State, old.Stopped, old.Reason = Running, "", ""
	old.OK, old.Cost, old.Journal, old.InFlight, old.Usage.Output = 2, 1, 10, 1, 1
	if err := writeJSON(path, &old); err != nil {
		t.Fatal(err)
	}
	sent := record{Key: strings.Repeat("a", 32), State: stateSent, N: 7, ID: "row-7", Try: 1}
	appendRecord(t, filepath.Join(filepath.Dir(path), journalName), &sent)
	h, _ := open(t, dir, newFake(echo), nil).Header(id)
	if !h.Interrupted || h.State != Paused || h.OK != 6 || h.Cost != before.Cost || h.Usage != before.Usage ||
		h.PaidTwice != 1 || h.Rows != 10 || h.OK+h.Failed+h.Queued != 10 {
		t.Errorf("listed as %+v, was %+v", h, before)
	}
}

// TestAJournalThatWasChangedAfterItsEnd is said to be damaged before the run is resumed: its state is not finished.
func TestAJournalThatWasChangedAfterItsEnd(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, newFake(echo), nil)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(5))})
	wait(t, b, id)
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "runs", id, journalName)
	if h, _ := open(t, dir, newFake(echo), nil).Header(id); h.State != Finished || h.Damaged != 0 {
		t.Fatalf("%+v", h)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.LastIndex(raw, []byte(`"s":"ok"`))
	raw[at+6]++
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(time.Second)
	if err := os.Chtimes(path, later, later); err != nil {
		t.Fatal(err)
	}
	f := newFake(echo)
	c := open(t, dir, f, nil)
	if h, _ := c.Header(id); h.State != Paused || h.Damaged != 1 || h.OK != 4 || h.Queued != 1 || h.Reason == "" {
		t.Errorf("listed as %+v", h)
	}
	start(t, c, Options{Resume: id})
	if h := wait(t, c, id); h.State != Finished || h.OK != 5 || f.count() != 1 {
		t.Errorf("%d sent: %+v", f.count(), h)
	}
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if h, _ := open(t, dir, newFake(echo), nil).Header(id); h.State != Finished || h.OK != 5 {
		t.Errorf("after the resume: %+v", h)
	}
}

func appendRecord(t *testing.T, path string, rec *record) {
	t.Helper()
	f, err := openJournalFile(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	j := &journal{f: f, end: info.Size()}
	if _, err := j.add(rec); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
