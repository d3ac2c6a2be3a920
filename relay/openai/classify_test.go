package openai

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"relaytop/relay"
)

func TestClassify(t *testing.T) {
	for _, tc := range []struct {
		status int
		body   string
		want   relay.Class
	}{
		{401, ``, relay.ClassAuth}, {403, ``, relay.ClassAuth}, {402, ``, relay.ClassQuota}, {408, ``, relay.ClassTimeout},
		{409, ``, relay.ClassUpstream}, {425, ``, relay.ClassUpstream}, {429, ``, relay.ClassRateLimit}, {500, ``, relay.ClassUpstream},
		{503, ``, relay.ClassOverloaded}, {529, ``, relay.ClassOverloaded}, {524, ``, relay.ClassUpstream}, {301, ``, relay.ClassProtocol},
		{400, ``, relay.ClassInvalid}, {404, ``, relay.ClassInvalid}, {405, ``, relay.ClassInvalid}, {413, ``, relay.ClassInvalid}, {422, ``, relay.ClassInvalid},
		{429, `{"error":{"code":"insufficient_quota","message":"You exceeded your current quota"}}`, relay.ClassQuota},
		{429, `{"error":{"code":"credit_balance_exhausted"}}`, relay.ClassQuota},
		{429, `{"error":{"type":"monthly_spend_limit_exceeded"}}`, relay.ClassQuota},
		{429, `{"error":{"code":"weekly_usage_limit_exceeded"}}`, relay.ClassQuota},
		{429, `{"error":{"status":"RESOURCE_EXHAUSTED","message":"You exceeded your current quota"}}`, relay.ClassRateLimit},
		{404, `{"error":{"code":"model_not_found"}}`, relay.ClassUnknownModel},
		{404, `{"error":{"message":"The model 'x' does not exist or you do not have access to it."}}`, relay.ClassUnknownModel},
		{503, `{"error":{"message":"分组 default 下模型 x 无可用渠道"}}`, relay.ClassUnknownModel},
		{400, `{"error":{"code":"context_length_exceeded"}}`, relay.ClassContextLength},
		{400, `{"error":{"message":"This model's maximum context length is 8192 tokens."}}`, relay.ClassContextLength},
		{400, `{"error":{"code":"content_filter"}}`, relay.ClassContentFilter},
		{200, `{"error":{"code":"429","message":"slow"}}`, relay.ClassRateLimit},
		{200, `{"code":529,"message":"full"}`, relay.ClassOverloaded},
		{200, `{"error":{"type":"rate_limit_error"}}`, relay.ClassRateLimit},
	} {
		if got := Classify(tc.status, http.Header{}, []byte(tc.body)); got.Class != tc.want {
			t.Errorf("%d %s: %s, want %s", tc.status, tc.body, got.Class, tc.want)
		}
	}
}

func TestClassifyReadsTheRest(t *testing.T) {
	h := http.Header{}
	h.Set("X-Should-Retry", "false")
	h.Set("Retry-After", "3")
	e := Classify(429, h, []byte(`{"error":{"message":"Provider returned error","code":429,"metadata":{"provider_name":"DeepInfra","raw":"{\"error\":{\"message\":\"busy\"}}"}}}`))
	if e.Retry == nil || *e.Retry || !e.Waits || e.RetryAfter != 3*time.Second || e.WaitFrom != "Retry-After" ||
		e.Message != "Provider returned error (DeepInfra): busy" || e.Code != "429" {
		t.Fatalf("%+v", e)
	}
}

func FuzzClassify(f *testing.F) {
	f.Add(503, `{"error":{"message":"x","metadata":{"raw":"y"}}}`)
	f.Add(502, "<title>Bad")
	f.Add(200, `[{"error":"{\"error\":{\"code\":\"\u001b\"}}"}]`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		e := Classify(status, http.Header{}, []byte(body))
		if !slices.Contains(relay.Classes(), e.Class) || len(e.Message) > 4*lineCap || !utf8.ValidString(e.Message) {
			t.Fatalf("%+v", e)
		}
		if strings.ContainsFunc(e.Message+e.Code, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Fatalf("control characters pass: %q %q", e.Message, e.Code)
		}
	})
}
