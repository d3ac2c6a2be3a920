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

// Publisher asks an endpoint for the price list that it publishes, in any format that Parse knows. None is nil
// without an error.
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

	// Under Book.mu.
	saved   time.Time     // when the list was asked for; zero: never
	tried   time.Time     // when it was asked for in vain; zero: never
	asking  chan struct{} // closed when the answer is there; nil: nobody asks
	started time.Time     // when asking began
}

const (
	priceWithin = 2 * time.Second // how long an amount waits for the list that it is to be priced by
	tryAgain    = time.Minute     // until a relay that did not tell is asked again because an amount wants to know
)

func (l *live) young(now time.Time) bool {
	age := now.Sub(l.saved)
	return !l.saved.IsZero() && age >= 0 && age < l.maxAge
}

// Follow takes up the price list that an endpoint published before, with the date of that day, and lets Refresh ask
// for a newer one once it is older than maxAge. It asks nobody itself. store may be nil.
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

// Refresh asks the endpoints that are followed for their price lists, all at once, unless what is known is young
// enough. Whoever does not answer keeps the prices that it had, with their date. Requests go on meanwhile at the
// prices known until then.
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

// ahead sees to it that an amount is settled by the newest list of its endpoint: it asks for one that is missing or
// too old, or waits for who is asking already, 2 s at the most.
func (b *Book) ahead(e relay.Endpoint, model string) {
	if _, source, _, _ := b.Rates(e, model); source == relay.SourceUser || source == relay.SourceSim {
		return // no list of the relay's comes before these
	}
	b.mu.RLock()
	var l *live
	for _, o := range b.lists {
		if o.endpoint == e.Name {
			l = o
		}
	}
	now, left := time.Now(), priceWithin
	needs := l != nil && !l.young(now) && (l.tried.IsZero() || now.Sub(l.tried) >= tryAgain)
	if needs && l.asking != nil {
		left -= now.Sub(l.started)
	}
	b.mu.RUnlock()
	if !needs || left <= 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), left)
	defer cancel()
	_ = b.renew(ctx, l, now) // what is known otherwise stands, with its source
}

// renew asks for a list that is not young, or waits for who is asking. If that was in vain since a moment that is
// not zero, it is content.
func (b *Book) renew(ctx context.Context, l *live, since time.Time) (err error) {
	for {
		b.mu.Lock()
		if l.young(time.Now()) || !since.IsZero() && !l.tried.Before(since) {
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

// ask gets the list; one that the relay does not publish is empty.
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

func (l *live) keep(t Table) error {
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
