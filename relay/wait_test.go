package relay

import (
	"testing"
	"time"
)

func TestWaitCause(t *testing.T) {
	failed := WaitCause{Endpoint: "sim", Status: 503, Class: ClassOverloaded, Wait: 1500 * time.Millisecond, Attempt: 2}
	as := func(kind WaitKind) WaitCause {
		c := failed
		c.Kind = kind
		return c
	}
	asked := as(WaitAsked)
	asked.From = "Retry-After"
	for _, c := range []struct {
		cause WaitCause
		why   string
		then  string // what String adds
	}{
		{as(WaitBackoff), "sim: 503 overloaded", ", attempt 2 in 1.5 s"},
		{WaitCause{Kind: WaitBackoff, Status: 200, Class: ClassUpstream, Attempt: 3, Wait: time.Second},
			"the relay: upstream", ", attempt 3 in 1 s"},
		{as(WaitAsked), "sim: 503 overloaded, it asked for 1.5 s", ""},
		{asked, "sim: 503 overloaded, it asked for 1.5 s (Retry-After)", ""},
		{as(WaitThrottle), "sim: 503 overloaded", ", it named no wait: one row tries again in 1.5 s"},
		{WaitCause{Kind: WaitThrottle, Endpoint: "sim", Status: 429, Class: ClassRateLimit}, "sim: 429 rate_limit",
			", it named no wait: one row tries again"},
		{as(WaitCooldown), "sim: overloaded, cooling down", " for 1.5 s"},
		{WaitCause{Kind: WaitCooldown, Endpoint: "sim", Class: ClassRateLimit}, "sim: rate_limit, cooling down", ""},
		{as(WaitBreaker), "sim: too many failures, its breaker is open", " for 1.5 s"},
		{as(WaitProbe), "sim: its breaker lets one request probe", " for 1.5 s"},
		{WaitCause{Kind: WaitLimit, Endpoint: "sim", What: "tokens", N: 30}, "our own limit of 30 tokens a minute at sim",
			""},
		{WaitCause{Kind: WaitLimit, Endpoint: "sim", What: "tokens", N: 30, Setting: "tpm"},
			"tpm = 30, our own limit of tokens a minute at sim", ""},
		{WaitCause{Kind: WaitInFlight, Endpoint: "sim", N: 10, Of: 10, Setting: "max_concurrent_requests"},
			"sim: 10 of 10 requests in flight, our own limit (max_concurrent_requests = 10)", ""},
		{WaitCause{Kind: WaitUsedUp, Endpoint: "sim", What: "requests"}, "sim said that it has no requests left", ""},
		{WaitCause{Kind: WaitInFlight, Endpoint: "sim", N: 9, Of: 10}, "sim: 9 of 10 requests in flight", ""},
		{WaitCause{Kind: WaitInFlight, Endpoint: "sim", N: 4, Of: 5, Kept: 1, Setting: "concurrency"},
			"sim: 4 of 5 requests in flight, 1 kept for chats, our own limit (concurrency = 5)", ""},
		{WaitCause{}, "", ""},
	} {
		if got := c.cause.Why(); got != c.why {
			t.Errorf("%+v\n     %q\nwant %q", c.cause, got, c.why)
		}
		if got := c.cause.String(); got != c.why+c.then {
			t.Errorf("%+v\n     %q\nwant %q", c.cause, got, c.why+c.then)
		}
	}
}
