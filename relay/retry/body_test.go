package retry

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func inBody(status int, body string) (time.Duration, string) {
	d, from, ok := Wait(http.Header{}.Get, []byte(body), status, noon)
	if !ok {
		return -1, from
	}
	return d, from
}

// TestWaitInTheBody: fields that name a wait, wherever they are.
func TestWaitInTheBody(t *testing.T) {
	const sec = time.Second
	deep := strings.Repeat(`{"error":`, 40) + `{"retry_after":5}` + strings.Repeat("}", 40)
	for _, c := range []struct {
		name, body string
		want       time.Duration
		from       string
	}{
		{"google, in an array", `[{"error":{"code":429,"message":"Quota exceeded. Please retry in 9s.","details":[` +
			`{"@type":"type.googleapis.com/google.rpc.Help","links":[]},` +
			`{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"3.2s"}]}}]`, 3200 * time.Millisecond,
			"error.details.retryDelay"},
		{"google", `{"error":{"details":[{"retryDelay":"41s"}]}}`, 41 * sec, "error.details.retryDelay"},
		{"google, a duration in full", `{"error":{"details":[{"retryDelay":{"seconds":7,"nanos":500000000}}]}}`,
			7500 * time.Millisecond, "error.details.retryDelay"},
		{"google behind a relay, as a string", `{"error":{"message":"{\"error\":{\"details\":[{\"retryDelay\":\"6s\"}]}}"}}`,
			6 * sec, "error.message.error.details.retryDelay"},
		{"metadata", `{"error":{"message":"x","metadata":{"retry_after_seconds":12}}}`, 12 * sec,
			"error.metadata.retry_after_seconds"},
		{"metadata of the provider", `{"error":{"metadata":{"raw":"{\"retry_after\":4}"}}}`, 4 * sec,
			"error.metadata.raw.retry_after"},
		{"milliseconds", `{"error":{"retry_after_ms":1500}}`, 1500 * time.Millisecond, "error.retry_after_ms"},
		{"milliseconds, another case", `{"error":{"retryAfterMs":"250"}}`, 250 * time.Millisecond, "error.retryAfterMs"},
		{"codex", `{"error":{"type":"usage_limit_reached","resets_in_seconds":600}}`, 10 * time.Minute,
			"error.resets_in_seconds"},
		{"minutes", `{"error":{"retry_after_minutes":2}}`, 2 * time.Minute, "error.retry_after_minutes"},
		{"discord", `{"message":"You are being rate limited.","retry_after":0.6,"global":false}`, 600 * time.Millisecond,
			"retry_after"},
		{"a text", `{"error":{"retry-after":"20 seconds"}}`, 20 * sec, "error.retry-after"},
		{"a time", `{"error":{"retry_after":"2026-03-01T12:00:30Z"}}`, 30 * sec, "error.retry_after"},
		{"an epoch", `{"error":{"retryAfter":` + strconv.FormatInt(noon.Unix()+15, 10) + `}}`, 15 * sec, "error.retryAfter"},
		{"a date", `{"error":{"retry_after":"Sun, 01 Mar 2026 12:00:30 GMT"}}`, 30 * sec, "error.retry_after"},
		{"beside the error", `{"detail":"slow down","retry_after":3}`, 3 * sec, "retry_after"},
		{"the longest of two", `{"error":{"retry_after":3,"retry_after_ms":9000}}`, 9 * sec, "error.retry_after_ms"},
		{"null, a flag, junk and a negative", `{"error":{"retry_after":null,"retryAfter":true,"retry-after":"soon",` +
			`"retry_after_ms":-4}}`, -1, ""},
		{"past", `{"error":{"retry_after":"2026-03-01T11:59:00Z"}}`, -1, ""},
		{"too deep", deep, -1, ""},
		{"headers come first", `{"error":{"retry_after":9,"metadata":{"headers":{"Retry-After":"2"}}}}`, 2 * sec,
			"error.metadata.headers Retry-After"},
	} {
		if d, from := inBody(429, c.body); d != c.want || from != c.from {
			t.Errorf("%s: %s from %q, want %s from %q", c.name, d, from, c.want, c.from)
		}
	}
}

// TestWaitInWords: what relays write, and what only looks like a wait.
func TestWaitInWords(t *testing.T) {
	const sec, none = time.Second, time.Duration(-1)
	for text, want := range map[string]time.Duration{
		"Rate limit reached for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Used 29000, " +
			"Requested 2000. Please try again in 2.5s. Visit https://platform.openai.com/account/rate-limits to " +
			"learn more.": 2500 * time.Millisecond,
		"Please try again in 6m0s.":                                                6 * time.Minute,
		"Please try again in 1m12.5s.":                                             72500 * time.Millisecond,
		"please try again in 20ms":                                                 20 * time.Millisecond,
		"Please try again in 350 milliseconds":                                     350 * time.Millisecond,
		"Please retry after 30 seconds.":                                           30 * sec,
		"Requests to the API have exceeded the limit. Please retry after 1 second": sec,
		"Retry after: 45":                                                          45 * sec,
		"retry-after 7":                                                            7 * sec,
		"Please retry in 3.2s.":                                                    3200 * time.Millisecond,
		"Please retry in 1h2m3s":                                                   time.Hour + 2*time.Minute + 3*sec,
		"try again after 2 minutes":                                                2 * time.Minute,
		"Try again in 1 minute and 30 seconds":                                     90 * sec,
		"try again in 1 hour, 5 minutes and 2 secs":                                65*time.Minute + 2*sec,
		"Please wait 15 seconds before trying again":                               15 * sec,
		"Wait for 10 sec":                                                          10 * sec,
		"you must wait at least 5 seconds":                                         5 * sec,
		"Too many requests; wait a minute":                                         time.Minute,
		"Please try again in a minute":                                             time.Minute,
		"Retry in thirty seconds":                                                  30 * sec,
		"The limit resets in 90 seconds":                                           90 * sec,
		"Limit resets in: 12 seconds":                                              12 * sec,
		"Capacity will be available in 25 s":                                       25 * sec,
		"back off for 8 seconds":                                                   8 * sec,
		"3 seconds until the next request is allowed":                              3 * sec,
		"Allow 9 seconds before retrying":                                          9 * sec,
		"RPM limit: 3 requests per 60 seconds. Please try again in 20 second(s).":  20 * sec,
		"Retry after 2026-03-01T12:00:40Z":                                         40 * sec,
		"请求过于频繁,请在 30 秒后重试":                                                        30 * sec,
		"速率受限,5秒后重试":                                                               5 * sec,
		"请等待 2 分钟":                                                                 2 * time.Minute,
		"请 500 毫秒后再试":                                                              500 * time.Millisecond,

		"You can make 3 requests per 60 seconds. Please retry later":     none,
		"limit: 10 requests every 10 seconds, try again later":           none,
		"Rate limit of 500 / 1 minute reached":                           none,
		"Too many requests within 30 seconds":                            none,
		"Try again later":                                                none,
		"the request took 30 seconds":                                    none,
		"Limit 30000, Used 29000, Requested 2000":                        none,
		"try again in 99999 days":                                        none,
		"model m2 is busy, retry":                                        none,
		"Retry after 2020-01-01T00:00:00Z":                               none,
		"you have sent 12 messages in the last 3 hours, please try less": none,
	} {
		quoted := strconv.Quote(text)
		for shape, body := range map[string]string{
			"JSON":    `{"error":{"message":` + quoted + `}}`,
			"Mistral": `{"object":"error","message":` + quoted + `}`,
			"detail":  `{"detail":` + quoted + `}`,
			"text":    text,
		} {
			if d, _ := inBody(429, body); d != want {
				t.Errorf("%s in %s: %s, want %s", text, shape, d, want)
			}
			if d, _ := inBody(400, body); d != none {
				t.Errorf("%s: a wait of %s after a status 400", text, d)
			}
		}
		if d, _ := inBody(503, text); d != want {
			t.Errorf("%s with 503: %s, want %s", text, d, want)
		}
	}
}

func TestPerDay(t *testing.T) {
	for body, want := range map[string]bool{
		`{"error":{"details":[{"violations":[{"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]}]}}`:    true,
		`{"error":{"details":[{"violations":[{"quotaId":"GenerateRequestsPerMinutePerProjectPerModel-FreeTier"}]}]}}`: false,
		`{"error":{"message":"Rate limit exceeded: free-models-per-day. Add 10 credits"}}`:                            true,
		`{"error":{"message":"Rate limit reached on requests per day (RPD): Limit 200, Used 200"}}`:                   true,
		`{"error":{"message":"You have hit your daily limit"}}`:                                                       true,
		`Daily quota exceeded`:                                                     true,
		`{"error":{"message":"今日额度已用完"}}`:                                          true,
		`{"error":{"message":"Rate limit reached on requests per min (RPM)"}}`:     false,
		`{"error":{"message":"Your account reached max request limit: RPD: 200"}}`: true,
		`{"error":{"message":"You have reached your quota for today"}}`:            true,
		`{"error":"You have exceeded your monthly included credits"}`:              true,
		`{"message":"limited to 1000 API calls / month"}`:                          true,
		`{"error":{"message":"Rate limit reached on requests per min (RPM): Limit 3. Try again in 20s. Add a payment ` +
			`method to get 10000 requests per day"}}`: false,
		`{"error":{"message":"free-models-per-min. Add 10 credits to unlock 1000 requests per day"}}`: false,
		`{"error":{"message":"slow down, have a day off"}}`:                                           false,
		`{"error":{"message":"slow down, have a good day"}}`:                                          false,
		`{"error":{"message":"Rate limit reached on tokens per min (TPM). Try again in 1d"}}`:         false,
	} {
		if got := PerDay([]byte(body)); got != want {
			t.Errorf("%s: %v", body, got)
		}
	}
}
