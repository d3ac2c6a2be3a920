package price

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"relaytop/relay"
)

// LiveKind is the kind under which the relays' own price lists stand in the relay.Store.
const LiveKind = "prices"

// Publisher asks an endpoint for the price list that it publishes, in any format that Parse knows. None is nil without an error.
type Publisher interface {
	PriceList(ctx context.Context) ([]byte, error)
}

// live is the price list of one endpoint, as it is kept from run to run.
type live struct {
	endpoint string
	key      string // in the store: a relay of the same name at another place has other prices
	from     Publisher
	store    relay.Store
	maxAge   time.Duration

	asking sync.Mutex // one at a time
	saved  time.Time  // when the list was asked for; zero: never
}

// Follow takes up the price list that an endpoint published before, with the date of that day, and lets Refresh ask for a newer one once
// it is older than maxAge. It asks nobody itself. store may be nil.
func (b *Book) Follow(e relay.Endpoint, from Publisher, store relay.Store, maxAge time.Duration) {
	l := &live{endpoint: e.Name, key: e.Name + " " + e.BaseURL, from: from, store: store, maxAge: maxAge}
	if store != nil {
		if raw, saved, ok := store.Load(LiveKind, l.key); ok {
			var t Table
			if json.Unmarshal(raw, &t) == nil {
				l.saved = saved
				b.SetRelay(l.endpoint, t)
			}
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lists = append(b.lists, l)
}

// Refresh asks the endpoints that are followed for their price lists, all at once, unless what is known is young enough. Whoever does not
// answer keeps the prices that it had, with their date. Requests go on meanwhile at the prices known until then.
func (b *Book) Refresh(ctx context.Context) error {
	b.mu.RLock()
	lists := b.lists
	b.mu.RUnlock()
	errs := make([]error, len(lists))
	var all sync.WaitGroup
	for i, l := range lists {
		all.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					errs[i] = fmt.Errorf("the prices of %s: panic: %v", l.endpoint, v)
				}
			}()
			errs[i] = b.renew(ctx, l)
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

func (b *Book) renew(ctx context.Context, l *live) error {
	l.asking.Lock()
	defer l.asking.Unlock()
	now := time.Now()
	if age := now.Sub(l.saved); !l.saved.IsZero() && age >= 0 && age < l.maxAge {
		return nil
	}
	raw, err := l.from.PriceList(ctx)
	if err != nil {
		return fmt.Errorf("ask %s for its prices: %w", l.endpoint, err)
	}
	t := Table{Models: map[string]Rates{}}
	if raw != nil {
		if t, err = Parse(raw); err != nil {
			return fmt.Errorf("the prices of %s: %w", l.endpoint, err)
		}
	}
	if t.AsOf == "" {
		t.AsOf = now.Format(time.DateOnly)
	}
	b.SetRelay(l.endpoint, t)
	l.saved = now
	if l.store == nil {
		return nil
	}
	kept, err := json.Marshal(t)
	if err == nil {
		err = l.store.Save(LiveKind, l.key, kept)
	}
	if err != nil {
		return fmt.Errorf("keep the prices of %s: %w", l.endpoint, err)
	}
	return nil
}
