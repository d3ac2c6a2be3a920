package openai

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"relaytop/relay"
	"relaytop/relay/openai/wire"
	"relaytop/relay/retry"
)

// noLimits returns the limits of a response that states none.
func noLimits() relay.Limits {
	return relay.Limits{Requests: -1, Tokens: -1, RequestsReset: -1, TokensReset: -1, RequestsLimit: -1, TokensLimit: -1}
}

// readLimits reads the x-ratelimit-* headers. A header that is missing, negative or not a number is read as -1.
func readLimits(h http.Header, now time.Time) relay.Limits {
	now = retry.Clock(h.Get("Date"), now)
	first := func(names ...string) string {
		for _, n := range names {
			if v := strings.TrimSpace(h.Get(n)); v != "" {
				return v
			}
		}
		return ""
	}
	number := func(v string) int64 {
		f, err := strconv.ParseFloat(v, 64)
		if err != nil || !(f >= 0 && f < 1e15) {
			return -1
		}
		return int64(f)
	}
	wait := func(v string) time.Duration {
		if d, ok := retry.ParseReset(v, now); ok {
			return d
		}
		return -1
	}
	return relay.Limits{
		Requests:      number(first("x-ratelimit-remaining-requests", "x-ratelimit-remaining")),
		RequestsLimit: number(first("x-ratelimit-limit-requests", "x-ratelimit-limit")),
		RequestsReset: wait(first("x-ratelimit-reset-requests", "x-ratelimit-reset")),
		Tokens:        number(first("x-ratelimit-remaining-tokens")),
		TokensLimit:   number(first("x-ratelimit-limit-tokens")),
		TokensReset:   wait(first("x-ratelimit-reset-tokens")),
	}
}

// remoteID returns the relay's own request id; "": it sent none, or ours.
func remoteID(h http.Header, ours relay.ID) string {
	for _, name := range []string{"x-request-id", "request-id", "x-oneapi-request-id"} {
		if v := h.Get(name); v != "" && v != ours.String() {
			return v
		}
	}
	return ""
}

// headerCost returns the cost that LiteLLM states in a header; nil: none, or not an amount.
func headerCost(h http.Header) *relay.Money {
	return wire.Amount(h.Get("x-litellm-response-cost"))
}

// shouldRetry returns whether the relay itself asks for a retry; nil: it does not say.
func shouldRetry(h http.Header) *bool {
	v, err := strconv.ParseBool(strings.TrimSpace(h.Get("x-should-retry")))
	if err != nil {
		return nil
	}
	return &v
}
