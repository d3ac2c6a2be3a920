// Package cache keeps answers that were already paid for. Rules:
//
//   - Only complete answers (ok) are kept, and only for repeatable requests: temperature 0, or a seed.
//   - An answer belongs to the endpoint, its address, its key and headers, the model and the whole body: a change
//     in any of them is another request. API keys enter only as part of a hash.
//   - An entry that can't be read, or is for another request, is a miss, never an error.
//   - Answers have a maximum age and a maximum total size; the oldest are removed first.
package cache

import (
	"sync/atomic"
	"time"

	"relaytop/relay"
)

// Kind is the kind under which answers are kept in the store.
const Kind = "answers"

// Store is a relay.Store that can be trimmed.
type Store interface {
	relay.Store
	// Trim removes what was saved under kind before a time, then the oldest values until at most so many bytes are left.
	Trim(kind string, before time.Time, bytes int64) error
}

// Options configure a Cache. Zero fields take their defaults.
type Options struct {
	MaxBytes int64         // of all answers; 0: 256 MiB
	MaxAge   time.Duration // 0: 30 days
	Any      bool          // answers of requests that are not repeatable as well
}

const (
	usualBytes = 256 << 20
	usualAge   = 30 * 24 * time.Hour
	perTrim    = 16 // the store is trimmed whenever this fraction of MaxBytes was added
)

// Cache may be used from any goroutine. A nil Cache has nothing and keeps nothing.
type Cache struct {
	store Store
	opt   Options
	added atomic.Int64 // bytes since the store was last trimmed
}

// New makes a cache on a store. Answers beyond the limits are removed when the first one is kept.
func New(store Store, opt Options) *Cache {
	if opt.MaxBytes <= 0 {
		opt.MaxBytes = usualBytes
	}
	if opt.MaxAge <= 0 {
		opt.MaxAge = usualAge
	}
	c := &Cache{store: store, opt: opt}
	c.added.Store(opt.MaxBytes)
	return c
}

// Get returns the answer that the endpoint gave to the same request. It reads the store, so it may wait for the disk.
func (c *Cache) Get(e relay.Endpoint, model string, r *relay.Request) (relay.Reply, bool) {
	key, ok := c.key(e, model, r)
	if !ok {
		return relay.Reply{}, false
	}
	raw, saved, ok := c.store.Load(Kind, key)
	if age := time.Since(saved); !ok || age > c.opt.MaxAge || age < -time.Hour { // a date in the future: a clock was wrong
		return relay.Reply{}, false
	}
	return decode(key, raw)
}

// Put keeps an answer, if the rules allow it. It writes to the store, so it may wait for the disk.
func (c *Cache) Put(e relay.Endpoint, model string, r *relay.Request, reply *relay.Reply) error {
	key, ok := c.key(e, model, r)
	if !ok || reply.Status != relay.StatusOK {
		return nil
	}
	raw, err := encode(key, reply)
	if err != nil {
		return err
	}
	n := int64(len(raw))
	if n > c.opt.MaxBytes/perTrim {
		return nil // one answer would displace all others
	}
	if err := c.store.Save(Kind, key, raw); err != nil {
		return err
	}
	if c.added.Add(n) < c.opt.MaxBytes/perTrim {
		return nil
	}
	c.added.Store(0)
	return c.store.Trim(Kind, time.Now().Add(-c.opt.MaxAge), c.opt.MaxBytes)
}

// key is the key of the answer to a request. False: the cache does not serve this request.
func (c *Cache) key(e relay.Endpoint, model string, r *relay.Request) (string, bool) {
	if c == nil || !r.Cache || r.Once {
		return "", false
	}
	body, params, ok := canonical(r)
	if !ok || !c.opt.Any && !repeatable(params) {
		return "", false
	}
	return keyOf(e, model, r, body), true
}
