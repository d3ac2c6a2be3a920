package retry

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestWait(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	none := time.Duration(-1)
	for _, tc := range []struct {
		name   string
		status int
		header []string // name, value, ...
		body   string
		want   time.Duration
		from   string
	}{
		{"nothing", 429, nil, "", none, ""},
		{"milliseconds first", 429, []string{"Retry-After", "7", "Retry-After-Ms", "250"}, "", 250 * time.Millisecond,
			"retry-after-ms"},
		{"azure's milliseconds", 429, []string{"X-Ms-Retry-After-Ms", "1500.5"}, "", 1500500 * time.Microsecond,
			"x-ms-retry-after-ms"},
		{"seconds", 503, []string{"Retry-After", "2"}, "", 2 * time.Second, "Retry-After"},
		{"float seconds", 429, []string{"Retry-After", "1.5"}, "", 1500 * time.Millisecond, "Retry-After"},
		{"zero is an answer", 429, []string{"Retry-After", "0"}, "", 0, "Retry-After"},
		{"words", 429, []string{"Retry-After", "30 seconds"}, "", 30 * time.Second, "Retry-After"},
		{"two of them", 429, []string{"Retry-After", "5, 10"}, "", 5 * time.Second, "Retry-After"},
		{"less than nothing", 429, []string{"Retry-After", "-5 seconds"}, "", none, ""},
		{"another name", 429, []string{"X-Retry-After", "12"}, "", 12 * time.Second, "x-retry-after"},
		{"discord's", 429, []string{"X-RateLimit-Reset-After", "12.5"}, "", 12500 * time.Millisecond,
			"x-ratelimit-reset-after"},
		{"a draft", 429, []string{"RateLimit", "limit=100, remaining=0, reset=30"}, "", 30 * time.Second, "RateLimit"},
		{"a later draft", 503, []string{"RateLimit", `"hour";r=9;t=3000, "minute";r=0;t=20`}, "", 20 * time.Second,
			"RateLimit"},
		{"a draft with something left", 503, []string{"RateLimit", `"default";r=5;t=30`}, "", none, ""},
		{"a time of the epoch", 429, nil, `{"error":{"resets_at":1772366460}}`, time.Minute, "error.resets_at"},
		{"a time in UTC", 429, nil, `{"error":"Try again at 2026-03-01 12:01:30 UTC."}`, 90 * time.Second, "its message"},
		{"an epoch in words", 429, nil, `{"error":"Limit resets at 1772366490."}`, 90 * time.Second, "its message"},
		{"a model that loads", 503, nil, `{"error":"Model X is currently loading","estimated_time":20.0}`,
			20 * time.Second, "estimated_time"},
		{"date", 429, []string{"Retry-After", "Sun, 01 Mar 2026 12:00:30 GMT"}, "", 30 * time.Second, "Retry-After"},
		{"date of RFC 850", 429, []string{"Retry-After", "Sunday, 01-Mar-26 12:00:30 GMT"}, "", 30 * time.Second,
			"Retry-After"},
		{"date of asctime", 429, []string{"Retry-After", "Sun Mar  1 12:00:30 2026"}, "", 30 * time.Second, "Retry-After"},
		{"date that is past", 429, []string{"Retry-After", "Sun, 01 Mar 2026 11:00:30 GMT"}, "", none, ""},
		{"negative", 429, []string{"Retry-After", "-5"}, "", none, ""},
		{"not a number", 429, []string{"Retry-After", "NaN"}, "", none, ""},
		{"infinite", 429, []string{"Retry-After", "Inf"}, "", none, ""},
		{"junk, then the reset", 429, []string{"Retry-After", "soon", "X-Ratelimit-Reset", "3s"}, "", 3 * time.Second,
			"x-ratelimit-reset"},
		{"go duration", 429, []string{"X-Ratelimit-Reset-Requests", "6m0s"}, "", 6 * time.Minute,
			"x-ratelimit-reset-requests"},
		{"go milliseconds", 429, []string{"X-Ratelimit-Reset-Tokens", "12ms"}, "", 12 * time.Millisecond,
			"x-ratelimit-reset-tokens"},
		{"the one that is used up", 429, []string{"X-Ratelimit-Reset-Requests", "9s", "X-Ratelimit-Remaining-Requests", "0",
			"X-Ratelimit-Reset-Tokens", "2s", "X-Ratelimit-Remaining-Tokens", "500"}, "", 9 * time.Second,
			"x-ratelimit-reset-requests"},
		{"both used up", 503, []string{"X-Ratelimit-Reset-Requests", "2s", "X-Ratelimit-Remaining-Requests", "0",
			"X-Ratelimit-Reset-Tokens", "8s", "X-Ratelimit-Remaining-Tokens", "0"}, "", 8 * time.Second,
			"x-ratelimit-reset-tokens"},
		{"neither says so", 429, []string{"X-Ratelimit-Reset-Requests", "6m0s", "X-Ratelimit-Reset-Tokens", "2s"}, "",
			2 * time.Second, "x-ratelimit-reset-tokens"},
		{"reset without need", 500, []string{"X-Ratelimit-Reset", "9", "X-Ratelimit-Remaining", "3"}, "", none, ""},
		{"rfc 3339", 429, []string{"X-Ratelimit-Reset", "2026-03-01T12:01:00Z"}, "", time.Minute, "x-ratelimit-reset"},
		{"epoch seconds", 429, []string{"X-Ratelimit-Reset", "1772366410"}, "", 10 * time.Second, "x-ratelimit-reset"},
		{"epoch milliseconds", 429, []string{"X-Ratelimit-Reset", "1772366402500"}, "", 2500 * time.Millisecond,
			"x-ratelimit-reset"},
		{"epoch that is past", 429, []string{"X-Ratelimit-Reset", "1572366402"}, "", none, ""},
		{"neither seconds nor epoch", 429, []string{"X-Ratelimit-Reset", "50000000"}, "", none, ""},
		{"anthropic", 429, []string{"Anthropic-Ratelimit-Tokens-Reset", "2026-03-01T12:00:05Z",
			"Anthropic-Ratelimit-Tokens-Remaining", "0"}, "",
			5 * time.Second, "anthropic-ratelimit-tokens-reset"},
		{"openrouter", 429, nil, `{"error":{"code":429,"metadata":{"headers":` +
			`{"X-RateLimit-Remaining":"0","X-RateLimit-Reset":"1772366401000"}}}}`,
			time.Second, "error.metadata.headers x-ratelimit-reset"},
		{"openrouter, a number", 429, nil, `{"error":{"metadata":{"headers":{"Retry-After":4}}}}`, 4 * time.Second,
			"error.metadata.headers Retry-After"},
		{"cerebras", 429, []string{"X-Ratelimit-Reset-Tokens-Minute", "0.9", "X-Ratelimit-Remaining-Tokens-Minute", "0"},
			"", 900 * time.Millisecond, "x-ratelimit-reset-tokens-minute"},
		{"anthropic, unified", 429, []string{"Anthropic-Ratelimit-Unified-Reset", "1772366410"}, "", 10 * time.Second,
			"anthropic-ratelimit-unified-reset"},
		{"a body that is no JSON", 429, nil, `<html>`, none, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := http.Header{}
			for i := 0; i < len(tc.header); i += 2 {
				h.Set(tc.header[i], tc.header[i+1])
			}
			d, from, ok := Wait(h.Get, []byte(tc.body), tc.status, now)
			if !ok {
				d = none
			}
			if d != tc.want || from != tc.from {
				t.Fatalf("got %v from %q, want %v from %q", d, from, tc.want, tc.from)
			}
		})
	}
}

func FuzzWait(f *testing.F) {
	f.Add("1s", `{"error":{"metadata":{"headers":{"Retry-After":"1"}}}}`)
	f.Add("1772366401000", "")
	f.Add("9e99", "{}")
	f.Fuzz(func(t *testing.T, v, body string) {
		now := time.Unix(1772366400, 0)
		d, _, ok := Wait(func(string) string { return v }, []byte(body), 429, now)
		if d < 0 || d > longestAsk || (!ok && d != 0) {
			t.Fatalf("%q: %v, %v", v, d, ok)
		}
	})
}

// TestAClockThatIsOff: a time that a relay names is by its own clock.
func TestAClockThatIsOff(t *testing.T) {
	here := time.Date(2026, 5, 1, 12, 0, 0, 400e6, time.UTC)
	for _, off := range []time.Duration{0, -time.Second, time.Hour, -time.Hour, 40 * 365 * 24 * time.Hour} {
		there := here.Add(off)
		now := Clock(there.Format("Mon, 02 Jan 2006 15:04:05 GMT"), here)
		for name, v := range map[string]string{"Retry-After": there.Add(20 * time.Second).Format(
			"Mon, 02 Jan 2006 15:04:05 GMT"),
			"x-ratelimit-reset": strconv.FormatInt(there.Add(20*time.Second).Unix(), 10),
			"X-RateLimit-Reset": there.Add(20 * time.Second).Format(time.RFC3339)} {
			d, _, ok := Wait(func(n string) string {
				if strings.EqualFold(n, name) {
					return v
				}
				return ""
			}, nil, 429, now)
			if !ok || d < 18*time.Second || d > 21*time.Second {
				t.Errorf("clocks %s apart, %s %s: %s %v", off, name, v, d, ok)
			}
		}
	}
	for _, junk := range []string{"", "yesterday", "Fri, 01 May 2026 12:00:01 GMT"} {
		if got := Clock(junk, here); got != here {
			t.Errorf("%q makes it %s", junk, got)
		}
	}
}

// TestTheBudgetSurvivesAJump: a clock that jumps neither stops retries for good nor lets all of them through.
func TestTheBudgetSurvivesAJump(t *testing.T) {
	for _, jump := range []time.Duration{time.Hour, -time.Hour, -80 * 365 * 24 * time.Hour} {
		var b Budget
		now := time.Unix(1_800_000_000, 0)
		for range 2 {
			allowed := 0
			for range 1000 {
				if b.Allow(2, now) {
					allowed++
				}
			}
			if allowed != freeShare {
				t.Errorf("%d retries after a jump of %s", allowed, jump)
			}
			now = now.Add(jump)
		}
	}
}
