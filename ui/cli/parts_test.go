package cli

import (
	"context"
	"errors"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/config"
)

var errNotHere = errors.New("this test has no such part")

// noParts makes nothing. A test replaces what it needs.
type noParts struct{}

func (noParts) CleanURL(raw string, _ bool) (string, error) { return raw, nil }

func (noParts) Connect(context.Context, relay.Endpoint, string, relay.Spending) (relay.Connection, error) {
	return relay.Connection{}, errNotHere
}

func (noParts) Open(context.Context, *config.Config, relay.Sink, func(done, total int64)) (*App, error) {
	return nil, errNotHere
}

func (noParts) Doctor(context.Context, *config.Config, relay.Spending) ([]relay.Check, error) {
	return nil, errNotHere
}

func (noParts) Load(LoadPlan) (Load, error) { return nil, errNotHere }

func (noParts) Sim(SimFlags) (Sim, error) { return nil, errNotHere }

// fixedPrice are relays at which every token costs a thousandth of a USD.
type fixedPrice struct{}

func (fixedPrice) Models(context.Context) ([]relay.Offer, error) { return nil, errNotHere }

func (fixedPrice) RefreshPrices(context.Context) error { return nil }

func (fixedPrice) Forecast() relay.Forecast {
	return func(_ string, in, out int64) (relay.Cost, bool) {
		return paid(relay.Money(in+out)*relay.USD/1000, relay.SourceRelay), true
	}
}

// resized is a pool that sends nothing and records the size it was given.
type resized struct {
	state.Engine
	n int
}

func (r *resized) ResizeOtherLanes(n int) { r.n = n }

func (r *resized) Close(context.Context) error { return nil }
