package settings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"relaytop/relay"
)

// param is a known parameter: its short name, and the values that it takes.
type param struct {
	key, short string
	takes      string // in words, shown while it is edited and for a wrong value
	choices    []string
	parse      func(p *param, s string) (any, error)
	low, high  float64
}

// The keys with special treatment.
const (
	keyTemperature = "temperature"
	keyMaxTokens   = "max_tokens"
	keyFormat      = "response_format"
)

// knownParams returns the parameters that the panel always lists, in its order.
func knownParams() []param {
	return []param{
		{key: keyTemperature, short: "temp", takes: "a number from 0 to 2", parse: decimal, high: 2},
		{key: "top_p", short: "top_p", takes: "a number from 0 to 1", parse: decimal, high: 1},
		{key: keyMaxTokens, short: "max", takes: "a whole number from 1 on: tokens of an answer", parse: whole, low: 1,
			high: 1e9},
		{key: "seed", short: "seed", takes: "a whole number", parse: whole, low: math.MinInt64, high: math.MaxInt64},
		{key: "stop", short: "stop", takes: `a text, or up to four as JSON: ["\n\n", "END"]`, parse: stops},
		{key: "presence_penalty", short: "presence", takes: "a number from -2 to 2", parse: decimal, low: -2, high: 2},
		{key: "frequency_penalty", short: "frequency", takes: "a number from -2 to 2", parse: decimal, low: -2, high: 2},
		{key: "reasoning_effort", short: "effort", takes: "none, minimal, low, medium, high or xhigh", parse: oneOf,
			choices: []string{"none", "minimal", "low", "medium", "high", "xhigh"}},
		{key: keyFormat, short: "", takes: "text, json_object, or json_schema and a file", parse: format,
			choices: []string{"text", "json_object"}},
	}
}

// reserved returns the keys of a request that no parameter may replace.
func reserved() []string { return []string{"model", "messages", "stream", "stream_options"} }

const (
	maxValue = 64 << 10 // bytes of a typed value
	maxStops = 4
	maxKey   = 64 // bytes of a key
)

// isKnown reports whether the panel always lists a key.
func isKnown(key string) bool {
	return slices.ContainsFunc(knownParams(), func(p param) bool { return p.key == key })
}

// paramOf returns the known parameter of a key, or one that takes any value.
func paramOf(key string) param {
	for _, p := range knownParams() {
		if p.key == key {
			return p
		}
	}
	return param{key: key, short: key, takes: "a number, a text, or JSON", parse: anyValue}
}

// parseValue parses a typed value of a key. The result is valid JSON, on one line.
func parseValue(key, typed string) (json.RawMessage, error) {
	p := paramOf(key)
	s := strings.TrimSpace(strings.ToValidUTF8(typed, "\uFFFD"))
	switch {
	case s == "":
		return nil, errors.New("it takes " + p.takes)
	case len(s) > maxValue:
		return nil, errors.New("that is too long: at most 64 kB")
	}
	v, err := p.parse(&p, s)
	if err != nil {
		return nil, err
	}
	if raw, ok := v.(json.RawMessage); ok {
		return raw, nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // a stop such as </s> is for people to read
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("it takes %s: %w", p.takes, err)
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// checkKey returns why a key cannot be added; "" if it can.
func checkKey(key string, have relay.Params) string {
	switch {
	case key == "":
		return "type a name for the key"
	case len(key) > maxKey || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' }):
		return "a key is a short word: letters, digits, _ and the like"
	case slices.Contains(reserved(), key):
		return key + " is set by the program itself"
	case have[key] != nil:
		return key + " is in the list already"
	}
	return ""
}

func decimal(p *param, s string) (any, error) {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || strings.Trim(s, "+-.0123456789eE") != "" || v < p.low || v > p.high {
		return nil, errors.New("it takes " + p.takes)
	}
	return v, nil
}

func whole(p *param, s string) (any, error) {
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil || float64(v) < p.low || float64(v) > p.high {
		return nil, errors.New("it takes " + p.takes)
	}
	return v, nil
}

func oneOf(p *param, s string) (any, error) {
	if s = strings.ToLower(s); !slices.Contains(p.choices, s) {
		return nil, errors.New("it takes " + p.takes)
	}
	return s, nil
}

// stops parses a stop: a text as typed, or JSON, which is a string or a list of strings.
func stops(p *param, s string) (any, error) {
	switch s[0] {
	case '"':
		var one string
		if err := json.Unmarshal([]byte(s), &one); err != nil || one == "" {
			return nil, errors.New("it takes " + p.takes)
		}
		return one, nil
	case '[':
		var list []string
		if err := json.Unmarshal([]byte(s), &list); err != nil || len(list) == 0 || len(list) > maxStops ||
			slices.Contains(list, "") {
			return nil, errors.New("it takes " + p.takes)
		}
		return list, nil
	}
	return s, nil
}

// format parses a response format: a word, or all of it as JSON. See schemaPath for one that names a file.
func format(p *param, s string) (any, error) {
	switch s {
	case "text", "json_object":
		return map[string]string{"type": s}, nil
	}
	var kind struct {
		Type string `json:"type"`
	}
	if s[0] != '{' || json.Unmarshal([]byte(s), &kind) != nil || kind.Type == "" {
		return nil, errors.New("it takes " + p.takes)
	}
	return compact(s)
}

// anyValue parses JSON if it is valid, otherwise a text.
func anyValue(_ *param, s string) (any, error) {
	if v, err := compact(s); err == nil {
		return v, nil
	} else if strings.ContainsRune(`{["`, rune(s[0])) {
		return nil, err
	}
	return s, nil
}

func compact(s string) (json.RawMessage, error) {
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(s)); err != nil {
		return nil, fmt.Errorf("that is not JSON: %w", err)
	}
	return b.Bytes(), nil
}

// showValue formats a value as it would be typed: parseValue reads it back.
func showValue(key string, raw json.RawMessage) string {
	if len(raw) == 0 {
		return ""
	}
	if key == keyFormat {
		var f map[string]json.RawMessage
		if json.Unmarshal(raw, &f) == nil && len(f) == 1 {
			switch s := unquoted(f["type"]); s {
			case "text", "json_object":
				return s
			}
		}
	}
	if s := unquoted(raw); s != "" && s == strings.TrimSpace(s) && len(s) <= maxValue {
		if again, err := parseValue(key, s); err == nil && unquoted(again) == s {
			return s // it is read back as this string without quotes
		}
	}
	return string(raw)
}

// unquoted returns the text of a JSON string; "" if it is not a string.
func unquoted(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// briefValue formats a value for the line below the composer.
func briefValue(key string, raw json.RawMessage) string {
	if key != keyFormat {
		return showValue(key, raw)
	}
	var f struct {
		Type   string `json:"type"`
		Schema struct {
			Name string `json:"name"`
		} `json:"json_schema"`
	}
	if json.Unmarshal(raw, &f) != nil || f.Type == "" {
		return string(raw)
	}
	if f.Schema.Name != "" {
		return f.Type + " " + f.Schema.Name
	}
	return f.Type
}

// MaxTokens is the max_tokens of the parameters; 0 if there is no limit.
func MaxTokens(p relay.Params) int64 {
	n, _ := strconv.ParseInt(string(p[keyMaxTokens]), 10, 64)
	return n
}
