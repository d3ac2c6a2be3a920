package load

import (
	"context"
	"math"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
)

func TestOpenLoopKeepsItsScheduleWhateverTheRelayDoes(t *testing.T) {
	const n, rate = 200, 500
	for name, took := range map[string]time.Duration{"quick": time.Millisecond, "stalls for 2 s": 2 * time.Second} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, e := newBook(), &engine{took: func(int) time.Duration { return took }}
				l := start(t, e, Options{N: n, Concurrency: 1, Rate: rate, Most: 1000, Sink: b.sink})
				begin := time.Now()
				if err := l.Run(t.Context(), e); err != nil {
					t.Fatal(err)
				}
				for i := range e.reqs {
					if at, want := e.reqs[i].Sched.Sub(begin), time.Duration(i)*time.Second/rate; at != want {
						t.Fatalf("request %d is due %v after the start, want %v", i, at, want)
					}
				}
				if len(e.reqs) != n || b.count(relay.StatusOK) != n {
					t.Errorf("%d sent, %d answered, want %d", len(e.reqs), b.count(relay.StatusOK), n)
				}
				if _, p99, lags := l.Lag(); lags != n || p99 != 0 {
					t.Errorf("lag p99 %v of %d, want 0 of %d", p99, lags, n)
				}
				if most := slices.Max(e.busy); e.room < most {
					t.Errorf("room for %d requests with %d in flight", e.room, most)
				}
			})
		})
	}
}

// A sender that is late sends at once, keeps the planned times, and counts itself as late.
func TestOpenLoopCountsItsOwnLateness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &engine{took: uneven}
		l := start(t, e, Options{N: 10, Concurrency: 1, Rate: 100, Most: 10})
		begin := time.Now()
		if err := l.Run(t.Context(), slow{e, 20 * time.Millisecond}); err != nil {
			t.Fatal(err)
		}
		if at := e.reqs[9].Sched.Sub(begin); at != 90*time.Millisecond {
			t.Errorf("the last request is due after %v, want 90 ms", at)
		}
		if _, p99, _ := l.Lag(); p99 < 105*time.Millisecond || p99 > 115*time.Millisecond {
			t.Errorf("lag p99 %v, want 110 ms: each of 10 requests takes 10 ms too long to send", p99)
		}
	})
}

func TestOpenLoopCanBeCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 1005*time.Millisecond)
		defer cancel()
		b, e := newBook(), &engine{took: func(int) time.Duration { return 100 * time.Millisecond }}
		l := start(t, e, Options{N: 1000, Concurrency: 1, Rate: 10, Most: 10, Sink: b.sink})
		if err := l.Run(ctx, e); err != nil {
			t.Fatal(err)
		}
		if ok, gone := b.count(relay.StatusOK), b.count(relay.StatusCancelled); ok != 10 || gone != 1 {
			t.Errorf("%d ended, %d cancelled; want 10, 1", ok, gone)
		}
	})
}

func TestOpenLoopEndsWhenARequestIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, e := newBook(), &engine{took: uneven, refuse: 10}
		l := start(t, e, Options{N: 100, Concurrency: 1, Rate: 1000, Most: 10, Sink: b.sink})
		if err := l.Run(t.Context(), e); err == nil || len(b.done) != 9 {
			t.Errorf("%v, %d of 9 accepted requests ended", err, len(b.done))
		}
	})
}

// Poisson arrivals have the rate on average, and their times between two are spread as widely as they are long.
func TestPoissonArrivals(t *testing.T) {
	const n, rate = 100_000, 200
	one, other := newSchedule(rate, true), newSchedule(rate, true)
	var before time.Duration
	var sum, squares float64
	for i := range n {
		at := one.next()
		if again := other.next(); again != at {
			t.Fatalf("request %d is due after %v and, in another run, after %v", i, at, again)
		}
		gap := (at - before).Seconds() * rate
		sum, squares, before = sum+gap, squares+gap*gap, at
	}
	mean := sum / n
	if spread := math.Sqrt(squares/n - mean*mean); math.Abs(mean-1) > .02 || math.Abs(spread-1) > .02 {
		t.Errorf("mean %v and spread %v of the times between two, in units of 1/rate; want 1 and 1", mean, spread)
	}
}
