package openai

import (
	"bytes"
	"encoding/json"
	"strings"

	"relaytop/relay"
	"relaytop/relay/openai/wire"
)

// maxWrapped is how deep JSON inside strings of JSON is followed.
const maxWrapped = 8

// body returns b without secrets, and b itself if there is none. The strings of JSON are read, changed and written
// as JSON, so that a document stays one. It is called before any cut, so that part of a key never gets out.
func (r redactor) body(b []byte) []byte {
	if !r.mayHold(b) {
		return b
	}
	if clean := r.document(b, maxWrapped); !bytes.Equal(clean, b) {
		return clean
	}
	return b
}

// mayHold reports whether a body has a secret in it, or an escape that may hide one. A key is printable ASCII: it
// is escaped as \u00XX, as \/, or in a form that values has.
func (r redactor) mayHold(b []byte) bool {
	if len(r.values) == 0 {
		return false
	}
	return r.holds(b) || bytes.Contains(b, []byte(`\u00`)) || bytes.Contains(b, []byte(`\/`)) ||
		bytes.Contains(b, []byte(`\\`))
}

func (r redactor) holds(b []byte) bool {
	for _, v := range r.values {
		if bytes.Contains(b, []byte(v)) {
			return true
		}
	}
	return false
}

// document cleans a JSON document, or each line of anything else: an event stream has a document in each.
func (r redactor) document(b []byte, depth int) []byte {
	if beginsJSON(b) {
		return r.json(b, depth)
	}
	var out []byte
	for line := range bytes.Lines(b) {
		data := bytes.TrimLeft(bytes.TrimPrefix(line, []byte("data:")), " ")
		if beginsJSON(data) {
			out = append(out, line[:len(line)-len(data)]...)
			out = append(out, r.json(data, depth)...)
		} else {
			out = append(out, r.text(string(line))...)
		}
	}
	return out
}

func beginsJSON(b []byte) bool {
	b = bytes.TrimLeft(b, " \t\r\n")
	return len(b) > 0 && (b[0] == '{' || b[0] == '[' || b[0] == '"')
}

// json cleans the strings of JSON. Text that only begins as JSON does is cleaned outside of its strings too.
func (r redactor) json(b []byte, depth int) []byte {
	var out []byte
	done := 0
	for i := 0; i < len(b); i++ {
		if b[i] != '"' {
			continue
		}
		end := stringEnd(b, i)
		if end < 0 {
			break
		}
		if clean, ok := r.literal(b[i:end], depth); ok {
			out = append(append(out, b[done:i]...), clean...)
			done = end
		}
		i = end - 1
	}
	out = append(out, b[done:]...)
	if r.holds(out) {
		out = r.rest(out)
	}
	return out
}

// rest cleans what is outside of the strings of JSON: a number, or anything if the text is not JSON after all.
func (r redactor) rest(b []byte) []byte {
	if !json.Valid(b) {
		return []byte(r.text(string(b)))
	}
	for _, v := range r.values {
		if strings.Trim(v, "0123456789") == "" {
			b = bytes.ReplaceAll(b, []byte(v), []byte(`"`+relay.Mask+`"`))
		}
	}
	return b
}

// literal cleans one string of JSON, with its quotes. False: there is no secret in it.
func (r redactor) literal(quoted []byte, depth int) (clean []byte, ok bool) {
	if !r.holds(quoted) && bytes.IndexByte(quoted, '\\') < 0 {
		return nil, false
	}
	var s string
	if json.Unmarshal(quoted, &s) != nil {
		return nil, false
	}
	c := s
	if depth > 0 && beginsJSON([]byte(s)) {
		c = string(r.document([]byte(s), depth-1))
	}
	if c = r.text(c); c == s {
		return nil, false
	}
	clean, err := json.Marshal(c)
	return clean, err == nil
}

// stringEnd returns where the string of JSON that begins at from ends; -1: it does not.
func stringEnd(b []byte, from int) int {
	for i := from + 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		case '\n':
			return -1
		}
	}
	return -1
}

// completion returns a relay's JSON answer without secrets in the names that it gives: its id, the model, the
// provider. What was answered keeps every letter.
func (r redactor) completion(doc json.RawMessage) json.RawMessage {
	if !r.mayHold(doc) {
		return doc
	}
	return wire.RewriteNames(doc, r.text)
}

// answer returns a body that answers a question without secrets in its diagnostics: names, errors, and what is not
// JSON. What was answered keeps every letter. A document that was cut is no JSON: its end is cleaned as an error's
// body is.
func (r redactor) answer(b []byte) []byte {
	if !r.mayHold(b) {
		return b
	}
	if json.Valid(b) {
		return r.reply(b)
	}
	var out []byte
	for line := range bytes.Lines(b) {
		data := bytes.TrimLeft(bytes.TrimPrefix(line, []byte("data:")), " ")
		out = append(out, line[:len(line)-len(data)]...)
		if doc := bytes.TrimRight(data, "\r\n"); beginsJSON(doc) && json.Valid(doc) {
			out = append(append(out, r.reply(doc)...), data[len(doc):]...)
		} else {
			out = append(out, r.body(data)...)
		}
	}
	return out
}

// reply cleans one document of an answer, which may be an error instead.
func (r redactor) reply(doc []byte) []byte {
	var failed struct{ Error, Choices json.RawMessage }
	isError := json.Unmarshal(doc, &failed) != nil || failed.Error != nil && string(failed.Error) != "null"
	if !isError && failed.Choices != nil {
		return r.completion(doc)
	}
	return r.body(doc)
}

// field returns a header field without secrets. One that carries a key or a cookie is masked, however short.
func (r redactor) field(name, value string) relay.Field {
	if carriesSecret(name) {
		return relay.Field{Name: name, Value: relay.Mask}
	}
	return relay.Field{Name: r.text(name), Value: r.text(value)}
}
