package job

import (
	"fmt"

	"relaytop/relay"
)

// RowCost is what one row will cost if it is sent.
type RowCost struct {
	Model               string
	Least, Likely, Most relay.Money // without an answer, with the model's usual one, and with the longest
	Priced              bool        // false: no price is known, and the amounts are 0
}

// RowCost is what a row will cost, by its number (from 1). It reads the row from the input.
func (b *Book) RowCost(id string, n int) (RowCost, error) {
	r := b.run(id)
	if r == nil || r.in.file == nil {
		return RowCost{}, fmt.Errorf("the input of run %s is not open", id)
	}
	r.mu.Lock()
	ix := r.rows.ix
	err := r.rows.unlessRetried(n)
	r.mu.Unlock()
	if err != nil {
		return RowCost{}, err
	}
	row, body, err := r.in.parsed(ix, n-1)
	if err != nil {
		return RowCost{}, err
	}
	c := RowCost{}
	c.Model, _ = body["model"].(string)
	in, bound := relay.EstimateBody(body), outputBound(row.Path, body)
	usual := int64(relay.AssumedAnswer)
	if b.prices.measured != nil {
		if m := b.prices.measured(c.Model); m.Answers > 0 {
			usual = m.Output
		}
	}
	price := b.prices.forecast
	if r.in.opts.Carrier == ByProvider {
		price = b.providers.forecast(c.Model)
	}
	if price == nil {
		return c, nil
	}
	least, ok := price(c.Model, in-in/4, 0)
	likely, _ := price(c.Model, in, min(usual, boundOf(bound)))
	most, _ := price(c.Model, in+in/4, boundOf(bound))
	if ok {
		c.Least, c.Likely, c.Most, c.Priced = least.Amount, likely.Amount, most.Amount, true
	}
	return c, nil
}

// forecast is what a row for a model costs at the first endpoint that serves it; nil: none does.
func (ps providers) forecast(model string) relay.Forecast {
	for _, to := range ps {
		if to.Serves(model) {
			return to.Price
		}
	}
	return nil
}
