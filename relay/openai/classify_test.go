package openai

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"relaytop/relay"
	"relaytop/relay/openai/wire"
)

func TestClassify(t *testing.T) {
	for _, tc := range []struct {
		status int
		body   string
		want   relay.Class
	}{
		{401, ``, relay.ClassAuth}, {403, ``, relay.ClassAuth}, {402, ``, relay.ClassQuota}, {408, ``, relay.ClassTimeout},
		{409, ``, relay.ClassUpstream}, {425, ``, relay.ClassUpstream}, {429, ``, relay.ClassRateLimit},
		{500, ``, relay.ClassUpstream},
		{503, ``, relay.ClassOverloaded}, {529, ``, relay.ClassOverloaded}, {524, ``, relay.ClassUpstream},
		{301, ``, relay.ClassProtocol},
		{400, ``, relay.ClassInvalid}, {404, ``, relay.ClassInvalid}, {405, ``, relay.ClassInvalid},
		{413, ``, relay.ClassInvalid}, {422, ``, relay.ClassInvalid},
		{429, `{"error":{"code":"insufficient_quota","message":"You exceeded your current quota"}}`, relay.ClassQuota},
		{429, `{"error":{"code":"credit_balance_exhausted"}}`, relay.ClassQuota},
		{429, `{"error":{"type":"monthly_spend_limit_exceeded"}}`, relay.ClassQuota},
		{429, `{"error":{"code":"weekly_usage_limit_exceeded"}}`, relay.ClassQuota},
		{429, `{"error":{"status":"RESOURCE_EXHAUSTED","message":"You exceeded your current quota"}}`, relay.ClassRateLimit},
		{404, `{"error":{"code":"model_not_found"}}`, relay.ClassUnknownModel},
		{404, `{"error":{"message":"The model 'x' does not exist or you do not have access to it."}}`,
			relay.ClassUnknownModel},
		{503, `{"error":{"message":"分组 default 下模型 x 无可用渠道"}}`, relay.ClassUnknownModel},
		{400, `{"error":{"code":"context_length_exceeded"}}`, relay.ClassContextLength},
		{400, `{"error":{"message":"This model's maximum context length is 8192 tokens."}}`, relay.ClassContextLength},
		{400, `{"error":{"code":"content_filter"}}`, relay.ClassContentFilter},
		{404, `{"error":{"message":"model \"foo\" not found, try pulling it first","type":"api_error","param":null,` +
			`"code":null}}`, relay.ClassUnknownModel},
		{404, `{"error":"model 'foo' not found"}`, relay.ClassUnknownModel},
		{404, `{"type":"error","error":{"type":"not_found_error","message":"model: claude-foo"}}`, relay.ClassUnknownModel},
		{404, `{"type":"error","error":{"type":"not_found_error","message":"Not Found"}}`, relay.ClassInvalid},
		{404, `{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}`,
			relay.ClassUnknownModel},
		{404, `[{"error":{"code":404,"message":"models/foo is not found for API version v1main","status":"NOT_FOUND"}}]`,
			relay.ClassUnknownModel},
		{404, `{"code":"Some resource has not been found",` +
			`"error":"The model foo does not exist or your team t does not have access to it."}`, relay.ClassUnknownModel},
		{400, `{"error":{"message":"The model foo has been decommissioned","code":"model_decommissioned"}}`,
			relay.ClassUnknownModel},
		{404, `{"detail":"Not Found"}`, relay.ClassInvalid},
		{404, `{"error":{"message":"file not found"}}`, relay.ClassInvalid},
		{400, `{"error":{"message":"The model answers questions. ` + strings.Repeat("x", 200) + ` tool not found"}}`,
			relay.ClassInvalid},
		{400,
			`[{"error":{"code":400,` +
				`"message":"The input token count (99) exceeds the maximum number of tokens allowed (50).",` +
				`"status":"INVALID_ARGUMENT"}}]`, relay.ClassContextLength},
		{400, `{"error":{"message":"input length and max_tokens exceed context limit: 1 + 2 > 2"}}`,
			relay.ClassContextLength},
		{400, `{"error":{"message":"litellm.ContextWindowExceededError: too long","type":null}}`, relay.ClassContextLength},
		{400, `{"error":"the model is loaded with context length of only 4096 tokens"}`, relay.ClassContextLength},
		{400, `{"error":{"message":"Budget has been exceeded! Current cost: 2","type":"budget_exceeded"}}`, relay.ClassQuota},
		{429, `{"error":{"type":"exceeded_current_quota_error","message":"Your account is suspended"}}`, relay.ClassQuota},
		{429, `{"error":{"code":"1113","message":"您的账户已欠费，请充值后重试"}}`, relay.ClassQuota},
		{400, `[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.",` +
			`"status":"INVALID_ARGUMENT"}}]`, relay.ClassAuth},
		{400, `{"code":"Client specified an invalid argument","error":"Incorrect API key provided: xx."}`, relay.ClassAuth},
		{404, `{"error":{"message":"no router for requested model"}}`, relay.ClassUnknownModel},
		{503, `{"error":{"message":"Model not loaded"}}`, relay.ClassUnknownModel},
		{500, `{"error":"model 'qwen' is not loaded"}`, relay.ClassUnknownModel},
		{400, `{"error":"No models loaded. Please load a model in the developer page."}`, relay.ClassUnknownModel},
		{400, `{"error":"could not find real modelID for x"}`, relay.ClassUnknownModel},
		{502, `{"message":"No healthy worker found for model x"}`, relay.ClassUnknownModel},
		{400, `{"error":{"message":"The requested model 'x' is not supported by any provider you have enabled."}}`,
			relay.ClassUnknownModel},
		{400, `{"error":{"code":"model_not_supported","message":"x"}}`, relay.ClassUnknownModel},
		{503, `{"error":{"message":"模型未加载"}}`, relay.ClassUnknownModel},
		{200, `{"error":{"message":"no router for requested model","code":404}}`, relay.ClassUnknownModel},
		{503, `{"error":{"message":"Loading model","type":"unavailable_error","code":503}}`, relay.ClassOverloaded},
		{503, `{"error":"the model is loading, estimated time 20 s"}`, relay.ClassOverloaded},
		{429, `{"error":{"message":"No deployments available for selected model, Try again in 60 seconds."}}`,
			relay.ClassRateLimit},
		{400, `{"error":{"message":"this model does not support tools"}}`, relay.ClassInvalid},
		{200, `{"error":{"code":"429","message":"slow"}}`, relay.ClassRateLimit},
		{200, `{"code":529,"message":"full"}`, relay.ClassOverloaded},
		{200, `{"error":{"type":"rate_limit_error"}}`, relay.ClassRateLimit},
	} {
		if got := classify(tc.status, http.Header{}, []byte(tc.body)); got.Class != tc.want {
			t.Errorf("%d %s: %s, want %s", tc.status, tc.body, got.Class, tc.want)
		}
	}
}

func TestClassifyReadsTheRest(t *testing.T) {
	h := http.Header{}
	h.Set("X-Should-Retry", "false")
	h.Set("Retry-After", "3")
	e := classify(429, h, []byte(`{"error":{"message":"Provider returned error","code":429,`+
		`"metadata":{"provider_name":"DeepInfra","raw":"{\"error\":{\"message\":\"busy\"}}"}}}`))
	if e.Retry == nil || *e.Retry || !e.Waits || e.RetryAfter != 3*time.Second || e.WaitFrom != "Retry-After" ||
		e.Message != "Provider returned error (DeepInfra): busy" || e.Code != "429" {
		t.Fatalf("%+v", e)
	}
}

// TestHints: the error says what to do where its class does not.
func TestHints(t *testing.T) {
	for _, c := range []struct {
		key    relay.Secret
		status int
		body   string
		says   string
	}{
		{"", 401, `{"error":{"message":"missing key"}}`, "no key was sent: set HOLYSHEEP_API_KEY"},
		{"k", 401, `{"error":{"message":"wrong key"}}`, "check the key"},
		{"", 403, "<html><title>Access denied</title></html>", "network or region"},
		{"", 403, `{"error":{"message":"no API key in the request"}}`, "no key was sent"},
		{"k", 404, "<html><title>404 Not Found</title></html>", "check the base URL"},
		{"k", 400, `{"message":"'max_tokens' or 'max_completion_tokens' is too large: 4096. This model's maximum context ` +
			`length is 2048 tokens."}`, "lower max_tokens"},
		{"k", 407, "", "NO_PROXY"},
		{"k", 413, "<html><title>413 Request Entity Too Large</title></html>", "leave out files"},
		{"k", 413, `{"error":{"message":"maximum context length is 10"}}`, "shorten"},
		{"k", 400, "<html><title>400 No required SSL certificate was sent</title></html>", "client certificate"},
		{"k", 496, "", "client certificate"},
		{"k", 304, "", "caches its answers"},
		{"k", 101, "", "WebSocket"},
		{"k", 200, events(delta(`{"reasoning_content":"hm"}`), finish("stop")), "raise max_tokens"},
		{"k", 405, `{"detail":"Method Not Allowed"}`, "check the base URL"},
		{"k", 404, `{"error":{"message":"model 'x' not found"}}`, "pick another model"},
	} {
		s := serve(t, false, func(int) string { return response(c.status, "", c.body) })
		r := client(t, relay.Endpoint{BaseURL: s.url, Key: c.key}, Options{}).Send(t.Context(), ask(), nil)
		if r.Err == nil || !strings.Contains(r.Err.Advice(), c.says) {
			t.Errorf("%d %s: %v", c.status, c.body, r.Err)
		}
	}
}

func FuzzClassify(f *testing.F) {
	f.Add(503, `{"error":{"message":"x","metadata":{"raw":"y"}}}`)
	f.Add(502, "<title>Bad")
	f.Add(200, `[{"error":"{\"error\":{\"code\":\"\u001b\"}}"}]`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		e := classify(status, http.Header{}, []byte(body))
		if !slices.Contains(relay.Classes(), e.Class) || len(e.Message) > 4*wire.MaxLine || !utf8.ValidString(e.Message) {
			t.Fatalf("%+v", e)
		}
		if strings.ContainsFunc(e.Message+e.Code, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Fatalf("control characters pass: %q %q", e.Message, e.Code)
		}
	})
}
