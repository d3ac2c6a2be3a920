package price

import (
	"cmp"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"relaytop/relay"
)

// The names of the prices of text in LiteLLM's list.
const (
	liteInput     = "input_cost_per_token"
	liteOutput    = "output_cost_per_token"
	liteRead      = "cache_read_input_token_cost"
	liteWrite     = "cache_creation_input_token_cost"
	liteReasoning = "output_cost_per_reasoning_token"
	liteRequest   = "input_cost_per_request"
)

// parseLiteLLM reads LiteLLM's price list: an object by model, USD per token. Entries without a price of tokens are
// left out.
func parseLiteLLM(data []byte) (Table, error) {
	var doc map[string]any
	if err := decode(data, &doc); err != nil {
		return Table{}, err
	}
	models := map[string]map[string]any{}
	var prices []*big.Rat
	said := map[int64]int{}
	for model, v := range doc {
		m, ok := v.(map[string]any)
		if !ok || model == "sample_spec" {
			continue
		}
		models[model] = m
		in := number(m[liteInput])
		for _, d := range []*big.Rat{in, number(m[liteOutput])} {
			if d != nil && d.Sign() > 0 {
				prices = append(prices, d)
			}
		}
		statedUnits(said, m, in)
	}
	u := listUnit(said, prices)
	t := Table{Unit: u.note, Models: map[string]Rates{}}
	for model, m := range models {
		e := entry{fields: m, unit: u.tokens}
		if r, ok := e.litellm(); ok {
			t.add(model, r, cmp.Or(e.wrong, u.doubt))
		}
	}
	if len(t.Models)+len(t.Unknown) == 0 && len(doc) > 0 {
		return Table{}, ErrFormat
	}
	return t, nil
}

// litellm reads the prices of a model; ok is false if it has none of tokens.
func (e *entry) litellm() (r Rates, ok bool) {
	for _, key := range []string{liteInput, liteOutput} {
		if d := number(e.fields[key]); d != nil && d.Sign() < 0 {
			e.wrong = varies
			return r, true
		}
	}
	if r, ok = e.lite(""); !ok {
		if r, ok = e.firstTier(); !ok {
			return r, false
		}
	}
	r.Tiers = append(e.above(r, ""), e.steps()...)
	sortTiers(r.Tiers)
	r.Estimated = hasClock(e.fields)
	if call := number(e.fields[liteRequest]); call != nil && call.Sign() > 0 {
		var err error
		if r.Call, err = relay.MoneyOf(call); err != nil {
			e.wrong = cmp.Or(e.wrong, liteRequest+" is out of range")
		}
	}
	for _, service := range []string{"batches", "priority", "flex"} {
		if s, ok := e.lite("_" + service); ok {
			if r.Services == nil {
				r.Services = map[string]Rates{}
			}
			s.Tiers = e.above(s, "_"+service)
			sortTiers(s.Tiers)
			s.Estimated = r.Estimated
			r.Services[service] = s
		}
	}
	return r, true
}

// lite reads the rates whose names have a suffix ("_batches").
func (e *entry) lite(suffix string) (r Rates, ok bool) {
	in, out := e.rate(liteInput+suffix), e.rate(liteOutput+suffix)
	if (in == nil || out == nil) && e.wrong == "" {
		return r, false
	}
	return Rates{
		Input:     *cmp.Or(in, new(Rate)),
		Output:    *cmp.Or(out, new(Rate)),
		Cached:    e.rate(liteRead + suffix),
		Write:     e.rate(liteWrite + suffix),
		Reasoning: e.rate(liteReasoning + suffix),
	}, true
}

// aboveKey matches the suffix of a price that applies above a number of tokens: _above_200k_tokens.
var aboveKey = regexp.MustCompile(`_above_(\d{1,9})(k|m)?_tokens(_[a-z]+)?$`)

// above returns the tiers by the length of the prompt, for any number in their names. A rate that a tier does not
// state is that of base.
func (e *entry) above(base Rates, service string) []Tier {
	starts := map[string]int64{} // by suffix
	for key := range e.fields {
		m := aboveKey.FindStringSubmatch(key)
		if m == nil || m[3] != service || !slices.Contains([]string{liteInput, liteOutput, liteRead, liteWrite,
			liteReasoning}, strings.TrimSuffix(key, m[0])) {
			continue
		}
		n, err := strconv.ParseInt(m[1], 10, 64)
		if err != nil {
			continue
		}
		switch m[2] {
		case "k":
			n *= 1000
		case "m":
			n *= million
		}
		starts[m[0]] = n
	}
	var all []Tier
	for suffix, above := range starts {
		all = append(all, Tier{Above: above, Rates: Rates{
			Input:     *cmp.Or(e.rate(liteInput+suffix), &base.Input),
			Output:    *cmp.Or(e.rate(liteOutput+suffix), &base.Output),
			Cached:    cmp.Or(e.rate(liteRead+suffix), base.Cached),
			Write:     cmp.Or(e.rate(liteWrite+suffix), base.Write),
			Reasoning: cmp.Or(e.rate(liteReasoning+suffix), base.Reasoning),
		}})
	}
	return all
}

func sortTiers(tiers []Tier) {
	slices.SortFunc(tiers, func(a, b Tier) int { return cmp.Compare(a.Above, b.Above) })
}

// steps returns the tiers of tiered_pricing, [{"range": [0, 32000], "input_cost_per_token": ..}, ..], but the first.
func (e *entry) steps() []Tier {
	return slices.DeleteFunc(e.ranges(), func(t Tier) bool { return t.Above == 0 })
}

func (e *entry) ranges() (all []Tier) {
	list, _ := e.fields["tiered_pricing"].([]any)
	for _, v := range list {
		fields, _ := v.(map[string]any)
		bounds, _ := fields["range"].([]any)
		if len(bounds) == 0 {
			continue
		}
		step := entry{fields: fields, unit: e.unit}
		from := number(bounds[0])
		r, ok := step.lite("")
		if e.wrong = cmp.Or(e.wrong, step.wrong); from == nil || !ok {
			continue
		}
		above, _ := from.Float64() // a count of tokens, not money
		all = append(all, Tier{Above: int64(min(max(above, 0), 1e15)), Rates: r})
	}
	return all
}

// firstTier returns the rates of a model that states them in tiered_pricing only.
func (e *entry) firstTier() (Rates, bool) {
	for _, t := range e.ranges() {
		if t.Above == 0 {
			return t.Rates, true
		}
	}
	return Rates{}, false
}
