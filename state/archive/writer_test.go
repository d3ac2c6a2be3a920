package archive

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
	"relaytop/state/session"
)

// failing is an archive whose requests can't be written until mend is called, and its reports.
func failing(t *testing.T) (a *Archive, told chan error, mend func()) {
	t.Helper()
	told = make(chan error, 100)
	a = open(t, filepath.Join(t.TempDir(), "a.db"), Options{})
	a.OnError(func(err error) { told <- err })
	rename := func(from, to string) {
		if _, err := a.db.sql.Exec("ALTER TABLE " + from + " RENAME TO " + to); err != nil {
			t.Fatal(err)
		}
	}
	rename("requests", "away")
	return a, told, func() { rename("away", "requests") }
}

func TestTooMuchForTheMemoryWaitsInAFile(t *testing.T) {
	a, told, mend := failing(t)
	const n = maxQueued + 7
	for range n {
		a.Record(result(relay.StatusOK, 1), session.RecordContext{})
	}
	if err := <-told; err == nil {
		t.Fatal("the failure was not told")
	}
	var found []string
	for found == nil {
		var err error
		if found, err = filepath.Glob(a.db.path + ".pending-*.jsonl"); err != nil {
			t.Fatal(err)
		}
		runtime.Gosched()
	}
	for waiting := maxQueued; waiting >= maxQueued; runtime.Gosched() { // they go once the file is there
		a.ledger.queue.mu.Lock()
		waiting = len(a.ledger.queue.items)
		a.ledger.queue.mu.Unlock()
	}
	mend()
	a.Record(result(relay.StatusOK, 1), session.RecordContext{})
	if err := <-told; err != nil {
		t.Fatalf("told %v, want nil: it works again", err)
	}
	closeNow(t, a) // the writer has taken the file up by then
	a = open(t, a.db.path, Options{})
	if r, err := a.Usage(Query{}); err != nil || r.OK != n+1 || r.Cost != n+1 {
		t.Errorf("%+v %v", r, err)
	}
	if left, err := filepath.Glob(a.db.path + ".pending-*"); err != nil || len(left) > 0 {
		t.Errorf("left: %v %v", left, err)
	}
}

// fullDisk is a destination that takes nothing; it counts the files that were tried.
type fullDisk struct{ files int }

func (*fullDisk) write(context.Context, []*row) error { return errors.New("disk full") }

func (d *fullDisk) spill([]*row) (string, error) {
	d.files++
	return "", errors.New("disk full")
}

func (*fullDisk) importSpilled() {}

// TestAFileThatCannotBeWritten is tried again only when the queue has grown by as much: each try writes all of it.
func TestAFileThatCannotBeWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, full := &queue{}, &fullDisk{}
		q.start(full, &reporter{})
		defer func() { _ = q.stop(t.Context()) }()
		for n := 1; n <= 2*maxQueued; n++ {
			q.add(&row{})
			if n%1000 > 0 {
				continue
			}
			synctest.Wait()
			<-time.After(time.Minute)
			synctest.Wait()
			if want := n / maxQueued; full.files != want {
				t.Fatalf("%d files were tried with %d requests in the queue, want %d", full.files, n, want)
			}
		}
		if n := len(q.left()); n != 2*maxQueued {
			t.Errorf("%d requests are left", n)
		}
	})
}

func TestWhatWaitsHoldsNoAnswer(t *testing.T) {
	a, _, mend := failing(t)
	r := result(relay.StatusOK, 1)
	r.Text, r.Raw = strings.Repeat("long", 1000), []byte(`"raw"`)
	a.Record(r, session.RecordContext{})
	r.Status = relay.StatusFailed // what is queued has let go of it
	mend()
	flush(t, a)
	if u, err := a.Usage(Query{}); err != nil || u.OK != 1 || u.Failed != 0 {
		t.Errorf("%+v %v", u, err)
	}
}

// TestTheWriterOutlivesAPanic of the listener, in the writer's goroutine.
func TestTheWriterOutlivesAPanic(t *testing.T) {
	a, _, mend := failing(t)
	told := make(chan error, 100)
	first := true
	a.OnError(func(err error) {
		told <- err
		if first {
			first = false
			panic("a fault")
		}
	})
	a.Record(result(relay.StatusOK, 1), session.RecordContext{})
	if err := <-told; err == nil {
		t.Error("the failure was not told")
	}
	if err := <-told; err == nil || !strings.Contains(err.Error(), "a fault") {
		t.Errorf("the fault was told as %v", err)
	}
	mend()
	flush(t, a)
	if r, err := a.Usage(Query{}); err != nil || r.OK != 1 {
		t.Errorf("%+v %v", r, err)
	}
}

// TestClosingLateWithNothingLeft: a deadline that has passed is an error only if it left requests unwritten.
func TestClosingLateWithNothingLeft(t *testing.T) {
	late, stop := context.WithCancel(context.Background())
	stop()
	for range 20 { // the writer may end before the deadline is seen, or after
		a := open(t, filepath.Join(t.TempDir(), "a.db"), Options{})
		if err := a.ledger.queue.stop(late); err != nil {
			t.Fatalf("nothing was left, and closing said %v", err)
		}
	}
}
