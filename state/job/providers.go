package job

import (
	"cmp"
	"context"

	"relaytop/relay"
)

// BatchAPI says what a provider's batch endpoint offers for a model.
type BatchAPI struct {
	Provider string
	relay.Capability
	Err error // the relay could not be asked: Available is not known
}

// BatchAPI asks the relays that serve a model, in their order, whether they have batches; "" is the model of runs
// that name none. It waits for their answers.
func (b *Book) BatchAPI(ctx context.Context, model string) BatchAPI {
	return b.providers.capability(ctx, cmp.Or(model, b.cfg.Model))
}

// providers are the batch endpoints of the relays, in their order.
type providers []Provider

// capability is what the first of them that has batches offers for a model, or why none does.
func (ps providers) capability(ctx context.Context, model string) BatchAPI {
	none := BatchAPI{Capability: relay.Capability{Reason: "no relay with batches serves " + model}}
	first := true
	for _, to := range ps {
		if !to.Serves(model) {
			continue
		}
		can, err := to.Probe(ctx)
		api := BatchAPI{Provider: to.Name(), Capability: can, Err: err}
		if err == nil && can.Available {
			return api
		}
		if first {
			none, first = api, false
		}
	}
	return none
}

// BatchPrice is what the rows of a plan would cost by a provider's batch.
type BatchPrice struct {
	Min, Likely, Max relay.Money
	Priced           bool // the three are known
	Source           relay.Source
	Halved           bool // no price for batches is known: half of the list is assumed
}

// price prices an input at the first relay that serves the model.
func (ps providers) price(s *scan, plans []ModelPlan, model string) BatchPrice {
	for _, to := range ps {
		if !to.Serves(model) {
			continue
		}
		least, likely, most, ok := s.costs(to.Price, plans)
		p := BatchPrice{Min: least.Amount, Likely: likely.Amount, Max: most.Amount, Priced: ok, Source: least.Source}
		for model := range s.byModel {
			if c, ok := to.Price(model, 1_000_000, 1_000_000); ok {
				p.Halved = p.Halved || c.Estimated
			}
		}
		return p
	}
	return BatchPrice{}
}
