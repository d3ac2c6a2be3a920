package openai

import (
	"net/http"
	"slices"
	"strings"

	"relaytop/relay/openai/wire"
)

// learn finds the parameter that a refusal names as one that the relay does not take. The reason is a line for
// people. Each quirk is learned once, so a request is sent four times at most.
func learn(q wire.Quirks, status int, body, sent []byte) (next wire.Quirks, reason string, ok bool) {
	if status != http.StatusBadRequest && status != http.StatusUnprocessableEntity {
		return q, "", false
	}
	keys, err := wire.Keys(sent)
	if err != nil {
		return q, "", false
	}
	has := func(key string) bool { return slices.Contains(keys, key) }
	text := strings.ToLower(string(body))
	switch {
	// whatever the reason: an answer without usage is better than none
	case has("stream_options") && strings.Contains(text, "stream_options"):
		q.NoStreamOptions = true
		return q, "it refuses stream_options: sent without", true
	case has("max_tokens") && !q.MaxCompletion && wantsMaxCompletion(text):
		q.MaxCompletion = true
		return q, "it wants max_completion_tokens in place of max_tokens", true
	case has("temperature") && refuses(text, "temperature"):
		q.NoTemperature = true
		return q, "it refuses temperature: sent without", true
	}
	return q, "", false
}

// wantsMaxCompletion reports whether a text asks for max_completion_tokens, rather than calling both limits too
// large.
func wantsMaxCompletion(text string) bool {
	if !strings.Contains(text, "max_completion_tokens") || !strings.Contains(text, "max_tokens") {
		return false
	}
	return !containsAny(text, []string{"too large", "too small", "too high", "context length", "at least", "at most",
		"greater than", "less than", "exceed"})
}

// refuses reports whether a text says, close to the parameter's name, that the parameter is not taken at all, or
// only with one value. A value out of range is left to the user.
func refuses(text, name string) bool {
	const near = 160
	ranges := []string{"between", "out of range", "range of", "in the range", "maximum", "minimum", "<=", ">=", "≤",
		"greater than",
		"less than", "at most", "at least"}
	refusals := []string{"unsupported", "not supported", "not support", "n't support", "only the default",
		"extra_forbidden",
		"extra inputs", "extra fields", "unrecognized", "unknown", "unexpected", "not permitted", "not allowed", "deprecated",
		"not available", "parameter_not_supported", "only*is allowed", "only*is supported", "only*is accepted"}
	for from := 0; ; {
		at := strings.Index(text[from:], name)
		if at < 0 {
			return false
		}
		at += from
		around := text[max(0, at-near):min(len(text), at+len(name)+near)]
		if !containsAny(around, ranges) && containsAny(around, refusals) {
			return true
		}
		from = at + len(name)
	}
}
