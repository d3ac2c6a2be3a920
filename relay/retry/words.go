package retry

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// units are the words for units of time. The map is only read.
var units = map[string]time.Duration{
	"ms": time.Millisecond, "msec": time.Millisecond, "msecs": time.Millisecond, "millis": time.Millisecond,
	"millisecond": time.Millisecond, "milliseconds": time.Millisecond, "毫秒": time.Millisecond,
	"s": time.Second, "sec": time.Second, "secs": time.Second, "second": time.Second, "seconds": time.Second,
	"second(s)": time.Second, "秒": time.Second, "秒钟": time.Second,
	"m": time.Minute, "min": time.Minute, "mins": time.Minute, "minute": time.Minute, "minutes": time.Minute,
	"minute(s)": time.Minute, "分": time.Minute, "分钟": time.Minute,
	"h": time.Hour, "hr": time.Hour, "hrs": time.Hour, "hour": time.Hour, "hours": time.Hour, "hour(s)": time.Hour,
	"小时": time.Hour,
	"d":  24 * time.Hour, "day": 24 * time.Hour, "days": 24 * time.Hour, "天": 24 * time.Hour,
}

// numerals are the numbers that people write as words. The map is only read.
var numerals = map[string]float64{
	"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
	"ten": 10, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "forty-five": 45, "sixty": 60, "ninety": 90,
}

// patterns are compiled when the first error has to be read: few programs need them at their start.
type patterns struct {
	part, duration *regexp.Regexp // a number and its unit; one or more of them
	before, after  *regexp.Regexp // what stands before and after a wait
	span           *regexp.Regexp // what stands before the time that a limit is for
	bare, date     *regexp.Regexp // a wait without a unit, and a time
	epoch          *regexp.Regexp // a time in seconds or milliseconds of the epoch
	draft          *regexp.Regexp // what is left of a limit, and when it is reset
}

var compiled = sync.OnceValue(func() *patterns {
	const number = `(?:\d+(?:\.\d+)?|\b(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty|thirty|` +
		`forty(?:-five)?|sixty|ninety)\b)`
	const unit = `(?:ms|msecs?|millis(?:econds?)?|second\(s\)|seconds?|secs?|s|minute\(s\)|minutes?|mins?|m|` +
		`hour\(s\)|hours?|hrs?|h|days?|d|毫秒|秒钟?|分钟?|小时|天)`
	const part = number + `[\s-]*` + unit
	return &patterns{
		part:     regexp.MustCompile(`(` + number + `)[\s-]*(` + unit + `)`),
		duration: regexp.MustCompile(`(` + part + `(?:(?:\s*,?\s*(?:and\s+)?)` + part + `)*)(?:[^a-z]|$)`),
		before: regexp.MustCompile(`(?:again|retry|retrying|retries|wait|waiting|resets?|resume|available|back|backoff|` +
			`cooldown|cool down|expires?|请在|请等待|等待|请)[a-z\s,:(]{0,24}$`),
		after: regexp.MustCompile(`^\s*(?:before (?:re)?try|before sending|before mak|before (?:the )?next|` +
			`and (?:then )?(?:re)?try|then (?:re)?try|until|后|之后|以后)`),
		span: regexp.MustCompile(`(?:\bper|/|every|each|within|\blast|\bpast|window of)\s*$`),
		bare: regexp.MustCompile(`(?:retry|try again)[\s-]*(?:after|in)\s*[:=]?\s*(\d+(?:\.\d+)?)\s*` +
			`(?:$|[.,;)]\s|[.,;)]$)`),
		date: regexp.MustCompile(`(?:after|until|at)\s*[:=]?\s*` +
			`(\d{4}-\d\d-\d\d[ t]\d\d:\d\d:\d\d(?:\.\d+)?(?:z|[+-]\d\d:\d\d| ?utc| ?gmt))`),
		epoch: regexp.MustCompile(`(?:after|until|at)\s*[:=]?\s*(\d{10}|\d{13})(?:[^\d]|$)`),
		draft: regexp.MustCompile(`\b(?:remaining|r)\s*=\s*(\d+)\s*[,;]\s*(?:reset|t)\s*=\s*(\d+)`),
	}
})

// readDuration reads a wait in words: "2.5s", "1 minute and 30 seconds", "6m0s", "30 秒".
func readDuration(s string) (sum time.Duration, ok bool) {
	for _, m := range compiled().part.FindAllStringSubmatch(s, 8) {
		n, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			n = numerals[m[1]]
		}
		d, valid := waitOf(n, units[m[2]])
		if !valid {
			return 0, false
		}
		sum, ok = sum+d, true
	}
	return sum, ok && sum <= longestAsk
}

// waitInWords finds the wait that a message asks for: "Please try again in 2.5s", "wait 30 seconds before retrying".
// How much is allowed in how long is no wait.
func waitInWords(message string, now time.Time) (time.Duration, bool) {
	const longest = 4096
	s := strings.ToLower(message)
	s = s[:min(len(s), longest)]
	p := compiled()
	if m := p.date.FindStringSubmatch(s); m != nil {
		zoned := strings.NewReplacer(" utc", "z", "utc", "z", " gmt", "z", "gmt", "z").Replace(m[1])
		if at, err := time.Parse(time.RFC3339, strings.ToUpper(strings.Replace(zoned, " ", "T", 1))); err == nil {
			if d := at.Sub(now); d >= 0 && d <= longestAsk {
				return d, true
			}
		}
	}
	if m := p.epoch.FindStringSubmatch(s); m != nil {
		if d, ok := ParseReset(m[1], now); ok {
			return d, true
		}
	}
	for _, at := range p.duration.FindAllStringSubmatchIndex(s, 32) {
		from, to := at[2], at[3]
		if !p.span.MatchString(s[:from]) && (p.before.MatchString(s[:from]) || p.after.MatchString(s[to:])) {
			if d, ok := readDuration(s[from:to]); ok {
				return d, true
			}
		}
	}
	if m := p.bare.FindStringSubmatch(s); m != nil {
		if n, err := strconv.ParseFloat(m[1], 64); err == nil {
			return waitOf(n, time.Second)
		}
	}
	return 0, false
}
