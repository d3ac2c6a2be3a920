package retry

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	deepest  = 8       // levels of an error that are read, one in a string included
	longBody = 1 << 16 // bytes of an error in which a wait is looked for
)

// finding is what an error's body says about waiting.
type finding struct {
	now    time.Time
	status int

	wait    time.Duration // by a field
	from    string
	ok      bool
	headers map[string]string // that a relay of relays repeats
	texts   []string          // messages, outermost first
	daily   bool              // a quota of a day is used up
}

// readBody looks for waits in the body of an error: JSON, also in an array or in a string inside, or plain text.
func readBody(body []byte, status int, now time.Time) *finding {
	f := &finding{now: now, status: status, headers: map[string]string{}}
	if len(body) > longBody {
		body = body[:longBody]
	}
	var v any
	if json.Unmarshal(body, &v) != nil {
		if s := strings.TrimSpace(string(body)); s != "" && s[0] != '<' {
			f.texts = append(f.texts, s)
		}
		return f
	}
	f.read("", v, deepest)
	return f
}

// read takes in one value and those inside it.
func (f *finding) read(path string, v any, levels int) {
	if levels == 0 {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, inner := range v {
			f.read(path, inner, levels-1)
		}
	case string:
		s := strings.TrimSpace(v)
		var inner any
		if s != "" && (s[0] == '{' || s[0] == '[') && json.Unmarshal([]byte(s), &inner) == nil {
			f.read(path, inner, levels-1)
			return
		}
		f.texts = append(f.texts, s)
	case map[string]any:
		for _, key := range []string{"error", "message", "details", "metadata"} { // the order of trust
			if inner, ok := v[key]; ok {
				f.field(path, key, inner, levels)
			}
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			switch key {
			case "error", "message", "details", "metadata":
			default:
				f.field(path, key, v[key], levels)
			}
		}
	}
}

func (f *finding) field(path, key string, v any, levels int) {
	name := key
	if path != "" {
		name = path + "." + key
	}
	plain := strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(key))
	switch {
	case plain == "headers":
		f.readHeaders(v)
	case plain == "quotaid", plain == "quotametric", plain == "quotalimit":
		s, _ := v.(string)
		f.daily = f.daily || strings.Contains(strings.ToLower(s), "perday")
	case slices.ContainsFunc(waitFields(), func(p string) bool { return strings.HasPrefix(plain, p) }),
		plain == "estimatedtime" && f.status == unavailable: // Hugging Face, while it loads a model
		if d, ok := f.value(plain, v); ok && (!f.ok || d > f.wait) {
			f.wait, f.from, f.ok = d, name, true
		}
	default:
		f.read(name, v, levels-1)
	}
}

// waitFields are what the names of fields that hold a wait, or the end of one, begin with.
func waitFields() []string {
	return []string{"retryafter", "retrydelay", "retryin", "retryat", "resetat", "resetsat", "resetin", "resetsin",
		"waitseconds", "waittime"}
}

func (f *finding) readHeaders(v any) {
	m, _ := v.(map[string]any)
	for k, v := range m {
		switch v := v.(type) {
		case string:
			f.headers[strings.ToLower(k)] = v
		case float64:
			f.headers[strings.ToLower(k)] = strconv.FormatFloat(v, 'f', -1, 64)
		}
	}
}

// value reads the wait of a field. The end of its name may say the unit, which is the second else.
func (f *finding) value(name string, v any) (time.Duration, bool) {
	unit := time.Second
	switch {
	case strings.HasSuffix(name, "ms"), strings.HasSuffix(name, "millis"), strings.HasSuffix(name, "milliseconds"):
		unit = time.Millisecond
	case strings.HasSuffix(name, "min"), strings.HasSuffix(name, "minutes"):
		unit = time.Minute
	}
	switch v := v.(type) {
	case float64:
		if unit == time.Second {
			return ParseReset(strconv.FormatFloat(v, 'f', -1, 64), f.now)
		}
		return waitOf(v, unit)
	case string:
		s := strings.TrimSpace(v)
		if n, err := strconv.ParseFloat(s, 64); err == nil && unit != time.Second {
			return waitOf(n, unit)
		}
		if d, ok := ParseReset(s, f.now); ok {
			return d, true
		}
		if at, ok := parseDate(s); ok {
			d := at.Sub(f.now)
			return d, d >= 0 && d <= longestAsk
		}
		d, ok := readDuration(strings.ToLower(s))
		return d, ok
	case map[string]any: // google.protobuf.Duration in full
		seconds, ok := v["seconds"].(float64)
		nanos, _ := v["nanos"].(float64)
		if !ok {
			return 0, false
		}
		return waitOf(seconds+nanos/1e9, time.Second)
	}
	return 0, false
}

// PerDay reports whether the body of an error says that a quota of a day, or of a month, is used up: no wait of
// minutes helps. A message that speaks of a minute first is about that, whatever it advertises behind.
func PerDay(body []byte) bool {
	f := readBody(body, tooMany, time.Time{})
	if f.daily {
		return true
	}
	for _, s := range f.texts {
		s = strings.ToLower(s)
		if day, minute := firstOf(s, dayWords()), firstOf(s, minuteWords()); day >= 0 && (minute < 0 || day < minute) {
			return true
		}
	}
	return false
}

func dayWords() []string {
	return []string{"per day", "per-day", "perday", "/day", "(rpd)", "(tpd)", "rpd:", "tpd:", "requests a day",
		"tokens a day", "messages a day", "calls a day", "times a day", "for today", "today's", "24-hour", "24 hour limit",
		"24h limit", "daily limit", "daily quota", "daily request", "daily token", "daily usage", "daily rate", "daily free",
		"daily allowance", "daily cap", "daily budget", "per month", "/month", "/ month", "monthly limit", "monthly quota",
		"monthly included", "monthly usage", "monthly budget", "每日", "每天", "当日", "今日", "每月"}
}

func minuteWords() []string {
	return []string{"per min", "per-min", "/min", "/ min", "per sec", "per-sec", "/sec", "rpm", "tpm", "每分钟", "每秒"}
}

// firstOf returns where the first of some words is in s; -1: none is.
func firstOf(s string, words []string) int {
	first := -1
	for _, word := range words {
		if i := strings.Index(s, word); i >= 0 && (first < 0 || i < first) {
			first = i
		}
	}
	return first
}
