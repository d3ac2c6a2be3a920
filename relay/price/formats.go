package price

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"

	"relaytop/relay"
)

// ErrFormat means that a text is not in a known format. It names the formats.
var ErrFormat = errors.New("not a known price list: expected a table of input and output for each model in TOML, " +
	"LiteLLM's JSON, a list of models with pricing like OpenRouter's, or new-api's /api/pricing")

// Parse reads a price list in any known format, recognised by its content.
func Parse(data []byte) (Table, error) {
	body := trimmed(data)
	if len(body) == 0 || body[0] != '{' {
		// with the blank lines at its start, so that line numbers are right
		return ParseTOML(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	}
	data = body
	var shape struct {
		Data []map[string]json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(data, &shape); err != nil || len(shape.Data) == 0 {
		return ParseLiteLLM(data)
	}
	if _, ok := shape.Data[0]["model_name"]; ok {
		return ParseNewAPI(data, "")
	}
	return ParseOpenRouter(data)
}

// ParseOpenRouter reads a list of models with prices: data[].pricing, decimal strings in USD per token. Models
// without prices, or with a price of -1, are left out.
func ParseOpenRouter(data []byte) (Table, error) {
	var doc struct {
		Data []struct {
			ID      string         `json:"id"`
			Pricing map[string]any `json:"pricing"`
		} `json:"data"`
	}
	if err := decode(data, &doc); err != nil {
		return Table{}, err
	}
	t := Table{Models: map[string]Rates{}}
	for _, m := range doc.Data {
		in, out := field(m.Pricing, "prompt"), field(m.Pricing, "completion")
		request := number(m.Pricing["request"])
		if m.Pricing["prompt"] == nil && m.Pricing["completion"] == nil && request != nil && request.Sign() > 0 {
			in, out = new(Rate), new(Rate) // priced by the call
		}
		if m.ID == "" || in == nil || out == nil {
			continue
		}
		r := Rates{Input: *in, Output: *out, Cached: field(m.Pricing, "input_cache_read"),
			Write:     field(m.Pricing, "input_cache_write"),
			Reasoning: field(m.Pricing, "internal_reasoning")}
		if r.Reasoning != nil && *r.Reasoning == 0 {
			r.Reasoning = nil // a 0 means that reasoning has no price of its own
		}
		if request != nil && request.Sign() > 0 {
			call, err := relay.MoneyOf(request)
			if err != nil {
				continue
			}
			r.Call = call
		}
		t.Models[m.ID] = r
	}
	return t, nil
}

// ParseNewAPI reads GET /api/pricing of new-api and its forks for a group of users ("" is the default group):
// ratios over a base of 2 USD a million tokens, or a price per call. If the list has no such group for a model, the
// ratio of its only group counts, or the highest of several, as an estimate.
func ParseNewAPI(data []byte, group string) (Table, error) {
	var doc struct {
		Data   []map[string]any `json:"data"`
		Groups map[string]any   `json:"group_ratio"`
	}
	if err := decode(data, &doc); err != nil {
		return Table{}, err
	}
	if group == "" {
		group = "default"
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
		factor, estimated := groupRatio(groups, m, group)
		if r, ok := ratios(m, factor); ok && name != "" {
			r.Estimated = estimated
			t.Models[name] = r
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

// ratios computes in = 2 * model_ratio * group, out = in * completion_ratio, cached = in * cache_ratio; with
// quota_type 1 it is model_price * group per call.
func ratios(m map[string]any, group *big.Rat) (r Rates, ok bool) {
	if q := number(m["quota_type"]); q != nil && q.Cmp(big.NewRat(1, 1)) == 0 {
		price := number(m["model_price"])
		if price == nil || price.Sign() < 0 {
			return r, false
		}
		call, err := relay.MoneyOf(price.Mul(price, group))
		r.Call = call
		return r, err == nil && call >= 0
	}
	ratio := number(m["model_ratio"])
	if ratio == nil {
		return r, false
	}
	in := new(big.Rat).Mul(big.NewRat(2, 1), ratio)
	in.Mul(in, group)
	times := func(key string) *Rate {
		f := number(m[key])
		if f == nil {
			return nil
		}
		v, err := rate(f.Mul(f, in), million)
		if err != nil {
			return nil
		}
		return &v
	}
	base, err := rate(in, million)
	if err != nil {
		return r, false
	}
	r = Rates{Input: base, Output: base, Cached: times("cache_ratio"), Write: times("create_cache_ratio")}
	if number(m["completion_ratio"]) != nil {
		out := times("completion_ratio")
		if out == nil {
			return r, false
		}
		r.Output = *out
	}
	return r, true
}

// decode reads JSON and keeps numbers as they are written.
func decode(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("read the price list: %w: %w", ErrFormat, err)
	}
	return nil
}

// number reads a JSON number, or a number in a string; nil: it is neither.
func number(v any) *big.Rat {
	var s string
	switch v := v.(type) {
	case json.Number:
		s = v.String()
	case string:
		s = v
	}
	r, err := decimal(s)
	if err != nil {
		return nil
	}
	return r
}

// field returns the price of one token under a key; nil: there is none, or it is negative.
func field(m map[string]any, key string) *Rate {
	d := number(m[key])
	if d == nil {
		return nil
	}
	r, err := rate(d, 1)
	if err != nil {
		return nil
	}
	return &r
}
