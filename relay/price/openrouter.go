package price

import (
	"cmp"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"relaytop/relay"
)

// The names of the prices in a list of models: OpenRouter's, then those of others.
var (
	inputNames  = []string{"prompt", "input"}
	outputNames = []string{"completion", "output"}
	readNames   = []string{"input_cache_read", "cached_input", "cache_read"}
	writeNames  = []string{"input_cache_write", "cache_write"}
)

// pricedModel is an entry of a list of models: the fields under pricing, and all of them.
type pricedModel struct {
	id      string
	pricing map[string]any
	fields  map[string]any
}

// parseOpenRouter reads a list of models with prices: data[].pricing, in USD per token, or per as many as the list
// says. Models without prices are left out. A price of -1 is one that differs from request to request: it is unknown.
func parseOpenRouter(data []byte) (Table, error) {
	var doc struct {
		Data []map[string]any `json:"data"`
	}
	if err := decode(data, &doc); err != nil {
		return Table{}, err
	}
	var models []pricedModel
	for _, m := range doc.Data {
		id, ok := m["id"].(string)
		if !ok && m["id"] != nil {
			return Table{}, ErrFormat
		}
		if pricing, ok := m["pricing"].(map[string]any); ok && id != "" {
			models = append(models, pricedModel{id, pricing, m})
		}
	}
	u := unitOf(models)
	t := Table{Unit: u.note, Models: map[string]Rates{}}
	for i := range models {
		if r, wrong, ok := models[i].rates(u.tokens); ok {
			t.add(models[i].id, r, cmp.Or(wrong, u.doubt))
		}
	}
	return t, nil
}

// unitOf decides the unit of a list.
func unitOf(models []pricedModel) unit {
	said := map[int64]int{}
	var prices []*big.Rat
	for _, m := range models {
		in := first(m.pricing, inputNames)
		for _, d := range []*big.Rat{in, first(m.pricing, outputNames)} {
			if d != nil && d.Sign() > 0 {
				prices = append(prices, d)
			}
		}
		statedUnits(said, m.pricing, in)
		statedUnits(said, m.fields, in)
	}
	return listUnit(said, prices)
}

// first returns the number under the first of the names that has one.
func first(m map[string]any, names []string) *big.Rat {
	for _, name := range names {
		if d := number(m[name]); d != nil {
			return d
		}
	}
	return nil
}

// rates reads the prices of a model. wrong says why they can't be right; ok is false if it has none.
func (m *pricedModel) rates(unit int64) (r Rates, wrong string, ok bool) {
	e := entry{fields: m.pricing, unit: unit}
	in, out := first(m.pricing, inputNames), first(m.pricing, outputNames)
	request := number(m.pricing["request"])
	called := request != nil && request.Sign() > 0
	switch {
	case m.stated(inputNames) && in == nil || m.stated(outputNames) && out == nil:
		return r, cmp.Or(m.currency(), "is not a number"), true
	case in == nil && out == nil && called: // priced by the call
	case in == nil || out == nil:
		return r, "", false
	case in.Sign() < 0 || out.Sign() < 0:
		return r, varies, true
	default:
		r = e.tokens(Rates{})
	}
	if called {
		call, err := relay.MoneyOf(request)
		if err != nil {
			return r, "request is out of range", true
		}
		r.Call = call
	}
	r.Tiers, r.Estimated = m.overrides(&e, r)
	if c := m.currency(); c != "" {
		return r, c, true
	}
	return r, e.wrong, true
}

// stated reports whether the model has a price under one of the names, in whatever form.
func (m *pricedModel) stated(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return m.pricing[name] != nil })
}

// tokens reads the rates that an entry states; the others are those of base.
func (e *entry) tokens(base Rates) Rates {
	if in := e.rate(inputNames...); in != nil {
		base.Input = *in
	}
	if out := e.rate(outputNames...); out != nil {
		base.Output = *out
	}
	for _, f := range []struct {
		rate  **Rate
		names []string
	}{{&base.Cached, readNames}, {&base.Write, writeNames}, {&base.Reasoning, []string{"internal_reasoning"}}} {
		if r := e.rate(f.names...); r != nil {
			*f.rate = r
		}
	}
	if base.Reasoning != nil && *base.Reasoning == 0 {
		base.Reasoning = nil // a 0 means that reasoning has no price of its own
	}
	return base
}

// overrides reads the prices that apply above a number of prompt tokens. clock: some apply on a condition that is not
// evaluated, such as the time of day.
func (m *pricedModel) overrides(e *entry, base Rates) (tiers []Tier, clock bool) {
	list, ok := m.pricing["overrides"].([]any)
	clock = !ok && m.pricing["overrides"] != nil
	for _, v := range list {
		fields, ok := v.(map[string]any)
		if !ok {
			clock = true
			continue
		}
		from, only := tierStart(fields)
		if !only {
			clock = true // it may apply, and may not
			continue
		}
		o := entry{fields: fields, unit: e.unit}
		tiers = append(tiers, Tier{Above: from - 1, Rates: o.tokens(withoutTiers(base))})
		if e.wrong == "" {
			e.wrong = o.wrong
		}
	}
	if tiers == nil {
		tiers = m.steps(e, base)
	}
	sortTiers(tiers)
	return tiers, clock || hasClock(m.pricing) || m.conditional()
}

// steps reads prices with a list of their own, as Vercel's gateway has them: "input_tiers": [{"cost": "0.000001",
// "min": 0, "max": 200001}, ..]. min and max are prompt tokens.
func (m *pricedModel) steps(e *entry, base Rates) (tiers []Tier) {
	starts := map[int64]map[string]any{} // the prices from so many prompt tokens on
	for key, v := range m.pricing {
		name, ok := strings.CutSuffix(key, "_tiers")
		list, isList := v.([]any)
		if !ok || !isList || !isPrice(name) {
			continue
		}
		for _, v := range list {
			step, _ := v.(map[string]any)
			from := number(step["min"])
			if from == nil || from.Sign() <= 0 {
				continue
			}
			f, _ := from.Float64() // a count of tokens, not money
			at := int64(min(f, 1e15))
			if starts[at] == nil {
				starts[at] = map[string]any{}
			}
			starts[at][name] = step["cost"]
		}
	}
	rates := withoutTiers(base)
	for _, at := range slices.Sorted(maps.Keys(starts)) {
		o := entry{fields: starts[at], unit: e.unit}
		rates = o.tokens(rates) // a price without a step here keeps that of the step before
		tiers = append(tiers, Tier{Above: at - 1, Rates: rates})
		e.wrong = cmp.Or(e.wrong, o.wrong)
	}
	return tiers
}

// conditional reports whether the prices have a condition or a discount that is not evaluated.
func (m *pricedModel) conditional() bool {
	for key, v := range m.pricing {
		name, steps := strings.CutSuffix(key, "_tiers")
		switch v := v.(type) {
		case []any:
			if len(v) > 0 && key != "overrides" && !(steps && isPrice(name)) {
				return true
			}
		case map[string]any:
			if len(v) > 0 && key != "overrides" && !isPrice(key) {
				return true
			}
		}
	}
	d := number(m.pricing["discount"])
	return d != nil && d.Sign() != 0
}

// withoutTiers returns the rates for any length of prompt.
func withoutTiers(r Rates) Rates {
	r.Tiers, r.Services, r.Call = nil, nil, 0
	return r
}

// tierStart returns the number of prompt tokens from which on an override applies. only is false if it has another
// condition, or none.
func tierStart(fields map[string]any) (from int64, only bool) {
	for key, v := range fields {
		switch {
		case key == "min_prompt_tokens" || key == "min_input_tokens":
			n := number(v)
			if n == nil || n.Sign() < 0 {
				return 0, false
			}
			f, _ := n.Float64() // a count of tokens, not money
			from, only = int64(min(f, 1e15)), true
		case !isPrice(key):
			return 0, false
		}
	}
	return from, only
}

// isPrice reports whether a key of an override is a price and not a condition.
func isPrice(key string) bool {
	for _, names := range [][]string{inputNames, outputNames, readNames, writeNames} {
		if slices.Contains(names, key) {
			return true
		}
	}
	switch key {
	case "request", "image", "audio", "web_search", "internal_reasoning", "input_audio_cache", "discount",
		"input_cache_write_1h", "image_output", "image_token", "audio_output":
		return true
	}
	return false
}

// hasClock reports whether prices depend on the time of day.
func hasClock(m map[string]any) bool {
	for key, v := range m {
		if k := strings.ReplaceAll(strings.ToLower(key), "-", "_"); v != nil &&
			(strings.Contains(k, "off_peak") || strings.Contains(k, "offpeak") || strings.Contains(k, "peak_hour") ||
				strings.Contains(k, "time_of_day") || strings.Contains(k, "schedule")) {
			return true
		}
	}
	return false
}

// otherMoney finds the name of a currency, or of a part of one, in a price or its unit.
var otherMoney = regexp.MustCompile(`(?i)\b(?:cny|rmb|eur|euros?|gbp|jpy|yen|yuan|inr|krw|rub|cents?|credits?|` +
	`points?)\b|[¥￥€£¢元₹₩₽]|人民币|积分`)

// currency says in words that the prices are not in US dollars; "": they are.
func (m *pricedModel) currency() string {
	for _, fields := range []map[string]any{m.pricing, m.fields} {
		for _, key := range slices.Sorted(maps.Keys(fields)) {
			v, _ := fields[key].(string)
			name := strings.ToLower(key)
			c := strings.ToUpper(strings.TrimSpace(v))
			switch {
			case strings.Contains(name, "currency"):
				if c != "" && c != "USD" && c != "$" && c != "US$" {
					return "is in " + text(c) + ", not in USD"
				}
			case strings.Contains(name, "unit"), isPrice(name):
				if found := otherMoney.FindString(v); found != "" {
					return "is in " + text(found) + ", not in USD"
				}
			}
		}
	}
	return ""
}

// text returns the head of a word from a list.
func text(s string) string {
	if len(s) > 16 {
		s = s[:16]
	}
	return strings.ToValidUTF8(s, "?")
}
