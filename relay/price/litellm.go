package price

import (
	"cmp"
	"slices"
)

// ParseLiteLLM reads LiteLLM's price list: an object by model, USD per token. Entries without a price of tokens are
// left out.
func ParseLiteLLM(data []byte) (Table, error) {
	var doc map[string]any
	if err := decode(data, &doc); err != nil {
		return Table{}, err
	}
	t := Table{Models: map[string]Rates{}}
	for model, v := range doc {
		m, ok := v.(map[string]any)
		if !ok || model == "sample_spec" {
			continue
		}
		r, ok := litellm(m, "", "")
		if !ok {
			r, ok = firstTier(m)
		}
		if !ok {
			continue
		}
		r.Tiers = tiers(m, r)
		for _, service := range []string{"batches", "priority", "flex"} {
			if s, ok := litellm(m, "", "_"+service); ok {
				if r.Services == nil {
					r.Services = map[string]Rates{}
				}
				s.Tiers = nil
				r.Services[service] = s
			}
		}
		t.Models[model] = r
	}
	if len(t.Models) == 0 && len(doc) > 0 {
		return Table{}, ErrFormat
	}
	return t, nil
}

// litellm reads the rates of one tier ("_above_200k_tokens") of one service ("_batches").
func litellm(m map[string]any, tier, service string) (r Rates, ok bool) {
	get := func(key string) *Rate { return field(m, key+tier+service) }
	in, out := get("input_cost_per_token"), get("output_cost_per_token")
	if in == nil || out == nil {
		return r, false
	}
	return Rates{Input: *in, Output: *out, Cached: get("cache_read_input_token_cost"),
		Write:     get("cache_creation_input_token_cost"),
		Reasoning: get("output_cost_per_reasoning_token")}, true
}

// tiers returns the tiers by the length of the prompt. A rate that a tier does not state is the base rate.
func tiers(m map[string]any, base Rates) []Tier {
	var all []Tier
	for suffix, above := range map[string]int64{"_above_128k_tokens": 128_000, "_above_200k_tokens": 200_000,
		"_above_256k_tokens": 256_000, "_above_272k_tokens": 272_000} {
		get := func(key string) *Rate { return field(m, key+suffix) }
		in, out := get("input_cost_per_token"), get("output_cost_per_token")
		if in == nil && out == nil {
			continue
		}
		t := Tier{Above: above, Rates: Rates{Input: *cmp.Or(in, &base.Input), Output: *cmp.Or(out, &base.Output),
			Cached:    cmp.Or(get("cache_read_input_token_cost"), base.Cached),
			Write:     cmp.Or(get("cache_creation_input_token_cost"), base.Write),
			Reasoning: cmp.Or(get("output_cost_per_reasoning_token"), base.Reasoning)}}
		all = append(all, t)
	}
	for _, t := range ranges(m) {
		if t.Above > 0 {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b Tier) int { return cmp.Compare(a.Above, b.Above) })
	return all
}

// ranges reads tiered_pricing: [{"range": [0, 32000], "input_cost_per_token": ..}, ..].
func ranges(m map[string]any) (all []Tier) {
	list, _ := m["tiered_pricing"].([]any)
	for _, v := range list {
		step, _ := v.(map[string]any)
		bounds, _ := step["range"].([]any)
		if len(bounds) == 0 {
			continue
		}
		from := number(bounds[0])
		r, ok := litellm(step, "", "")
		if from == nil || !ok {
			continue
		}
		above, _ := from.Float64() // a count of tokens, not money
		all = append(all, Tier{Above: int64(min(max(above, 0), 1e15)), Rates: r})
	}
	return all
}

// firstTier returns the rates of a model that states them in tiered_pricing only.
func firstTier(m map[string]any) (Rates, bool) {
	for _, t := range ranges(m) {
		if t.Above == 0 {
			return t.Rates, true
		}
	}
	return Rates{}, false
}
