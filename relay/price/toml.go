package price

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"relaytop/relay"
)

// parseTOML reads the user's own price list: a table for each model with input and output, and optionally cached,
// cache_write, reasoning (all per million tokens) and call (per request). currency is USD, or another one with usd,
// the value of one unit in USD; both are set at the top for all models or in the table of one. as_of at the top is
// the date. A key such as endpoint/model sets the price at one endpoint.
func parseTOML(data []byte) (Table, error) {
	var whole map[string]any
	if err := toml.Unmarshal(data, &whole); err != nil {
		return Table{}, &Error{Line: tomlLine(err), Err: fmt.Errorf("read the price list: %w", err)}
	}
	// The values are read a second time as text: the decoder above has turned them into floats.
	sheets := map[string]sheet{}
	var p unstable.Parser
	p.Reset(data)
	var at []string
	for p.NextExpression() {
		switch e := p.Expression(); e.Kind {
		case unstable.Table, unstable.ArrayTable:
			at = keys(e)
		case unstable.KeyValue:
			collect(&p, sheets, at, e)
		}
	}
	if err := p.Error(); err != nil {
		return Table{}, fmt.Errorf("read the price list: %w", err)
	}
	return sheetTable(sheets)
}

// keys returns the parts of a key.
func keys(n *unstable.Node) (parts []string) {
	for it := n.Key(); it.Next(); {
		parts = append(parts, string(it.Node().Data))
	}
	return parts
}

// collect stores a value under its model: its key without the last part. A bare [gpt-4.1] is two parts, joined
// again.
func collect(p *unstable.Parser, sheets map[string]sheet, at []string, e *unstable.Node) {
	path := append(append([]string{}, at...), keys(e)...)
	v := e.Value()
	if v.Kind == unstable.InlineTable {
		for it := v.Children(); it.Next(); {
			collect(p, sheets, path, it.Node())
		}
		return
	}
	if len(path) == 0 {
		return
	}
	model := strings.Join(path[:len(path)-1], ".")
	if sheets[model] == nil {
		sheets[model] = sheet{}
	}
	text := string(v.Data)
	if v.Kind == unstable.Integer || v.Kind == unstable.Float {
		text = strings.ReplaceAll(text, "_", "")
	}
	line := 0
	if it := e.Key(); it.Next() {
		line = p.Shape(it.Node().Raw).Start.Line
	}
	sheets[model][path[len(path)-1]] = cell{text, line}
}

// sheet holds the values of one model by key.
type sheet map[string]cell

type cell struct {
	text string
	line int
}

// line returns the line of a key, or the first line of the sheet.
func (s sheet) line(key string) int {
	if c, ok := s[key]; ok {
		return c.line
	}
	first := 0
	for _, c := range s {
		if first == 0 || c.line < first {
			first = c.line
		}
	}
	return first
}

// tomlLine returns the line of a decoding error; 0: unknown.
func tomlLine(err error) int {
	var de *toml.DecodeError
	if !errors.As(err, &de) {
		return 0
	}
	row, _ := de.Position()
	return row
}

// sheetTable makes the price list of the sheets.
func sheetTable(sheets map[string]sheet) (Table, error) {
	top := sheets[""]
	for _, key := range slices.Sorted(maps.Keys(top)) { // sorted, so that the same error is reported each time
		if !slices.Contains([]string{"as_of", "currency", "usd"}, key) {
			return Table{}, &Error{Line: top[key].line,
				Err: fmt.Errorf("%w: %q is above the first model, where only as_of, currency and usd are known", ErrRate, key)}
		}
	}
	t := Table{AsOf: top["as_of"].text, Models: map[string]Rates{}}
	for _, model := range slices.Sorted(maps.Keys(sheets)) {
		if model == "" {
			continue
		}
		s := sheets[model]
		for _, k := range []string{"currency", "usd"} {
			if _, ok := s[k]; !ok && top[k].text != "" {
				s[k] = top[k]
			}
		}
		r, wrong, key, err := sheetRates(s)
		if err != nil {
			return Table{}, &Error{Line: s.line(key), Err: fmt.Errorf("the price of %q: %w", model, err)}
		}
		t.add(model, r, wrong)
	}
	return t, nil
}

// sheetRates reads the prices of one model. wrong says why they can't be right. blame is the key that caused an error;
// "": a key is missing.
func sheetRates(s sheet) (r Rates, wrong, blame string, err error) {
	unit, err := sheetUnit(s)
	if err != nil {
		return r, "", "usd", err
	}
	if c := strings.ToUpper(s["currency"].text); c == "" || c == "USD" {
		unit = big.NewRat(1, 1)
	} else if unit == nil {
		return r, "", "currency", fmt.Errorf("%w: it is in %s, without the value of one unit in USD (usd = ...)", ErrRate, c)
	}
	values := map[string]Rate{}
	for _, key := range slices.Sorted(maps.Keys(s)) {
		switch key {
		case "currency", "usd":
			continue
		case "input", "output", "cached", "cache_write", "reasoning", "call":
		default:
			return r, "", key, fmt.Errorf("%w: unknown key %q", ErrRate, key)
		}
		d, err := decimal(s[key].text)
		if err != nil {
			return r, "", key, fmt.Errorf("%s: %w", key, err)
		}
		if d.Mul(d, unit); key == "call" {
			if r.Call, err = relay.MoneyOf(d); err != nil || r.Call < 0 {
				return r, "", key, fmt.Errorf("call: %w", ErrRate)
			}
			continue
		}
		values[key], err = rate(d, million)
		if why := absurd(values[key], err, true); why != "" && d.Sign() > 0 {
			wrong, err = cmp.Or(wrong, key+why), nil
		}
		if err != nil {
			return r, "", key, fmt.Errorf("%s: %w", key, err)
		}
	}
	in, okIn := values["input"]
	out, okOut := values["output"]
	if _, perCall := s["call"]; okIn != okOut || !okIn && !perCall {
		return r, "", "", fmt.Errorf("%w: it needs input and output, or call", ErrRate)
	}
	r.Input, r.Output = in, out
	r.Cached, r.Write, r.Reasoning = optional(values, "cached"), optional(values, "cache_write"),
		optional(values, "reasoning")
	return r, wrong, "", nil
}

// sheetUnit returns the value in USD of one unit of the currency; nil: it is not set.
func sheetUnit(s sheet) (*big.Rat, error) {
	c, ok := s["usd"]
	if !ok || c.text == "" {
		return nil, nil
	}
	unit, err := decimal(c.text)
	if err == nil && unit.Sign() <= 0 {
		err = fmt.Errorf("%w: %.64q", ErrRate, c.text)
	}
	if err != nil {
		return nil,
			fmt.Errorf("usd: %w: it must be a number above 0, the value of one unit of the currency in USD, such as 0.14", err)
	}
	return unit, nil
}

// optional returns a rate that may be missing.
func optional(values map[string]Rate, key string) *Rate {
	if v, ok := values[key]; ok {
		return &v
	}
	return nil
}
