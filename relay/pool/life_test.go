package pool_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
	"relaytop/relay/pool"
)

// script answers with one step after the other and repeats the last; nil is a complete answer.
func script(steps ...*relay.Error) sends {
	var n atomic.Int64
	return func(ctx context.Context, c relay.Call, sink relay.Sink) relay.Reply {
		e := steps[min(int(n.Add(1))-1, len(steps)-1)]
		if e == nil {
			return answer(ctx, c, sink)
		}
		return fails(*e)
	}
}

// models answers as each model's script says.
func models(by map[string]sends) sends {
	return func(ctx context.Context, c relay.Call, sink relay.Sink) relay.Reply { return by[c.Model](ctx, c, sink) }
}

var (
	upstream = &relay.Error{Class: relay.ClassUpstream, Status: 502, Message: "bad gateway"}
	auth     = &relay.Error{Class: relay.ClassAuth, Status: 401}
	invalid  = &relay.Error{Class: relay.ClassInvalid, Status: 400}
	noModel  = &relay.Error{Class: relay.ClassUnknownModel, Status: 404}
	tooLong  = &relay.Error{Class: relay.ClassContextLength, Status: 400}
	bare429  = &relay.Error{Class: relay.ClassRateLimit, Status: 429}
)

func asks(d time.Duration) *relay.Error {
	return &relay.Error{Class: relay.ClassRateLimit, Status: 429, Waits: true, RetryAfter: d, WaitFrom: "Retry-After"}
}

func TestLifeOfOneRequest(t *testing.T) {
	for _, c := range []struct {
		name     string
		req      relay.Request
		by       map[string]sends
		status   relay.Status
		class    relay.Class
		asked    string
		attempts int
		took     time.Duration
		waits    string
		says     string
	}{
		{"a retry", relay.Request{}, map[string]sends{"m": script(upstream, nil)}, relay.StatusOK, "", "m", 2,
			500 * time.Millisecond, "a: 502 upstream, attempt 2", ""},
		{"three attempts in all", relay.Request{}, map[string]sends{"m": script(upstream)}, relay.StatusFailed,
			relay.ClassUpstream, "m", 3, 1500 * time.Millisecond, "attempt 3", "bad gateway"},
		{"as long as was asked", relay.Request{}, map[string]sends{"m": script(asks(6*time.Second), nil)}, relay.StatusOK,
			"", "m", 2, 6 * time.Second, "a: 429 rate_limit, it asked for 6 s (Retry-After)", ""},
		{"longer than we wait", relay.Request{}, map[string]sends{"m": script(asks(time.Hour))}, relay.StatusFailed,
			relay.ClassRateLimit, "m", 1, 0, "", "60 m 0 s"},
		{"a row's bare 429", relay.Request{Lane: relay.LaneBatch}, map[string]sends{"m": script(bare429, nil)},
			relay.StatusOK, "", "m", 2, time.Second, "one row tries again in 1 s", ""},
		{"not retried", relay.Request{Fallback: []string{"f"}}, map[string]sends{"m": script(invalid), "f": script(nil)},
			relay.StatusFailed, relay.ClassInvalid, "m", 1, 0, "", ""},
		{"auth never asks another model", relay.Request{Fallback: []string{"f"}},
			map[string]sends{"m": script(auth), "f": script(nil)}, relay.StatusFailed, relay.ClassAuth, "m", 1, 0, "", ""},
		{"fallback once retries are spent", relay.Request{Fallback: []string{"f"}},
			map[string]sends{"m": script(upstream), "f": script(nil)}, relay.StatusOK, "", "f", 4, 1500 * time.Millisecond,
			"attempt 3", ""},
		{"fallback at once", relay.Request{Fallback: []string{"f"}},
			map[string]sends{"m": script(noModel), "f": script(nil)}, relay.StatusOK, "", "f", 2, 0, "", ""},
		{"a chat waits 5 s at most before its fallback", relay.Request{Fallback: []string{"f"}},
			map[string]sends{"m": script(asks(6 * time.Second)), "f": script(nil)}, relay.StatusOK, "", "f", 2, 0, "", ""},
		{"a row waits even if it has one", relay.Request{Lane: relay.LaneBatch, Fallback: []string{"f"}},
			map[string]sends{"m": script(asks(6*time.Second), nil), "f": script(nil)}, relay.StatusOK, "", "m", 2,
			6 * time.Second, "6 s", ""},
		{"a smaller window is passed over", relay.Request{Fallback: []string{"f", "g"}},
			map[string]sends{"m": script(tooLong), "g": script(nil)}, relay.StatusOK, "", "g", 2, 0, "", ""},
		{"a measurement is one attempt", relay.Request{Once: true, Fallback: []string{"f"}},
			map[string]sends{"m": script(upstream)}, relay.StatusFailed, relay.ClassUpstream, "m", 1, 0, "", ""},
		{"no wait past the budget", relay.Request{MaxTotal: 5 * time.Second},
			map[string]sends{"m": script(asks(6 * time.Second))}, relay.StatusFailed, relay.ClassRateLimit, "m", 1, 0, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				window := map[string]int64{"m": 100, "f": 50, "g": 200}
				p, l := start(t, pool.Options{ContextWindow: func(_, m string) (int64, bool) { w, ok := window[m]; return w, ok }},
					map[string]pool.Sender{"a": models(c.by)})
				c.req.ID = 1
				begun := time.Now()
				submit(t, p, c.req)
				pass(10 * time.Minute)
				synctest.Wait()
				r := l.result(t, 1)
				if r.Status != c.status || r.Asked != c.asked || len(r.Attempts) != c.attempts || r.Wall.Sub(begun) != c.took {
					t.Errorf("%s by %s after %d attempts in %s; events %v", r.Status, r.Asked, len(r.Attempts), r.Wall.Sub(begun),
						l.kinds(1))
				}
				if c.class != "" && (r.Err == nil || r.Err.Class != c.class || !strings.Contains(r.Err.Message, c.says)) {
					t.Errorf("error %v", r.Err)
				}
				if w := l.waits(1); !strings.Contains(strings.Join(w, "|"), c.waits) || len(w) > 0 != (c.waits != "") {
					t.Errorf("waits %q", w)
				}
				checkFallback(t, l, r)
				if r.Timing.Wait != c.took {
					t.Errorf("waited %s", r.Timing.Wait)
				}
			})
		})
	}
}

// checkFallback checks that a fallback is reported, as an event and in the result, exactly if another model answered.
func checkFallback(t *testing.T, l *log, r *relay.Result) {
	t.Helper()
	reported := slices.ContainsFunc(l.of(r.ID), func(e relay.Event) bool { return e.Kind == relay.FellBack })
	if fell := r.Asked != r.Requested; reported != fell || (r.Fallback != nil) != fell {
		t.Errorf("fell back %v, reported %v, result %+v", fell, reported, r.Fallback)
	}
	if f := r.Fallback; f != nil && (f.From != "m" || f.To != r.Asked || f.Reason == "") {
		t.Errorf("%+v", f)
	}
}

func TestNothingFollowsAVisibleToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		half := sends(func(_ context.Context, _ relay.Call, sink relay.Sink) relay.Reply {
			sink(relay.Event{Kind: relay.Text, Text: "half an"})
			return relay.Reply{Status: relay.StatusTruncated, HTTP: 200, Text: "half an", Visible: true}
		})
		p, l := start(t, pool.Options{}, map[string]pool.Sender{"a": half})
		submit(t, p, relay.Request{ID: 1, Fallback: []string{"f"}})
		synctest.Wait()
		want := []relay.Kind{relay.Queued, relay.Sent, relay.Text, relay.Failed, relay.Done}
		if r := l.result(t, 1); r.Status != relay.StatusTruncated || r.Text != "half an" ||
			r.Err.Class != relay.ClassTruncated || !slices.Equal(l.kinds(1), want) {
			t.Errorf("%+v, events %v", r, l.kinds(1))
		}
	})
}

func TestAnotherEndpointIsAskedWithoutWaiting(t *testing.T) {
	for _, e := range []*relay.Error{auth, upstream, asks(time.Hour)} {
		synctest.Test(t, func(t *testing.T) {
			p, l := start(t, pool.Options{}, map[string]pool.Sender{"a": script(e), "b": script(nil)},
				relay.Endpoint{Name: "a"}, relay.Endpoint{Name: "b"})
			begun := time.Now()
			submit(t, p, relay.Request{ID: 1})
			synctest.Wait()
			r := l.result(t, 1)
			if r.Status != relay.StatusOK || r.Endpoint != "b" || r.Wall != begun || r.Attempts[0].Class != e.Class ||
				r.Fallback != nil {
				t.Errorf("%s: %+v", e.Class, r)
			}
		})
	}
}

func TestAWaitingRequestGivesItsWorkerBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, l := start(t, pool.Options{Workers: 1},
			map[string]pool.Sender{"a": models(map[string]sends{"m": script(upstream, nil), "n": script(nil)})})
		submit(t, p, relay.Request{ID: 1})
		submit(t, p, relay.Request{ID: 2, Model: "n"})
		synctest.Wait()
		if r := l.result(t, 2); r.Status != relay.StatusOK {
			t.Errorf("%+v", r)
		}
		if s := p.Stats(); s.Waiting != 1 || s.Running != 0 {
			t.Errorf("%+v", s)
		}
		pass(time.Second)
		synctest.Wait()
		l.result(t, 1)
	})
}

func TestTheTotalBudgetEndsASilentAttemptButNoStream(t *testing.T) {
	for _, c := range []struct {
		shown  bool
		own    time.Duration
		all    time.Duration
		status relay.Status
		took   time.Duration
	}{
		{false, 0, 0, relay.StatusFailed, 4 * time.Minute},
		{true, 0, 0, relay.StatusOK, 10 * time.Minute},
		{true, time.Minute, 0, relay.StatusTruncated, time.Minute},
		{true, 0, time.Minute, relay.StatusTruncated, time.Minute},
		{true, 2 * time.Minute, time.Minute, relay.StatusTruncated, 2 * time.Minute},
	} {
		synctest.Test(t, func(t *testing.T) {
			p, l := start(t, pool.Options{RequestLimit: c.all},
				map[string]pool.Sender{"a": sends(func(ctx context.Context, call relay.Call, sink relay.Sink) relay.Reply {
					if c.shown {
						sink(relay.Event{Kind: relay.Text, Text: "a"})
					}
					select {
					case <-time.After(10 * time.Minute):
						return answer(ctx, call, sink)
					case <-ctx.Done():
						return relay.Reply{Status: relay.StatusCancelled, Visible: c.shown}
					}
				})})
			begun := time.Now()
			submit(t, p, relay.Request{ID: 1, MaxTotal: c.own})
			pass(time.Hour)
			synctest.Wait()
			r := l.result(t, 1)
			if r.Status != c.status || r.Wall.Sub(begun) != c.took ||
				(c.status == relay.StatusFailed && r.Err.Class != relay.ClassTimeout) ||
				(c.status == relay.StatusTruncated &&
					(r.Err.Class != relay.ClassTruncated || !strings.HasPrefix(r.Err.Message, "cut off: the "))) {
				t.Errorf("%+v: %s %v in %s", c, r.Status, r.Err, r.Wall.Sub(begun))
			}
		})
	}
}

// TestWhatASilentAttemptWaitedForIsKept: of an attempt that the time for the whole request ends, the sender may know
// more than that it did.
func TestWhatASilentAttemptWaitedForIsKept(t *testing.T) {
	for name, c := range map[string]struct {
		sent func(cause error) *relay.Error
		says string
		hint string
	}{
		"it knows": {func(cause error) *relay.Error {
			return &relay.Error{Class: relay.ClassTimeout, Message: "through a proxy: " + cause.Error(), Cause: cause,
				Hint: "ask it"}
		}, "through a proxy: no answer within 20 s", "ask it"},
		"it has another reason": {func(error) *relay.Error {
			return &relay.Error{Class: relay.ClassTimeout, Message: "silence", Hint: "wait"}
		}, "no answer within 20 s", ""},
		"it was only stopped": {func(cause error) *relay.Error {
			return &relay.Error{Class: relay.ClassCancelled, Message: "stopped", Cause: cause}
		}, "no answer within 20 s", ""},
		"it says nothing": {func(error) *relay.Error { return nil }, "no answer within 20 s", ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			p, l := start(t, pool.Options{}, map[string]pool.Sender{"a": sends(
				func(ctx context.Context, _ relay.Call, _ relay.Sink) relay.Reply {
					<-ctx.Done()
					cause := context.Cause(ctx)
					if !errors.Is(cause, context.DeadlineExceeded) {
						t.Errorf("%s: no deadline, but %v", name, cause)
					}
					return relay.Reply{Status: relay.StatusFailed, Err: c.sent(cause)}
				})})
			submit(t, p, relay.Request{ID: 1, MaxTotal: 20 * time.Second})
			pass(time.Minute)
			synctest.Wait()
			if r := l.result(t, 1); r.Status != relay.StatusFailed || r.Err.Class != relay.ClassTimeout ||
				r.Err.Message != c.says || r.Err.Hint != c.hint {
				t.Errorf("%s: %s %+v", name, r.Status, r.Err)
			}
		})
	}
}

func TestLimitsAreWaitedForVisibly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, l := start(t, pool.Options{Workers: 8}, map[string]pool.Sender{"a": sends(answer)},
			relay.Endpoint{Name: "a", RPM: 60})
		for id := relay.ID(1); id <= 20; id++ {
			submit(t, p, relay.Request{ID: id, Lane: relay.LaneBatch})
		}
		submit(t, p, relay.Request{ID: 21, Lane: relay.LaneBench, Once: true})
		pass(time.Minute)
		synctest.Wait()
		last := l.result(t, 20)
		if q, _ := last.Timing.Queue(); q < 14*time.Second || q > 16*time.Second || last.Timing.Wait != 0 {
			t.Errorf("queued %s, waited %s", q, last.Timing.Wait)
		}
		if w := l.waits(20); len(w) != 1 || w[0] != "our own limit of 60 requests a minute at a" {
			t.Errorf("waits %q", w)
		}
		if w := l.waits(21); len(w) != 0 {
			t.Errorf("a measurement is paced: %q", w)
		}
	})
}

func TestAnOpenBreakerIsReportedAndWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, l := start(t, pool.Options{Workers: 1},
			map[string]pool.Sender{"a": script(upstream, upstream, upstream, upstream, upstream, nil)})
		for id := relay.ID(1); id <= 5; id++ {
			submit(t, p, relay.Request{ID: id, Once: true})
		}
		synctest.Wait()
		begun := time.Now()
		submit(t, p, relay.Request{ID: 6})
		pass(time.Minute)
		synctest.Wait()
		if r := l.result(t, 6); r.Status != relay.StatusOK || r.Wall.Sub(begun) < time.Second ||
			r.Wall.Sub(begun) > 2*time.Second {
			t.Errorf("%s in %s", r.Status, r.Wall.Sub(begun))
		}
		if w := l.waits(6); len(w) == 0 || !strings.Contains(w[0], "breaker is open") {
			t.Errorf("waits %q", w)
		}
		var states []relay.BreakerState
		for _, e := range l.of(0) {
			if e.Kind == relay.Breaker {
				states = append(states, e.Breaker)
			}
		}
		want := []relay.BreakerState{relay.BreakerOpen, relay.BreakerHalfOpen, relay.BreakerClosed}
		if !slices.Equal(states, want) {
			t.Errorf("breaker %v, want %v", states, want)
		}
	})
}

// TestFiltered: an answer that a filter cut is complete. It says why it is not ok; that has no other consequence.
func TestFiltered(t *testing.T) {
	filter := func(_ context.Context, c relay.Call, _ relay.Sink) relay.Reply {
		return relay.Reply{
			Status: relay.StatusFiltered,
			HTTP:   200,
			Finish: "content_filter",
			Usage:  &relay.Usage{Input: 1, Output: 1},
			Err:    &relay.Error{Class: relay.ClassContentFilter, Message: "stopped"},
		}
	}
	synctest.Test(t, func(t *testing.T) {
		p, l := start(t, pool.Options{}, map[string]pool.Sender{"a": sends(filter)})
		for id := relay.ID(1); id <= 8; id++ {
			submit(t, p, relay.Request{ID: id, Fallback: []string{"f"}})
			synctest.Wait()
			r := l.result(t, id)
			if r.Status != relay.StatusFiltered || r.Err == nil || r.Err.Class != relay.ClassContentFilter ||
				r.Err.Endpoint != "a" || r.Err.Model != "m" {
				t.Fatalf("%s %+v", r.Status, r.Err)
			}
			if len(r.Attempts) != 1 || r.Attempts[0].Class != "" || r.Attempts[0].Message != "stopped" ||
				slices.Contains(l.kinds(id), relay.Failed) {
				t.Fatalf("attempts %+v, events %v", r.Attempts, l.kinds(id))
			}
		}
		if k := l.kinds(0); slices.Contains(k, relay.Breaker) {
			t.Errorf("a breaker opened: %v", k)
		}
	})
}

// TestTheWindowIsThatOfTheEndpoint: a prompt too long at one relay may fit at another.
func TestTheWindowIsThatOfTheEndpoint(t *testing.T) {
	for name, c := range map[string]struct {
		windows map[string]int64
		asked   string
	}{
		"larger where it may be asked":   {map[string]int64{"a/m": 100, "b/f": 200}, "f"},
		"larger than another's":          {map[string]int64{"a/m": 100, "b/m": 10, "b/f": 50}, "m"},
		"not known of who was asked":     {map[string]int64{"b/m": 10, "b/f": 50}, "m"},
		"larger only where it is not at": {map[string]int64{"a/m": 100, "a/f": 200, "b/f": 50}, "m"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				by := models(map[string]sends{"m": script(tooLong), "f": script(nil)})
				p, l := start(t, pool.Options{ContextWindow: func(e, m string) (int64, bool) {
					w, ok := c.windows[e+"/"+m]
					return w, ok
				}}, map[string]pool.Sender{"a": by, "b": by},
					relay.Endpoint{Name: "a", Models: []string{"m"}}, relay.Endpoint{Name: "b", Models: []string{"f"}})
				submit(t, p, relay.Request{ID: 1, Model: "m", Fallback: []string{"f"}})
				pass(time.Minute)
				synctest.Wait()
				if r := l.result(t, 1); r.Asked != c.asked {
					t.Errorf("%s by %s, want %s: %v", r.Status, r.Asked, c.asked, r.Err)
				}
			})
		})
	}
}
