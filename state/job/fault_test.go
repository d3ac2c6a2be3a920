package job

import (
	"context"
	"strings"
	"testing"
)

// faultyJournal panics when it is read.
type faultyJournal struct{ journalFile }

func (faultyJournal) ReadAt([]byte, int64) (int, error) { panic("a broken page") }

// faultyInput panics when it is read.
type faultyInput struct{}

func (faultyInput) Read([]byte) (int, error) { panic("a broken pipe") }

// broken waits until a run is broken by a panic.
func broken(t *testing.T, b *Book, id string) {
	t.Helper()
	h := wait(t, b, id)
	if h.State != Broken || !strings.Contains(h.Reason, "a fault in relaytop: a broken") ||
		!strings.Contains(h.Reason, "resume "+id) {
		t.Fatalf("%+v", h)
	}
}

// TestAPanicOfTheReplaySendsNothing: rows whose records were not read would be paid for again.
func TestAPanicOfTheReplaySendsNothing(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, newFake(echo), nil)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(8))})
	wait(t, b, id)
	if err := b.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	f := newFake(echo)
	b = open(t, dir, f, func(c *Config) {
		c.openJournal = func(path string) (journalFile, error) {
			jf, err := openJournalFile(path)
			return faultyJournal{jf}, err
		}
	})
	broken(t, b, start(t, b, Options{Resume: id}))
	if err := b.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	b = open(t, dir, f, nil)
	if h := wait(t, b, start(t, b, Options{Resume: id})); h.State != Finished || h.OK != 8 || f.count() != 0 {
		t.Errorf("%d rows sent again: %+v", f.count(), h)
	}
}

// TestAPanicWhileAnInputIsReadBreaksItsRun: the rows that were not read are not rows that the input does not have.
func TestAPanicWhileAnInputIsReadBreaksItsRun(t *testing.T) {
	dir := t.TempDir()
	const row = `{"body":{"model":"MODEL","messages":[{"role":"user","content":"hello"}]}}` + "\n"
	rows := strings.Repeat(row, passBatch) + strings.ReplaceAll(row, "MODEL", "broken")
	f := newFake(echo)
	b := open(t, dir, f, func(c *Config) {
		c.Priced = func(model string) bool {
			if model == "broken" {
				panic("a broken list of prices")
			}
			return true
		}
	})
	broken(t, b, start(t, b, Options{Input: file(t, dir, "in.jsonl", rows), Budget: 1 << 40}))
	if f.count() != 0 {
		t.Errorf("%d rows were sent", f.count())
	}
}

func TestAPanicWhileStdinIsReadBreaksItsRun(t *testing.T) {
	b := open(t, t.TempDir(), newFake(echo), func(c *Config) { c.Stdin = faultyInput{} })
	broken(t, b, start(t, b, Options{Input: "-", Out: t.TempDir() + "/out.jsonl"}))
}
