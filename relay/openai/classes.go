package openai

import (
	"slices"
	"strings"

	"relaytop/relay"
)

// rule gives a class to failures. It applies if the status matches and, if it lists codes or texts, one of them is
// found. The first rule that applies decides.
type rule struct {
	// empty: any. A number below 10 stands for its hundred, 0 for no status: an error without a code inside a stream
	status []int
	except []int // statuses to which it does not apply
	code   []string
	text   []string // parts of the message, lower case; a * stands for a few words, such as the name of a model
	also   string   // must be in the message too
	class  relay.Class
}

// rules returns the table. The text of an error comes before its status: many relays send 400, 500 or 503 for
// everything.
func rules() []rule {
	return slices.Concat(wordRules(), statusRules(), streamRules())
}

// wordRules are about failures that relays report under various statuses.
func wordRules() []rule {
	return []rule{
		{class: relay.ClassContentFilter, except: []int{429},
			code: []string{"content_filter", "content_policy", "responsibleaipolicy", "moderation", "data_inspection_failed"},
			text: []string{"content management policy", "flagged by moderation", "flagged for", "data_inspection_failed"}},
		{class: relay.ClassContextLength, except: []int{401, 402, 403, 429},
			code: []string{"context_length_exceeded", "context_window_exceeded", "exceed_context_size", "contextwindowexceeded"},
			text: []string{"maximum context length", "context length exceeded", "context window", "context_length_exceeded",
				"prompt is too long", "exceeds the available context", "input is too long",
				"reduce the length of the messages", "exceed context limit", "contextwindowexceeded",
				"token count*exceeds the maximum number of tokens", "context length of only", "maximum model length",
				"maximum prompt length"}},
		{class: relay.ClassUnknownModel, except: []int{401, 402, 429},
			code: []string{"model_not_found", "model_not_available", "unknown_model", "invalid_model", "no_available_channel",
				"deploymentnotfound", "model_decommissioned", "model_not_supported"},
			text: []string{"无可用渠道", "no available channel", "model not found", "model_not_found", "unknown model",
				"no router for", "no route for model", "model not loaded", "model is not loaded", "model*not loaded",
				"no models loaded", "no model loaded", "model not deployed", "model*is not deployed", "model not served",
				"model*is not served", "model not registered", "model*is not registered", "model not configured",
				"model*is not configured", "model not supported", "model_not_supported", "unsupported model", "model*not in list",
				"no provider*for model", "no backend*for model", "no instance*for model", "no worker*for model",
				"worker found for model",
				"no deployment*for model", "no server*for model", "no endpoint*for model", "not supported by any provider",
				"could not find model", "could not find real modelid", "model could not be found",
				"can't find model", "cannot find model", "failed to find model", "model does not exist", "未找到模型", "模型未找到",
				"模型未加载", "模型未部署",
				"no such model", "is not a valid model", "no endpoints found for", "model not exist", "模型不存在"}},
		{class: relay.ClassUnknownModel, status: []int{400, 404, 422},
			text: []string{"does not exist or you do not have access", "model*does not exist", "` does not exist",
				"model is not supported", "invalid model", "model*not found", "models/*is not found", "model*is not available",
				"model*not currently available", "model*currently not available", "model*currently unavailable",
				"model*has been decommissioned"}},
		{class: relay.ClassUnknownModel, status: []int{404}, code: []string{"not_found_error"}, also: "model:"},
		{class: relay.ClassQuota, status: []int{402}},
		{class: relay.ClassQuota,
			code: []string{"insufficient_quota", "credit_balance_exhausted", "spend_limit_exceeded", "usage_limit_exceeded",
				"insufficient_user_quota", "insufficient_balance", "insufficient_credits", "pre_consume_token_quota_failed",
				"budget_exceeded", "exceeded_current_quota"},
			text: []string{"余额不足", "欠费", "budget has been exceeded"}},
		{class: relay.ClassQuota, except: []int{429},
			text: []string{"insufficient balance", "insufficient credits", "insufficient quota", "credit balance is too low",
				"额度不足", "额度已用尽"}},
	}
}

// statusRules are about failures that are recognised by their status.
func statusRules() []rule {
	return []rule{
		{class: relay.ClassAuth, status: []int{401, 403}},
		{class: relay.ClassAuth, status: []int{400}, code: []string{"invalid_api_key", "api_key_invalid"},
			text: []string{"api key not valid", "incorrect api key", "invalid api key"}},
		{class: relay.ClassTimeout, status: []int{408}},
		{class: relay.ClassRateLimit, status: []int{429}},
		{class: relay.ClassOverloaded, status: []int{503, 529}},
		{class: relay.ClassUpstream, status: []int{409, 425}},
		{class: relay.ClassProtocol, status: []int{3}},
		{class: relay.ClassInvalid, status: []int{4}},
	}
}

// streamRules are about errors inside a stream that have no status. The last rule applies to whatever is left.
func streamRules() []rule {
	return []rule{
		{class: relay.ClassRateLimit, status: []int{0},
			code: []string{"rate_limit", "too_many_requests", "resource_exhausted"},
			text: []string{"rate limit", "too many requests"}},
		{class: relay.ClassOverloaded, status: []int{0}, code: []string{"overloaded", "unavailable", "capacity"},
			text: []string{"overloaded", "no capacity", "at capacity", "capacity exceeded"}},
		{class: relay.ClassAuth, status: []int{0},
			code: []string{"authentication", "invalid_api_key", "permission", "unauthorized"}},
		{class: relay.ClassQuota, status: []int{0}, code: []string{"billing"}},
		{class: relay.ClassTimeout, status: []int{0}, code: []string{"timeout"}},
		{class: relay.ClassInvalid, status: []int{0},
			code: []string{"invalid_request", "invalid_argument", "invalid_parameter", "not_found"}},
		{class: relay.ClassUpstream},
	}
}

// classOf returns the class of a failure by the codes and the message that the relay sent. status is 0 if there is
// none.
func classOf(status int, codes, message string) relay.Class {
	codes, message = strings.ToLower(codes), strings.ToLower(message)
	for _, r := range rules() {
		if r.applies(status, codes, message) {
			return r.class
		}
	}
	return relay.ClassUpstream
}

func (r *rule) applies(status int, codes, message string) bool {
	if slices.Contains(r.except, status) || !strings.Contains(message, r.also) {
		return false
	}
	if len(r.status) > 0 && !slices.Contains(r.status, status) && !slices.Contains(r.status, status/100) {
		return false
	}
	return len(r.code)+len(r.text) == 0 || containsAny(codes, r.code) || containsAny(message, r.text)
}

// containsAny reports whether one of the parts is in s.
func containsAny(s string, parts []string) bool {
	return s != "" && slices.ContainsFunc(parts, func(part string) bool { return containsPart(s, part) })
}

// containsPart reports whether a part is in s. A * in it stands for up to 100 bytes of anything.
func containsPart(s, part string) bool {
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
