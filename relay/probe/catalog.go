// Package probe finds out what a relay can do, by asking it.
package probe

import (
	"context"
	"errors"

	"relaytop/relay"
	"relaytop/relay/openai"
	"relaytop/relay/price"
)

// Lister asks one endpoint for its models.
type Lister interface {
	Models(context.Context) ([]openai.Model, error)
}

// Catalog lists the models of every endpoint with what is known of their prices and context windows, in the endpoints' order. Models that the
// configuration names stand in it though the relay lists none. Price lists that are too old are asked for first; of a relay that does not
// answer the last one stands, with its date. An error is given only if no endpoint has anything to show.
func Catalog(ctx context.Context, endpoints []relay.Endpoint, listers map[string]Lister, book *price.Book) ([]relay.Offer, error) {
	_ = book.Refresh(ctx)
	var all []relay.Offer
	var failed error
	for _, e := range endpoints {
		list, err := listers[e.Name].Models(ctx)
		if err != nil {
			failed = errors.Join(failed, err)
		}
		seen := map[string]bool{}
		for _, m := range list {
			if !seen[m.ID] {
				seen[m.ID] = true
				all = append(all, offer(e, m, book))
			}
		}
		for _, id := range e.Models {
			if !seen[id] {
				all = append(all, offer(e, openai.Model{ID: id}, book))
			}
		}
	}
	if len(all) > 0 {
		return all, nil
	}
	return nil, failed
}

// Offers is Catalog, to be asked when it is wanted.
func Offers(endpoints []relay.Endpoint, listers map[string]Lister, book *price.Book) func(context.Context) ([]relay.Offer, error) {
	return func(ctx context.Context) ([]relay.Offer, error) { return Catalog(ctx, endpoints, listers, book) }
}

func offer(e relay.Endpoint, m openai.Model, book *price.Book) relay.Offer {
	o := relay.Offer{ID: m.ID, Endpoint: e.Name, Context: m.Context, Source: relay.SourceUnknown}
	if o.Context == 0 {
		o.Context, _ = book.Window(m.ID)
	}
	r, source, asOf, ok := book.Rates(e, m.ID)
	if !ok {
		return o
	}
	o.Source, o.AsOf = source, asOf
	if r.Estimated && source != relay.SourceSim {
		o.Source = relay.SourceEstimated
	}
	if r.Call > 0 {
		o.Call = &r.Call
	}
	if r.ByCall() {
		return o
	}
	in, out := r.Input.PerMillion(), r.Output.PerMillion()
	o.Input, o.Output = &in, &out
	if r.Cached != nil {
		c := r.Cached.PerMillion()
		o.Cached = &c
	}
	return o
}
