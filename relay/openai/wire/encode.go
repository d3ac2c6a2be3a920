package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"relaytop/relay"
)

// Quirks are parameters that an endpoint refuses for a model, though most take them, and how its answers differ.
type Quirks struct {
	NoStreamOptions bool `json:"no_stream_options,omitempty"`
	MaxCompletion   bool `json:"max_completion_tokens,omitempty"` // in place of max_tokens
	NoTemperature   bool `json:"no_temperature,omitempty"`

	MaxTokens int64 `json:"-"` // of one request: the most output tokens that fit; 0: as it asks

	EarlyFinish  bool `json:"early_finish,omitempty"`  // content follows its finish_reasons: they end no answer
	OpensThought bool `json:"opens_thought,omitempty"` // content begins with reasoning that only a closing tag shows
}

// Encode returns the body of a call without the parameters that q names. The request's Body, if set, is sent
// unchanged except for model, stream and stream_options; else the body is made of Messages and Params.
func Encode(call relay.Call, q Quirks) ([]byte, error) {
	r := call.Request
	fields, err := fieldsOf(r)
	if err != nil {
		return nil, err
	}
	model := call.Model
	if model == "" {
		model = r.Model
	}
	if model != "" {
		fields = set(fields, "model", quote(model))
	}
	fields = drop(drop(fields, "stream"), "stream_options")
	if streams(r) {
		fields = append(fields, field{key: "stream", raw: json.RawMessage("true")})
		if !q.NoStreamOptions {
			fields = append(fields, field{key: "stream_options", raw: json.RawMessage(`{"include_usage":true}`)})
		}
	}
	if q.NoTemperature {
		fields = drop(fields, "temperature")
	}
	for i := range fields {
		if k := fields[i].key; q.MaxTokens > 0 && (k == maxTokens || k == maxCompletion) {
			fields[i].raw = strconv.AppendInt(nil, q.MaxTokens, 10)
		}
	}
	if q.MaxCompletion {
		if at := slices.IndexFunc(fields, func(f field) bool { return f.key == "max_tokens" }); at >= 0 {
			if has(fields, "max_completion_tokens") {
				fields = drop(fields, "max_tokens")
			} else {
				fields[at].key = "max_completion_tokens"
			}
		}
	}
	return join(fields), nil
}

// streams reports whether to ask for a stream. Only completions have one.
func streams(r *relay.Request) bool { return !r.Plain && IsCompletion(r) }

// IsCompletion reports whether the answer to a request has choices and a finish_reason.
func IsCompletion(r *relay.Request) bool {
	return r.Path == "" || strings.HasSuffix(strings.TrimRight(r.Path, "/"), "completions")
}

// fieldsOf returns the fields of the body, in their order.
func fieldsOf(r *relay.Request) ([]field, error) {
	if len(r.Body) > 0 {
		return split(r.Body)
	}
	fields := []field{{key: "model", raw: quote(r.Model)}, {key: "messages", messages: &r.Messages}}
	for _, key := range slices.Sorted(maps.Keys(r.Params)) {
		if key == "model" || key == "messages" {
			continue
		}
		if !json.Valid(r.Params[key]) {
			return nil, fmt.Errorf("encode the parameter %q: its value is not JSON", key)
		}
		fields = append(fields, field{key: key, raw: r.Params[key]})
	}
	return fields, nil
}

// marshal is json.Marshal without the escapes for HTML.
func marshal(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}
