package job

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"relaytop/relay"
)

// stoppedRun is a run of ten rows that was closed after six answers. It returns the folder of the books and its id.
func stoppedRun(t *testing.T) (dir, in, id string) {
	t.Helper()
	dir = t.TempDir()
	in = file(t, dir, "in.txt", prompts(10))
	b := open(t, dir, newFake(func(n int, req relay.Request) *relay.Result {
		if n > 6 {
			return failed(relay.ClassAuth)
		}
		return echo(n, req)
	}), nil)
	id = start(t, b, Options{Input: in, Concurrency: 1})
	if h := wait(t, b, id); h.OK != 6 {
		t.Fatalf("%+v", h)
	}
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return dir, in, id
}

// TestAJournalThatIsGoneIsNoEmptyJournal: the run is listed as damaged, and resumed only if paying again is meant.
func TestAJournalThatIsGoneIsNoEmptyJournal(t *testing.T) {
	for what, harm := range map[string]func(path string) error{
		"its journal is gone":      os.Remove,
		"its journal has 0 bytes":  func(path string) error { return os.Truncate(path, 0) },
		"its journal has 70 bytes": func(path string) error { return os.Truncate(path, 70) },
	} {
		t.Run(what, func(t *testing.T) {
			dir, in, id := stoppedRun(t)
			if err := harm(filepath.Join(dir, "runs", id, journalName)); err != nil {
				t.Fatal(err)
			}
			f := newFake(echo)
			b := open(t, dir, f, nil)
			h, _ := b.Header(id)
			if h.State != Damaged || !strings.HasPrefix(h.Reason, what) {
				t.Errorf("listed as %s: %s", h.State, h.Reason)
			}
			for _, o := range []Options{{Resume: id}, {Resume: "last", Input: in}, {Resume: id, RetryFailed: true}} {
				if _, err := b.Start(o); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "--forget") {
					t.Errorf("resumed by %+v: %v", o, err)
				}
			}
			if err := b.Resume(id); !errors.Is(err, ErrDamaged) {
				t.Errorf("resumed by its key: %v", err)
			}
			if f.count() != 0 {
				t.Fatalf("%d rows were sent", f.count())
			}
			start(t, b, Options{Resume: id, Forget: true})
			h = wait(t, b, id)
			if h.State != Finished || h.OK != 10 || f.count() != 10 || h.PaidTwice < 6 || h.PaidTwice > 7 {
				t.Fatalf("%d sent: %+v", f.count(), h)
			}
			if err := b.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			c := open(t, dir, newFake(echo), nil)
			start(t, c, Options{Resume: id}) // it is whole again, and remembers
			if again := wait(t, c, id); again.State != Finished || again.PaidTwice != h.PaidTwice {
				t.Errorf("the next resume: %+v", again)
			}
		})
	}
}

func TestADamagedManifest(t *testing.T) {
	for _, harm := range []func(path string) error{
		os.Remove,
		func(path string) error { return os.Truncate(path, 100) },
		func(path string) error { return os.WriteFile(path, []byte("{}\n"), 0o600) },
		func(path string) error { // another model is another row
			raw, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return os.WriteFile(path, bytes.Replace(raw, []byte("deepseek-v3.2"), []byte("deepseek-v3.1"), 1), 0o600)
		},
	} {
		dir, in, id := stoppedRun(t)
		if err := harm(filepath.Join(dir, "runs", id, manifestName)); err != nil {
			t.Fatal(err)
		}
		f := newFake(echo)
		b := open(t, dir, f, nil)
		if h, _ := b.Header(id); h.State != Damaged || !strings.Contains(h.Reason, "manifest") {
			t.Errorf("listed as %s: %s", h.State, h.Reason)
		}
		for _, o := range []Options{{Resume: id}, {Resume: "last"}, {Resume: "last", Input: in}} {
			if _, err := b.Start(o); !errors.Is(err, ErrDamaged) {
				t.Errorf("resumed by %+v: %v", o, err)
			}
		}
		if _, err := b.Start(Options{Resume: id, Forget: true}); !errors.Is(err, ErrInput) {
			t.Errorf("without its file: %v", err)
		}
		start(t, b, Options{Resume: "last", Forget: true, Input: in})
		// the journal is whole: what it has is not paid for again
		if h := wait(t, b, id); h.State != Finished || h.OK != 10 || f.count() != 4 || h.PaidTwice != 0 {
			t.Errorf("%d sent: %+v", f.count(), h)
		}
	}
}

func TestADamagedRunCanBeRemoved(t *testing.T) {
	dir, _, id := stoppedRun(t)
	if err := os.Remove(filepath.Join(dir, "runs", id, manifestName)); err != nil {
		t.Fatal(err)
	}
	b := open(t, dir, newFake(echo), nil)
	if err := b.Remove(id); err != nil {
		t.Fatal(err)
	}
	if _, ok := b.Header(id); ok {
		t.Error("it is still listed")
	}
}

// TestAHoleInTheJournal takes away the records of a row as a whole: that it was sent, and its answer. The header knows
// that one is missing.
func TestAHoleInTheJournal(t *testing.T) {
	dir, _, id := stoppedRun(t)
	path := filepath.Join(dir, "runs", id, journalName)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(raw, []byte("\n"))
	for _, line := range lines[2:4] { // of row 2
		copy(line, make([]byte, len(line)))
	}
	if err := os.WriteFile(path, bytes.Join(lines, nil), 0o600); err != nil {
		t.Fatal(err)
	}
	f := newFake(echo)
	b := open(t, dir, f, nil)
	start(t, b, Options{Resume: id})
	if h := wait(t, b, id); h.OK != 10 || f.count() != 5 || h.Damaged != 1 || h.PaidTwice != 1 {
		t.Errorf("%d sent: %+v", f.count(), h)
	}
}

// TestARemovedJournalStopsTheRun: what is written to it would be lost.
func TestARemovedJournalStopsTheRun(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, newFake(nil), nil)
	f := newFake(nil)
	f.book = b
	gone := false
	f.answer = func(n int, req relay.Request) *relay.Result {
		if n == 5 && !gone {
			gone = true
			for _, h := range b.Headers() {
				_ = os.Remove(filepath.Join(dir, "runs", h.ID, journalName))
			}
		}
		return echo(n, req)
	}
	b.SetEngine(f)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(2000)), Concurrency: 1})
	if h := wait(t, b, id); h.Stopped != StopDisk || !strings.Contains(h.Reason, "removed or replaced") {
		t.Errorf("%+v", h)
	}
	if err := b.Close(t.Context()); err == nil {
		t.Error("nothing is said when it is closed")
	}
}
