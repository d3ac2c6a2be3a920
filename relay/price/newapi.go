package price

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"relaytop/relay"
)

// parseNewAPI reads GET /api/pricing of new-api and its forks for the default group of users: ratios over a base of 2
// USD a million tokens, or a price per call. If the list has no such group for a model, the ratio of its only group
// counts, or the highest of several, as an estimate.
func parseNewAPI(data []byte) (Table, error) {
	var doc struct {
		Data   []map[string]any `json:"data"`
		Groups map[string]any   `json:"group_ratio"`
	}
	if err := decode(data, &doc); err != nil {
		return Table{}, err
	}
	groups := map[string]*big.Rat{}
	for name, v := range doc.Groups {
		if f := number(v); f != nil && f.Sign() >= 0 {
			groups[name] = f
		}
	}
	t := Table{Models: map[string]Rates{}}
	for _, m := range doc.Data {
		name, _ := m["model_name"].(string)
		if name == "" {
			continue
		}
		factor, estimated := groupRatio(groups, m, "default")
		if r, wrong, ok := billed(m, factor); ok {
			r.Estimated = r.Estimated || estimated
			t.add(name, r, wrong)
		}
	}
	return t, nil
}

// groupRatio returns the ratio of the group by which a model is billed: the wanted one, if the model is for it.
// Otherwise the list does not say which one it is: then it is the highest, as an estimate, so that costs are not
// understated.
func groupRatio(groups map[string]*big.Rat, m map[string]any, want string) (ratio *big.Rat, estimated bool) {
	if len(groups) == 0 {
		return big.NewRat(1, 1), false
	}
	open, listed := map[string]*big.Rat{}, false
	names, _ := m["enable_groups"].([]any)
	for _, v := range names {
		name, _ := v.(string)
		listed = listed || name != ""
		if name == "all" {
			open = groups
			break
		}
		if f := groups[name]; f != nil {
			open[name] = f
		}
	}
	if !listed {
		open = groups
	}
	if f := open[want]; f != nil {
		return f, false
	}
	if len(open) == 0 { // for none of the listed groups
		open, estimated = groups, true
	}
	for _, f := range open {
		estimated = estimated || ratio != nil && ratio.Cmp(f) != 0
		if ratio == nil || f.Cmp(ratio) > 0 {
			ratio = f
		}
	}
	return ratio, estimated
}

// billed reads how a model is billed. wrong says why that is not known; ok is false if the list states no price.
func billed(m map[string]any, group *big.Rat) (r Rates, wrong string, ok bool) {
	mode, _ := m["billing_mode"].(string)
	expr, _ := m["billing_expr"].(string)
	quota := number(m["quota_type"])
	switch mode = strings.ToLower(strings.TrimSpace(mode)); {
	case mode == "tiered_expr" || mode == "" && expr != "":
		return formulaRates(m, expr, group)
	case !slices.Contains([]string{"", "ratio", "token", "tokens", "per_token", "price", "call", "per_call",
		"per_request", "fixed"}, mode):
		return r, fmt.Sprintf("is billed in the mode %q, which is not known", text(mode)), true
	case quota != nil && !slices.Contains([]string{"0", "1"}, quota.RatString()):
		return r, fmt.Sprintf("has the quota type %s, which is not known", text(quota.RatString())), true
	case quota != nil && quota.Sign() > 0 || quota == nil && (strings.Contains(mode, "call") || mode == "price" ||
		mode == "per_request" || mode == "fixed"):
		r, ok = callRates(m, group)
		return r, "", ok
	}
	if wrong = otherMode(m); wrong != "" {
		return r, wrong, true
	}
	return ratios(m, group)
}

// otherMode says why a ratio of 0 does not mean that a model is free; "": it does, or the ratio is not 0.
func otherMode(m map[string]any) string {
	ratio := number(m["model_ratio"])
	if ratio == nil || ratio.Sign() != 0 {
		return ""
	}
	if price := number(m["model_price"]); price != nil && price.Sign() > 0 {
		return "has a ratio of 0 beside a price by the call"
	}
	for key, v := range m {
		k := strings.ToLower(key)
		if (strings.HasPrefix(k, "billing_") || strings.Contains(k, "tier") || strings.Contains(k, "expr") ||
			k == "pricing") && v != nil && v != "" && v != false && !slices.Contains([]any{"ratio", "token", "tokens"}, v) {
			return "has a ratio of 0 beside " + text(key)
		}
	}
	return ""
}

// formulaRates reads a model that is billed by a formula. Where that can't be evaluated the ratio counts, as an
// estimate; a ratio of 0 is no price then.
func formulaRates(m map[string]any, expr string, group *big.Rat) (r Rates, wrong string, ok bool) {
	r, err := rateFormula(expr, group)
	if err == nil {
		return r, "", true
	}
	if ratio := number(m["model_ratio"]); ratio == nil || ratio.Sign() <= 0 {
		return r, "is billed by a formula that can't be read: " + err.Error(), true
	}
	r, wrong, ok = ratios(m, group)
	r.Estimated = true
	return r, wrong, ok
}

// callRates computes model_price * group for a request.
func callRates(m map[string]any, group *big.Rat) (r Rates, ok bool) {
	price := number(m["model_price"])
	if price == nil || price.Sign() < 0 {
		return r, false
	}
	call, err := relay.MoneyOf(price.Mul(price, group))
	r.Call = call
	return r, err == nil && call >= 0
}

// ratios computes in = 2 * model_ratio * group, out = in * completion_ratio, cached = in * cache_ratio, in USD per
// million tokens.
func ratios(m map[string]any, group *big.Rat) (r Rates, wrong string, ok bool) {
	ratio := number(m["model_ratio"])
	if ratio == nil {
		return r, "", false
	}
	if ratio.Sign() < 0 {
		return r, varies, true
	}
	in := new(big.Rat).Mul(big.NewRat(2, 1), ratio)
	in.Mul(in, group)
	times := func(key string) *Rate {
		f := big.NewRat(1, 1)
		if key != "" {
			if f = number(m[key]); f == nil || f.Sign() < 0 {
				return nil
			}
		}
		v, err := rate(f.Mul(f, in), million)
		if why := absurd(v, err, false); why != "" && wrong == "" {
			wrong = "of ratio " + text(ratio.FloatString(3)) + why
		}
		return &v
	}
	base := times("")
	r = Rates{Input: *base, Output: *base, Cached: times("cache_ratio"), Write: times("create_cache_ratio"),
		Estimated: hasClock(m)}
	if m["completion_ratio"] != nil {
		out := times("completion_ratio")
		if out == nil {
			return r, "", false
		}
		r.Output = *out
	}
	return r, wrong, true
}
