package job

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"relaytop/relay"
)

// sumsOf is a ledger in memory.
type sumsOf struct {
	mu      sync.Mutex
	down    bool
	counted map[string]int64
	all     relay.Rollup
}

func newSums() *sumsOf { return &sumsOf{counted: map[string]int64{}} }

func (l *sumsOf) Counted() (map[string]int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := map[string]int64{}
	for k, v := range l.counted {
		out[k] = v
	}
	return out, nil
}

func (l *sumsOf) Count(run string, from, upTo int64, sums []relay.Rollup) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down {
		return errors.New("the disk is full")
	}
	if l.counted[run] != from {
		return errors.New("counted already")
	}
	l.counted[run] = upTo
	for i := range sums {
		l.all.Add(&sums[i])
	}
	return nil
}

func (l *sumsOf) setDown(down bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = down
}

// mixed answers with every kind of end: failed, cut, cached, of unknown cost.
func mixed(n int, req relay.Request) *relay.Result {
	r := ok("re: " + promptIn(req))
	switch n % 5 {
	case 1:
		r = failed(relay.ClassUpstream)
	case 2:
		r.Status, r.Finish = relay.StatusLength, "length"
	case 3:
		r.Cached, r.Cost = true, relay.Cost{Source: relay.SourceCache}
	case 4:
		r.Cost = relay.Cost{Source: relay.SourceUnknown, Part: 7}
	}
	return r
}

// wantMixed are the sums of 50 such rows.
var wantMixed = relay.Rollup{OK: 40, Failed: 10, Cached: 10, Input: 300, Output: 150, Cost: 20 * 1_000_003, Known: 20,
	Unknown: 10, Part: 70, Measured: 30, AnswerTokens: 150}

func (l *sumsOf) check(t *testing.T, when string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	got := l.all
	got.First, got.RollupKey = wantMixed.First, wantMixed.RollupKey
	if got != wantMixed {
		t.Errorf("%s:\n%+v, want\n%+v", when, got, wantMixed)
	}
}

// TestRowsAreCountedOnce: in the ledger while the run goes on, after a crash that left some out, and after a resume.
func TestRowsAreCountedOnce(t *testing.T) {
	dir, l := t.TempDir(), newSums()
	withLedger := func(c *Config) { c.Ledger = l }
	b := open(t, dir, newFake(mixed), withLedger)
	in := file(t, dir, "in.txt", prompts(50))
	id := start(t, b, Options{Input: in})
	wait(t, b, id)
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.check(t, "closed")
	if err := Reconcile(b.cfg.Dir, l); err != nil {
		t.Fatal(err)
	}
	l.check(t, "started again")
	b = open(t, dir, newFake(echo), withLedger)
	if h := wait(t, b, start(t, b, Options{Resume: id})); !h.NothingLeft {
		t.Errorf("%+v", h)
	}
	l.check(t, "resumed")
}

// TestACrashLosesNoCost: the ledger got nothing before the program was killed, in the midst of a record.
func TestACrashLosesNoCost(t *testing.T) {
	dir, l := t.TempDir(), newSums()
	l.setDown(true)
	b := open(t, dir, newFake(mixed), func(c *Config) { c.Ledger = l })
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(50))})
	wait(t, b, id)
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(b.cfg.Dir, id, journalName)
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(f, `{"c":"0000`)
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	l.setDown(false)
	for range 2 {
		if err := Reconcile(b.cfg.Dir, l); err != nil {
			t.Fatal(err)
		}
		l.check(t, "reconciled")
	}
}

// TestAnEarlierRunIsNotCountedAgain: an earlier version wrote its rows into the archive one by one.
func TestAnEarlierRunIsNotCountedAgain(t *testing.T) {
	dir, l := t.TempDir(), newSums()
	b := open(t, dir, newFake(mixed), nil)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(50))})
	wait(t, b, id)
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := Reconcile(b.cfg.Dir, l); err != nil {
		t.Fatal(err)
	}
	if l.all != (relay.Rollup{}) || l.counted[id] == 0 {
		t.Errorf("%+v %v", l.all, l.counted)
	}
	b = open(t, dir, newFake(echo), func(c *Config) { c.Ledger = l })
	wait(t, b, start(t, b, Options{Resume: id, RetryFailed: true}))
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if l.all.OK != 10 || l.all.Cost != 10*1_000_003 {
		t.Errorf("after the failed rows were sent again: %+v", l.all)
	}
}

// TestARunOfAnotherProcessIsLeftToIt: its rows are counted by that process.
func TestARunOfAnotherProcessIsLeftToIt(t *testing.T) {
	dir, l := t.TempDir(), newSums()
	l.setDown(true)
	b := open(t, dir, newFake(mixed), func(c *Config) { c.Ledger = l })
	wait(t, b, start(t, b, Options{Input: file(t, dir, "in.txt", prompts(50))}))
	l.setDown(false)
	if err := Reconcile(b.cfg.Dir, l); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.check(t, "closed")
}

// TestAJournalThatWasCut: what is left of it is counted already.
func TestAJournalThatWasCut(t *testing.T) {
	l := newSums()
	l.counted["r"] = 1000
	if err := newRollup(l, "r").catchUp(&manifest{Counted: true}, bytesAt(nil)); err != nil {
		t.Fatal(err)
	}
	if l.counted["r"] != 0 || l.all != (relay.Rollup{}) {
		t.Errorf("%v %+v", l.counted, l.all)
	}
}

// TestARecordThatIsWrittenAgain: the copy before a failed sync is not waited for, and no record that is not durable
// is passed.
func TestARecordThatIsWrittenAgain(t *testing.T) {
	l := newSums()
	a := newRollup(l, "r")
	rec := &record{State: stateOK, Status: relay.StatusOK}
	a.wrote(0, 10)
	a.wrote(0, 20)
	a.wrote(10, 30)
	a.add(rec, 30, 40)
	for _, step := range []struct {
		do   func()
		upTo int64
		ok   int64
	}{
		{func() {}, 20, 1},
		{func() { a.add(rec, 20, 30) }, 40, 2},
	} {
		step.do()
		if err := a.write(); err != nil || l.counted["r"] != step.upTo || l.all.OK != step.ok {
			t.Errorf("%v: counted to %d, want %d; %d rows, want %d", err, l.counted["r"], step.upTo, l.all.OK, step.ok)
		}
	}
}

// bytesAt reads from memory.
type bytesAt []byte

func (b bytesAt) ReadAt(p []byte, at int64) (int, error) {
	if at >= int64(len(b)) {
		return 0, io.EOF
	}
	n := copy(p, b[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
