package price

import "relaytop/relay"

// BatchCost returns the cost of an answer that came by a provider's batch. Without a price for batches in the list, it
// is half of the price for single requests, which is what most providers ask, and an estimate. What the provider
// reports as charged wins over both. As Cost, it may wait for the relay's own list.
func (b *Book) BatchCost(e relay.Endpoint, model string, r *relay.Reply) relay.Cost {
	at := b.basisOf(e, model, r)
	if at.amount == nil && r.Usage != nil {
		b.Await(e, model)
	}
	return b.batchCost(e, model, r)
}

// BatchForecast is Forecast for rows of a provider's batch.
func (b *Book) BatchForecast(e relay.Endpoint) relay.Forecast {
	return func(model string, input, output int64) (relay.Cost, bool) {
		u := &relay.Usage{Input: input, Output: output, Total: input + output}
		c := b.batchCost(e, model, &relay.Reply{Usage: u})
		return c, c.Known()
	}
}

// batchCost is BatchCost by the prices known now.
func (b *Book) batchCost(e relay.Endpoint, model string, r *relay.Reply) relay.Cost {
	c := b.cost(e, model, r)
	at := b.basisOf(e, model, r)
	if !c.Known() || at.amount != nil {
		return c
	}
	if rates, ok := at.rates.Services["batches"]; ok {
		amount, estimated, ok := rates.Amount(*r.Usage)
		if ok {
			c.Amount, c.Estimated = amount, estimated || r.Usage.Estimated
			return c
		}
	}
	c.Amount, c.Estimated = half(c.Amount), true
	return c
}

// half is half of an amount, rounded half to even.
func half(m relay.Money) relay.Money {
	h := m / 2
	if m%2 != 0 && h%2 != 0 {
		h++
	}
	return h
}
