package price

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"relaytop/relay"
)

// ParseTOML reads the user's own price list: a table for each model with input, output, and where they are known cached, cache_write,
// reasoning (per million tokens) and call (per request). currency is USD, or another with usd, what one unit of it is worth; these
// two stand at the top for all or in a model's table. as_of at the top is the date. A key like endpoint/model prices one endpoint's.
func ParseTOML(data []byte) (Table, error) {
	var whole map[string]any
	if err := toml.Unmarshal(data, &whole); err != nil {
		return Table{}, fmt.Errorf("read the price list: %w", err)
	}
	// The values are read once more from their text: the decoder above has made floats of them.
	sheets := map[string]map[string]string{}
	var p unstable.Parser
	p.Reset(data)
	var at []string
	for p.NextExpression() {
		switch e := p.Expression(); e.Kind {
		case unstable.Table, unstable.ArrayTable:
			at = keys(e)
		case unstable.KeyValue:
			collect(sheets, at, e)
		}
	}
	if err := p.Error(); err != nil {
		return Table{}, fmt.Errorf("read the price list: %w", err)
	}
	return sheetTable(sheets)
}

func keys(n *unstable.Node) (parts []string) {
	for it := n.Key(); it.Next(); {
		parts = append(parts, string(it.Node().Data))
	}
	return parts
}

// collect puts a value under its model: everything but the last part of its key. A bare [gpt-4.1] is two parts: they are joined again.
func collect(sheets map[string]map[string]string, at []string, e *unstable.Node) {
	path := append(append([]string{}, at...), keys(e)...)
	v := e.Value()
	if v.Kind == unstable.InlineTable {
		for it := v.Children(); it.Next(); {
			collect(sheets, path, it.Node())
		}
		return
	}
	if len(path) == 0 {
		return
	}
	model := strings.Join(path[:len(path)-1], ".")
	if sheets[model] == nil {
		sheets[model] = map[string]string{}
	}
	text := string(v.Data)
	if v.Kind == unstable.Integer || v.Kind == unstable.Float {
		text = strings.ReplaceAll(text, "_", "")
	}
	sheets[model][path[len(path)-1]] = text
}

func sheetTable(sheets map[string]map[string]string) (Table, error) {
	top := sheets[""]
	t := Table{AsOf: top["as_of"], Models: map[string]Rates{}}
	for model, s := range sheets {
		if model == "" {
			continue
		}
		for _, k := range []string{"currency", "usd"} {
			if _, ok := s[k]; !ok && top[k] != "" {
				s[k] = top[k]
			}
		}
		r, err := sheetRates(s)
		if err != nil {
			return Table{}, fmt.Errorf("the price of %q: %w", model, err)
		}
		t.Models[model] = r
	}
	return t, nil
}

func sheetRates(s map[string]string) (r Rates, err error) {
	unit := big.NewRat(1, 1)
	if c := strings.ToUpper(s["currency"]); c != "" && c != "USD" {
		if s["usd"] == "" {
			return r, fmt.Errorf("%w: it is in %s and does not say what one is worth in USD (usd = ...)", ErrRate, c)
		}
		if unit, err = decimal(s["usd"]); err != nil {
			return r, err
		}
	}
	values := map[string]Rate{}
	for key, text := range s {
		switch key {
		case "currency", "usd":
			continue
		case "input", "output", "cached", "cache_write", "reasoning", "call":
		default:
			return r, fmt.Errorf("%w: unknown key %q", ErrRate, key)
		}
		d, err := decimal(text)
		if err != nil {
			return r, fmt.Errorf("%s: %w", key, err)
		}
		if d.Mul(d, unit); key == "call" {
			if r.Call, err = relay.MoneyOf(d); err != nil || r.Call < 0 {
				return r, fmt.Errorf("call: %w", ErrRate)
			}
			continue
		}
		if values[key], err = rate(d, million); err != nil {
			return r, fmt.Errorf("%s: %w", key, err)
		}
	}
	in, okIn := values["input"]
	out, okOut := values["output"]
	if _, perCall := s["call"]; okIn != okOut || !okIn && !perCall {
		return r, fmt.Errorf("%w: it needs input and output, or call", ErrRate)
	}
	r.Input, r.Output = in, out
	r.Cached, r.Write, r.Reasoning = optional(values, "cached"), optional(values, "cache_write"), optional(values, "reasoning")
	return r, nil
}

func optional(values map[string]Rate, key string) *Rate {
	if v, ok := values[key]; ok {
		return &v
	}
	return nil
}
