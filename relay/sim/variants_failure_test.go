package sim_test

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"relaytop/relay"
	"relaytop/relay/sim"
)

const thrice = " attempts=3 wait=2ms wait=4ms"

// statuses: the class of every refusal.
func statuses() []variant {
	var list []variant
	for status, want := range map[int]string{401: "auth", 403: "auth", 402: "quota", 400: "invalid", 405: "invalid",
		413: "invalid", 422: "invalid",
		408: "timeout" + thrice, 409: "upstream" + thrice, 425: "upstream" + thrice, 500: "upstream" + thrice,
		502: "upstream" + thrice,
		504: "upstream" + thrice, 520: "upstream" + thrice, 529: "overloaded" + thrice} {
		list = append(list, variant{name: fmt.Sprint(status), edits: do(sim.Status(status)), want: "failed/" + want})
	}
	for _, status := range []int{502, 504, 520, 521, 522, 523, 524} {
		list = append(list, variant{name: fmt.Sprintf("%d as HTML", status), edits: do(sim.HTML(status)),
			want: "failed/upstream" + thrice, says: strconv.Itoa(status)})
	}
	for _, code := range []string{"insufficient_quota", "credit_balance_exhausted", "monthly_spend_limit_exceeded",
		"weekly_usage_limit_exceeded"} {
		list = append(list, variant{name: "429 " + code, edits: do(sim.Code(429, "x", code, "No more.")),
			want: "failed/quota"})
	}
	for _, status := range []int{301, 302, 303, 307, 308} {
		list = append(list, variant{name: fmt.Sprintf("%d", status),
			edits: do(sim.Redirect(status, "https://elsewhere.example/v1?k=v")), want: "failed/protocol",
			says: "redirected to https://elsewhere.example/v1:"})
	}
	return append(list,
		variant{name: "503", edits: do(sim.Status(503), sim.Header("Retry-After", "")), want: "failed/overloaded" + thrice},
		variant{name: "204", edits: do(sim.Body(204, "", "")), want: "empty/empty" + thrice, says: "204 No Content"},
		variant{name: "304", edits: do(sim.Body(304, "", "")), want: "failed/protocol", says: "304 Not Modified"},
		variant{name: "503: no router for requested model",
			edits: do(sim.Code(503, "x", "", "no router for requested model")), want: "failed/unknown_model"},
		variant{name: "503 that asks for a second", edits: do(sim.Status(503)), want: "failed/overloaded asked=Retry-After",
			says: "1 s"},
		variant{name: "a redirect to itself", edits: do(sim.Redirect(307, "/v1/chat/completions")), want: "failed/protocol",
			says: "not followed with a key"},
		variant{name: "404 model_not_found", edits: do(sim.Status(404)), want: "failed/unknown_model"},
		variant{name: "404 in words", edits: do(sim.Body(404, "text/plain", "404 page not found")), want: "failed/invalid",
			says: "404 page not found"},
		variant{name: "400 that says so: unknown model",
			edits: do(sim.Code(400, "x", "", "The model `x` does not exist or you do not have access to it.")),
			want:  "failed/unknown_model"},
		variant{name: "503 无可用渠道", edits: do(sim.NoChannel()), want: "failed/unknown_model", says: "无可用渠道"},
		variant{name: "context_length_exceeded", edits: do(sim.Code(400, "x", "context_length_exceeded", "too long")),
			want: "failed/context_length"},
		variant{name: "context length in words", want: "failed/context_length",
			edits: do(sim.Code(400, "x", "", "This model's maximum context length is 8192 tokens."))},
		variant{name: "400 content_filter", edits: do(sim.Code(400, "x", "content_filter", "The response was filtered")),
			want: "failed/content_filter"},
		variant{name: "429 RESOURCE_EXHAUSTED is not quota",
			edits: do(sim.Code(429, "x", "RESOURCE_EXHAUSTED", "You exceeded your current quota")),
			want:  "failed/rate_limit" + thrice},
		variant{name: "a key in the error is redacted",
			edits: do(sim.Code(401, "x", "invalid_api_key", "Incorrect API key provided: sk-simulated-key")),
			want:  "failed/auth", says: "••••"},
		variant{name: "no such host", at: func(e *relay.Endpoint) { e.BaseURL = "https://nowhere.invalid/v1" },
			want: "failed/network requests=0"},
		variant{name: "no server there", at: func(e *relay.Endpoint) { e.BaseURL = "http://127.0.0.1:1/v1" },
			want: "failed/network attempts=3 requests=0 wait=2ms wait=4ms", says: "refused"},
		variant{name: "no TLS at this port", at: func(e *relay.Endpoint) { e.BaseURL = "https" + e.BaseURL[len("http"):] },
			want: "failed/protocol requests=0", says: "http"},
	)
}

// retries: which failures are retried.
func retries() []variant {
	once := func(edits ...sim.Edit) []sim.Rule { return []sim.Rule{{Times: 1, Do: edits}} }
	return []variant{
		{name: "retry: 500, then well", rules: once(sim.Status(500)), want: "ok attempts=2 wait=2ms"},
		{name: "retry: reset before any byte, then well", rules: once(sim.CutContent(0, sim.EndReset)),
			want: "ok attempts=2 wait=2ms"},
		{name: "retry: error in the stream, then well", rules: once(sim.Inline(sim.InlineObject, 0)),
			want: "ok attempts=2 wait=2ms"},
		{name: "retry: empty, then well", rules: once(sim.Empty()), want: "ok attempts=2 wait=2ms"},
		{name: "retry: x-should-retry false wins", edits: do(sim.Status(500), sim.Header("x-should-retry", "false")),
			want: "failed/upstream"},
		{name: "retry: x-should-retry true wins", rules: once(sim.Status(400), sim.Header("x-should-retry", "true")),
			want: "ok attempts=2 wait=2ms"},
		{name: "retry: nothing after a visible token", edits: do(sim.Inline(sim.InlineIntCode, 2)),
			want: "truncated/truncated text=part usage=~ cost=~estimated"},
		{name: "retry: not for a measurement", ask: func(r *relay.Request) { r.Once = true }, edits: do(sim.Status(500)),
			want: "failed/upstream"},
		{name: "retry: 429 of a row that names no wait", ask: row, rules: once(bare429()),
			want: "ok attempts=2 wait=together"},
		{name: "retry: 429 of a chat that names no wait", edits: do(bare429()), want: "failed/rate_limit" + thrice},
		{name: "retry: 429 in a stream of a row", ask: row, rules: once(sim.Inline(sim.InlineTextCode, 0)),
			want: "ok attempts=2 wait=2ms"},
	}
}

func row(r *relay.Request) { r.Lane = relay.LaneBatch }

// bare429 is a 429 without a wait.
func bare429() sim.Edit { return sim.Code(429, "requests", "rate_limit_exceeded", "slow down") }

// asked: the waits that a relay names, in the order of trust. A wait beyond max_wait proves, without waiting, that
// the value was read.
func asked() []variant {
	list := []variant{
		{name: "wait: Retry-After 0 is the base",
			rules: []sim.Rule{{Times: 1, Do: do(bare429(), sim.Header("Retry-After", "0"))}}, want: "ok attempts=2 wait=2ms"},
		{name: "wait: the headers in the body",
			edits: do(sim.Body(429, "application/json",
				`{"error":{"message":"x","code":429,"metadata":{"headers":{"X-RateLimit-Remaining":"0","X-RateLimit-Reset":"`+
					strconv.FormatInt(time.Now().Add(time.Hour).UnixMilli(), 10)+`"}}}}`)),
			want: "failed/rate_limit asked=error.metadata.headers x-ratelimit-reset", says: "it asked to wait"},
		{name: "wait: in the stream's error",
			edits: do(sim.Inline(`{"error":{"code":429,"metadata":{"headers":{"Retry-After":3600}}}}`, 0)),
			want:  "failed/rate_limit asked=error.metadata.headers Retry-After", says: "60 m 0 s"},
		{name: "wait: longer, with a fallback", ask: func(r *relay.Request) { r.Fallback = []string{"gpt-4.1-mini"} },
			rules: []sim.Rule{{Model: "gpt-4.1", Do: do(bare429(), sim.Header("Retry-After", "3600"))}},
			want:  "ok cost=relay:0.003000 attempts=2 by=gpt-4.1-mini"},
		{name: "wait: longer than a chat's before its fallback",
			ask:   func(r *relay.Request) { r.Fallback = []string{"gpt-4.1-mini"} },
			rules: []sim.Rule{{Model: "gpt-4.1", Do: do(bare429(), sim.Header("retry-after-ms", "90"))}},
			want:  "ok cost=relay:0.003000 attempts=2 by=gpt-4.1-mini"},
		{name: "wait: past the request's budget", ask: func(r *relay.Request) { r.MaxTotal = 200 * time.Millisecond },
			edits: do(bare429(), sim.Header("retry-after-ms", "300")), want: "failed/rate_limit asked=retry-after-ms"},
	}
	for _, w := range []struct{ name, value string }{{"retry-after-ms", "7"}, {"x-ms-retry-after-ms", "7.5"},
		{"Retry-After", "0.008"},
		{"x-ratelimit-reset", "12ms"}, {"x-ratelimit-reset-requests", "0.01s"}, {"x-ratelimit-reset-tokens", "0.009"}} {
		list = append(list, variant{name: "wait: " + w.name + " " + w.value,
			rules: []sim.Rule{{Times: 1, Do: do(bare429(), sim.Header(w.name, w.value))}}, want: "ok attempts=2 wait=" + w.name})
	}
	hour := time.Now().Add(time.Hour)
	for _, w := range []struct{ name, value string }{{"Retry-After", "3600"},
		{"Retry-After", hour.UTC().Format(http.TimeFormat)}, {"Retry-After", hour.UTC().Format(time.RFC850)},
		{"x-ratelimit-reset", "1h0m0s"}, {"x-ratelimit-reset-requests", "6m0s"},
		{"x-ratelimit-reset", hour.Format(time.RFC3339)}, {"x-ratelimit-reset", strconv.FormatInt(hour.Unix(), 10)},
		{"x-ratelimit-reset", strconv.FormatInt(hour.UnixMilli(), 10)},
		{"anthropic-ratelimit-requests-reset", hour.Format(time.RFC3339)}} {
		list = append(list, variant{name: "wait: long " + w.name + " " + w.value[:min(4, len(w.value))],
			edits: do(bare429(), sim.Header(w.name, w.value)), want: "failed/rate_limit asked=" + w.name,
			says: "it asked to wait"})
	}
	for _, junk := range []string{"-5", "soon", "NaN", "Wed, 21 Oct 2015 07:28:00 GMT", "1e99"} {
		list = append(list, variant{name: "wait: junk " + junk,
			rules: []sim.Rule{{Times: 1, Do: do(bare429(), sim.Header("Retry-After", junk))}}, want: "ok attempts=2 wait=2ms"})
	}
	for _, w := range []struct{ name, body, from string }{
		{"google, an array", `[{"error":{"code":429,"message":"Quota exceeded. Please retry in 9s.",` +
			`"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"0.008s"}]}}]`,
			"error.details.retryDelay"},
		{"of a provider", `{"error":{"message":"x","metadata":{"retry_after_ms":9}}}`, "error.metadata.retry_after_ms"},
		{"in the message", `{"error":{"message":"Rate limit reached. Please try again in 11ms."}}`, "its message"},
		{"in plain text", `Too many requests, retry after 12 milliseconds`, "its message"},
	} {
		for _, status := range []int{429, 503} {
			list = append(list, variant{name: fmt.Sprintf("wait: %s, %d", w.name, status),
				rules: []sim.Rule{{Times: 1, Do: do(sim.Body(status, "application/json", w.body))}},
				want:  "ok attempts=2 wait=" + w.from})
		}
	}
	for name, body := range map[string]string{
		"google": `{"error":{"message":"x","details":[{"violations":[{"quotaId":"RequestsPerDay-FreeTier"}]}]}}`,
		"words":  `{"error":{"message":"You have reached your daily limit. Try again in 5 hours."}}`,
	} {
		want := "failed/quota"
		if name == "words" {
			want += ` asked=its message`
		}
		list = append(list, variant{name: "429: the quota of a day, " + name, want: want,
			edits: do(sim.Body(429, "application/json", body))})
	}
	return append(list,
		variant{name: "wait: a reset that nothing is spent of, 503",
			rules: []sim.Rule{{Times: 1, Do: do(sim.Code(503, "x", "overloaded", "x"), sim.Header("x-ratelimit-reset", "1h"),
				sim.Header("x-ratelimit-remaining", "3"))}}, want: "ok attempts=2 wait=2ms"},
		variant{name: "wait: a reset of a spent limit, 503",
			edits: do(sim.Code(503, "x", "overloaded", "x"), sim.Header("x-ratelimit-reset", "1h"),
				sim.Header("x-ratelimit-remaining", "0")), want: "failed/overloaded asked=x-ratelimit-reset"})
}

// fallbacks: which model answers in place of another.
func fallbacks() []variant {
	next := func(models ...string) func(*relay.Request) { return func(r *relay.Request) { r.Fallback = models } }
	first := func(edits ...sim.Edit) []sim.Rule { return []sim.Rule{{Model: "gpt-4.1", Do: edits}} }
	other := []relay.Endpoint{{Name: "other", Key: "sk-right-key"}}
	return []variant{
		{name: "fallback: retries are spent", ask: next("deepseek-v3.2"), rules: first(sim.Status(500)),
			want: "ok cost=relay:0.000630 attempts=4 wait=2ms wait=4ms by=deepseek-v3.2"},
		{name: "fallback: unknown model at once", ask: next("deepseek-v3.2"), rules: first(sim.NoChannel()),
			want: "ok cost=relay:0.000630 attempts=2 by=deepseek-v3.2"},
		{name: "fallback: overloaded with a long wait", ask: next("deepseek-v3.2"),
			rules: first(sim.Status(503), sim.Header("Retry-After", "3600")),
			want:  "ok cost=relay:0.000630 attempts=2 by=deepseek-v3.2"},
		{name: "fallback: never in a measurement", ask: func(r *relay.Request) {
			r.Once, r.Fallback = true,
				[]string{"deepseek-v3.2"}
		}, rules: first(sim.NoChannel()), want: "failed/unknown_model"},
		{name: "fallback: a larger window", ask: next("gpt-4.1-mini", "claude-sonnet-4.5"),
			rules: first(sim.Code(400, "x", "context_length_exceeded", "x")),
			want:  "ok cost=relay:0.022500 attempts=2 by=claude-sonnet-4.5"},
		{name: "fallback: no larger window", ask: next("gpt-4.1-mini"),
			rules: first(sim.Code(400, "x", "context_length_exceeded", "x")), want: "failed/context_length"},
		{name: "fallback: never for invalid", ask: next("deepseek-v3.2"), rules: first(sim.Status(422)),
			want: "failed/invalid"},
		{name: "fallback: auth asks no other model", ask: next("deepseek-v3.2"), rules: first(sim.Status(401)),
			want: "failed/auth"},
		{name: "fallback: quota asks no other model", ask: next("deepseek-v3.2"), rules: first(sim.NoQuota()),
			want: "failed/quota"},
		{name: "fallback: never after a visible token", ask: next("deepseek-v3.2"),
			rules: first(sim.CutContent(2, sim.EndAbort)), want: "truncated/truncated text=part usage=~ cost=~estimated"},
		{name: "fallback: silence", silence: 80 * time.Millisecond, ask: next("deepseek-v3.2"), rules: first(sim.Stall(0)),
			want: "ok cost=relay:0.000630 attempts=4 wait=2ms wait=4ms by=deepseek-v3.2"},
		{name: "fallback: all fail", ask: next("deepseek-v3.2"), edits: do(sim.NoChannel()),
			want: "failed/unknown_model attempts=2"},
		{name: "another endpoint: auth", serve: sim.Options{Key: "sk-right-key"}, places: other,
			want: "ok attempts=2 at=other"},
		{name: "another endpoint: overloaded, without waiting", places: other,
			rules: []sim.Rule{{Times: 1, Do: do(sim.Status(503))}}, want: "ok attempts=2 at=other"},
		{name: "another endpoint: quota", places: other, rules: []sim.Rule{{Times: 1, Do: do(sim.NoQuota())}},
			want: "ok attempts=2 at=other"},
	}
}

// quirks: parameters that are refused by name are left out, and that is remembered.
func quirks() []variant {
	const (
		options     = "it refuses stream_options: sent without"
		maximum     = "it wants max_completion_tokens in place of max_tokens"
		temperature = "it refuses temperature: sent without"
	)
	learned := func(requests int, what string) string {
		return fmt.Sprintf("ok requests=%d learned=%q", requests, what)
	}
	finish := sim.Usage(sim.UsageFinish)
	return []variant{
		{name: "stream_options refused: Groq's 400", twice: true, edits: do(finish, sim.RefuseParam("stream_options", 400)),
			want: learned(2, options)},
		{name: "stream_options refused: Mistral's 422", twice: true,
			edits: do(finish, sim.RefuseParam("stream_options", 422)), want: learned(2, options)},
		{name: "max_tokens refused", twice: true, edits: do(sim.RefuseParam("max_tokens", 400)), want: learned(2, maximum)},
		{name: "temperature refused", twice: true, edits: do(sim.RefuseParam("temperature", 400)),
			want: learned(2, temperature)},
		{name: "all three refused", twice: true, edits: do(finish, sim.RefuseParam("temperature", 400),
			sim.RefuseParam("max_tokens", 400), sim.RefuseParam("stream_options", 400)),
			want: learned(4, options+"; "+maximum+"; "+temperature)},
		{name: "our max_tokens does not fit the window", rules: []sim.Rule{{Times: 1, Do: do(sim.Code(400, "x", "",
			"This model's maximum context length is 4096 tokens. However, you requested 4101 tokens (5 in the messages, "+
				"4096 in the completion)."))}}, want: learned(2, "max_tokens 4096 does not fit: sent with 4091")},
		{name: "a value refused is the user's",
			edits: do(sim.Code(400, "x", "invalid_value", "temperature must be between 0 and 2")), want: "failed/invalid"},
	}
}
