package input

import (
	"slices"
	"strings"
)

// unused returns the keys of an object that would say something about its request and are not read: parameters, a
// prompt beside messages, and names that differ from ours by their capitals alone. source is the key that says what
// to ask.
func (f *Format) unused(o map[string]any, source string) (keys []string) {
	for k, v := range o {
		if v == nil || k == source || f.Template.reads(k) {
			continue
		}
		name, ours := reserved(k)
		if _, exact := o[name]; ours && (k != name || !readsItself(name)) && (k == name || !exact) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}

// unusedColumns returns, by index, the columns that say something about a request and are not read. A table of one
// column has none: it is the prompt.
func (f *Format) unusedColumns() (columns []int) {
	for i, c := range f.Header {
		name, ours := reserved(c)
		if !ours || len(f.Header) == 1 || f.Template.reads(c) {
			continue
		}
		if c == name && (readsItself(name) || name == "prompt") || c != name && slices.Contains(f.Header, name) {
			continue
		}
		columns = append(columns, i)
	}
	return columns
}

// readsItself reports whether a key is read wherever it stands.
func readsItself(name string) bool { return name == "id" || name == "custom_id" }

// reserved returns the name that a key has among those that mean something in a row or a request, whatever its
// capitals.
func reserved(key string) (name string, ok bool) {
	for _, name := range [...]string{"id", "custom_id", "prompt", "messages", "body", "model", "system", "temperature",
		"top_p", "top_k", "n", "max_tokens", "max_completion_tokens", "stop", "seed", "frequency_penalty",
		"presence_penalty", "reasoning_effort", "response_format", "tools", "tool_choice"} {
		if strings.EqualFold(name, key) {
			return name, true
		}
	}
	return "", false
}

// reads reports whether a template has a variable.
func (t Template) reads(name string) bool {
	for i, piece := range t {
		if i%2 == 1 && piece == name {
			return true
		}
	}
	return false
}
