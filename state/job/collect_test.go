package job

import (
	"errors"
	"strings"
	"testing"
	"time"
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

// TestARunIsLeftToItsProvider: another process may go on with it, and this one does not by itself.
func TestARunIsLeftToItsProvider(t *testing.T) {
	dir, a := t.TempDir(), newAccount()
	v, polled := holding(a)
	b := carried(t, dir, v, 100)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(10)), Carrier: ByProvider})
	<-polled
	if err := b.Carried(id).Poll(); err != nil {
		t.Fatal(err)
	}
	if err := b.Carried(id).Detach(t.Context()); err != nil {
		t.Fatal(err)
	}
	h, _ := b.Header(id)
	if h.State != Paused || h.Provider.Open != 1 {
		t.Errorf("%+v", h)
	}
	if n := b.Collect(t.Context()); n != 0 {
		t.Errorf("%d runs that were left go on", n)
	}
	other := carried(t, dir, &visitor{account: a}, 100)
	if err := other.Resume(id); err != nil {
		t.Fatal(err)
	}
	if h := wait(t, other, id); h.State != Finished || h.OK != 10 || len(a.batches) != 1 {
		t.Errorf("%d batches, %+v", len(a.batches), h)
	}
}

// TestAPollIsAskedFor: the provider is asked at once, and not when the next poll is due.
func TestAPollIsAskedFor(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, newFake(echo), func(c *Config) {
		c.Parts = quick(100)
		c.Parts.PollMin, c.Parts.PollMax = time.Hour, time.Hour
	})
	b.SetProviders([]Provider{&visitor{account: newAccount()}}, nil)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(10)), Carrier: ByProvider})
	until(t, "its batches answer when they are asked", func() bool {
		if err := b.Carried(id).Poll(); err != nil {
			t.Fatal(err)
		}
		h, _ := b.Header(id)
		return h.State == Finished
	})
}

// TestARunAtItsProviderIsKept: without its folder nothing could say which rows the answers are of, and they are billed.
func TestARunAtItsProviderIsKept(t *testing.T) {
	dir, id, a := away(t)
	b := carried(t, dir, &visitor{account: a}, 100)
	if err := b.Remove(id); !errors.Is(err, ErrAtProvider) || !strings.Contains(err.Error(), "batch cancel "+id) {
		t.Errorf("it says %v", err)
	}
	b.Collect(t.Context())
	if h := wait(t, b, id); h.State != Finished || h.OK != 10 {
		t.Errorf("%+v", h)
	}
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := carried(t, dir, &visitor{account: a}, 100).Remove(id); err != nil {
		t.Errorf("once it is over: %v", err)
	}
}
