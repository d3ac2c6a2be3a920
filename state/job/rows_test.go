package job

import (
	"bytes"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
)

func TestStreamingRowShowsItsTail(t *testing.T) {
	dir := t.TempDir()
	f := newFake(func(int, relay.Request) *relay.Result { return nil })
	b := open(t, dir, f, nil)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(3)), Concurrency: 1})
	until(t, "one hangs", func() bool { f.mu.Lock(); defer f.mu.Unlock(); return len(f.hung) == 1 })
	req := f.sent[0].ID
	before, _ := b.Header(id)
	for range 5000 {
		b.Apply(relay.Event{Kind: relay.Text, ID: req, Text: "ngữ "})
	}
	b.Apply(relay.Event{Kind: relay.Text, ID: req, Text: "end"})
	row := b.Rows(id, 0, 10)[0]
	if n := len([]rune(row.Text)); n != textRunes || !strings.HasSuffix(row.Text, "ngữ end") ||
		row.Outcome != RowStreaming || row.Request != req {
		t.Fatalf("%d %+v", n, row)
	}
	if h, _ := b.Header(id); h.Version == before.Version || h.InFlight != 1 || h.Queued != 2 {
		t.Errorf("%+v", h)
	}
	if cap(b.run(id).rows.live[0].tail) > 4*tailBytes {
		t.Errorf("a tail of %d bytes is kept", cap(b.run(id).rows.live[0].tail))
	}
	until2 := time.Now().Add(time.Second)
	b.Apply(relay.Event{Kind: relay.Failed, ID: req, Err: &relay.Error{Class: relay.ClassRateLimit}})
	b.Apply(relay.Event{Kind: relay.Waiting, ID: req, Reason: "retry-after", Until: until2})
	if row := b.Rows(id, 0, 1)[0]; row.Outcome != RowRetrying || row.Reason != "retry-after" || row.Until != until2 {
		t.Errorf("%+v", row)
	}
	if b.Apply(relay.Event{Kind: relay.Text, ID: 42}) != "" {
		t.Error("took a stranger's event")
	}
}

func TestARowThatIsHeldBackSaysWhy(t *testing.T) {
	dir := t.TempDir()
	f := newFake(func(int, relay.Request) *relay.Result { return nil })
	b := open(t, dir, f, nil)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(3)), Concurrency: 2})
	until(t, "both wait at the engine", func() bool { f.mu.Lock(); defer f.mu.Unlock(); return len(f.hung) == 2 })
	req := f.sent[1].ID
	due := time.Now().Add(19 * time.Second)
	r := b.run(id)
	r.mu.Lock()
	r.rows.live[1].Sent = time.Time{} // as before it is sent
	r.mu.Unlock()
	b.Apply(relay.Event{Kind: relay.Waiting, ID: req, Reason: "our own limit of 30 requests a minute at relay",
		Until: due})
	row := b.Rows(id, 0, 3)[1]
	if row.Outcome != RowHeld || row.Until != due || row.Reason != "our own limit of 30 requests a minute at relay" {
		t.Errorf("%+v", row)
	}
	if h, _ := b.Header(id); h.InFlight != 1 || h.Held != 1 || h.Queued != 1 || h.Retrying != 0 || h.Underway() != 2 {
		t.Errorf("%+v", h)
	}
	b.Apply(relay.Event{Kind: relay.Sent, ID: req, Attempt: 1, At: time.Now()})
	if row := b.Rows(id, 0, 3)[1]; row.Outcome != RowWaiting || row.Reason != "" {
		t.Errorf("%+v", row)
	}
}

func TestRowsThatFellOutOfTheWindowAreLoadedAgain(t *testing.T) {
	dir := t.TempDir()
	f := newFake(echo)
	b := open(t, dir, f, nil)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(maxDetails+50)), Concurrency: 50})
	wait(t, b, id)
	if n := len(b.run(id).shown.details.rows); n > maxDetails {
		t.Fatalf("%d rows are kept", n)
	}
	for _, from := range []int{0, 2000, maxDetails} {
		until(t, "rows are loaded", func() bool {
			rows := b.Rows(id, from, 40)
			return len(rows) == 40 && rows[39].ID != "" && strings.HasPrefix(rows[0].Text, "re: prompt") &&
				rows[0].Outcome == RowOK
		})
	}
}

func TestAnotherBookWatches(t *testing.T) {
	dir := t.TempDir()
	gate := make(chan struct{})
	f := newFake(func(n int, req relay.Request) *relay.Result {
		if n > 5 {
			<-gate
		}
		return echo(n, req)
	})
	b := open(t, dir, f, nil)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(20)), Concurrency: 2})
	until(t, "five done", func() bool { h, _ := b.Header(id); return h.OK == 5 })
	c := open(t, dir, newFake(echo), nil)
	until(t, "it is seen", func() bool { c.Rows(id, 0, 5); h, _ := c.Header(id); return h.OK == 5 && h.ReadOnly })
	if err := c.Pause(id); !errors.Is(err, ErrLocked) {
		t.Errorf("steered another's run: %v", err)
	}
	close(gate)
	until(t, "it is followed", func() bool { h, _ := c.Header(id); return h.OK == 20 && h.State == Finished })
	until(t, "its rows are there", func() bool {
		rows := c.Rows(id, 0, 20)
		return len(rows) == 20 && rows[19].Text == "re: prompt 20"
	})
}

func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p pace
		for range 300 {
			<-time.After(100 * time.Millisecond)
			p.add(time.Now())
		}
		if r := p.rate(time.Now()); r < 9.5 || r > 10.5 {
			t.Errorf("%.2f rows a second, sent 10", r)
		}
		<-time.After(time.Minute)
		if r := p.rate(time.Now()); r != 0 {
			t.Errorf("%.2f rows a second after a minute of none", r)
		}
	})
}

func TestRecordsAreDurableBeforeTheyCount(t *testing.T) {
	dir := t.TempDir()
	f := newFake(echo)
	synced := make(chan struct{})
	b := open(t, dir, f, func(c *Config) {
		c.openJournal = func(path string) (journalFile, error) {
			jf, err := openJournalFile(path)
			return &slowSync{jf, synced}, err
		}
	})
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(9)), Concurrency: 1})
	until(t, "slots are freed without the disk", func() bool { return f.count() == 9 })
	if h, _ := b.Header(id); h.OK != 0 || h.Done()+h.Underway()+h.Queued != h.Rows {
		t.Errorf("counted before they are durable: %+v", h)
	}
	close(synced)
	if h := wait(t, b, id); h.OK != 9 {
		t.Errorf("%+v", h)
	}
}

// countedSyncs is a journal that counts the written answers, and those that were synced.
type countedSyncs struct {
	journalFile
	written, durable *atomic.Int64
}

func (c *countedSyncs) Write(p []byte) (int, error) {
	n, err := c.journalFile.Write(p)
	for line := range bytes.Lines(p) {
		rec, ok := decodeRecord(bytes.TrimSuffix(line, []byte("\n")))
		if err == nil && ok && rec.State == stateOK {
			c.written.Add(1)
		}
	}
	return n, err
}

func (c *countedSyncs) Sync() error {
	covered := c.written.Load()
	err := c.journalFile.Sync()
	if err == nil {
		c.durable.Store(covered)
	}
	return err
}

// TestARowCountsOnlyOnceASyncCoversIt checks at every change of the run that each row is written, synced, then done.
func TestARowCountsOnlyOnceASyncCoversIt(t *testing.T) {
	dir := t.TempDir()
	var written, durable, early atomic.Int64
	var b *Book
	var id string
	started := make(chan struct{})
	check := func() {
		select {
		case <-started:
		default:
			return
		}
		if h, _ := b.Header(id); int64(h.OK) > durable.Load() {
			early.Store(int64(h.OK))
		}
	}
	b = open(t, dir, newFake(echo), func(c *Config) {
		c.OnChange = check
		c.openJournal = func(path string) (journalFile, error) {
			jf, err := openJournalFile(path)
			return &countedSyncs{jf, &written, &durable}, err
		}
	})
	id = start(t, b, Options{Input: file(t, dir, "in.txt", prompts(40)), Concurrency: 4})
	close(started)
	if h := wait(t, b, id); h.OK != 40 {
		t.Fatalf("%+v", h)
	}
	check()
	if n := early.Load(); n != 0 || durable.Load() != 40 {
		t.Errorf("%d rows counted as done with %d of %d answers durable", n, durable.Load(), written.Load())
	}
}

// slowSync is a disk whose syncs block until a channel closes.
type slowSync struct {
	journalFile
	gate chan struct{}
}

func (s *slowSync) Sync() error {
	<-s.gate
	return s.journalFile.Sync()
}
