package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// setting is one row of the table that defines files, variables, flags, checks and config show.
type setting struct {
	name   string // in config.toml
	env    string // "": no variable
	flag   string // "": no flag
	def    string
	none   bool // "" is a valid value: none, or off
	list   bool // a list of texts is a value too
	local  bool // the variable concerns this terminal: any text but "" switches it on, and a .env can't set it
	normal func(string) (string, error)
}

// settings is the table. It is a function, so that nothing can change it.
func settings() []setting {
	return []setting{
		{name: "default_model", env: "DEFAULT_MODEL", flag: "model", def: "gpt-4.1", normal: oneLine},
		{name: "fallback_model", env: "FALLBACK_MODEL", flag: "fallback", none: true, list: true,
			normal: commaList},
		{name: "max_concurrent_requests", env: "MAX_CONCURRENT_REQUESTS", def: "50", normal: integer(1, 10_000)},
		{name: "request_timeout_seconds", env: "REQUEST_TIMEOUT_SECONDS", def: "120", normal: seconds(0.1, 86_400)},
		{name: "request_limit", def: "0", none: true, normal: seconds(0, 86_400)},
		{name: "retry_max_attempts", env: "RETRY_MAX_ATTEMPTS", def: "3", normal: integer(1, 100)},
		{name: "retry_backoff_ms", env: "RETRY_BACKOFF_MS", def: "500", normal: millis(0, 600_000)},
		{name: "rate_limit_requests_per_minute", env: "RATE_LIMIT_REQUESTS_PER_MINUTE", def: "500", none: true,
			normal: integer(0, 100_000_000)},
		{name: "rate_limit_tokens_per_minute", env: "RATE_LIMIT_TOKENS_PER_MINUTE", def: "100000", none: true,
			normal: integer(0, 2_000_000_000)},
		{name: "max_wait", def: "60", normal: seconds(0, 86_400)},
		{name: "max_hold", def: "3600", normal: seconds(0, 2_592_000)},
		{name: "batch_poll", def: "5", normal: seconds(0.01, 3600)},
		{name: "no_stream", def: "off", normal: boolean},
		{name: "on_done", none: true, normal: oneLine},
		{name: "notify", def: "desktop", normal: oneOf("off", "bell", "desktop")},
		{name: "batch_part_rows", def: "50000", normal: integer(1, 10_000_000)},
		{name: "batch_part_mb", def: "200", normal: integer(1, 100_000)},
		{name: "metrics_listen", flag: "metrics-listen", none: true, normal: oneLine},
		{name: "budget_day", none: true, normal: dollars},
		{name: "price_file", none: true, normal: oneLine},
		{name: "price_max_age", def: "24h", normal: age},
		{name: "cache", flag: "cache", def: "off", normal: cacheMode},
		{name: "cache_any", def: "off", normal: boolean},
		{name: "cache_max_mb", def: "256", normal: integer(1, 1_000_000)},
		{name: "cache_max_age", def: "30d", normal: age},
		{name: "route", def: "weighted", normal: oneOf("weighted", "least-busy", "fastest", "cheapest", "ordered")},
		{name: "fps", def: "30", normal: framesPerSecond},
		{name: "motion", def: "on", normal: boolean},
		{name: "symbols", def: "braille", normal: oneOf("braille", "block", "ascii")},
		{name: "theme", flag: "theme", def: "auto", normal: oneLine},
		{name: "ascii", flag: "ascii", def: "off", normal: boolean},
		{name: "no_color", env: "NO_COLOR", flag: "no-color", def: "off", local: true, normal: boolean},
		{name: "allow_http", def: "off", normal: boolean},
		{name: "log_level", flag: "log-level", def: "info", normal: oneOf("debug", "info", "warn", "error")},
		{name: "quiet", flag: "quiet", def: "off", normal: boolean},
	}
}

// The functions below check a text and return the form that fill reads. "" is valid: it means none or the default.

func oneLine(s string) (string, error) {
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) || len(s) > 1024 {
		return "", errors.New("must be one line of at most 1024 bytes")
	}
	return s, nil
}

func commaList(s string) (string, error) {
	if _, err := oneLine(s); err != nil {
		return "", err
	}
	var list []string
	for item := range strings.SplitSeq(s, ",") {
		if item = strings.TrimSpace(item); item != "" && !slices.Contains(list, item) {
			list = append(list, item)
		}
	}
	if len(list) == 0 && s != "" {
		return "", fmt.Errorf("%.40q names no model: use names separated by commas, or nothing for none", s)
	}
	return strings.Join(list, ","), nil
}

func integer(lo, hi int) func(string) (string, error) {
	return func(s string) (string, error) {
		n, err := strconv.Atoi(s)
		if s != "" && (err != nil || n < lo || n > hi) {
			return "", fmt.Errorf("%.40q is not a whole number from %d to %d", s, lo, hi)
		}
		if s == "" {
			return "", nil
		}
		return strconv.Itoa(n), nil
	}
}

// seconds reads a number of seconds, or a duration like 90s or 2m.
func seconds(lo, hi float64) func(string) (string, error) {
	return func(s string) (string, error) {
		if s == "" {
			return "", nil
		}
		d, err := time.ParseDuration(s)
		if f, ferr := strconv.ParseFloat(s, 64); ferr == nil && f >= lo && f <= hi {
			d, err = time.Duration(f*float64(time.Second)), nil
		}
		if err != nil || d.Seconds() < lo || d.Seconds() > hi {
			return "", fmt.Errorf("%.40q is not a number of seconds from %g to %g", s, lo, hi)
		}
		return d.String(), nil
	}
}

func millis(lo, hi int) func(string) (string, error) {
	check := integer(lo, hi)
	return func(s string) (string, error) {
		text, err := check(s)
		if err != nil {
			return "", fmt.Errorf("%.40q is not a whole number of milliseconds from %d to %d", s, lo, hi)
		}
		if text != "" {
			text += "ms"
		}
		return text, nil
	}
}

func oneOf(choices ...string) func(string) (string, error) {
	return func(s string) (string, error) {
		if s != "" && !slices.Contains(choices, s) {
			return "", fmt.Errorf("%.40q is not one of %s", s, strings.Join(choices, ", "))
		}
		return s, nil
	}
}

func boolean(s string) (string, error) {
	switch strings.ToLower(s) {
	case "":
		return "", nil
	case "on", "true", "yes", "1":
		return "true", nil
	case "off", "false", "no", "0":
		return "false", nil
	}
	return "", fmt.Errorf("%.40q is neither true (on) nor false (off)", s)
}

func framesPerSecond(s string) (string, error) {
	if s == "auto" {
		return "0", nil
	}
	text, err := integer(1, 60)(s)
	if err != nil {
		return "", fmt.Errorf("%.40q is neither auto nor a whole number from 1 to 60", s)
	}
	return text, nil
}

// cacheMode takes the flag's yes and no as well.
func cacheMode(s string) (string, error) {
	switch on, err := boolean(s); {
	case s == "exact", err == nil && on == "true":
		return "exact", nil
	case s == "":
		return "", nil
	case err == nil:
		return "off", nil
	}
	return "", fmt.Errorf("%.40q is neither off nor exact", s)
}

// age reads a duration like 90m or 24h, or days like 30d.
func age(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	d, err := time.ParseDuration(s)
	if days, ok := strings.CutSuffix(s, "d"); ok {
		var n int
		if n, err = strconv.Atoi(days); err == nil && n <= 3650 {
			d = time.Duration(n) * 24 * time.Hour
		}
	}
	if err != nil || d < time.Minute || d > 3650*24*time.Hour {
		return "", fmt.Errorf("%.40q is not an age from 1m to 3650d, like 90m, 24h or 30d", s)
	}
	return d.String(), nil
}

// dollars reads an exact decimal above 0, never as a float.
func dollars(s string) (string, error) {
	if s != "" && (strings.Trim(s, "0.") == "" || !regexp.MustCompile(`^[0-9]{1,6}(\.[0-9]{1,12})?$`).MatchString(s)) {
		return "", fmt.Errorf("%.40q is not an amount of US dollars above 0 and up to 999999, like 12.50", s)
	}
	return s, nil
}
