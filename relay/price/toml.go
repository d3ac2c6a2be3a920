package price

import (
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

// ParseTOML reads the user's own price list: a table for each model with input, output, and where they are known
// cached, cache_write, reasoning (per million tokens) and call (per request). currency is USD, or another with usd,
// what one unit of it is worth; these two stand at the top for all or in a model's table. as_of at the top is the
// date. A key like endpoint/model prices one endpoint's.
func ParseTOML(data []byte) (Table, error) {
	var whole map[string]any
	if err := toml.Unmarshal(data, &whole); err != nil {
		return Table{}, &Error{Line: tomlLine(err), Err: fmt.Errorf("read the price list: %w", err)}
	}
	// The values are read once more from their text: the decoder above has made floats of them.
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

func keys(n *unstable.Node) (parts []string) {
	for it := n.Key(); it.Next(); {
		parts = append(parts, string(it.Node().Data))
	}
	return parts
}

// collect puts a value under its model: everything but the last part of its key. A bare [gpt-4.1] is two parts:
// they are joined again.
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

// sheet is what a file says of one model, by key.
type sheet map[string]cell

type cell struct {
	text string
	line int
}

// line is that of a key, or the first of the sheet.
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

func tomlLine(err error) int {
	var de *toml.DecodeError
	if !errors.As(err, &de) {
		return 0
	}
	row, _ := de.Position()
	return row
}

func sheetTable(sheets map[string]sheet) (Table, error) {
	top := sheets[""]
	for _, key := range slices.Sorted(maps.Keys(top)) { // sorted: the same mistake is told each time
		if !slices.Contains([]string{"as_of", "currency", "usd"}, key) {
			return Table{}, &Error{Line: top[key].line,
				Err: fmt.Errorf("%w: %q stands above the first model; known there are as_of, currency and usd", ErrRate, key)}
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
		r, key, err := sheetRates(s)
		if err != nil {
			return Table{}, &Error{Line: s.line(key), Err: fmt.Errorf("the price of %q: %w", model, err)}
		}
		t.Models[model] = r
	}
	return t, nil
}

// sheetRates reads the prices of one model. With an error comes the key that is to blame, "" if one is missing.
func sheetRates(s sheet) (r Rates, blame string, err error) {
	unit, err := sheetUnit(s)
	if err != nil {
		return r, "usd", err
	}
	if c := strings.ToUpper(s["currency"].text); c == "" || c == "USD" {
		unit = big.NewRat(1, 1)
	} else if unit == nil {
		return r, "currency", fmt.Errorf("%w: it is in %s and does not say what one is worth in USD (usd = ...)", ErrRate, c)
	}
	values := map[string]Rate{}
	for _, key := range slices.Sorted(maps.Keys(s)) {
		switch key {
		case "currency", "usd":
			continue
		case "input", "output", "cached", "cache_write", "reasoning", "call":
		default:
			return r, key, fmt.Errorf("%w: unknown key %q", ErrRate, key)
		}
		d, err := decimal(s[key].text)
		if err != nil {
			return r, key, fmt.Errorf("%s: %w", key, err)
		}
		if d.Mul(d, unit); key == "call" {
			if r.Call, err = relay.MoneyOf(d); err != nil || r.Call < 0 {
				return r, key, fmt.Errorf("call: %w", ErrRate)
			}
			continue
		}
		if values[key], err = rate(d, million); err != nil {
			return r, key, fmt.Errorf("%s: %w", key, err)
		}
	}
	in, okIn := values["input"]
	out, okOut := values["output"]
	if _, perCall := s["call"]; okIn != okOut || !okIn && !perCall {
		return r, "", fmt.Errorf("%w: it needs input and output, or call", ErrRate)
	}
	r.Input, r.Output = in, out
	r.Cached, r.Write, r.Reasoning = optional(values, "cached"), optional(values, "cache_write"),
		optional(values, "reasoning")
	return r, "", nil
}

// sheetUnit is what one unit of the currency is worth in USD; nil: it is not said.
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
			fmt.Errorf("usd: %w: it must be a number above 0, what one unit of the currency is worth in USD, such as 0.14", err)
	}
	return unit, nil
}

func optional(values map[string]Rate, key string) *Rate {
	if v, ok := values[key]; ok {
		return &v
	}
	return nil
}
