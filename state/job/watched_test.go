package job

import (
	"io"
	"testing"
	"time"

	"relaytop/relay"
)

// Another process watches a run: rows in flight and complete ones are seen there.
func TestAWatchedRunShowsRowsInFlightAndTheirAnswers(t *testing.T) {
	dir := t.TempDir()
	f := newFake(func(int, relay.Request) *relay.Result { return nil })
	b := open(t, dir, f, nil)
	id := start(t, b, Options{Input: file(t, dir, "in.jsonl", `{"id":"a","prompt":"one"}`+"\n"+
		`{"id":"b","prompt":"two"}`+"\n"+`{"id":"c","prompt":"three"}`+"\n"), Concurrency: 2})
	until(t, "two hang", func() bool { f.mu.Lock(); defer f.mu.Unlock(); return len(f.hung) == 2 })
	other := open(t, dir, newFake(echo), nil)
	until(t, "two are seen in flight", func() bool {
		rows := other.Rows(id, 0, 3)
		return len(rows) == 3 && rows[0].Outcome == RowWaiting && rows[1].Outcome == RowWaiting &&
			rows[2].Outcome == Pending && rows[0].ID == "a" && !rows[0].Since.IsZero()
	})
	if h, _ := other.Header(id); h.Path == "" || !h.ReadOnly {
		t.Errorf("%+v", h)
	}
	f.mu.Lock()
	first := f.sent[0]
	f.mu.Unlock()
	res := ok("all of the answer")
	res.ID = first.ID
	b.Apply(relay.Event{Kind: relay.Done, ID: first.ID, Result: res})
	until(t, "the answer is seen", func() bool {
		r := other.Rows(id, 0, 1)[0]
		return r.Outcome == RowOK && r.Text == "all of the answer" && r.Model == "m" && r.Out == 5 && r.Cost.Known()
	})
	w, err := other.Whole(id, 1)
	if err != nil || w.Answer != "all of the answer" || w.Prompt[0].Text != "one" {
		t.Errorf("%v, %+v", err, w)
	}
}

// A run whose first rows are not answered yet is seen running, by a process that lists it and by one that watches it.
func TestARunThatHasNoAnswerYetIsSeenRunning(t *testing.T) {
	dir := t.TempDir()
	f := newFake(func(int, relay.Request) *relay.Result { return nil })
	b := open(t, dir, f, nil)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(3)), Concurrency: 2})
	until(t, "two hang", func() bool { f.mu.Lock(); defer f.mu.Unlock(); return len(f.hung) == 2 })
	other := open(t, dir, newFake(echo), nil)
	until(t, "the list has it", func() bool {
		if err := other.Refresh(); err != nil {
			t.Fatal(err)
		}
		list := other.Headers()
		return len(list) == 1 && list[0].State == Running && list[0].ReadOnly && list[0].InFlight == 2
	})
	until(t, "it is watched", func() bool {
		_ = other.Rows(id, 0, 3)
		h, _ := other.Header(id)
		return h.State == Running && h.ReadOnly && h.InFlight == 2 && h.Queued == 1
	})
}

// readMeanwhile is a journal that calls a function while it is read, and has no record.
type readMeanwhile struct {
	journalFile
	meanwhile func()
}

func (f readMeanwhile) ReadAt([]byte, int64) (int, error) {
	f.meanwhile()
	return 0, io.EOF
}

// The journal of a watched run says that a row was sent while the row is loaded: it stays a row that was sent.
func TestALoadedRowDoesNotReplaceANewerOne(t *testing.T) {
	dir := t.TempDir()
	r := newRun(open(t, dir, newFake(echo), nil), "run", dir, Options{})
	r.rows.ix = newIndex("")
	r.rows.ix.add(row{jrn: 1}, place{})
	r.rows.ix.seal()
	sent := Row{ID: "a", Since: time.Unix(1, 0)}
	r.rec.journal = &journal{f: readMeanwhile{meanwhile: func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.shown.details.put(0, sent)
	}}}
	r.shown.read(0)
	if got := r.shown.details.rows[0]; got != sent {
		t.Errorf("%+v", got)
	}
}

func TestAPreviewHasTheFirstRows(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, newFake(echo), nil)
	p, err := b.Preview(t.Context(), file(t, dir, "in.jsonl", `{"id":"a","prompt":"one"}`+"\nnot json\n"))
	if err != nil || len(p.Sample) != 2 || p.Sample[0].Text != "one" || p.Sample[0].ID != "a" ||
		p.Sample[1].Outcome != RowSkipped {
		t.Errorf("%v, %+v", err, p.Sample)
	}
}
