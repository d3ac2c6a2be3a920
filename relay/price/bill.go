package price

import "relaytop/relay"

// The sources of an amount as shown to people. relay.Sources has the order in which they are asked.
const (
	fromAnswer  = "usage.cost"
	fromHeader  = "header"
	fromUser    = "your price file"
	fromRelay   = "the relay's list"
	fromBuiltIn = "built-in HolySheep list"
	fromVendor  = "vendor's list price"
	fromSim     = "simulated rates"
)

// bill says how an amount was found, or which sources had none.
func (b *Book) bill(e relay.Endpoint, model string, r *relay.Reply, c *relay.Cost) *relay.Bill {
	bill := &relay.Bill{}
	if c.ListKnown {
		bill.ListAsOf = snapshotDate
	}
	at := b.basisOf(e, model, r)
	if at.source == relay.SourceReported {
		bill.From = fromAnswer
		return bill
	}
	if at.source == relay.SourceHeader {
		bill.From, bill.Tried = "header x-litellm-response-cost", []string{fromAnswer}
		return bill
	}
	rates := at.rates
	bill.Model = at.model
	bill.From, bill.Tried = b.tried(e, bill.Model, at.source)
	if at.source == relay.SourceUnknown || r.Usage == nil {
		return bill
	}
	if rates.Formula != "" {
		bill.Lines = []relay.BillLine{{What: "by the relay's formula", Tokens: r.Usage.Input + r.Usage.Output,
			Amount: c.Amount}}
		return bill
	}
	parts, call := rates.parts(*r.Usage)
	for _, p := range parts {
		if p.n == 0 {
			continue
		}
		a, _ := p.atto()
		amount, _ := a.money()
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

// tried returns where rates were found, and what was asked before that, in the order of trust. Without a source all
// were asked.
func (b *Book) tried(e relay.Endpoint, model string, source relay.Source) (from string, tried []string) {
	for _, s := range relay.Sources() {
		names := namesOf(s, e)
		if s != source || len(names) == 0 {
			tried = append(tried, names...)
			continue
		}
		switch {
		case s == relay.SourceRelay && len(names) > 1 && !b.listed(e, model):
			return names[1], append(tried, names[0])
		case s == relay.SourceList:
			return names[0] + " (catwalk " + snapshotVersion + ")", tried
		}
		return names[0], tried
	}
	return "", tried
}

// namesOf lists what is asked of a source for an endpoint's prices, as shown to people.
func namesOf(s relay.Source, e relay.Endpoint) []string {
	sim := e.Kind == relay.KindSim
	switch s {
	case relay.SourceReported:
		return []string{fromAnswer}
	case relay.SourceHeader:
		return []string{fromHeader}
	case relay.SourceSim:
		if sim {
			return []string{fromSim}
		}
	case relay.SourceUser:
		if !sim {
			return []string{fromUser}
		}
	case relay.SourceRelay:
		switch {
		case isHolySheep(e):
			return []string{fromRelay, fromBuiltIn}
		case !sim:
			return []string{fromRelay}
		}
	case relay.SourceList:
		if !sim {
			return []string{fromVendor}
		}
	case relay.SourceCache, relay.SourceEstimated, relay.SourceUnknown:
	}
	return nil
}

// listed reports whether the relay's own list has the model.
func (b *Book) listed(e relay.Endpoint, model string) bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	_, ok := b.relay[e.Name].Models[model]
	return ok
}
