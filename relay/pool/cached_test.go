package pool_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
	"relaytop/relay/cache"
	"relaytop/relay/pool"
)

// memoryStore is a store in memory.
type memoryStore struct {
	mu     sync.Mutex
	kept   map[string][]byte
	broken error
}

func (d *memoryStore) Load(kind, key string) ([]byte, time.Time, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	v, ok := d.kept[kind+key]
	return v, time.Now(), ok
}

func (d *memoryStore) Save(kind, key string, value []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.broken == nil {
		d.kept[kind+key] = value
	}
	return d.broken
}

func (d *memoryStore) Trim(string, time.Time, int64) error { return nil }

// tariff has one price for all models.
type tariff struct{}

func (tariff) Cost(relay.Endpoint, string, *relay.Reply) relay.Cost {
	return relay.Cost{Amount: 5, Source: relay.SourceRelay, List: 8, ListKnown: true}
}

func TestCached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, sent := &memoryStore{kept: map[string][]byte{}}, 0
		count := sends(func(ctx context.Context, c relay.Call, sink relay.Sink) relay.Reply {
			sent++
			return answer(ctx, c, sink)
		})
		p, l := start(t, pool.Options{Cache: cache.New(store, cache.Options{}), Price: tariff{}, Workers: 1},
			map[string]pool.Sender{"a": count})
		seeded := relay.Params{}.With("seed", 1)
		ask := func(r relay.Request, fromCache bool) *relay.Result {
			t.Helper()
			before := sent
			r.Params = seeded
			submit(t, p, r)
			synctest.Wait()
			res := l.result(t, r.ID)
			if res.Status != relay.StatusOK || res.Text != "hi" || res.Cached != fromCache || (sent == before) != fromCache {
				t.Fatalf("request %d: %s %q, cached %v, %d sent", r.ID, res.Status, res.Text, res.Cached, sent-before)
			}
			return res
		}
		ask(relay.Request{ID: 1}, false) // keeps nothing: it does not ask for the cache
		ask(relay.Request{ID: 2, Cache: true}, false)
		pass(time.Hour)
		res := ask(relay.Request{ID: 3, Cache: true}, true)
		if got := l.kinds(3); !slices.Equal(got, []relay.Kind{relay.Queued, relay.Text, relay.Done}) {
			t.Errorf("events %v", got)
		}
		_, ttft := res.Timing.TTFT()
		_, queue := res.Timing.Queue()
		if saved, ok := res.Cost.Saved(); res.Cost.Source != relay.SourceCache || res.Cost.Amount != 0 || saved != 8 || !ok {
			t.Errorf("cost %+v", res.Cost)
		}
		if ttft || queue || len(res.Attempts) != 0 || res.Endpoint != "a" || res.Asked != "m" || res.Usage.Output != 5 ||
			res.Timing.Sched.IsZero() {
			t.Errorf("%+v", res)
		}
		ask(relay.Request{ID: 4, Cache: true, Once: true}, false)
		ask(relay.Request{ID: 5, Cache: true, Model: "other"}, false)
		ask(relay.Request{ID: 6}, false)

		store.broken = errors.New("disk full")
		ask(relay.Request{ID: 7, Cache: true, Model: "third"}, false)
		ask(relay.Request{ID: 8, Cache: true, Model: "third"}, false)
		if n := l.of(0); len(n) != 1 || n[0].Kind != relay.Notice {
			t.Errorf("a store that fails is reported as %+v", n)
		}
	})
}

// TestCachedWhateverTheRelayDoes: neither a breaker nor a limit holds back a cached answer.
func TestCachedWhateverTheRelayDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := true
		flaky := sends(func(ctx context.Context, c relay.Call, sink relay.Sink) relay.Reply {
			if up {
				return answer(ctx, c, sink)
			}
			return fails(relay.Error{Class: relay.ClassUpstream, Status: 502})
		})
		p, l := start(t, pool.Options{Cache: cache.New(&memoryStore{kept: map[string][]byte{}}, cache.Options{Any: true})},
			map[string]pool.Sender{"a": flaky})
		submit(t, p, relay.Request{ID: 1, Cache: true})
		synctest.Wait()
		up = false
		for id := relay.ID(2); id < 5; id++ {
			submit(t, p, relay.Request{ID: id, Model: "m"})
		}
		pass(time.Minute)
		submit(t, p, relay.Request{ID: 20, Cache: true})
		synctest.Wait()
		if r := l.result(t, 20); !r.Cached || r.Text != "hi" {
			t.Errorf("%s, cached %v", r.Status, r.Cached)
		}
	})
}
