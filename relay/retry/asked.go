package retry

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// longestAsk bounds the wait that a relay may ask for: 30 days. Anything longer is ignored.
const longestAsk = 30 * 24 * time.Hour

const (
	tooMany     = 429 // the status of a rate limit
	unavailable = 503
)

// Wait finds how long a relay asks to wait before the next request, and the header or field that says so. headers
// gives a header's first value by name in any case; body is the error's. The order is that of trust:
// retry-after-ms, x-ms-retry-after-ms, Retry-After and its variants, then the rate limit's reset if that limit is
// used up or the status is 429, then the headers that a relay of relays repeats in the body, then any field of the
// body whose name says so, then its message. Negative, past and unreadable values are skipped. A wait of 0 is
// valid.
func Wait(headers func(string) string, body []byte, status int, now time.Time) (d time.Duration, from string, ok bool) {
	if d, from, ok = waitNamed(headers, status, now); ok {
		return d, from, true
	}
	if len(body) == 0 {
		return 0, "", false
	}
	f := readBody(body, status, now)
	if d, from, ok = waitNamed(func(name string) string { return f.headers[strings.ToLower(name)] }, status, now); ok {
		return d, "error.metadata.headers " + from, true
	}
	if f.ok {
		return f.wait, f.from, true
	}
	if status != tooMany && status != 0 && status < 500 {
		return 0, "", false
	}
	for _, s := range f.texts {
		if d, ok = waitInWords(s, now); ok {
			return d, "its message", true
		}
	}
	return 0, "", false
}

func waitNamed(headers func(string) string, status int, now time.Time) (time.Duration, string, bool) {
	for _, name := range []string{"retry-after-ms", "x-ms-retry-after-ms"} {
		if ms, err := strconv.ParseFloat(strings.TrimSpace(headers(name)), 64); err == nil {
			if d, ok := waitOf(ms, time.Millisecond); ok {
				return d, name, true
			}
		}
	}
	for _, name := range []string{"Retry-After", "x-retry-after", "x-ratelimit-retry-after", "x-ratelimit-reset-after"} {
		if d, ok := waitAfter(strings.TrimSpace(headers(name)), now); ok {
			return d, name, true
		}
	}
	if d, from, ok := waitReset(headers, status, now); ok {
		return d, from, true
	}
	return waitDraft(headers("RateLimit"), status, now)
}

// waitAfter reads Retry-After: a number, a date, or what else is sent under that name. Of a list the first counts.
func waitAfter(v string, now time.Time) (time.Duration, bool) {
	if v == "" {
		return 0, false
	}
	if d, ok := ParseReset(v, now); ok {
		return d, true
	}
	if at, ok := parseDate(v); ok {
		return at.Sub(now), !at.Before(now) && at.Sub(now) <= longestAsk
	}
	first, _, _ := strings.Cut(v, ",")
	if d, ok := ParseReset(strings.TrimSpace(first), now); ok {
		return d, true
	}
	if strings.HasPrefix(v, "-") {
		return 0, false
	}
	return readDuration(strings.ToLower(v))
}

// waitDraft reads the RateLimit header of the IETF's drafts: limit=100, remaining=0, reset=30, and later
// "default";r=0;t=30. Of several limits the first that is used up counts, or, if the status is 429, the first.
func waitDraft(v string, status int, now time.Time) (time.Duration, string, bool) {
	const name = "RateLimit"
	if v == "" || len(v) > 1024 {
		return 0, "", false
	}
	var first time.Duration
	named := false
	for _, m := range compiled().draft.FindAllStringSubmatch(v, 8) {
		d, ok := ParseReset(m[2], now)
		switch {
		case !ok:
		case strings.Trim(m[1], "0") == "":
			return d, name, true
		case !named:
			first, named = d, true
		}
	}
	return first, name, named && status == tooMany
}

// waitReset reads the resets of the rate limits. Of the limits that are used up the longest counts; if none says
// that it is, a 429 takes the shortest: a reset is the time until the limit is full again, and any of several may
// have been hit.
func waitReset(headers func(string) string, status int, now time.Time) (time.Duration, string, bool) {
	type limit struct{ reset, remaining string }
	groups := [][]limit{
		{{"x-ratelimit-reset-requests", "x-ratelimit-remaining-requests"},
			{"x-ratelimit-reset-tokens", "x-ratelimit-remaining-tokens"},
			{"x-ratelimit-reset-requests-minute", "x-ratelimit-remaining-requests-minute"},
			{"x-ratelimit-reset-tokens-minute", "x-ratelimit-remaining-tokens-minute"},
			{"x-ratelimit-reset-requests-day", "x-ratelimit-remaining-requests-day"},
			{"x-ratelimit-reset-tokens-day", "x-ratelimit-remaining-tokens-day"},
			{"x-ratelimit-reset", "x-ratelimit-remaining"}, {"ratelimit-reset", "ratelimit-remaining"}},
		{{"anthropic-ratelimit-requests-reset", "anthropic-ratelimit-requests-remaining"},
			{"anthropic-ratelimit-tokens-reset", "anthropic-ratelimit-tokens-remaining"},
			{"anthropic-ratelimit-input-tokens-reset", "anthropic-ratelimit-input-tokens-remaining"},
			{"anthropic-ratelimit-output-tokens-reset", "anthropic-ratelimit-output-tokens-remaining"},
			{"anthropic-ratelimit-unified-reset", "anthropic-ratelimit-unified-remaining"}},
	}
	for _, g := range groups {
		var longest, shortest time.Duration
		var spent, named string
		for _, l := range g {
			d, ok := ParseReset(strings.TrimSpace(headers(l.reset)), now)
			if !ok {
				continue
			}
			left, err := strconv.ParseFloat(strings.TrimSpace(headers(l.remaining)), 64)
			if err == nil && left == 0 && (spent == "" || d > longest) {
				longest, spent = d, l.reset
			}
			if named == "" || d < shortest {
				shortest, named = d, l.reset
			}
		}
		if spent != "" {
			return longest, spent, true
		}
		if named != "" && status == tooMany {
			return shortest, named, true
		}
	}
	return 0, "", false
}

// Clock returns the time at the relay: its Date header, if it differs from our clock by more than the header's
// rounding. A time that a relay names is by its own clock; ours may be minutes off.
func Clock(date string, now time.Time) time.Time {
	const rounds = 2 * time.Second
	if at, ok := parseDate(strings.TrimSpace(date)); ok && (at.Sub(now) > rounds || now.Sub(at) > rounds) {
		return at
	}
	return now
}

// parseDate reads a date in the three forms that HTTP knows.
func parseDate(v string) (time.Time, bool) {
	for _, layout := range []string{"Mon, 02 Jan 2006 15:04:05 GMT", time.RFC850, time.ANSIC} {
		if at, err := time.Parse(layout, v); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// ParseReset reads a wait as rate limit headers write it: a duration (1s, 6m0s, 12ms), a time in RFC 3339, or a
// bare number: below 1e6 seconds, 1e9 to 1e10 seconds of the epoch, above 1e12 milliseconds of the epoch. False for
// anything negative, past or unreadable.
func ParseReset(v string, now time.Time) (time.Duration, bool) {
	if v == "" || len(v) > 64 {
		return 0, false
	}
	if n, err := strconv.ParseFloat(v, 64); err == nil {
		switch {
		case n < 1e6:
			return waitOf(n, time.Second)
		case n >= 1e9 && n <= 1e10:
			return waitOf(n-float64(now.UnixMilli())/1e3, time.Second)
		case n > 1e12:
			return waitOf(n-float64(now.UnixMicro())/1e3, time.Millisecond)
		}
		return 0, false
	}
	if d, err := time.ParseDuration(v); err == nil {
		return d, d >= 0 && d <= longestAsk
	}
	if at, err := time.Parse(time.RFC3339, v); err == nil {
		d := at.Sub(now)
		return d, d >= 0 && d <= longestAsk
	}
	return 0, false
}

// waitOf returns n units, if that is a valid wait.
func waitOf(n float64, unit time.Duration) (time.Duration, bool) {
	if math.IsNaN(n) || n < 0 || n*float64(unit) > float64(longestAsk) {
		return 0, false
	}
	return time.Duration(math.Round(n * float64(unit))), true
}
