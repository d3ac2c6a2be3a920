package price

import (
	"relaytop/relay"
)

// The sources of an amount, in the order in which they are asked, as shown to people.
const (
	fromAnswer  = "usage.cost"
	fromHeader  = "header"
	fromUser    = "your price file"
	fromRelay   = "the relay's list"
	fromBuiltIn = "built-in HolySheep list"
	fromVendor  = "vendor's list price"
	fromSim     = "simulated rates"
)

// bill tells how an amount was found, or which sources had none.
func (b *Book) bill(e relay.Endpoint, model string, r *relay.Reply, c *relay.Cost) *relay.Bill {
	bill := &relay.Bill{}
	if c.ListKnown {
		bill.ListAsOf = snapshotDate
	}
	switch {
	case r.Reported != nil && *r.Reported >= 0:
		bill.From = fromAnswer
		return bill
	case r.Header != nil && *r.Header >= 0:
		bill.From, bill.Tried = "header x-litellm-response-cost", []string{fromAnswer}
		return bill
	}
	rates, source, _, ok := b.Rates(e, model)
	bill.Model = model
	if !ok && r.Model != "" && r.Model != model {
		if rates, source, _, ok = b.Rates(e, r.Model); ok {
			bill.Model = r.Model
		}
	}
	bill.From, bill.Tried = b.tried(e, bill.Model, source)
	if !ok || r.Usage == nil {
		return bill
	}
	parts, call := rates.parts(*r.Usage)
	for _, p := range parts {
		if p.n == 0 {
			continue
		}
		amount, _ := money(p.atto())
		bill.Lines = append(bill.Lines,
			relay.BillLine{What: p.what, Tokens: p.n, Rate: p.rate.PerMillion(), Amount: amount, Assumed: p.assumed})
	}
	if call != 0 {
		bill.Lines = append(bill.Lines, relay.BillLine{What: "request", Amount: call})
	}
	if amount, _, _ := rates.Amount(*r.Usage); amount != c.Amount {
		bill.Lines = nil // a newer list came after the amount was settled
	}
	return bill
}

// tried returns where rates were found, and the sources asked before it. Without a source all were asked.
func (b *Book) tried(e relay.Endpoint, model string, source relay.Source) (from string, tried []string) {
	tried = []string{fromAnswer, fromHeader}
	switch source {
	case relay.SourceSim:
		return fromSim, tried
	case relay.SourceUser:
		return fromUser, tried
	case relay.SourceCache, relay.SourceReported, relay.SourceHeader, relay.SourceRelay, relay.SourceList,
		relay.SourceEstimated, relay.SourceUnknown:
	}
	tried = append(tried, fromUser)
	b.mu.RLock()
	_, live := b.relay[e.Name].Models[model]
	b.mu.RUnlock()
	if source == relay.SourceRelay && live {
		return fromRelay, tried
	}
	tried = append(tried, fromRelay)
	if isHolySheep(e) {
		if source == relay.SourceRelay {
			return fromBuiltIn, tried
		}
		tried = append(tried, fromBuiltIn)
	}
	if source == relay.SourceList {
		return fromVendor + " (catwalk " + snapshotVersion + ")", tried
	}
	return "", append(tried, fromVendor)
}
