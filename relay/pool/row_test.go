package pool_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
	"relaytop/relay/pool"
)

// TestAWaitNeverFailsARow: a row is answered after a wait that others would not take, or comes back to be sent later.
func TestAWaitNeverFailsARow(t *testing.T) {
	refused := &relay.Error{Class: relay.ClassNetwork, Message: "connection refused"}
	hour := asks(time.Hour)
	for _, c := range []struct {
		name     string
		answered int // requests that are answered before it, so that the endpoint is known to work
		rows     []*relay.Error
		others   []*relay.Error // of requests between its attempts
		status   relay.Status
		back     relay.Back
		attempts int
		took     time.Duration
	}{
		{"a wait of an hour", 0, []*relay.Error{hour, nil}, nil, relay.StatusOK, 0, 2, time.Hour},
		{"four waits of a minute", 0, []*relay.Error{asks(time.Minute), asks(time.Minute), asks(time.Minute),
			asks(time.Minute), nil}, nil, relay.StatusOK, 0, 5, 4 * time.Minute},
		{"a longer one", 0, []*relay.Error{asks(61 * time.Minute)}, nil, relay.StatusFailed, relay.BackWait, 1, 0},
		{"429 again and again", 0, []*relay.Error{bare429}, nil, relay.StatusFailed, relay.BackOutage, 10, 76 * time.Second},
		{"an outage", 3, []*relay.Error{upstream}, nil, relay.StatusFailed, relay.BackOutage, 3, 1500 * time.Millisecond},
		{"nothing listens", 0, []*relay.Error{refused}, nil, relay.StatusFailed, relay.BackOutage, 3,
			1500 * time.Millisecond},
		{"the row itself", 3, []*relay.Error{upstream}, []*relay.Error{nil}, relay.StatusFailed, relay.BackNone, 3,
			1500 * time.Millisecond},
		{"one refusal of the key", 3, []*relay.Error{auth}, nil, relay.StatusFailed, relay.BackRound, 1, 0},
		{"the first request is refused", 0, []*relay.Error{auth}, nil, relay.StatusFailed, relay.BackNone, 1, 0},
		{"its own fault", 3, []*relay.Error{invalid}, nil, relay.StatusFailed, relay.BackNone, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				by := models(map[string]sends{"m": script(c.rows...), "other": script(nil)})
				p, l := start(t, pool.Options{}, map[string]pool.Sender{"a": by})
				for id := range c.answered {
					submit(t, p, relay.Request{ID: relay.ID(100 + id), Model: "other"})
				}
				synctest.Wait()
				begun := time.Now()
				submit(t, p, relay.Request{ID: 1, Lane: relay.LaneBatch})
				for id := range c.others {
					pass(time.Second)
					submit(t, p, relay.Request{ID: relay.ID(200 + id), Model: "other"})
				}
				pass(3 * time.Hour)
				synctest.Wait()
				r := l.result(t, 1)
				if r.Status != c.status || r.Back != c.back || len(r.Attempts) != c.attempts || r.Wall.Sub(begun) != c.took {
					t.Errorf("%s, back %d, after %d attempts in %s: %v", r.Status, r.Back, len(r.Attempts), r.Wall.Sub(begun), r.Err)
				}
			})
		})
	}
}

// TestARowThatWasNotSentComesBack: whatever keeps the endpoint from being asked, the rows behind it are not failed.
func TestARowThatWasNotSentComesBack(t *testing.T) {
	for _, c := range []struct {
		name string
		err  *relay.Error
		back relay.Back
	}{
		{"a long wait", asks(900_000 * time.Second), relay.BackWait},
		{"no key", auth, relay.BackRefused},
		{"no money", &relay.Error{Class: relay.ClassQuota, Status: 402}, relay.BackRefused},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, l := start(t, pool.Options{}, map[string]pool.Sender{"a": script(c.err)})
				submit(t, p, relay.Request{ID: 1, Lane: relay.LaneBatch})
				synctest.Wait()
				submit(t, p, relay.Request{ID: 2, Lane: relay.LaneBatch})
				synctest.Wait()
				if r := l.result(t, 2); r.Back != c.back || len(r.Attempts) != 0 || r.Err.Class != c.err.Class {
					t.Errorf("back %d after %d attempts: %v", r.Back, len(r.Attempts), r.Err)
				}
				submit(t, p, relay.Request{ID: 3, Lane: relay.LaneBatch, Insist: true})
				synctest.Wait()
				if r := l.result(t, 3); c.back == relay.BackWait && len(r.Attempts) != 1 {
					t.Errorf("one that insists is sent %d times", len(r.Attempts))
				}
			})
		})
	}
}

// TestAProbeThatFailedComesBack: the next probe is another row, and an outage costs one request at a time.
func TestAProbeThatFailedComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sent atomic.Int64
		ends := time.Now().Add(time.Minute)
		p, l := start(t, pool.Options{Workers: 12}, map[string]pool.Sender{"a": sends(
			func(ctx context.Context, c relay.Call, sink relay.Sink) relay.Reply {
				if time.Now().Before(ends) {
					sent.Add(1)
					return fails(*upstream)
				}
				return answer(ctx, c, sink)
			})})
		for id := relay.ID(1); id <= 10; id++ {
			submit(t, p, relay.Request{ID: id, Lane: relay.LaneBatch})
		}
		probes := map[relay.ID]int{}
		for range 6 {
			pass(1500 * time.Millisecond)
			synctest.Wait()
			for id := relay.ID(1); id <= 10; id++ {
				for _, e := range l.of(id) {
					if e.Kind == relay.Done {
						probes[id]++
						if e.Result.Back != relay.BackProbe {
							t.Errorf("row %d: back %d", id, e.Result.Back)
						}
						break
					}
				}
			}
		}
		if len(probes) != 6 {
			t.Errorf("%d rows probed: %v", len(probes), probes)
		}
		if n := sent.Load(); n > 20 {
			t.Errorf("%d requests into the outage", n)
		}
		pass(2 * time.Minute)
		synctest.Wait()
		if p.Stats().Running != 0 {
			t.Error("rows still wait after the outage")
		}
	})
}

// TestAChatBesideAProbe: it does not wait for the answer of the row that probes.
func TestAChatBesideAProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var failing atomic.Bool
		failing.Store(true)
		p, l := start(t, pool.Options{Workers: 8}, map[string]pool.Sender{"a": sends(
			func(ctx context.Context, c relay.Call, sink relay.Sink) relay.Reply {
				switch {
				case failing.Load():
					return fails(*upstream)
				case c.Request.Lane == relay.LaneBatch:
					pass(28 * time.Second)
				}
				return answer(ctx, c, sink)
			})})
		for id := relay.ID(1); id <= 6; id++ {
			submit(t, p, relay.Request{ID: id, Lane: relay.LaneBatch})
		}
		synctest.Wait()
		failing.Store(false)
		pass(2 * time.Second)
		submit(t, p, relay.Request{ID: 50})
		begun := time.Now()
		synctest.Wait()
		if r := l.result(t, 50); r.Status != relay.StatusOK || r.Wall != begun {
			t.Errorf("%s after %s", r.Status, r.Wall.Sub(begun))
		}
		pass(2 * time.Minute)
	})
}

// TestRowsSayWhatTheyWaitFor: the reasons are those of the endpoint.
func TestRowsSayWhatTheyWaitFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, l := start(t, pool.Options{}, map[string]pool.Sender{"a": script(bare429, nil)})
		submit(t, p, relay.Request{ID: 1, Lane: relay.LaneBatch})
		synctest.Wait()
		submit(t, p, relay.Request{ID: 2, Lane: relay.LaneBatch})
		pass(time.Minute)
		synctest.Wait()
		for id := relay.ID(1); id <= 2; id++ {
			if w := strings.Join(l.waits(id), "|"); !strings.HasPrefix(w, "a: 429 rate_limit, it named no wait: one row tries") {
				t.Errorf("row %d waits for %q", id, w)
			}
			if a := l.result(t, id).Attempts; len(a) > 1 && a[0].Wait != time.Second {
				t.Errorf("the wait in its record is %s", a[0].Wait)
			}
		}
	})
}

// TestARowIsSentOnce: Sending is called for a row before its first attempt only, after its wait; one that may not be
// sent makes no attempt.
func TestARowIsSentOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked, tries atomic.Int32
		p, l := start(t, pool.Options{Workers: 1, Sending: func(r *relay.Request) error {
			if asked.Add(1); r.ID == 2 {
				return errors.New("its run has stopped")
			}
			if tries.Load() != 0 {
				t.Errorf("it is said to be sent after %d attempts", tries.Load())
			}
			return nil
		}}, map[string]pool.Sender{"a": sends(func(ctx context.Context, c relay.Call, sink relay.Sink) relay.Reply {
			if tries.Add(1) == 1 {
				return relay.Reply{Status: relay.StatusFailed, HTTP: 500, Err: &relay.Error{Class: relay.ClassUpstream}}
			}
			return answer(ctx, c, sink)
		})})
		submit(t, p, relay.Request{ID: 1, Lane: relay.LaneBatch})
		pass(time.Minute)
		submit(t, p, relay.Request{ID: 2, Lane: relay.LaneBatch})
		submit(t, p, relay.Request{ID: 3, Lane: relay.LaneChat})
		pass(time.Minute)
		if r := l.result(t, 1); r.Status != relay.StatusOK || len(r.Attempts) != 2 {
			t.Errorf("the first row: %s after %d attempts", r.Status, len(r.Attempts))
		}
		if r := l.result(t, 2); r.Back != relay.BackUnsent || len(r.Attempts) != 0 {
			t.Errorf("the second row: %+v, %d attempts", r.Back, len(r.Attempts))
		}
		if n := asked.Load(); n != 2 {
			t.Errorf("Sending was called %d times, not once for each row", n)
		}
	})
}

// TestTheGuardIsAskedAgainAboutARow: a budget may be spent while a row waits for its turn.
func TestTheGuardIsAskedAgainAboutARow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var spent atomic.Bool
		p, l := start(t, pool.Options{Workers: 1, Guard: func(*relay.Request) error {
			if spent.Load() {
				return relay.ErrBudget
			}
			return nil
		}}, map[string]pool.Sender{"a": sends(func(ctx context.Context, c relay.Call, sink relay.Sink) relay.Reply {
			pass(time.Second)
			spent.Store(true)
			return answer(ctx, c, sink)
		})})
		submit(t, p, relay.Request{ID: 1, Lane: relay.LaneBatch})
		submit(t, p, relay.Request{ID: 2, Lane: relay.LaneBatch})
		pass(time.Minute)
		if r := l.result(t, 1); r.Status != relay.StatusOK || r.Back != relay.BackNone {
			t.Errorf("the row that was in flight: %s, %d", r.Status, r.Back)
		}
		r := l.result(t, 2)
		if r.Back != relay.BackUnsent || len(r.Attempts) != 0 || r.Cost.Amount != 0 || !errors.Is(r.Err, relay.ErrBudget) {
			t.Errorf("the row that waited: %+v, %v", r, r.Err)
		}
	})
}
