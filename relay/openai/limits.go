package openai

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"relaytop/relay"
	"relaytop/relay/retry"
)

// noLimits is what a response without any such header says.
func noLimits() relay.Limits {
	return relay.Limits{Requests: -1, Tokens: -1, RequestsReset: -1, TokensReset: -1, RequestsLimit: -1, TokensLimit: -1}
}

// readLimits reads the x-ratelimit-* headers. What is missing, negative or unreadable is -1.
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
