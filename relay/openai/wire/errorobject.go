package wire

import (
	"encoding/json"
	"strconv"
	"strings"
)

// ErrorObject is an error as a relay sends it, whatever it was wrapped in. A field that was not sent is empty.
type ErrorObject struct {
	Status  int    // the code, where it is an HTTP status
	Code    string // the innermost code or type
	Codes   string // every code and type that was found, separated by blanks: relays differ in which one names the cause
	Message string // one line
}

// ReadError finds code and message in the body of an error.
func ReadError(body []byte) ErrorObject {
	return readError(body, 2) // the relay's own, and that of the provider behind it
}

// readError reads the errors of so many relays, each behind the next.
func readError(body []byte, relays int) ErrorObject {
	var e ErrorObject
	doc := body
	for range 4 { // {"error":{...}}, [{"error":{...}}], {"error":"{\"error\":...}"}
		doc = []byte(strings.TrimSpace(string(doc)))
		if isArray(doc) && json.Valid(doc) {
			for first := range elements(doc) {
				doc = first
				break
			}
			if !isArray(doc) {
				continue
			}
		}
		var s string
		if json.Unmarshal(doc, &s) == nil {
			if strings.HasPrefix(strings.TrimSpace(s), "{") && json.Valid([]byte(s)) {
				doc = []byte(s)
				continue
			}
			e.Message = OneLine(s)
			return e
		}
		var m map[string]json.RawMessage
		if json.Unmarshal(doc, &m) != nil {
			return e
		}
		e.read(m, relays)
		inner := m["error"]
		if isNull(inner) {
			inner = m["errors"] // Cloudflare
		}
		if isNull(inner) && len(m["message"]) > 0 && m["message"][0] == '{' { // Mistral
			inner = m["message"]
		}
		if isNull(inner) {
			return e
		}
		doc = inner
	}
	return e
}

// read takes the fields of one level of the wrapping. Inner levels are read later, and win: they are more exact.
func (e *ErrorObject) read(m map[string]json.RawMessage, relays int) {
	for _, key := range []string{"status", "http_code", "status_code", "code"} {
		if n, err := strconv.Atoi(strings.Trim(string(m[key]), `"`)); err == nil && n >= 300 && n <= 599 {
			e.Status = n
		}
	}
	for _, key := range []string{"error_code", "status", "type", "code"} { // the last one found is the most exact
		if s := text(m[key]); s != "" && s != "error" && s != "null" {
			e.Code = OneLine(s)
			e.Codes += " " + e.Code
		}
	}
	if e.Code == "" && e.Status != 0 {
		e.Code = strconv.Itoa(e.Status)
	}
	for _, key := range []string{"message", "msg", "error_message", "detail"} {
		if raw := m[key]; !isNull(raw) && (raw[0] == '"' || key == "detail") {
			s := text(raw)
			if s == "" {
				s = string(raw)
			}
			e.Message = OneLine(s)
			break
		}
	}
	if relays > 1 {
		e.readMetadata(m["metadata"], relays-1)
	}
}

// readMetadata adds the error of the provider behind OpenRouter.
func (e *ErrorObject) readMetadata(raw json.RawMessage, relays int) {
	var meta struct {
		Raw      json.RawMessage `json:"raw"`
		Provider string          `json:"provider_name"`
	}
	if json.Unmarshal(raw, &meta) != nil || isNull(meta.Raw) {
		return
	}
	inner := readError(meta.Raw, relays)
	if inner.Message == "" {
		inner.Message = OneLine(text(meta.Raw))
	}
	if inner.Message != "" {
		e.Message = OneLine(strings.Trim(e.Message+" ("+meta.Provider+"): "+inner.Message, " :"))
	}
}

// IsBlankError reports whether the error field of a document is empty and no other field has a message.
func IsBlankError(raw []byte) bool {
	var doc document
	_ = json.Unmarshal(raw, &doc) // anything but an object has no fields
	empty := string(doc.Error) == `""` || string(doc.Error) == "{}"
	return empty && isNull(doc.Message) && isNull(doc.Detail) && isNull(doc.Msg)
}

// errorObject finds the error in a document: under error, in the wrapping of Mistral or Anthropic, or bare where
// there is no answer.
func (doc *document) errorObject(data []byte) []byte {
	switch {
	case !isNull(doc.Error):
		if text(doc.Error) != "" && !isNull(doc.Message) { // {"error":"Bad Request","message":"the reason"}
			return data
		}
		return wrapError(doc.Error)
	case doc.isEmpty() && (string(doc.Error) == `""` || string(doc.Error) == "{}" || !isNull(doc.Errors)):
		return data
	case text(doc.Object) == "error", text(doc.Type) == "error":
		return data
	case doc.isEmpty() && !(isNull(doc.Message) && isNull(doc.Detail) && isNull(doc.Msg) && isNull(doc.ErrorCode)):
		return data
	}
	for _, ch := range doc.Choices {
		if !isNull(ch.Error) {
			return wrapError(ch.Error)
		}
	}
	return nil
}

// isEmpty reports whether a document has neither choices nor usage.
func (doc *document) isEmpty() bool { return len(doc.Choices) == 0 && isNull(doc.Usage) }

// wrapError wraps an error as the body of an error response does, so that both are read in the same way.
func wrapError(e json.RawMessage) []byte { return append(append([]byte(`{"error":`), e...), '}') }
