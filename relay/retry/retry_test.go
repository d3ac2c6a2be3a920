package retry

import (
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"relaytop/relay"
)

func TestRetryable(t *testing.T) {
	yes, no := true, false
	want := map[relay.Class]bool{relay.ClassRateLimit: true, relay.ClassOverloaded: true, relay.ClassUpstream: true,
		relay.ClassTimeout: true,
		relay.ClassNetwork: true, relay.ClassTruncated: true, relay.ClassEmpty: true}
	for _, c := range relay.Classes() {
		if got := Retryable(&relay.Error{Class: c}, false); got != want[c] {
			t.Errorf("%s: %v", c, got)
		}
		if Retryable(&relay.Error{Class: c, Retry: &yes}, true) {
			t.Errorf("%s is tried again after a visible token", c)
		}
	}
	for name, c := range map[string]struct {
		err  relay.Error
		want bool
	}{
		"the relay says yes":  {relay.Error{Class: relay.ClassInvalid, Retry: &yes}, true},
		"the relay says no":   {relay.Error{Class: relay.ClassOverloaded, Retry: &no}, false},
		"stopped":             {relay.Error{Class: relay.ClassCancelled, Retry: &yes}, false},
		"no such name":        {relay.Error{Class: relay.ClassNetwork, Cause: &net.DNSError{IsNotFound: true}}, false},
		"the resolver fails":  {relay.Error{Class: relay.ClassNetwork, Cause: &net.DNSError{IsTemporary: true}}, true},
		"unknown certificate": {relay.Error{Class: relay.ClassNetwork, Cause: x509.UnknownAuthorityError{}}, false},
		"another host's": {relay.Error{
			Class: relay.ClassNetwork,
			Cause: x509.HostnameError{Certificate: &x509.Certificate{}},
		}, false},
		"reset": {relay.Error{Class: relay.ClassNetwork, Cause: errors.New("connection reset")}, true},
	} {
		if got := Retryable(&c.err, false); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestDelay(t *testing.T) {
	p := Default()
	rate := func(d time.Duration, waits bool) *relay.Error {
		return &relay.Error{
			Class:      relay.ClassRateLimit,
			Status:     429,
			RetryAfter: d,
			Waits:      waits,
			WaitFrom:   "Retry-After",
			Endpoint:   "sim",
		}
	}
	up := &relay.Error{Class: relay.ClassUpstream, Status: 502}
	for _, c := range []struct {
		name   string
		n      int
		err    *relay.Error
		chance float64
		want   time.Duration
		says   string
		most   time.Duration
	}{
		{"asked for", 1, rate(6*time.Second, true), 0, 6 * time.Second,
			"sim: 429 rate_limit, it asked for 6 s (Retry-After)", time.Hour},
		{"asked for minutes", 1, rate(200*time.Second, true), 0, 200 * time.Second, "3 m 20 s", time.Hour},
		{"asked for nothing: the base", 3, rate(0, true), 0.5, 500 * time.Millisecond, "", time.Hour},
		{"a chat's 429", 1, rate(0, false), 0.5, 500 * time.Millisecond, "attempt 2", time.Hour},
		{"rate limit inside a stream", 1, &relay.Error{Class: relay.ClassRateLimit, Status: 200}, 0.5,
			500 * time.Millisecond, "rate_limit", time.Hour},
		{"doubles", 3, up, 0.5, 2 * time.Second, "502 upstream", time.Hour},
		{"least jitter", 1, up, 0, 375 * time.Millisecond, "", time.Hour},
		{"most jitter", 1, up, 1, 625 * time.Millisecond, "", time.Hour},
		{"cap", 40, up, 1, 30 * time.Second, "", time.Hour},
		{"half of what is left", 9, rate(0, false), 0, 20 * time.Second, "attempt 10 in 20 s", 20 * time.Second},
		{"next to nothing left", 1, up, 0.5, 500 * time.Millisecond, "0.5 s", time.Millisecond},
		{"asked for more than is left", 1, rate(6*time.Second, true), 0, 6 * time.Second, "", time.Second},
	} {
		got := p.Delay(c.n, c.err, c.chance, c.most)
		if got.Wait != c.want || !strings.Contains(got.String(), c.says) {
			t.Errorf("%s: %s %q, want %s %q", c.name, got.Wait, got.String(), c.want, c.says)
		}
	}
}

func TestFallsBack(t *testing.T) {
	for _, c := range []relay.Class{relay.ClassInvalid, relay.ClassAuth, relay.ClassQuota, relay.ClassContentFilter,
		relay.ClassCancelled} {
		if FallsBack(&relay.Error{Class: c}, true) {
			t.Errorf("%s falls back", c)
		}
	}
	long := &relay.Error{Class: relay.ClassContextLength}
	if FallsBack(long, false) || !FallsBack(long, true) || !FallsBack(&relay.Error{Class: relay.ClassUnknownModel},
		false) {
		t.Error("context_length and unknown_model")
	}
}

func TestBudget(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	later := func(b *Budget, at time.Time, tries int) (granted int) {
		for range tries {
			if b.Allow(2, at) {
				granted++
			}
		}
		return granted
	}
	var idle Budget
	if n := later(&idle, now, 50); n != 10 {
		t.Errorf("%d later retries are free", n)
	}
	if !idle.Allow(1, now) {
		t.Error("a first retry is refused")
	}
	if n := later(&idle, now.Add(11*time.Second), 50); n != 10 {
		t.Errorf("%d are free ten seconds on", n)
	}
	var busy Budget
	for i := range 1000 {
		busy.Allow(1, now.Add(time.Duration(i)*9*time.Millisecond))
	}
	if n := later(&busy, now.Add(9*time.Second), 1000); n != 200 {
		t.Errorf("%d retries for 1000 requests", n)
	}
}
