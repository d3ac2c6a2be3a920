// Package engine puts the parts of relay together: a client and its prices for each endpoint, and for all of them
// the route, the limits, the cache and the pool. It makes no decisions of its own. Apart from main it is the only
// package that knows the concrete parts.
package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	"relaytop/relay"
	"relaytop/relay/cache"
	"relaytop/relay/limit"
	"relaytop/relay/openai"
	"relaytop/relay/pool"
	"relaytop/relay/price"
	"relaytop/relay/probe"
	"relaytop/relay/retry"
	"relaytop/relay/route"
)

// Options configure an Engine. Endpoints, Store and Workers must be set.
type Options struct {
	Endpoints    []relay.Endpoint
	Version      string        // for the User-Agent
	Store        cache.Store   // keeps quirks, model lists, prices and answers
	PriceFile    string        // the user's own prices; "": none
	PriceMaxAge  time.Duration // how old a relay's own price list may be
	Route        string        // one of route.Policies
	Retry        retry.Policy
	Cache        cache.Options
	Workers      int           // requests in flight
	MaxTotal     time.Duration // of all attempts and waits of a request, up to its first token; 0: the pool's
	RequestLimit time.Duration // of a whole request, to its last byte; 0: no limit
}

// Engine sends to the endpoints. Before Start it offers only prices and models.
type Engine struct {
	opt     Options
	prices  *price.Book
	senders map[string]pool.Sender
	listers map[string]probe.Lister
	clients map[string]*openai.Client
}

// New makes a client for each endpoint and reads the user's prices. It opens no connection.
func New(opt Options) (*Engine, error) {
	if len(opt.Endpoints) == 0 {
		return nil, errors.New("an engine needs an endpoint")
	}
	e := &Engine{opt: opt, prices: price.New(), senders: map[string]pool.Sender{}, listers: map[string]probe.Lister{},
		clients: map[string]*openai.Client{}}
	failed := e.prices.ReadUser(opt.PriceFile)
	for _, to := range opt.Endpoints {
		client, err := openai.New(to, openai.Options{Version: opt.Version, Store: opt.Store, MaxIdle: opt.Workers})
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		e.senders[to.Name], e.listers[to.Name], e.clients[to.Name] = client, client, client
		e.prices.Follow(to, client, opt.Store, opt.PriceMaxAge)
	}
	if failed != nil {
		return nil, failed
	}
	return e, nil
}

// Start starts the pool. sink gets every event. guard is called before a request is accepted, and again before a row of
// a batch is sent; sending is called after that, just before the row's first attempt. Both may be nil.
func (e *Engine) Start(sink relay.Sink, guard, sending func(*relay.Request) error) (*pool.Pool, error) {
	paths, err := route.New(route.Options{
		Endpoints: e.opt.Endpoints,
		Pick:      e.opt.Route,
		Price:     e.prices.Typical,
		Notify:    sink,
	})
	if err != nil {
		return nil, err
	}
	e.prices.OnNote(func(note string) {
		sink(relay.Event{Kind: relay.Notice, At: time.Now(), Reason: note})
	})
	return pool.New(pool.Options{
		Senders:       e.senders,
		Route:         paths,
		Limit:         limit.New(e.opt.Endpoints, e.opt.Workers, sink),
		Price:         e.prices,
		ContextWindow: probe.ContextWindows(e.listers, e.prices),
		Cache:         cache.New(e.opt.Store, e.opt.Cache),
		Retry:         e.opt.Retry,
		Guard:         guard,
		Sending:       sending,
		Sink:          sink,
		Workers:       e.opt.Workers,
		MaxTotal:      e.opt.MaxTotal,
		RequestLimit:  e.opt.RequestLimit,
	})
}

// Forecast returns a function that says what tokens would cost at the first endpoint by the prices known when it is
// called; false if none is known.
func (e *Engine) Forecast() relay.Forecast {
	return e.prices.Forecast(e.opt.Endpoints[0])
}

// Priced reports whether the price of a model is known at every endpoint that serves it. It never waits.
func (e *Engine) Priced(model string) bool {
	known := false
	for _, to := range e.opt.Endpoints {
		if len(to.Models) > 0 && !slices.Contains(to.Models, model) {
			continue
		}
		if _, _, _, known = e.prices.Rates(to, model); !known {
			return false
		}
	}
	return known
}

// AwaitPrice waits for the price lists that may have the price of a model, for up to 2 s each.
func (e *Engine) AwaitPrice(model string) {
	for _, to := range e.opt.Endpoints {
		e.prices.Await(to, model)
	}
}

// RefreshPrices asks the endpoints for the prices that they publish, where those that are known are missing or too
// old.
func (e *Engine) RefreshPrices(ctx context.Context) error { return e.prices.Refresh(ctx) }

// Models lists what every endpoint offers. The error names endpoints that did not answer; the list still has what
// is known about all of them.
func (e *Engine) Models(ctx context.Context) ([]relay.Offer, error) {
	return probe.Catalog(ctx, e.opt.Endpoints, e.listers, e.prices)
}
