package pool_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
	"relaytop/relay/limit"
	"relaytop/relay/pool"
)

// TestOurOwnLimitAndTheFallback: another model under the same limit does not help.
func TestOurOwnLimitAndTheFallback(t *testing.T) {
	for _, c := range []struct {
		name     string
		also     []relay.Endpoint
		fallback []string
		answered string
		at       time.Duration
	}{
		{"the only endpoint", nil, []string{"n"}, "m", 20 * time.Second},
		{"another endpoint has it", []relay.Endpoint{{Name: "b", Models: []string{"n"}}}, []string{"n"}, "n", 0},
		{"another endpoint has the second", []relay.Endpoint{{Name: "b", Models: []string{"o"}}}, []string{"n", "o"}, "o", 0},
		{"another endpoint has neither", []relay.Endpoint{{Name: "b", Models: []string{"x"}}}, []string{"n"}, "m",
			20 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				all := append([]relay.Endpoint{{Name: "a", RPM: 3, Models: []string{"m", "n", "o"}}}, c.also...)
				p, l := start(t, pool.Options{}, map[string]pool.Sender{"a": sends(answer), "b": sends(answer)}, all...)
				for id := relay.ID(1); id <= 3; id++ { // two are free
					submit(t, p, relay.Request{ID: id, Fallback: c.fallback})
					synctest.Wait()
				}
				began := time.Now()
				pass(time.Minute)
				r := l.result(t, 3)
				if r.Asked != c.answered || r.Timing.Done.Sub(began) != c.at {
					t.Errorf("answered by %s after %s: %v", r.Asked, r.Timing.Done.Sub(began), r.Err)
				}
			})
		})
	}
}

// TestQueueAndWaitNeverCountTheSameTime: a retry wait and the attempts before the last one are not part of the
// queue time.
func TestQueueAndWaitNeverCountTheSameTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		slow := func(ctx context.Context, c relay.Call, sink relay.Sink) relay.Reply {
			if tries++; tries < 3 {
				sent := time.Now()
				pass(2 * time.Second)
				r := fails(relay.Error{Class: relay.ClassRateLimit, Status: 429, RetryAfter: 4 * time.Second, Waits: true})
				r.Timing.Send = sent
				return r
			}
			return answer(ctx, c, sink)
		}
		p, l := start(t, pool.Options{}, map[string]pool.Sender{"a": sends(slow)})
		submit(t, p, relay.Request{ID: 1, Sched: time.Now().Add(-3 * time.Second)})
		pass(time.Minute)
		tm := l.result(t, 1).Timing
		if q, ok := tm.Queue(); !ok || q < 3*time.Second || q > 4*time.Second {
			t.Errorf("queued %s, waited %s, sent %s after it was due", q, tm.Wait, tm.Send.Sub(tm.Sched))
		}
		if tm.Wait < 8*time.Second || tm.Send.Sub(tm.Sched) < 15*time.Second {
			t.Errorf("waited %s, sent %s after it was due", tm.Wait, tm.Send.Sub(tm.Sched))
		}
		for i, a := range l.result(t, 1).Attempts {
			if q, _ := a.Timing.Queue(); i > 0 && q > time.Second {
				t.Errorf("attempt %d queued %s", a.N, q)
			}
		}
	})
}

func TestALimitBeyondTheTimeOfTheRequestFailsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, l := start(t, pool.Options{}, map[string]pool.Sender{"a": sends(answer)}, relay.Endpoint{Name: "a", RPM: 3})
		for id := relay.ID(1); id <= 3; id++ {
			submit(t, p, relay.Request{ID: id, Fallback: []string{"n"}, MaxTotal: 10 * time.Second})
			synctest.Wait()
		}
		r := l.result(t, 3) // no time has passed
		const want = "not sent: our own limit of 3 requests a minute at a would hold it back for 20 s, and all attempts " +
			"together have 10 s"
		if r.Status != relay.StatusFailed || r.Err.Class != relay.ClassRateLimit ||
			!strings.Contains(r.Err.Message, want) || len(r.Attempts) != 0 {
			t.Errorf("%s %v", r.Status, r.Err)
		}
		pass(time.Minute)
		submit(t, p, relay.Request{ID: 4, MaxTotal: 10 * time.Second})
		synctest.Wait()
		if r := l.result(t, 4); r.Status != relay.StatusOK {
			t.Errorf("what was not sent is not given back: %v", r.Err)
		}
	})
}

// TestSendNow: a person need not wait for our own limits, neither of requests a minute nor of those in flight.
func TestSendNow(t *testing.T) {
	for _, c := range []struct {
		name string
		at   relay.Endpoint
	}{{"a minute", relay.Endpoint{Name: "a", RPM: 3}}, {"in flight", relay.Endpoint{Name: "a", Concurrency: 2}}} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				slow := &timed{d: 5 * time.Second}
				p, l := start(t, pool.Options{}, map[string]pool.Sender{"a": slow}, c.at)
				for id := relay.ID(1); id <= 3; id++ {
					submit(t, p, relay.Request{ID: id})
					synctest.Wait()
				}
				if n, _, _ := slow.got(); n != 2 || len(l.waits(3)) != 1 {
					t.Fatalf("%d in flight, the third waits for %q", n, l.waits(3))
				}
				p.SendNow(3)
				p.SendNow(3)
				p.SendNow(99)
				synctest.Wait()
				if n, _, _ := slow.got(); n != 3 {
					t.Errorf("%d in flight after it was to be sent now", n)
				}
				pass(time.Minute)
				synctest.Wait()
				if r := l.result(t, 3); r.Status != relay.StatusOK {
					t.Errorf("%s: %v", r.Status, r.Err)
				}
			})
		})
	}
}

// TestAChatFindsAPlace: rows in flight, as many as there may be, leave a place for a chat.
func TestAChatFindsAPlace(t *testing.T) {
	for _, c := range []struct {
		name    string
		workers int
		at      relay.Endpoint
		narrow  int // refusals because of the load, before them
		rows    int // in flight beside the chat
	}{
		{"the endpoint's limit is two", 12, relay.Endpoint{Name: "a", Concurrency: 2}, 0, 1},
		{"the endpoint's limit is five", 12, relay.Endpoint{Name: "a", Concurrency: 5}, 0, 4},
		{"the endpoint's limit, narrowed", 12, relay.Endpoint{Name: "a", Concurrency: 5}, 1, 1},
		{"two workers", 2, relay.Endpoint{Name: "a"}, 0, 1},
		{"three workers", 3, relay.Endpoint{Name: "a"}, 0, 1},
		{"twelve workers", 12, relay.Endpoint{Name: "a"}, 0, 10},
		{"twelve workers, narrowed", 12, relay.Endpoint{Name: "a"}, 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				limits := limit.New([]relay.Endpoint{c.at}, c.workers, nil)
				slow := &timed{d: time.Minute}
				p, l := start(t, pool.Options{Workers: c.workers, Limit: limits}, map[string]pool.Sender{"a": slow}, c.at)
				for range c.narrow {
					_ = limits.Enter(t.Context(), "a", relay.LaneBench, nil, nil)
					limits.Leave("a", relay.LaneBench, relay.ClassRateLimit)
					pass(2 * time.Second)
				}
				for id := relay.ID(1); id <= 20; id++ {
					submit(t, p, relay.Request{ID: id, Lane: relay.LaneBatch})
				}
				pass(time.Second)
				if n, _, _ := slow.got(); n != c.rows {
					t.Errorf("%d rows are in flight, want %d", n, c.rows)
				}
				submit(t, p, relay.Request{ID: 50})
				synctest.Wait()
				if n, _, _ := slow.got(); n != c.rows+1 || len(l.waits(50)) > 0 {
					t.Errorf("%d in flight with the chat, which waits for %q", n, l.waits(50))
				}
			})
		})
	}
}

// TestMaxTokensFitsTheWindow: only the default is lowered, to what a window that is known leaves beside the input.
func TestMaxTokensFitsTheWindow(t *testing.T) {
	text := []relay.Message{{Role: "user", Text: strings.Repeat("word ", 400)}}
	input := relay.EstimateInput(&relay.Request{Messages: text})
	most := input + input/4 + 16 // the relay counts a template, and by a tokenizer of its own
	long := `[{"role":"user","content":"` + text[0].Text + `"}]`
	for _, c := range []struct {
		name   string
		model  string
		params relay.Params
		want   int64
		body   string // in place of the messages
	}{
		{"a small window", "small", relay.DefaultParams(), 2048 - most, ""},
		{"a large one", "large", relay.DefaultParams(), 0, ""},
		{"one that is not known", "other", relay.DefaultParams(), 0, ""},
		{"one that the input all but fills", "tight", relay.DefaultParams(), 10, ""},
		{"one that the input fills", "tiny", relay.DefaultParams(), 0, ""},
		{"the user's own limit", "small", relay.DefaultParams().With("max_tokens", 3000), 0, ""},
		{"none", "small", relay.Params{}, 0, ""},
		{"a body of the user's", "small", nil, 0, `{"messages":` + long + `}`},
		{"a body of the user's, with max_tokens", "small", nil, 0, `{"max_tokens":4096,"messages":` + long + `}`},
		{"messages of the user's", "small", relay.DefaultParams(), 2048 - most,
			`{"max_tokens":4096,"messages":` + long + `}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var got []int64
				windows := map[string]int64{"small": 2048, "large": 128_000, "tiny": 100, "tight": input + 10}
				p, l := start(t, pool.Options{ContextWindow: func(_, m string) (int64, bool) { w, ok := windows[m]; return w, ok }},
					map[string]pool.Sender{"a": sends(func(ctx context.Context, call relay.Call, sink relay.Sink) relay.Reply {
						got = append(got, call.MaxTokens)
						return answer(ctx, call, sink)
					})})
				submit(t, p, relay.Request{ID: 1, Model: c.model, Messages: text, Params: c.params, Body: []byte(c.body)})
				synctest.Wait()
				l.result(t, 1)
				if len(got) != 1 || got[0] != c.want {
					t.Errorf("max_tokens %v, want %d", got, c.want)
				}
			})
		})
	}
}
