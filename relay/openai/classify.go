package openai

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"relaytop/relay"
	"relaytop/relay/retry"
)

// fault is an error object, whatever wrapped it.
type fault struct {
	status  int    // the code, where it is an HTTP status
	code    string // code or type, in the words of the relay
	kinds   string // every code and type that was found: which of them says what happened differs from relay to relay
	param   string
	message string
}

// Classify turns a response that is no answer into an Error: its class, a message of one line, and how long to wait. It does not
// know the endpoint's key: who shows the message redacts it.
func Classify(status int, header http.Header, body []byte) *relay.Error {
	now := time.Now()
	if status >= 300 { // the header of a stream that broke is as old as the stream
		now = retry.Clock(header.Get("Date"), now)
	}
	return classify(status, header, body, now)
}

func classify(status int, header http.Header, body []byte, now time.Time) *relay.Error {
	f := readFault(body)
	if f.message == "" {
		f.message = summary(status, header.Get("Content-Type"), body)
	}
	e := &relay.Error{Status: status, Code: f.code, Message: f.message}
	effective := status
	if status >= 200 && status < 300 { // an error object inside a 200 counts by its own code
		effective = f.status
	}
	e.Class = classOf(effective, f)
	e.RetryAfter, e.WaitFrom, e.Waits = retry.Wait(header.Get, body, effective, now)
	e.Retry = shouldRetry(header)
	e.Hint = hintOf(e)
	return e
}

// hintOf is what a person can do where the status or the words of a refusal say more than its class.
func hintOf(e *relay.Error) string {
	low := strings.ToLower(e.Message)
	switch {
	case strings.Contains(low, "max_") && strings.Contains(low, "tokens") && strings.Contains(low, "is too large"):
		return "lower max_tokens, or pick a model with a larger window"
	case strings.Contains(low, "to an https server"), strings.Contains(low, "to https port"):
		return "the server speaks TLS at this port: is base_url meant to be https?"
	case e.Status == http.StatusProxyAuthRequired:
		return proxyHint
	case (e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed) && e.Class == relay.ClassInvalid:
		return "there is no such place at this relay: check the base URL, which usually ends in /v1"
	}
	return ""
}

// shouldRetry is what the relay says itself of sending the request again; nil: nothing.
func shouldRetry(header http.Header) *bool {
	v, err := strconv.ParseBool(strings.TrimSpace(header.Get("x-should-retry")))
	if err != nil {
		return nil
	}
	return &v
}

// readFault finds code and message in an error body. What it does not find stays empty.
func readFault(body []byte) fault {
	var f fault
	doc := body
	for range 4 { // {"error":{...}}, [{"error":{...}}], {"error":"{\"error\":...}"}
		doc = []byte(strings.TrimSpace(string(doc)))
		var list []json.RawMessage
		if len(doc) > 0 && doc[0] == '[' && json.Unmarshal(doc, &list) == nil && len(list) > 0 {
			doc = list[0]
			continue
		}
		var s string
		if json.Unmarshal(doc, &s) == nil {
			if strings.HasPrefix(strings.TrimSpace(s), "{") && json.Valid([]byte(s)) {
				doc = []byte(s)
				continue
			}
			f.message = oneLine(s)
			return f
		}
		var m map[string]json.RawMessage
		if json.Unmarshal(doc, &m) != nil {
			return f
		}
		f.read(m)
		inner := m["error"]
		if isNull(inner) {
			inner = m["errors"] // Cloudflare
		}
		if isNull(inner) && len(m["message"]) > 0 && m["message"][0] == '{' { // Mistral
			inner = m["message"]
		}
		if isNull(inner) {
			return f
		}
		doc = inner
	}
	return f
}

// read takes from one level of the wrapping what it says; what stands further inside is more exact and wins.
func (f *fault) read(m map[string]json.RawMessage) {
	for _, key := range []string{"status", "http_code", "status_code", "code"} {
		if n, err := strconv.Atoi(strings.Trim(string(m[key]), `"`)); err == nil && n >= 300 && n <= 599 {
			f.status = n
		}
	}
	for _, key := range []string{"error_code", "status", "type", "code"} { // the last one found is the most exact
		if s := text(m[key]); s != "" && s != "error" && s != "null" {
			f.code = oneLine(s)
			f.kinds += " " + f.code
		}
	}
	if f.code == "" && f.status != 0 {
		f.code = strconv.Itoa(f.status)
	}
	if s := text(m["param"]); s != "" {
		f.param = s
	}
	for _, key := range []string{"message", "msg", "error_message", "detail"} {
		if raw := m[key]; !isNull(raw) && (raw[0] == '"' || key == "detail") {
			s := text(raw)
			if s == "" {
				s = string(raw)
			}
			f.message = oneLine(s)
			break
		}
	}
	var meta struct {
		Raw      json.RawMessage `json:"raw"`
		Provider string          `json:"provider_name"`
	}
	if json.Unmarshal(m["metadata"], &meta) == nil && !isNull(meta.Raw) { // OpenRouter: what the provider said
		inner := readFault(meta.Raw)
		if inner.message == "" {
			inner.message = oneLine(text(meta.Raw))
		}
		if inner.message != "" {
			f.message = oneLine(strings.Trim(f.message+" ("+meta.Provider+"): "+inner.message, " :"))
		}
	}
}
