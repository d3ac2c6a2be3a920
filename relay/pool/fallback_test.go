package pool_test

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
	"relaytop/relay/pool"
)

// TestTheWayToAFallback: how long a model is tried before the next one, and that no model is its own fallback.
func TestTheWayToAFallback(t *testing.T) {
	slow := func(d time.Duration) sends {
		return func(ctx context.Context, _ relay.Call, _ relay.Sink) relay.Reply {
			select {
			case <-time.After(d):
			case <-ctx.Done():
			}
			return fails(relay.Error{Class: relay.ClassTimeout, Message: "no first token"})
		}
	}
	for _, c := range []struct {
		name  string
		req   relay.Request
		by    map[string]sends
		asked []string // the models of the attempts
		at    time.Duration
		says  string
	}{
		{"a chat's waits are counted together", relay.Request{Fallback: []string{"f"}},
			map[string]sends{"m": script(asks(3500 * time.Millisecond)), "f": script(nil)}, []string{"m", "m", "f"},
			3500 * time.Millisecond, ""},
		{"a model that is stuck leaves time for the next", relay.Request{Fallback: []string{"f"}},
			map[string]sends{"m": slow(2 * time.Minute), "f": script(nil)}, []string{"m", "f"}, 2 * time.Minute, ""},
		{"one that is stuck for a while is asked again", relay.Request{Fallback: []string{"f"}},
			map[string]sends{"m": slow(30 * time.Second), "f": script(nil)}, []string{"m", "m", "m", "f"},
			91500 * time.Millisecond, ""},
		{"no model is its own fallback", relay.Request{Fallback: []string{"m", "", "m"}},
			map[string]sends{"m": script(upstream)}, []string{"m", "m", "m"}, 1500 * time.Millisecond, ""},
		{"none is asked twice", relay.Request{Fallback: []string{"f", "m", "f"}},
			map[string]sends{"m": script(noModel), "f": script(noModel)}, []string{"m", "f"}, 0, ""},
		{"a row's bare 429s", relay.Request{Lane: relay.LaneBatch, MaxTotal: 2 * time.Second},
			map[string]sends{"m": script(bare429, bare429, bare429, bare429, nil)}, []string{"m", "m", "m", "m", "m"},
			8 * time.Second, ""},
		{"what was not done is reported", relay.Request{},
			map[string]sends{"m": script(asks(time.Hour))}, []string{"m"}, 0,
			"not tried again: it asked to wait 60 m 0 s, longer than the 60 s of max_wait"},
		{"a relay that insists", relay.Request{},
			map[string]sends{"m": script(&relay.Error{Class: relay.ClassAuth, Status: 401, Retry: new(true)}, nil)},
			[]string{"m", "m"}, 500 * time.Millisecond, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, l := start(t, pool.Options{}, map[string]pool.Sender{"a": models(c.by)})
				c.req.ID = 1
				begun := time.Now()
				submit(t, p, c.req)
				pass(10 * time.Minute)
				synctest.Wait()
				r := l.result(t, 1)
				var asked []string
				for _, a := range r.Attempts {
					asked = append(asked, a.Model)
				}
				if !slices.Equal(asked, c.asked) || r.Wall.Sub(begun) != c.at {
					t.Errorf("asked %v, ended after %s: %s %v", asked, r.Wall.Sub(begun), r.Status, r.Err)
				}
				if c.says != "" && (r.Err == nil || !strings.Contains(r.Err.Message, c.says)) {
					t.Errorf("%v", r.Err)
				}
			})
		})
	}
}

// TestAnEndpointWithoutTheModel: another endpoint is tried before another model, and comes first from then on.
func TestAnEndpointWithoutTheModel(t *testing.T) {
	for name, e := range map[string]*relay.Error{
		"unknown model": noModel,
		"a wrong path":  {Class: relay.ClassInvalid, Status: 404},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, l := start(t, pool.Options{}, map[string]pool.Sender{"a": script(e), "b": script(nil)},
					relay.Endpoint{Name: "a"}, relay.Endpoint{Name: "b"})
				for id := relay.ID(1); id <= 4; id++ {
					submit(t, p, relay.Request{ID: id, Fallback: []string{"f"}})
					synctest.Wait()
					r := l.result(t, id)
					if id == 1 && e.Class == relay.ClassInvalid {
						continue // the prompt may be at fault: it is not sent elsewhere
					}
					if r.Status != relay.StatusOK || r.Endpoint != "b" || r.Fallback != nil || id > 1 && len(r.Attempts) != 1 {
						t.Errorf("request %d: %s at %s after %d attempts", id, r.Status, r.Endpoint, len(r.Attempts))
					}
				}
			})
		})
	}
}

// TestACooldownNamesItsCause: requests that come while an endpoint cools down fail with the class that caused
// the cooldown.
func TestACooldownNamesItsCause(t *testing.T) {
	for _, class := range []relay.Class{relay.ClassRateLimit, relay.ClassUpstream} {
		synctest.Test(t, func(t *testing.T) {
			busy := script(&relay.Error{Class: class, Status: 500, Waits: true, RetryAfter: 5 * time.Minute})
			p, l := start(t, pool.Options{}, map[string]pool.Sender{"a": busy})
			for id := relay.ID(1); id <= 2; id++ {
				submit(t, p, relay.Request{ID: id, Lane: relay.LaneFront})
				synctest.Wait()
			}
			r := l.result(t, 2)
			if r.Err == nil || r.Err.Class != class || len(r.Attempts) != 0 ||
				!strings.Contains(r.Err.Message, "free in 5 m 0 s") {
				t.Errorf("%s: %v after %d attempts", class, r.Err, len(r.Attempts))
			}
		})
	}
}

// TestAFallbackThatIsNotThere: where a row left the first model because of a wait or of a failure that passes, and the
// fallback can't be used at all, the row is held for the first model. It is told once, and the fallback is not asked
// again; a model after it is.
func TestAFallbackThatIsNotThere(t *testing.T) {
	forbidden := &relay.Error{Class: relay.ClassAuth, Status: 403}
	for _, c := range []struct {
		name     string
		fallback []string
		first    []*relay.Error // of model m; the last stays
		absent   *relay.Error   // of model f
		by       string         // the model that answers the rows
		status   relay.Status
		took     time.Duration
	}{
		{"a long wait", []string{"f"}, []*relay.Error{asks(5 * time.Minute), nil}, noModel, "m", relay.StatusOK,
			5 * time.Minute},
		{"no access to it", []string{"f"}, []*relay.Error{asks(5 * time.Minute), nil}, forbidden, "m", relay.StatusOK,
			5 * time.Minute},
		{"a failure that passes", []string{"f"}, []*relay.Error{upstream, upstream, upstream, nil}, noModel, "m",
			relay.StatusOK, 1500 * time.Millisecond},
		{"another fallback", []string{"f", "g"}, []*relay.Error{asks(5 * time.Minute)}, noModel, "g", relay.StatusOK, 0},
		{"neither is there", []string{"f"}, []*relay.Error{noModel}, noModel, "", relay.StatusFailed, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var asked atomic.Int64
				notThere := func(ctx context.Context, call relay.Call, sink relay.Sink) relay.Reply {
					asked.Add(1)
					return fails(*c.absent)
				}
				by := map[string]sends{"m": script(c.first...), "f": notThere, "g": script(nil)}
				p, l := start(t, pool.Options{Workers: 8}, map[string]pool.Sender{"a": models(by)})
				begun := time.Now()
				submit(t, p, relay.Request{ID: 1, Lane: relay.LaneBatch, Fallback: c.fallback})
				pass(3 * time.Second)
				for id := relay.ID(2); id <= 6; id++ {
					submit(t, p, relay.Request{ID: id, Lane: relay.LaneBatch, Fallback: c.fallback})
				}
				pass(10 * time.Minute)
				synctest.Wait()
				for id := relay.ID(1); id <= 6; id++ {
					r := l.result(t, id)
					if r.Status != c.status || c.by != "" && r.Asked != c.by || id == 1 && r.Wall.Sub(begun) != c.took {
						t.Errorf("row %d: %s by %s after %s: %v", id, r.Status, r.Asked, r.Wall.Sub(begun), r.Err)
					}
				}
				told := 0
				for _, e := range l.of(0) {
					if e.Kind == relay.Notice && strings.Contains(e.Reason, "fallback model f can't be used") {
						told++
					}
				}
				if n := asked.Load(); told != 1 || n != 1 {
					t.Errorf("told %d times, asked %d times", told, n)
				}
			})
		})
	}
}
