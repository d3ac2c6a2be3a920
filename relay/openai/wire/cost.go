package wire

import (
	"bytes"
	"encoding/json"
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
	Response  json.RawMessage `json:"response_cost"`
	Total     json.RawMessage `json:"total_cost"`
	Estimated json.RawMessage `json:"estimated_cost"`
	Currency  json.RawMessage `json:"currency"`
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
	if foreign(w.Currency) {
		return reported{}
	}
	r := costOf(w.Cost)
	if r.amount == nil {
		return w.beside()
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
	if upstream == nil {
		r.estimated = true // at least the fee
		return r
	}
	whole := *r.amount + *upstream
	r.amount = &whole
	return r
}

// beside reads the costs that stand where usage.cost may be missing, the surest first.
func (w *costs) beside() reported {
	for _, raw := range []json.RawMessage{w.Response, w.Total, w.Hidden.Response} {
		if r := costOf(raw); r.amount != nil {
			return r
		}
	}
	r := costOf(w.Estimated)
	r.estimated = true
	return r
}

// readBeside reads the costs beside a usage object, of an answer or a chunk.
func readBeside(raw json.RawMessage) reported {
	if !bytes.Contains(raw, []byte(`_cost"`)) {
		return reported{}
	}
	var w costs
	_ = json.Unmarshal(raw, &w) // the document was valid; a field of another type is ignored
	if foreign(w.Currency) {
		return reported{}
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
	if foreign(o["currency"]) {
		return reported{}
	}
	for _, name := range []string{"total_cost", "total", "total_usd", "usd", "amount", "value"} {
		if m := amountOf(o[name]); m != nil {
			return reported{amount: m}
		}
	}
	var sum relay.Money
	found := false
	for name, v := range o {
		if m := amountOf(v); m != nil && strings.HasSuffix(name, "cost") {
			sum += *m
			found = true
		}
	}
	if !found {
		return reported{}
	}
	return reported{amount: &sum, estimated: true}
}

// amountOf reads an amount in US dollars; nil: there is none, or it is negative.
func amountOf(raw json.RawMessage) *relay.Money {
	s := strings.TrimPrefix(strings.TrimSpace(strings.Trim(string(raw), `"`)), "$")
	if s == "" || s == "null" {
		return nil
	}
	m, err := relay.ParseMoney(s)
	if err != nil || m < 0 || m > maxCost {
		return nil
	}
	return &m
}

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
