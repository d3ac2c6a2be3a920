package openai

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"relaytop/relay"
)

// field is one key of the request's body, in its place.
type field struct {
	key string
	raw json.RawMessage
}

// encode writes the body of a call: from a given Body all but model, stream and stream_options as it is, else from Messages and Params.
func encode(call relay.Call, q quirks) ([]byte, error) {
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
		fields = append(fields, field{"stream", json.RawMessage("true")})
		if !q.NoStreamOptions {
			fields = append(fields, field{"stream_options", json.RawMessage(`{"include_usage":true}`)})
		}
	}
	if q.NoTemperature {
		fields = drop(fields, "temperature")
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

// streams reports whether an answer is asked for in pieces: only where that exists.
func streams(r *relay.Request) bool { return !r.Plain && completions(r) }

// completions reports whether the path is one that answers with choices and a finish_reason.
func completions(r *relay.Request) bool {
	return r.Path == "" || strings.HasSuffix(strings.TrimRight(r.Path, "/"), "completions")
}

func fieldsOf(r *relay.Request) ([]field, error) {
	if len(r.Body) > 0 {
		return split(r.Body)
	}
	messages := make([]wireTurn, len(r.Messages))
	for i, m := range r.Messages {
		messages[i] = turn(m)
	}
	raw, err := marshal(messages)
	if err != nil {
		return nil, fmt.Errorf("encode the messages: %w", err)
	}
	fields := []field{{"model", quote(r.Model)}, {"messages", raw}}
	for _, key := range slices.Sorted(maps.Keys(r.Params)) {
		if key == "model" || key == "messages" {
			continue
		}
		if !json.Valid(r.Params[key]) {
			return nil, fmt.Errorf("encode the parameter %q: its value is not JSON", key)
		}
		fields = append(fields, field{key, r.Params[key]})
	}
	return fields, nil
}

// wireTurn is a message as it is sent.
type wireTurn struct {
	Role      string          `json:"role"`
	Content   json.RawMessage `json:"content"`
	ToolCalls []wireCall      `json:"tool_calls,omitempty"`
	ToolID    string          `json:"tool_call_id,omitempty"`
}

type wireCall struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	Function struct {
		Name      string `json:"name"`
		Arguments string `json:"arguments"`
	} `json:"function"`
}

func turn(m relay.Message) wireTurn {
	t := wireTurn{Role: m.Role, Content: quote(m.Text), ToolID: m.ToolID}
	if m.Text == "" && len(m.ToolCalls) > 0 {
		t.Content = json.RawMessage("null")
	}
	if len(m.Parts) > 0 {
		parts := make([]json.RawMessage, 0, len(m.Parts))
		for _, p := range m.Parts {
			if p.Text != "" {
				parts = append(parts, json.RawMessage(`{"type":"text","text":`+string(quote(p.Text))+`}`))
			}
			if p.Image != "" {
				parts = append(parts, json.RawMessage(`{"type":"image_url","image_url":{"url":`+string(quote(p.Image))+`}}`))
			}
		}
		t.Content, _ = marshal(parts) // made of valid JSON above
	}
	for _, c := range m.ToolCalls {
		w := wireCall{ID: c.ID, Type: "function"}
		w.Function.Name, w.Function.Arguments = c.Name, c.Arguments
		t.ToolCalls = append(t.ToolCalls, w)
	}
	return t
}

// marshal is json.Marshal without the escapes meant for HTML pages.
func marshal(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

func quote(s string) json.RawMessage {
	raw, _ := marshal(s) // a string always can
	return raw
}

// split takes a JSON object apart, keeping order and values as they were written.
func split(body []byte) ([]field, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("the body is not a JSON object")
	}
	var fields []field
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, fmt.Errorf("read the body: %w", err)
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return nil, fmt.Errorf("read the body: %w", err)
		}
		name, _ := key.(string) // a key is always one
		fields = append(fields, field{name, raw})
	}
	if _, err := dec.Token(); err != nil {
		return nil, fmt.Errorf("read the body: %w", err)
	}
	return fields, nil
}

func join(fields []field) []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range fields {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(quote(f.key))
		b.WriteByte(':')
		b.Write(f.raw)
	}
	b.WriteByte('}')
	return b.Bytes()
}

func has(fields []field, key string) bool {
	return slices.ContainsFunc(fields, func(f field) bool { return f.key == key })
}

func drop(fields []field, key string) []field {
	return slices.DeleteFunc(fields, func(f field) bool { return f.key == key })
}

// set puts a value at the place of the key's first occurrence, or at the end.
func set(fields []field, key string, raw json.RawMessage) []field {
	at := slices.IndexFunc(fields, func(f field) bool { return f.key == key })
	if at < 0 {
		return append(fields, field{key, raw})
	}
	fields[at].raw = raw
	tail := drop(fields[at+1:], key)
	return fields[:at+1+len(tail)]
}
