package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// primaryKeys are the keys of a relay at the top of the file, without [[endpoints]].
var primaryKeys = [...]string{"base_url", "kind", "api_key", "api_key_env", "api_key_file", "api_key_cmd", "headers",
	"ca_file"}

// Lost lists, in words, what writing a draft into the file at path would remove; nothing if the draft only adds.
func Lost(path string, d Draft) ([]string, error) {
	old, err := readRegular(path, maxConfigFile, false)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, &Error{File: path, Message: "can't be read", Cause: plainCause(err)}
	}
	_, lost, err := merge(old, d)
	return lost, err
}

// merge merges a draft into the text of a configuration: it adds or replaces the endpoint of its name and the
// settings that it sets. Everything else stays. If nothing is lost, the draft is appended to the text; otherwise
// the text is rewritten without its comments.
func merge(old []byte, d Draft) (text []byte, lost []string, err error) {
	old = trimMarks(old)
	var all map[string]any
	if err := toml.Unmarshal(old, &all); err != nil {
		return nil, nil, fmt.Errorf("reading the config: %w", err)
	}
	top, table, err := d.encode()
	if err != nil {
		return nil, nil, err
	}
	if all["default_model"] == d.DefaultModel {
		top = nil
	}
	lost = lostSettings(all, d)
	if len(lost) == 0 {
		old = append(bytes.TrimRight(old, "\n"), '\n')
		text = slices.Concat(top, old, []byte("\n"), table)
		if toml.Unmarshal(text, &map[string]any{}) == nil {
			return text, nil, nil
		}
		lost = append(lost, "how the file is written") // endpoints = [..] can't be added to
	}
	for _, key := range primaryKeys {
		delete(all, key)
	}
	if d.DefaultModel != "" {
		all["default_model"] = d.DefaultModel
	}
	if d.Fallback != "" {
		all["fallback_model"] = d.Fallback
	}
	var made struct {
		Endpoints []any `toml:"endpoints"`
	}
	if err := toml.Unmarshal(table, &made); err != nil {
		return nil, nil, fmt.Errorf("writing the config: %w", err)
	}
	list, _ := all["endpoints"].([]any)
	if i := slices.IndexFunc(list, named(d.Name)); i >= 0 {
		list[i] = replaced(list[i].(map[string]any), made.Endpoints[0].(map[string]any))
	} else {
		list = append(list, made.Endpoints[0])
	}
	all["endpoints"] = list
	var out bytes.Buffer
	out.WriteString(header)
	if err := toml.NewEncoder(&out).Encode(all); err != nil {
		return nil, nil, fmt.Errorf("writing the config: %w", err)
	}
	if commented(old) {
		lost = append(lost, "its comments")
	}
	return out.Bytes(), lost, nil
}

// lostSettings are the relay and the models that a draft replaces.
func lostSettings(all map[string]any, d Draft) (lost []string) {
	if m, ok := all["default_model"].(string); ok && d.DefaultModel != "" && m != d.DefaultModel {
		lost = append(lost, "default_model "+m)
	}
	if m, ok := all["fallback_model"]; ok && d.Fallback != "" && m != d.Fallback {
		lost = append(lost, fmt.Sprintf("fallback_model %v", m))
	}
	for _, key := range primaryKeys {
		if _, ok := all[key]; ok {
			url, _ := all["base_url"].(string)
			lost = append(lost, strings.TrimSpace("the relay at its top "+maskURL(url)))
			break
		}
	}
	list, _ := all["endpoints"].([]any)
	if i := slices.IndexFunc(list, named(d.Name)); i >= 0 {
		url, _ := list[i].(map[string]any)["base_url"].(string)
		what := "the endpoint " + d.Name + " " + maskURL(url)
		if url == d.BaseURL {
			what = "the key of " + what
		}
		lost = append(lost, what)
	}
	return lost
}

func named(name string) func(any) bool {
	return func(v any) bool {
		e, ok := v.(map[string]any)
		return ok && e["name"] == name
	}
}

// replaced is an endpoint with another URL or key. At the same URL its limits, models and headers stay.
func replaced(old, made map[string]any) map[string]any {
	if old["base_url"] != made["base_url"] {
		return made
	}
	for _, key := range []string{"api_key", "api_key_env", "api_key_file", "api_key_cmd"} {
		delete(old, key)
	}
	for key, v := range made {
		old[key] = v
	}
	return old
}

// commented reports whether the text has comments other than our header.
func commented(text []byte) bool {
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(strings.TrimSpace(line), "#") && line != header {
			return true
		}
	}
	return false
}

// aside returns an unused name for a backup of path.
func aside(path string) string {
	for n := 1; n < 100; n++ {
		name := path + ".bak"
		if n > 1 {
			name = fmt.Sprintf("%s.bak%d", path, n)
		}
		if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			return name
		}
	}
	return path + ".bak"
}
