package limit

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"relaytop/relay"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func one(e relay.Endpoint, workers int) *Limiter {
	e.Name = "a"
	return New([]relay.Endpoint{e}, workers, nil)
}

func TestRequestsAreSpacedAfterTheBurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := one(relay.Endpoint{RPM: 60}, 4) // six at once, one of them reserved for chats
		var delays []time.Duration
		for range 11 {
			delays = append(delays, l.Reserve("a", "m", relay.LaneBatch, 1).Delay.Round(time.Millisecond))
		}
		want := append(make([]time.Duration, 5), 1*time.Second, 2*time.Second, 3*time.Second, 4*time.Second,
			5*time.Second, 6*time.Second)
		if !slices.Equal(delays, want) {
			t.Errorf("delays %v, want %v", delays, want)
		}
		h := l.Reserve("a", "m", relay.LaneBatch, 1)
		if !strings.Contains(h.Cause.String(), "60 requests a minute at a") {
			t.Errorf("reason %q", h.Cause.String())
		}
		if d := l.Reserve("a", "m", relay.LaneChat, 1).Delay; d != 0 {
			t.Errorf("a chat waits %s behind rows", d)
		}
		if l.Ready("a", relay.LaneBatch) {
			t.Error("a row could be sent at once")
		}
	})
}

func TestUnlimitedAndUnknown(t *testing.T) {
	l := one(relay.Endpoint{}, 4)
	for range 10_000 {
		if h := l.Reserve("a", "m", relay.LaneBatch, 1<<40); h.Delay != 0 {
			t.Fatal("waits without a limit")
		}
	}
	l.Reserve("nobody", "m", relay.LaneBatch, 1).Settle(&relay.Usage{})
	l.Observe("a", relay.Limits{Requests: 0, RequestsReset: time.Second})
	if !l.Ready("a", relay.LaneBatch) {
		t.Error("what is off was tightened")
	}
}

func TestTokensSettleOnUsage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := one(relay.Endpoint{TPM: 60_000}, 4) // 5,700 at once and 57,000 a minute for all but chats, 1,000 a second
		h := l.Reserve("a", "m", relay.LaneBatch, 5_700-relay.AssumedAnswer)
		if h.Delay != 0 {
			t.Fatal("the burst is not to be had")
		}
		if l.Ready("a", relay.LaneBatch) {
			t.Fatal("nothing should be left")
		}
		h.Settle(&relay.Usage{Input: 90, Output: 10})
		next := l.Reserve("a", "m", relay.LaneBatch, 5_600-10) // the mean output of the model is 10
		if next.Delay != 0 {
			t.Errorf("what was not used is not given back: %s", next.Delay)
		}
		next.Settle(&relay.Usage{Input: 5_600, Output: 90_000}) // more than a minute's budget
		if d := l.Reserve("a", "other", relay.LaneBatch, 0).Delay.Round(time.Second); d != time.Minute {
			t.Errorf("the minute is full, and a row waits %s", d)
		}
	})
}

// TestALimitThatNobodySet holds a chat back for at most 5 s, until the relay refuses; a row always.
func TestALimitThatNobodySet(t *testing.T) {
	for _, c := range []struct {
		name             string
		assumed, refused bool
		lane             relay.Lane
		want             time.Duration
	}{
		{"a default", true, false, relay.LaneChat, 5 * time.Second},
		{"a default, after a refusal", true, true, relay.LaneChat, time.Minute},
		{"the user's", false, false, relay.LaneChat, time.Minute},
		{"a row", true, false, relay.LaneBatch, time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := one(relay.Endpoint{RPM: 500, TPM: 100_000, AssumedTPM: c.assumed}, 4)
				l.Reserve("a", "m", relay.LaneChat, 1_000).Settle(&relay.Usage{Input: 90_000, Output: 9_000})
				if c.refused {
					_ = l.Enter(t.Context(), "a", relay.LaneChat, nil, nil)
					l.Leave("a", relay.LaneChat, relay.ClassRateLimit)
				}
				h := l.Reserve("a", "m", c.lane, 1_000)
				if h.Delay != c.want || h.Cause.N != 100_000 {
					t.Errorf("waits %s for %+v", h.Delay, h.Cause)
				}
				pass(h.Delay)
				h.Again()
				if h.Delay != 0 {
					t.Errorf("and then another %s", h.Delay)
				}
			})
		})
	}
}

// TestAMinuteHoldsNoMore: a batch at its limit for three minutes uses nearly all of the budget; no minute, whenever
// it begins, holds more, and chats in between do not wait.
func TestAMinuteHoldsNoMore(t *testing.T) {
	for _, c := range []struct{ rpm, chats int }{{120, 0}, {120, 6}, {60, 3}, {500, 20}, {3, 0}, {1000, 0}} {
		t.Run(fmt.Sprintf("%d, %d chats a minute", c.rpm, c.chats), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := one(relay.Endpoint{RPM: c.rpm}, 64)
				began, last := time.Now(), 3*window
				var mu sync.Mutex
				var sent []time.Duration
				send := func(lane relay.Lane) {
					h := l.Reserve("a", "m", lane, 1)
					if lane == relay.LaneChat && h.Delay > 0 {
						t.Errorf("a chat waits %s", h.Delay)
					}
					for h.Delay > 0 {
						pass(h.Delay)
						h.Again()
					}
					h.Sent()
					mu.Lock()
					defer mu.Unlock()
					sent = append(sent, time.Since(began))
				}
				var wg sync.WaitGroup
				for range 20 {
					wg.Go(func() {
						for time.Since(began) < last {
							send(relay.LaneBatch)
							pass(50 * time.Millisecond)
						}
					})
				}
				for i := range 3 * c.chats {
					wg.Go(func() {
						pass(time.Duration(i) * window / time.Duration(c.chats))
						send(relay.LaneChat)
					})
				}
				wg.Wait()
				slices.Sort(sent)
				within := 0
				for i, at := range sent {
					n := 0
					for _, o := range sent[i:] {
						if o < at+window {
							n++
						}
					}
					if n > c.rpm {
						t.Fatalf("%d in the minute from %s", n, at)
					}
					if at < last {
						within++
					}
				}
				if want := 3 * (c.rpm - max(c.rpm/chatsOf, 1)); within < want {
					t.Errorf("%d in three minutes, want %d", within, want)
				}
			})
		})
	}
}

func TestRowsThatWaitDoNotHoldUpAChat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := one(relay.Endpoint{TPM: 60_000}, 4)
		var last *Hold
		for range 20 {
			last = l.Reserve("a", "m", relay.LaneBatch, 5_000)
		}
		if last.Delay < time.Minute {
			t.Fatalf("the rows are not paced: %s", last.Delay)
		}
		if d := l.Reserve("a", "m", relay.LaneChat, 8_000).Delay; d != 0 {
			t.Errorf("a chat waits %s", d)
		}
		if d := l.Reserve("a", "m", relay.LaneChat, 1).Delay; d == 0 {
			t.Error("chats have no limit at all")
		}
	})
}

func TestCancelGivesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := one(relay.Endpoint{RPM: 6, TPM: 6000}, 4)
		first := l.Reserve("a", "m", relay.LaneBatch, 10)
		first.Cancel()
		if d := l.Reserve("a", "m", relay.LaneBatch, 10).Delay; d != 0 {
			t.Errorf("a cancelled reservation costs %s", d)
		}
	})
}

func TestRemainingTightensOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := one(relay.Endpoint{RPM: 600}, 4)
		l.Observe("a", relay.Limits{Requests: -1, Tokens: -1})
		l.Observe("a", relay.Limits{Requests: 5000, Tokens: -1})
		l.Observe("a", relay.Limits{})
		if !l.Ready("a", relay.LaneBatch) {
			t.Fatal("tightened by nothing")
		}
		l.Observe("a", relay.Limits{Requests: 0, RequestsReset: 7 * time.Second, Tokens: -1})
		if d := l.Reserve("a", "m", relay.LaneBatch, 1).Delay; d != 7*time.Second {
			t.Errorf("waits %s, the relay has some again in 7 s", d)
		}
		if r := l.Reserve("a", "m", relay.LaneChat, 1).Cause.String(); r != "a said that it has no requests left" {
			t.Errorf("reason %q", r)
		}
		pass(8 * time.Second)
		if !l.Ready("a", relay.LaneBatch) {
			t.Error("not free again")
		}
	})
}

// TestConcurrency: r is a refusal because of the load, f another failure, a the beginning of an answer, w a window in
// which nothing happens.
func TestConcurrency(t *testing.T) {
	for _, c := range []struct {
		name, steps string
		want        []int // after every step but w
	}{
		{"halved once a window", "rrfwr", []int{8, 8, 8, 4}},
		{"doubles with every round of answers", "rwrwr" + "aa" + "aaaa" + "aaaaaaaa" + "a",
			[]int{8, 4, 2, 2, 4, 4, 4, 4, 8, 8, 8, 8, 8, 8, 8, 8, 16, 16}},
		{"adds after the next refusal", "rwrwr" + "aa" + "r" + "aa" + "wa" + "a" + "wa",
			[]int{8, 4, 2, 2, 4, 2, 2, 2, 3, 3, 4}},
		{"answers to what was sent before a refusal say nothing", "r" + "bbbbbbbb" + "aaaaaaaa",
			[]int{8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 16}},
		{"an outage while it adds costs no more than a half", "rwr" + "aaaa" + "r" + "wr" + "wr" + "a" + "aa" + "a",
			[]int{8, 4, 4, 4, 4, 8, 4, 2, 1, 2, 2, 4, 4}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { playConcurrency(t, c.steps, c.want) })
		})
	}
}

func playConcurrency(t *testing.T, steps string, want []int) {
	t.Helper()
	l := one(relay.Endpoint{}, 16)
	var got []int
	var refused time.Time
	for _, step := range steps {
		if step == 'w' {
			pass(cleanWindow)
			continue
		}
		for n, _ := l.Concurrency("a"); l.Allowances()[0].InFlight < n; {
			if err := l.Enter(t.Context(), "a", relay.LaneBatch, nil, func(relay.WaitCause) {}); err != nil {
				t.Fatal(err)
			}
		}
		class := relay.Class("")
		switch step {
		case 'r':
			class, refused = relay.ClassRateLimit, time.Now()
		case 'f':
			class = relay.ClassUpstream
		case 'a':
			l.Accepted("a", time.Now())
		case 'b':
			l.Accepted("a", refused.Add(-1))
		}
		l.Leave("a", relay.LaneBatch, class)
		now, _ := l.Concurrency("a")
		got = append(got, now)
	}
	if !slices.Equal(got, want) {
		t.Errorf("concurrency %v, want %v", got, want)
	}
	for range 400 {
		pass(cleanWindow)
		l.Accepted("a", time.Now())
	}
	if now, most := l.Concurrency("a"); now != 16 || most != 16 {
		t.Errorf("%d of %d after a clean hour", now, most)
	}
	l.Resize(4)
	if now, most := l.Concurrency("a"); now != 4 || most != 4 {
		t.Errorf("%d of %d after Resize", now, most)
	}
}

func TestGateServesTheLowestLaneFirstAndHonoursCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := one(relay.Endpoint{Concurrency: 1}, 16)
		var mu sync.Mutex
		var order []relay.Lane
		enter := func(ctx context.Context, lane relay.Lane) {
			if l.Enter(ctx, "a", lane, nil, func(cause relay.WaitCause) {
				if cause.Kind != relay.WaitInFlight || cause.N != 1 || cause.Of != 1 {
					t.Errorf("waits for %+v", cause)
				}
			}) == nil {
				mu.Lock()
				order = append(order, lane)
				mu.Unlock()
			}
		}
		_ = l.Enter(t.Context(), "a", relay.LaneBatch, nil, nil)
		stop, cancel := context.WithCancel(t.Context())
		go enter(stop, relay.LaneFront)
		for _, lane := range []relay.Lane{relay.LaneBatch, relay.LaneBench, relay.LaneChat} {
			go enter(t.Context(), lane)
			synctest.Wait()
		}
		cancel()
		synctest.Wait()
		for _, lane := range []relay.Lane{relay.LaneBatch, relay.LaneChat, relay.LaneBench, relay.LaneBatch} {
			l.Leave("a", lane, "")
			synctest.Wait()
		}
		if want := []relay.Lane{relay.LaneChat, relay.LaneBench, relay.LaneBatch}; !slices.Equal(order, want) {
			t.Errorf("order %v, want %v", order, want)
		}
		if !l.Ready("a", relay.LaneBatch) {
			t.Error("a place is lost")
		}
	})
}

// pass lets the clock of a synctest bubble run on.
func pass(d time.Duration) { <-time.After(d) }
