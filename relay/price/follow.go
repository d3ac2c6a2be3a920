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

// liveKind is the kind under which the relays' own price lists are kept in the relay.Store. Lists of the kinds
// "prices" and "prices2" were read without checks of their unit and currency.
const liveKind = "prices3"

// Publisher fetches the price list that an endpoint publishes, in any format that Parse reads. Nil without an
// error: it publishes none.
type Publisher interface {
	PriceList(ctx context.Context) ([]byte, error)
}

// live is the price list of one endpoint, kept from run to run.
type live struct {
	endpoint string
	key      string // in the store: a relay with the same name at another URL has other prices
	from     Publisher
	store    relay.Store
	maxAge   time.Duration

	// Under Book.mu.
	saved   time.Time     // when the list was asked for; zero: never
	tried   time.Time     // when asking failed; zero: never
	asking  chan struct{} // closed when the answer is there; nil: no request is in flight
	started time.Time     // when asking began
}

const (
	priceWithin = 2 * time.Second // how long a cost waits for its price list
	tryAgain    = time.Minute     // until a cost asks a relay again that did not answer
)

// fresh reports whether the list is recent enough.
func (l *live) fresh(now time.Time) bool {
	age := now.Sub(l.saved)
	return !l.saved.IsZero() && age >= 0 && age < l.maxAge
}

// Follow loads the kept price list of an endpoint, with its date, and lets Refresh fetch a newer one once it is older
// than maxAge. It sends no request itself. store may be nil.
func (b *Book) Follow(e relay.Endpoint, from Publisher, store relay.Store, maxAge time.Duration) {
	l := &live{endpoint: e.Name, key: e.Name + " " + e.BaseURL, from: from, store: store, maxAge: maxAge}
	if store != nil {
		if raw, saved, ok := store.Load(liveKind, l.key); ok {
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

// Refresh asks all followed endpoints whose list is too old for a new one, in parallel. An endpoint that does not
// answer keeps its prices, with their date. Until then costs use the prices known so far.
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
			errs[i] = b.renew(ctx, l, time.Time{})
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// Await makes sure that a price is that of the newest list of its endpoint: it fetches a list that is missing or too
// old, or waits for the request in flight, for up to 2 s.
func (b *Book) Await(e relay.Endpoint, model string) {
	if _, source, _, _ := b.Rates(e, model); source == relay.SourceUser || source == relay.SourceSim {
		return // these are trusted more than the relay's list
	}
	b.mu.RLock()
	var l *live
	for _, o := range b.lists {
		if o.endpoint == e.Name {
			l = o
		}
	}
	now, left := time.Now(), priceWithin
	needs := l != nil && !l.fresh(now) && (l.tried.IsZero() || now.Sub(l.tried) >= tryAgain)
	if needs && l.asking != nil {
		left -= now.Sub(l.started)
	}
	b.mu.RUnlock()
	if !needs || left <= 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), left)
	defer cancel()
	_ = b.renew(ctx, l, now) // on an error other sources are used
}

// renew fetches a list that is too old, or waits for the request in flight. It does nothing if a request has
// failed since the given time; zero: it always asks.
func (b *Book) renew(ctx context.Context, l *live, since time.Time) (err error) {
	for {
		b.mu.Lock()
		if l.fresh(time.Now()) || !since.IsZero() && !l.tried.Before(since) {
			b.mu.Unlock()
			return nil
		}
		other := l.asking
		if other == nil {
			l.asking, l.started = make(chan struct{}), time.Now()
			b.mu.Unlock()
			break
		}
		b.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	now := time.Now()
	defer func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if err != nil {
			l.tried = time.Now()
		}
		close(l.asking)
		l.asking = nil
	}()
	t, err := l.ask(ctx, now)
	if err != nil {
		return err
	}
	b.SetRelay(l.endpoint, t)
	b.mu.Lock()
	l.saved = now
	b.mu.Unlock()
	return l.keep(t)
}

// ask fetches the list; it is empty if the relay publishes none.
func (l *live) ask(ctx context.Context, now time.Time) (t Table, err error) {
	raw, err := l.from.PriceList(ctx)
	if err != nil {
		return t, fmt.Errorf("ask %s for its prices: %w", l.endpoint, err)
	}
	t.Models = map[string]Rates{}
	if raw != nil {
		if t, err = Parse(raw); err != nil {
			return t, fmt.Errorf("the prices of %s: %w", l.endpoint, err)
		}
	}
	if t.AsOf == "" {
		t.AsOf = now.Format(time.DateOnly)
	}
	return t, nil
}

// keep saves the list in the store.
func (l *live) keep(t Table) error {
	if l.store == nil {
		return nil
	}
	kept, err := json.Marshal(t)
	if err == nil {
		err = l.store.Save(liveKind, l.key, kept)
	}
	if err != nil {
		return fmt.Errorf("keep the prices of %s: %w", l.endpoint, err)
	}
	return nil
}
