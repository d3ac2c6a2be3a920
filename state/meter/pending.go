package meter

import (
	"math"

	"relaytop/relay"
)

// answers are the answers of one model that are in flight and have text.
type answers struct {
	n, input, output int64
}

// SetForecast gives the meter the prices that it estimates the cost of answers in flight with. Without one, or for a
// model that has no price, what the model's answers cost per output token up to now is used.
func (m *Meter) SetForecast(f relay.Forecast) { m.forecast = f }

// priceInFlight is what the answers in flight have probably cost so far, from their first token on. A model has its
// price asked for once, with the means of its answers. One without a price and without a settled answer adds nothing.
func (m *Meter) priceInFlight() relay.Money {
	var models map[string]answers
	for _, r := range m.inflight.requests {
		out := r.output()
		if out == 0 || phaseOf(r.Phase) != phaseSent {
			continue
		}
		if models == nil {
			models = make(map[string]answers)
		}
		a := models[r.Model]
		a.n++
		a.input += r.input
		a.output += out
		models[r.Model] = a
	}
	var sum relay.Money
	for model, a := range models {
		sum += m.price(model, a)
	}
	return sum
}

// price is what the answers of a model have probably cost so far.
func (m *Meter) price(model string, a answers) relay.Money {
	if m.forecast != nil {
		if c, ok := m.forecast(model, a.input/a.n, a.output/a.n); ok {
			return c.Amount * relay.Money(a.n)
		}
	}
	var cost relay.Money
	var priced int64
	for n, s := range m.groups.sums {
		if m.groups.keys[n].Model == model {
			cost, priced = cost+s.cost+s.sim, priced+s.priced
		}
	}
	if priced == 0 {
		return 0
	}
	return relay.Money(math.Round(float64(a.output) * float64(cost) / float64(priced)))
}
