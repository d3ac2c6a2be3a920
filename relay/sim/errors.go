package sim

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// apiError is an error in OpenAI's shape.
type apiError struct {
	Message string
	Type    string
	Param   string
	Code    string
}

func (e apiError) body() map[string]any {
	null := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	return map[string]any{"error": map[string]any{"message": e.Message, "type": e.Type, "param": null(e.Param),
		"code": null(e.Code)}}
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	b, err := json.Marshal(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n')) // a client that has left is noticed at the next read
}

func writeError(w http.ResponseWriter, status int, e apiError) { writeJSON(w, status, e.body()) }

// jsonPlay is a response of one JSON value.
func jsonPlay(status int, body any) *Play {
	b, err := json.Marshal(body)
	if err != nil {
		b = []byte("null")
	}
	return &Play{Status: status, Header: map[string]string{"Content-Type": "application/json"},
		Frames: []Frame{{Raw: true, Data: string(b)}}}
}

func errorPlay(status int, e apiError) *Play {
	p := jsonPlay(status, e.body())
	p.Fault = strconv.Itoa(status)
	return p
}

func wrongKey(header string) apiError {
	key := strings.TrimPrefix(header, "Bearer ")
	if key == "" {
		return apiError{Message: "You didn't provide an API key. You need to provide your API key in an Authorization " +
			"header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
			Type: "invalid_request_error"}
	}
	// The provider shows both ends of the key, so errors must be redacted before they are shown.
	return apiError{Message: "Incorrect API key provided: " + mask(key) + ".", Type: "invalid_request_error",
		Code: "invalid_api_key"}
}

func mask(key string) string {
	if len(key) < 12 {
		return strings.Repeat("*", len(key))
	}
	return key[:4] + strings.Repeat("*", 8) + key[len(key)-4:]
}

func unknownModel(model string) apiError {
	return apiError{Message: fmt.Sprintf("The model `%s` does not exist or you do not have access to it.", model),
		Type: "invalid_request_error", Code: "model_not_found"}
}

func contextLength(window, tokens int) apiError {
	return apiError{Message: fmt.Sprintf("This model's maximum context length is %d tokens. However, your messages "+
		"resulted in %d tokens. Please reduce the length of the messages.", window, tokens),
		Type: "invalid_request_error", Param: "messages", Code: "context_length_exceeded"}
}

func rateLimited(model string, rpm int, wait time.Duration) *Play {
	used := ""
	if rpm > 0 {
		used = fmt.Sprintf(" Limit %d, Used %d, Requested 1.", rpm, rpm)
	}
	p := errorPlay(http.StatusTooManyRequests, apiError{
		Message: fmt.Sprintf("Rate limit reached for %s on requests per min (RPM):%s Please try again in %s.", model, used,
			wait.Round(time.Millisecond)),
		Type: "requests", Code: "rate_limit_exceeded"})
	p.Header["Retry-After"] = strconv.Itoa(int(math.Ceil(wait.Seconds())))
	p.Header["Retry-After-Ms"] = strconv.FormatInt(wait.Milliseconds()+1, 10)
	return p
}

func overloaded() *Play {
	p := errorPlay(http.StatusServiceUnavailable,
		apiError{Message: "The engine is currently overloaded, please try again later", Type: "server_error",
			Code: "overloaded"})
	p.Header["Retry-After"] = "1"
	return p
}
