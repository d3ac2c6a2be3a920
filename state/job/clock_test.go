package job

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"relaytop/relay"
)

// TestAClockThatIsSet back or forward while a run is under way loses no row, and no figure becomes negative.
func TestAClockThatIsSet(t *testing.T) {
	for _, by := range []time.Duration{-time.Hour, time.Hour, -10 * 365 * 24 * time.Hour} {
		dir := t.TempDir()
		var off atomic.Int64
		clock := func(c *Config) {
			c.Now = func() time.Time { return time.Now().Round(0).Add(time.Duration(off.Load())) }
		}
		stop := true
		answer := func(n int, req relay.Request) *relay.Result {
			if n == 10 {
				off.Store(int64(by))
			}
			if stop && n > 15 {
				return failed(relay.ClassAuth)
			}
			return echo(n, req)
		}
		b := open(t, dir, newFake(answer), clock)
		in := file(t, dir, "in.txt", prompts(30))
		id := start(t, b, Options{Input: in, Concurrency: 1})
		if h := wait(t, b, id); h.OK != 15 || h.Stopped != StopAuth || h.Elapsed < 0 || h.ETA < 0 || h.Rate < 0 {
			t.Errorf("by %s: %+v", by, h)
		}
		if err := b.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		stop = false
		off.Store(-2 * int64(by))
		f := newFake(answer)
		c := open(t, dir, f, clock)
		start(t, c, Options{Resume: "last", Input: in})
		if h := wait(t, c, id); h.State != Finished || h.OK != 30 || f.count() != 15 || h.Elapsed < 0 || h.PaidTwice != 0 {
			t.Errorf("by %s, resumed, %d sent: %+v", by, f.count(), h)
		}
	}
}

// behind is a provider whose list does not have the newest batches for its first calls.
type behind struct {
	*visitor
	calls int
}

func (v *behind) List(ctx context.Context, each func(relay.Batch) bool) error {
	if v.calls--; v.calls >= 0 {
		return nil
	}
	return v.visitor.List(ctx, each)
}

// TestABatchIsLookedForWhateverTheClockSays: the program dies while a batch is created, and the clock is hours further
// when it is started again. The provider's list is behind: it must be read for as long as always.
func TestABatchIsLookedForWhateverTheClockSays(t *testing.T) {
	for _, by := range []time.Duration{-5 * time.Hour, 5 * time.Hour} {
		dir := t.TempDir()
		a := newAccount()
		reached := make(chan struct{})
		v := &visitor{account: a}
		v.hook = func(ctx context.Context, call string) error {
			if call != "created" {
				return nil
			}
			close(reached)
			<-ctx.Done()
			return ctx.Err()
		}
		b := carried(t, dir, v, 100)
		id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(5)), Carrier: ByProvider})
		<-reached
		if err := b.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		c := open(t, dir, newFake(echo), func(c *Config) {
			c.Now = func() time.Time { return time.Now().Add(by) }
			c.Parts = quick(100)
			c.Parts.FindFor = time.Second
		})
		c.SetProviders([]Provider{&behind{visitor: &visitor{account: a}, calls: 3}}, nil)
		start(t, c, Options{Resume: id})
		if h := wait(t, c, id); h.State != Finished || h.OK != 5 || len(a.batches) != 1 {
			t.Errorf("by %s: %d batches, %+v", by, len(a.batches), h)
		}
	}
}
