package probe

import (
	"context"
	"errors"
	"fmt"
	"time"

	"relaytop/relay"
	"relaytop/relay/openai"
	"relaytop/relay/price"
)

// Lister asks one endpoint for its models, and remembers their context windows.
type Lister interface {
	Models(context.Context) ([]openai.Model, error)
	Window(model string) (tokens int64, ok bool)
	Kept() (list []openai.Model, at time.Time)
}

// Catalog lists the models of every endpoint with what is known of their prices and context windows, in the
// endpoints' order. Models that the configuration names stand in it though the relay lists none. Price lists that
// are too old are asked for first; of a relay that does not answer the last one stands, with its date. The error
// tells of endpoints that did not answer; what is known of the others, and of theirs from before, stands in the
// list all the same.
func Catalog(ctx context.Context, endpoints []relay.Endpoint, listers map[string]Lister,
	book *price.Book) ([]relay.Offer, error) {
	_ = book.Refresh(ctx)
	var all []relay.Offer
	var failed error
	for _, e := range endpoints {
		var listed time.Time
		list, err := models(ctx, e, listers[e.Name], book)
		if err != nil {
			if len(e.Models) == 0 {
				failed = errors.Join(failed, err)
			}
			if !missing(relay.AsError(err, relay.ClassNetwork).Status) {
				list, listed = listers[e.Name].Kept()
			}
		}
		seen := map[string]bool{}
		for _, m := range list {
			if !seen[m.ID] {
				seen[m.ID] = true
				o := offer(e, m, book)
				o.Listed = listed
				all = append(all, o)
			}
		}
		for _, id := range e.Models {
			if !seen[id] {
				all = append(all, offer(e, openai.Model{ID: id}, book))
			}
		}
	}
	return all, failed
}

// models are those that an endpoint lists. One that has no such list may have a price list, which names them too.
func models(ctx context.Context, e relay.Endpoint, from Lister, book *price.Book) ([]openai.Model, error) {
	list, err := from.Models(ctx)
	if err == nil {
		return list, nil
	}
	status := relay.AsError(err, relay.ClassNetwork).Status
	if !missing(status) {
		return nil, err
	}
	for _, id := range book.Priced(e) {
		list = append(list, openai.Model{ID: id})
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s does not list its models (%d): name one with -m or DEFAULT_MODEL", e.Name, status)
	}
	return list, nil
}

// Windows looks a context window up: what the endpoint says of its model comes before what the vendor does.
func Windows(listers map[string]Lister, book *price.Book) func(endpoint, model string) (int64, bool) {
	return func(endpoint, model string) (int64, bool) {
		if l := listers[endpoint]; l != nil {
			if w, ok := l.Window(model); ok {
				return w, true
			}
		}
		return book.Window(model)
	}
}

// Offers is Catalog, to be asked when it is wanted.
func Offers(endpoints []relay.Endpoint, listers map[string]Lister,
	book *price.Book) func(context.Context) ([]relay.Offer, error) {
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
