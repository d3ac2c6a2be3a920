package probe

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"

	"relaytop/relay"
)

// TestTheBillIsCompared: what the relay's balance lost with the paid request, and what its price list says: $1 a
// million tokens in, $2 out, for 1000 + 500 tokens.
func TestTheBillIsCompared(t *testing.T) {
	const cents, usd = 100, 1
	for _, c := range []struct {
		name, path, format string
		parts              float64
		before, after      float64 // USD
		listed             bool
		want               string
		says               []string
	}{
		{"one-api, as the list", "/v1/dashboard/billing/usage", `{"object":"list","total_usage":%.6f}`, cents, 1.5, 1.502,
			true, "+balance", []string{"$0.002000 billed", "$1.50 spent"}},
		{"one-api, rounded up", "/v1/dashboard/billing/usage", `{"total_usage":%.6f}`, cents, 1.5, 1.502002, true,
			"+balance", []string{"$0.002002 billed"}},
		{"one-api, twice the list", "/v1/dashboard/billing/usage", `{"total_usage":%.6f}`, cents, 1.5, 1.504, true,
			"-balance", []string{"$0.004000 billed", "$0.002000 by the relay's list", "2.00 times", "price_file"}},
		{"new-api, at its root", "/dashboard/billing/usage", `{"total_usage":%.6f}`, cents, 0, 0.004, true, "-balance",
			[]string{"2.00 times"}},
		{"OpenRouter", "/v1/key", `{"data":{"label":"k","usage":%.6f,"limit":10,"limit_remaining":8.5}}`, usd, 1.5, 1.502,
			true, "+balance", []string{"$0.002000 billed", "$8.50 left"}},
		{"OpenRouter, less than the list", "/v1/key", `{"data":{"usage":%.6f,"limit_remaining":null}}`, usd, 1.5, 1.501,
			true, "-balance", []string{"0.50 times", "!left"}},
		{"no price", "/v1/key", `{"data":{"usage":%.6f}}`, usd, 1.5, 1.502, false, "?balance",
			[]string{"$0.002000 billed", "not known"}},
		{"the bill does not come", "/v1/key", `{"data":{"usage":%.6f}}`, usd, 1.5, 1.5, true, "?balance",
			[]string{"did not change"}},
		{"a page", "/v1/key", "<html>%.6f", usd, 1, 2, true, "?balance", []string{"shows none"}},
		{"another document", "/v1/key", `{"data":{"name":"%.6f"}}`, usd, 1, 2, true, "?balance", []string{"shows none"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Bool
			list := `{"data":[{"id":"no-such-model"}]}`
			if c.listed {
				list = `{"data":[{"id":"no-such-model","pricing":{"prompt":"0.000001","completion":"0.000002"}}]}`
			}
			e := serve(t, map[string]http.HandlerFunc{
				"/v1/models": always(200, list),
				"/v1/chat/completions": func(w http.ResponseWriter, _ *http.Request) {
					asked.Store(true)
					answer(w, `{"model":"no-such-model","choices":[{"message":{"content":"1 2 3"},"finish_reason":"stop"}],`+
						`"usage":{"prompt_tokens":1000,"completion_tokens":500,"total_tokens":1500}}`)
				},
				c.path: func(w http.ResponseWriter, r *http.Request) {
					if r.Header.Get("Authorization") != "Bearer sk-0123456789abcdef" {
						w.WriteHeader(http.StatusUnauthorized)
						return
					}
					spent := c.before
					if asked.Load() {
						spent = c.after
					}
					answer(w, fmt.Sprintf(c.format, spent*c.parts))
				},
			})
			e.Name, e.Key = "r", "sk-0123456789abcdef"
			got := map[string]relay.Check{}
			for _, line := range Run(t.Context(), e, Options{Model: "no-such-model", Pay: relay.Spending{Ask: yes}}) {
				got[line.Name] = line
			}
			want(t, got, c.want)
			says(t, got[Balance], c.says...)
		})
	}
}

// TestTheBalanceIsShownWithoutPaying: it is free.
func TestTheBalanceIsShownWithoutPaying(t *testing.T) {
	e := serve(t, map[string]http.HandlerFunc{"/v1/models": always(200, `{"data":[{"id":"gpt-4.1"}]}`),
		"/v1/dashboard/billing/usage": always(200, `{"total_usage":123.4}`)})
	got := look(t, e, nil)
	want(t, got, "+balance")
	says(t, got[Balance], "$1.23 spent", "not checked")
}
