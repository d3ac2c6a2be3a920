package openai

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"relaytop/relay"
)

// quirksKind is the kind under which quirks stand in the relay.Store; quirksLast is how long one is believed.
const (
	quirksKind = "quirks"
	quirksLast = 7 * 24 * time.Hour
)

// quirks are the usual parameters that an endpoint refuses for a model.
type quirks struct {
	NoStreamOptions bool `json:"no_stream_options,omitempty"`
	MaxCompletion   bool `json:"max_completion_tokens,omitempty"` // in place of max_tokens
	NoTemperature   bool `json:"no_temperature,omitempty"`
}

// learned keeps quirks by model, in memory and in a Store that may be nil.
type learned struct {
	mu       sync.Mutex
	store    relay.Store
	endpoint string // name and URL: an endpoint that moves begins anew
	models   map[string]remembered
}

type remembered struct {
	q  quirks
	at time.Time
}

func (l *learned) of(model string) quirks {
	l.mu.Lock()
	defer l.mu.Unlock()
	r, ok := l.models[model]
	if !ok && l.store != nil {
		if raw, at, found := l.store.Load(quirksKind, l.endpoint+" "+model); found && json.Unmarshal(raw, &r.q) == nil {
			r.at = at
		}
		l.models[model] = r
	}
	if age := time.Since(r.at); age > quirksLast || age < -time.Hour { // it was learned under a clock that was ahead
		return quirks{}
	}
	return r.q
}

func (l *learned) save(model string, q quirks) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.models[model] = remembered{q, time.Now()}
	if l.store == nil {
		return nil
	}
	raw, err := json.Marshal(q)
	if err != nil {
		return err
	}
	return l.store.Save(quirksKind, l.endpoint+" "+model, raw)
}

// learn reads a refusal: which parameter of those that were sent does it name as the one that it does not take? The reason is a
// line for people. Each quirk is learned once, so a request is sent four times at most.
func (q quirks) learn(status int, body, sent []byte) (next quirks, reason string, ok bool) {
	if status != http.StatusBadRequest && status != http.StatusUnprocessableEntity {
		return q, "", false
	}
	fields, err := split(sent)
	if err != nil {
		return q, "", false
	}
	said := strings.ToLower(string(body))
	switch {
	case has(fields, "stream_options") && strings.Contains(said, "stream_options"): // whatever it has against it: the answer is worth more than its usage
		q.NoStreamOptions = true
		return q, "it refuses stream_options: sent without", true
	case has(fields, "max_tokens") && !q.MaxCompletion && wantsOtherLimit(said):
		q.MaxCompletion = true
		return q, "it wants max_completion_tokens in place of max_tokens", true
	case has(fields, "temperature") && refuses(said, "temperature"):
		q.NoTemperature = true
		return q, "it refuses temperature: sent without", true
	}
	return q, "", false
}

// wantsOtherLimit reports whether a text names max_completion_tokens as the one to use, rather than both as too large.
func wantsOtherLimit(said string) bool {
	if !strings.Contains(said, "max_completion_tokens") || !strings.Contains(said, "max_tokens") {
		return false
	}
	return !anyIn(said, []string{"too large", "too small", "too high", "context length", "at least", "at most", "greater than", "less than", "exceed"})
}

// refuses reports whether a text says, close to the parameter's name, that it is not taken at all, or with one value alone. A value out of
// range is the user's to mend.
func refuses(said, name string) bool {
	const near = 160
	for from := 0; ; {
		at := strings.Index(said[from:], name)
		if at < 0 {
			return false
		}
		at += from
		around := said[max(0, at-near):min(len(said), at+len(name)+near)]
		ranged := anyIn(around, []string{"between", "out of range", "range of", "in the range", "maximum", "minimum", "<=", ">=", "≤", "greater than", "less than", "at most", "at least"})
		if !ranged && anyIn(around, []string{"unsupported", "not supported", "not support", "n't support", "only the default", "extra_forbidden", "extra inputs",
			"extra fields", "unrecognized", "unknown", "unexpected", "not permitted", "not allowed", "deprecated", "not available",
			"parameter_not_supported", "only*is allowed", "only*is supported", "only*is accepted"}) {
			return true
		}
		from = at + len(name)
	}
}
