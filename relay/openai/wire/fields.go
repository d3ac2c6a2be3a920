package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"

	"relaytop/relay"
)

// field is one key of a request's body and its value.
type field struct {
	key      string
	raw      json.RawMessage
	messages *[]relay.Message // in place of raw, if set; encoded when the body is written
}

// Keys returns the keys of a JSON object in their order.
func Keys(body []byte) ([]string, error) {
	fields, err := split(body)
	if err != nil {
		return nil, err
	}
	keys := make([]string, len(fields))
	for i, f := range fields {
		keys[i] = f.key
	}
	return keys, nil
}

// split returns the fields of a JSON object; order and values stay as they were written. They are parts of body.
func split(body []byte) ([]field, error) {
	body = trim(body)
	if len(body) == 0 || body[0] != '{' || !json.Valid(body) {
		return nil, errors.New("the body is not a JSON object")
	}
	var fields []field
	for member := range elements(body) {
		end := keyEnd(member)
		_, raw, _ := bytes.Cut(member[end:], []byte{':'})
		fields = append(fields, field{key: text(member[:end]), raw: trim(raw)})
	}
	return fields, nil
}

// keyEnd is the length of the string that a member of an object begins with.
func keyEnd(member []byte) int {
	for i := 1; i < len(member); i++ {
		switch member[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(member)
}

// join writes the fields as a JSON object.
func join(fields []field) []byte {
	size := len("{}")
	for _, f := range fields {
		size += len(`"":,`) + len(f.key) + len(f.raw)
		if f.messages != nil {
			size += messagesSize(*f.messages)
		}
	}
	b := append(make([]byte, 0, size), '{')
	for i, f := range fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendQuoted(b, f.key), ':')
		if f.messages != nil {
			b = appendMessages(b, *f.messages)
			continue
		}
		b = append(b, f.raw...)
	}
	return append(b, '}')
}

// has reports whether there is a field with this key.
func has(fields []field, key string) bool {
	return slices.ContainsFunc(fields, func(f field) bool { return f.key == key })
}

// drop removes all fields with this key.
func drop(fields []field, key string) []field {
	return slices.DeleteFunc(fields, func(f field) bool { return f.key == key })
}

// set gives a key its one value, in the place of its first occurrence or at the end.
func set(fields []field, key string, raw json.RawMessage) []field {
	at := slices.IndexFunc(fields, func(f field) bool { return f.key == key })
	if at < 0 {
		return append(fields, field{key: key, raw: raw})
	}
	fields[at].raw = raw
	tail := drop(fields[at+1:], key)
	return fields[:at+1+len(tail)]
}

// The names of the limit on output tokens.
const (
	maxTokens     = "max_tokens"
	maxCompletion = "max_completion_tokens"
)

// MaxTokens returns the limit on output tokens in a body; 0: it has none.
func MaxTokens(body []byte) int64 {
	fields, err := split(body)
	if err != nil {
		return 0
	}
	for _, f := range fields {
		if n := int64(0); (f.key == maxTokens || f.key == maxCompletion) && json.Unmarshal(f.raw, &n) == nil {
			return n
		}
	}
	return 0
}
