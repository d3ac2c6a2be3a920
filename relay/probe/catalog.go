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

// Lister lists the models of one endpoint, and knows their context windows.
type Lister interface {
	Models(context.Context) ([]openai.Model, error)
	ContextWindow(model string) (tokens int64, ok bool)
	Kept() (list []openai.Model, at time.Time)
}

// Catalog lists the models of every endpoint, in the order of the endpoints, with their prices and context windows
// where those are known. It includes the models that the configuration names, listed or not. Price lists that are
// too old are asked for first; if a relay does not answer, its last lists are used, with their date. The error
// names the endpoints that did not answer; the list is valid even then.
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
			if !relay.NoPath(relay.AsError(err, relay.ClassNetwork).Status) {
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

// models returns the models that an endpoint lists, or else those that its price list names.
func models(ctx context.Context, e relay.Endpoint, from Lister, book *price.Book) ([]openai.Model, error) {
	list, err := from.Models(ctx)
	if err == nil {
		return list, nil
	}
	status := relay.AsError(err, relay.ClassNetwork).Status
	if !relay.NoPath(status) {
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

// ContextWindows returns a function that looks up context windows: the endpoint's own figure comes before the vendor's.
func ContextWindows(listers map[string]Lister, book *price.Book) func(endpoint, model string) (int64, bool) {
	return func(endpoint, model string) (int64, bool) {
		if l := listers[endpoint]; l != nil {
			if w, ok := l.ContextWindow(model); ok {
				return w, true
			}
		}
		return book.ContextWindow(model)
	}
}

func offer(e relay.Endpoint, m openai.Model, book *price.Book) relay.Offer {
	o := relay.Offer{ID: m.ID, Endpoint: e.Name, Context: m.Context, Source: relay.SourceUnknown}
	if o.Context == 0 {
		o.Context, _ = book.ContextWindow(m.ID)
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
