package openai

import (
	"strings"

	"relaytop/relay"
)

// rule gives a class to failures. A rule applies if its status does (none: any) and one of its codes or texts is found, or if it
// names neither. The first that applies decides.
type rule struct {
	status []int
	not    []int    // statuses for which it does not count
	code   []string // found in the code, lower case
	text   []string // found in the message, lower case; what stands around a * follows one another within a few words
	also   string   // besides, this must be found in the message
	class  relay.Class
}

// rules returns the table. What relays write in words comes before their status: many send 400, 500 or 503 for all of it.
func rules() []rule {
	return []rule{
		{not: []int{429}, code: []string{"content_filter", "content_policy", "responsibleaipolicy", "moderation", "data_inspection_failed"},
			text: []string{"content management policy", "flagged by moderation", "flagged for", "data_inspection_failed"}, class: relay.ClassContentFilter},
		{not: []int{401, 402, 403, 429}, code: []string{"context_length_exceeded", "context_window_exceeded", "exceed_context_size", "contextwindowexceeded"},
			text: []string{"maximum context length", "context length exceeded", "context window", "context_length_exceeded", "prompt is too long",
				"exceeds the available context", "input is too long", "reduce the length of the messages", "exceed context limit", "contextwindowexceeded",
				"token count*exceeds the maximum number of tokens", "context length of only", "maximum model length"}, class: relay.ClassContextLength},
		{not: []int{401, 402, 429}, code: []string{"model_not_found", "model_not_available", "unknown_model", "invalid_model", "no_available_channel", "deploymentnotfound",
			"model_decommissioned"},
			text: []string{"无可用渠道", "no available channel", "model not found", "model_not_found", "unknown model", "no such model", "is not a valid model",
				"no endpoints found for", "model not exist", "模型不存在"}, class: relay.ClassUnknownModel},
		{status: []int{400, 404, 422}, text: []string{"does not exist or you do not have access", "model*does not exist", "` does not exist", "model is not supported",
			"invalid model", "model*not found", "models/*is not found", "model*is not available", "model*has been decommissioned"}, class: relay.ClassUnknownModel},
		{status: []int{404}, code: []string{"not_found_error"}, also: "model:", class: relay.ClassUnknownModel},
		{status: []int{402}, class: relay.ClassQuota},
		{code: []string{"insufficient_quota", "credit_balance_exhausted", "spend_limit_exceeded", "usage_limit_exceeded", "insufficient_user_quota",
			"insufficient_balance", "insufficient_credits", "pre_consume_token_quota_failed", "budget_exceeded", "exceeded_current_quota"},
			text: []string{"余额不足", "欠费", "budget has been exceeded"}, class: relay.ClassQuota},
		{not: []int{429}, text: []string{"insufficient balance", "insufficient credits", "insufficient quota", "credit balance is too low", "额度不足",
			"额度已用尽"}, class: relay.ClassQuota},
		{status: []int{401, 403}, class: relay.ClassAuth},
		{status: []int{400}, code: []string{"invalid_api_key", "api_key_invalid"}, text: []string{"api key not valid", "incorrect api key", "invalid api key"}, class: relay.ClassAuth},
		{status: []int{408}, class: relay.ClassTimeout},
		{status: []int{429}, class: relay.ClassRateLimit},
		{status: []int{503, 529}, class: relay.ClassOverloaded},
		{status: []int{400, 404, 405, 413, 422}, class: relay.ClassInvalid},
		{status: []int{409, 425}, class: relay.ClassUpstream},
		{status: []int{0}, code: []string{"rate_limit", "too_many_requests", "resource_exhausted"}, text: []string{"rate limit", "too many requests"}, class: relay.ClassRateLimit},
		{status: []int{0}, code: []string{"overloaded", "unavailable", "capacity"}, text: []string{"overloaded", "no capacity", "at capacity", "capacity exceeded"}, class: relay.ClassOverloaded},
		{status: []int{0}, code: []string{"authentication", "invalid_api_key", "permission", "unauthorized"}, class: relay.ClassAuth},
		{status: []int{0}, code: []string{"billing"}, class: relay.ClassQuota},
		{status: []int{0}, code: []string{"timeout"}, class: relay.ClassTimeout},
		{status: []int{0}, code: []string{"invalid_request", "invalid_argument", "invalid_parameter", "not_found"}, class: relay.ClassInvalid},
	}
}

// classOf is the class of a failure with this status; 0: it has none, as in a stream whose error has no code.
func classOf(status int, f fault) relay.Class {
	code, message := strings.ToLower(f.kinds), strings.ToLower(f.message)
	for _, r := range rules() {
		if r.applies(status, code, message) {
			return r.class
		}
	}
	switch {
	case status >= 300 && status < 400:
		return relay.ClassProtocol
	case status >= 400 && status < 500:
		return relay.ClassInvalid
	}
	return relay.ClassUpstream
}

func (r *rule) applies(status int, code, message string) bool {
	for _, s := range r.not {
		if s == status {
			return false
		}
	}
	found := len(r.status) == 0
	for _, s := range r.status {
		found = found || s == status
	}
	return found && strings.Contains(message, r.also) && (len(r.code)+len(r.text) == 0 || anyIn(code, r.code) || anyIn(message, r.text))
}

func anyIn(s string, list []string) bool {
	if s == "" {
		return false
	}
	for _, part := range list {
		if isIn(s, part) {
			return true
		}
	}
	return false
}

// isIn finds a part of a text. A * in it stands for anything of up to 100 bytes, such as the name of a model.
func isIn(s, part string) bool {
	const between = 100
	head, tail, gap := strings.Cut(part, "*")
	if !gap {
		return strings.Contains(s, part)
	}
	for {
		_, rest, ok := strings.Cut(s, head)
		if !ok {
			return false
		}
		if strings.Contains(rest[:min(len(rest), between+len(tail))], tail) {
			return true
		}
		s = rest
	}
}
