package job

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"
)

// TestTheJournalIsReplayedBesideThePass: the rows that are found count at once, no row is sent before the whole input
// was read, and what the input no longer has is counted at its end.
func TestTheJournalIsReplayedBesideThePass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		_, b, w, id := stdinRun(t, dir)
		say(t, w, prompts(2))
		until(t, "two rows have an answer", func() bool { h, _ := b.Header(id); return h.OK == 2 })
		say(t, w, strings.TrimPrefix(prompts(4), prompts(2)))
		until(t, "four rows have an answer", func() bool { h, _ := b.Header(id); return h.OK == 4 })
		if err := b.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		_ = w.Close() // the producer ends with its reader
		f := newFake(echo)
		r, w := io.Pipe()
		b = open(t, dir, f, func(c *Config) { c.Stdin = r })
		start(t, b, Options{Resume: id, Input: "-"})
		say(t, w, prompts(2))
		until(t, "two rows are found", func() bool { h, _ := b.Header(id); return h.OK == 2 })
		if h, _ := b.Header(id); h.State != Reading || h.Rows != 2 || h.Removed != 0 || f.count() != 0 {
			t.Errorf("%d sent, %+v", f.count(), h)
		}
		say(t, w, strings.TrimPrefix(prompts(5), prompts(3))) // the third is gone
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if h := wait(t, b, id); h.State != Finished || h.OK != 5 || h.Rows != 5 || h.Removed != 1 || f.count() != 1 {
			t.Errorf("%d sent, %+v", f.count(), h)
		}
	})
}

// TestAResumeThatIsClosedWhileItReads loses nothing, and ends at once.
func TestAResumeThatIsClosedWhileItReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		_, b, w, id := stdinRun(t, dir)
		say(t, w, prompts(2))
		until(t, "two rows have an answer", func() bool { h, _ := b.Header(id); return h.OK == 2 })
		say(t, w, strings.TrimPrefix(prompts(4), prompts(2)))
		until(t, "four rows have an answer", func() bool { h, _ := b.Header(id); return h.OK == 4 })
		if err := b.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		_ = w.Close()
		f := newFake(echo)
		r, w := io.Pipe()
		b = open(t, dir, f, func(c *Config) { c.Stdin = r })
		start(t, b, Options{Resume: id, Input: "-"})
		say(t, w, prompts(2))
		until(t, "two rows are found", func() bool { h, _ := b.Header(id); return h.OK == 2 })
		if err := b.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		_ = w.Close()
		b = open(t, dir, f, func(c *Config) { c.Stdin = strings.NewReader(prompts(4)) })
		start(t, b, Options{Resume: id, Input: "-"})
		if h := wait(t, b, id); h.State != Finished || h.OK != 4 || h.PaidTwice != 0 || f.count() != 0 {
			t.Errorf("%d sent, %+v", f.count(), h)
		}
	})
}
