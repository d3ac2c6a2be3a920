package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
)

// checkShape refuses a value of the wrong type before the decoder does, whose message would be about our own types.
// The error names the key and a value that could stand there. prefix is that of keyLines.
func (l *loader) checkShape(path, prefix string, keys map[string]any, t reflect.Type) error {
	want := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(t) {
		if !f.Anonymous {
			want[f.Tag.Get("toml")] = f.Type
		}
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		t, ours := want[key]
		if !ours {
			continue // a setting of the table
		}
		if fault := faultOf(keys[key], t); fault != "" {
			return &Error{File: path, Line: l.lines[prefix+key], Key: key, Message: fault + ": write " + exampleOf(key)}
		}
	}
	if prefix != "" {
		return nil
	}
	list, _ := keys["endpoints"].([]any)
	for i := range list {
		e, _ := list[i].(map[string]any)
		if err := l.checkShape(path, fmt.Sprintf("endpoints.%d.", i), e, reflect.TypeFor[fileEndpoint]()); err != nil {
			return err
		}
	}
	return nil
}

// faultOf says how a TOML value differs from the type of the field it is for; "": it does not.
func faultOf(v any, t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	fits, name := false, ""
	switch t.Kind() {
	case reflect.String:
		_, fits = v.(string)
		name = "text"
	case reflect.Bool:
		_, fits = v.(bool)
		name = "true or false"
	case reflect.Int:
		_, fits = v.(int64)
		name = "a whole number"
	case reflect.Float64:
		_, whole := v.(int64)
		_, fits = v.(float64)
		fits, name = fits || whole, "a number"
	case reflect.Slice:
		list, ok := v.([]any)
		fits, name = ok && allText(slices.Values(list)), "a list of texts"
		if t.Elem().Kind() == reflect.Struct {
			fits, name = ok && !slices.ContainsFunc(list, func(v any) bool { _, table := v.(map[string]any); return !table }),
				"tables in double brackets"
		}
	case reflect.Map:
		table, ok := v.(map[string]any)
		fits, name = ok, "a table"
		if t.Elem().Kind() == reflect.String {
			fits, name = ok && allText(maps.Values(table)), "a table of texts"
		}
	default:
		return ""
	}
	if fits {
		return ""
	}
	return "is " + kindOf(v) + " and has to be " + name
}

func allText(values func(func(any) bool)) bool {
	for v := range values {
		if _, text := v.(string); !text {
			return false
		}
	}
	return true
}

// kindOf names the type of a TOML value in a sentence.
func kindOf(v any) string {
	switch v := v.(type) {
	case string:
		return "text"
	case bool:
		return "true or false"
	case int64:
		return "a whole number"
	case float64:
		return "a number"
	case []any:
		for _, e := range v {
			if kind := kindOf(e); kind != "text" {
				return "a list with " + kind + " in it"
			}
		}
		return "a list"
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if kind := kindOf(v[k]); kind != "text" {
				return "a table with " + kind + " in it"
			}
		}
		return "a table"
	}
	return "a date"
}

// exampleOf is a line of TOML that could set a key beside the settings.
func exampleOf(key string) string {
	switch key {
	case "name":
		return `name = "mine"`
	case "base_url":
		return `base_url = "https://api.example.com/v1"`
	case "kind":
		return `kind = "holysheep"`
	case "api_key":
		return `api_key = "sk-..."`
	case "api_key_env":
		return `api_key_env = "MY_RELAY_KEY"`
	case "api_key_file":
		return `api_key_file = "relay.key"`
	case "api_key_cmd":
		return `api_key_cmd = "pass show relay"`
	case "headers":
		return `headers = { X-Team = "blue" }`
	case "ca_file":
		return `ca_file = "ca.pem"`
	case "keys":
		return `[keys] and below it  "chat.send" = "ctrl+s"`
	case "endpoints":
		return `[[endpoints]] and below it  name = "mine"  and  base_url = "https://api.example.com/v1"`
	case "models":
		return `models = ["gpt-4.1"]`
	case "allow_http", "no_request_id":
		return key + " = true"
	case "timeout_seconds":
		return "timeout_seconds = 120"
	}
	return key + " = 100" // weight, rpm, tpm, concurrency
}

// example is a line of TOML that could set the setting.
func (s setting) example() string {
	value := s.def
	switch s.name {
	case "fallback_model":
		return s.name + ` = ["deepseek-v3.2"]`
	case "budget_day":
		value = "5"
	case "price_file":
		value = "prices.toml"
	}
	if _, err := strconv.ParseFloat(value, 64); err == nil {
		return s.name + " = " + value
	}
	return s.name + " = " + strconv.Quote(value)
}
