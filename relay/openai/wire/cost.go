package wire

import (
	"bytes"
	"encoding/json"
	"math/big"
	"slices"
	"strings"

	"relaytop/relay"
)

// reported is what a relay says that an answer cost.
type reported struct {
	amount    *relay.Money // nil: it does not say
	estimated bool         // by the relay's own words, or because a part is missing
}

// costs are the fields about money of a usage object, or beside one.
type costs struct {
	Cost      json.RawMessage `json:"cost"`
	CostUSD   json.RawMessage `json:"cost_usd"`
	Ticks     json.RawMessage `json:"cost_in_usd_ticks"` // xAI
	Response  json.RawMessage `json:"response_cost"`
	Total     json.RawMessage `json:"total_cost"`
	TotalUSD  json.RawMessage `json:"total_cost_usd"`
	Estimated json.RawMessage `json:"estimated_cost"`
	Currency  json.RawMessage `json:"currency"`
	CostIn    json.RawMessage `json:"cost_currency"`
	OwnKey    json.RawMessage `json:"is_byok"`
	Details   struct {
		Upstream   json.RawMessage `json:"upstream_inference_cost"`
		Prompt     json.RawMessage `json:"upstream_inference_prompt_cost"`
		Completion json.RawMessage `json:"upstream_inference_completions_cost"`
	} `json:"cost_details"`
	Hidden struct {
		Response json.RawMessage `json:"response_cost"`
	} `json:"_hidden_params"` // LiteLLM
}

// readCost reads the cost in a usage object. With a key of the user's own (is_byok) the relay's cost is only its fee,
// and the provider bills the rest.
func readCost(raw json.RawMessage) reported {
	var w costs
	_ = json.Unmarshal(raw, &w) // the document was valid; a field of another type is ignored
	if foreign(w.Currency) || foreign(w.CostIn) {
		return reported{}
	}
	r := costOf(w.Cost)
	if r.amount == nil {
		r = w.beside()
	}
	if own := strings.Trim(string(w.OwnKey), `"`); own != "true" && own != "1" {
		return r
	}
	upstream := amountOf(w.Details.Upstream)
	if upstream == nil {
		if in, out := amountOf(w.Details.Prompt), amountOf(w.Details.Completion); in != nil && out != nil {
			both := *in + *out
			upstream = &both
		}
	}
	switch {
	case upstream == nil:
		r.estimated = true // at least the fee
		return r
	case r.amount == nil:
		return reported{amount: upstream, estimated: true} // the fee is missing
	}
	whole := *r.amount + *upstream
	r.amount = &whole
	return r
}

// beside reads the costs that stand where usage.cost may be missing, the surest first.
func (w *costs) beside() reported {
	for _, raw := range []json.RawMessage{w.CostUSD, w.TotalUSD, w.Response, w.Total, w.Hidden.Response} {
		if r := costOf(raw); r.amount != nil {
			return r
		}
	}
	if ticks, err := relay.ParseDecimal(strings.Trim(string(w.Ticks), `"`)); err == nil {
		if m, err := relay.MoneyOf(ticks.Quo(ticks, big.NewRat(ticksPerUSD, 1))); err == nil && m >= 0 && m <= maxCost {
			return reported{amount: &m}
		}
	}
	r := costOf(w.Estimated)
	r.estimated = true
	return r
}

// readBeside reads the costs beside a usage object, of an answer or a chunk.
func readBeside(raw json.RawMessage) reported {
	if !bytes.Contains(raw, []byte(`cost`)) {
		return reported{}
	}
	var w costs
	_ = json.Unmarshal(raw, &w) // the document was valid; a field of another type is ignored
	if foreign(w.Currency) || foreign(w.CostIn) {
		return reported{}
	}
	if r := costOf(w.Cost); r.amount != nil {
		return r
	}
	return w.beside()
}

// costOf reads a cost: a number, a number in a string, or an object with a total. An object without one is the sum of
// its parts, as an estimate.
func costOf(raw json.RawMessage) reported {
	if len(raw) == 0 || raw[0] != '{' {
		return reported{amount: amountOf(raw)}
	}
	var o map[string]json.RawMessage
	_ = json.Unmarshal(raw, &o) // the document was valid
	for name, v := range o {
		if strings.Contains(name, "currency") && foreign(v) {
			return reported{}
		}
	}
	for _, name := range []string{"total_cost", "total", "total_usd", "usd", "amount", "value"} {
		if m := amountOf(o[name]); m != nil {
			return reported{amount: m}
		}
	}
	var sum relay.Money
	found := false
	for name, v := range o {
		if m := amountOf(v); m != nil && (strings.HasSuffix(name, "cost") || slices.Contains(costParts(), name)) {
			sum += *m
			found = true
		}
	}
	if !found {
		return reported{}
	}
	return reported{amount: &sum, estimated: true}
}

// costParts are the parts of a cost that have the names of tokens.
func costParts() []string {
	return []string{"input", "output", "prompt", "completion", "cached", "cache_read", "cache_write", "reasoning",
		"request"}
}

// amountOf reads an amount in US dollars; nil: there is none.
func amountOf(raw json.RawMessage) *relay.Money { return Amount(strings.Trim(string(raw), `"`)) }

// Amount reads what an answer cost in US dollars, with the sign or the name of the currency or without. Nil: it is not
// an amount, negative, or more than an answer can cost.
func Amount(s string) *relay.Money {
	s = strings.TrimPrefix(strings.TrimSpace(s), "$")
	if head, ok := strings.CutSuffix(strings.ToUpper(s), "USD"); ok {
		s = head
	}
	m, err := relay.ParseMoney(strings.TrimSpace(s))
	if err != nil || m < 0 || m > maxCost {
		return nil
	}
	return &m
}

// ticksPerUSD is how many of xAI's ticks a dollar has (docs.x.ai/developers/cost-tracking).
const ticksPerUSD = 10_000_000_000

// maxCost is the most that one answer can cost. What is above it is no number of dollars.
const maxCost = 100_000 * relay.USD

// foreign reports whether a field names another currency than US dollars.
func foreign(raw json.RawMessage) bool {
	switch strings.ToUpper(text(raw)) {
	case "", "USD", "$", "US$":
		return false
	}
	return true
}
