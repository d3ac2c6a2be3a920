package job

import (
	"testing"
)

// away is a run of ten rows that a provider has, of a process that has ended.
func away(t *testing.T) (dir, id string, a *account) {
	t.Helper()
	dir, a = t.TempDir(), newAccount()
	v, polled := holding(a)
	b := carried(t, dir, v, 100)
	id = start(t, b, Options{Input: file(t, dir, "in.txt", prompts(10)), Carrier: ByProvider})
	<-polled
	if err := b.Pause(id); err != nil {
		t.Fatal(err)
	}
	wait(t, b, id)
	if n := b.Collect(t.Context()); n != 0 {
		t.Errorf("%d runs that were paused in this process go on", n)
	}
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return dir, id, a
}

func TestAnswersOfAnEarlierSessionAreCollected(t *testing.T) {
	dir, id, a := away(t)
	b := carried(t, dir, &visitor{account: a}, 100)
	if n := b.Collect(t.Context()); n != 1 {
		t.Fatalf("%d runs go on", n)
	}
	if h := wait(t, b, id); h.State != Finished || h.OK != 10 || len(a.batches) != 1 {
		t.Errorf("%d batches, %+v", len(a.batches), h)
	}
	if n := b.Collect(t.Context()); n != 0 {
		t.Errorf("%d runs go on again", n)
	}
}

// TestCollectingSendsNoRow: rows that came into the input since would be sent, and paid.
func TestCollectingSendsNoRow(t *testing.T) {
	dir, id, a := away(t)
	file(t, dir, "in.txt", prompts(12))
	b := carried(t, dir, &visitor{account: a}, 100)
	if n := b.Collect(t.Context()); n != 0 {
		t.Errorf("%d runs go on", n)
	}
	h, _ := b.Header(id)
	if h.State != Paused || h.Changed == nil || len(a.rowsSent()) != 10 {
		t.Errorf("%d rows were sent, %+v", len(a.rowsSent()), h)
	}
}
