package sim

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// bucket is the RPM limit: full at first, and refilled evenly.
type bucket struct {
	mu     sync.Mutex
	rpm    float64
	level  float64
	filled time.Time
}

func (b *bucket) init(rpm int) { b.rpm, b.level, b.filled = float64(rpm), float64(rpm), time.Now() }

func (b *bucket) fill() {
	now := time.Now()
	b.level = math.Min(b.rpm, b.level+now.Sub(b.filled).Minutes()*b.rpm)
	b.filled = now
}

// take takes one request, or returns how long it takes until there is one.
func (b *bucket) take() (time.Duration, bool) {
	if b.rpm <= 0 {
		return 0, true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fill()
	if b.level < 1 {
		return time.Duration((1 - b.level) / b.rpm * float64(time.Minute)), false
	}
	b.level--
	return 0, true
}

// state returns what is left, and how long it takes until the bucket is full again.
func (b *bucket) state() (left int, reset time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fill()
	return int(b.level), time.Duration((b.rpm - b.level) / b.rpm * float64(time.Minute))
}

func (s *Server) limitHeaders(h http.Header) {
	if s.opts.RPM <= 0 {
		return
	}
	left, reset := s.bucket.state()
	h.Set("X-Ratelimit-Limit-Requests", strconv.Itoa(s.opts.RPM))
	h.Set("X-Ratelimit-Remaining-Requests", strconv.Itoa(left))
	h.Set("X-Ratelimit-Reset-Requests", reset.Round(time.Millisecond).String())
}

// slots is the concurrency limit.
type slots struct {
	mu    sync.Mutex
	limit int
	used  int
}

func (s *slots) take() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.limit > 0 && s.used >= s.limit {
		return false
	}
	s.used++
	return true
}

func (s *slots) give() {
	s.mu.Lock()
	s.used--
	s.mu.Unlock()
}

func (s *Server) full() *Play {
	if s.opts.ConcurrencyStatus == http.StatusServiceUnavailable {
		return overloaded()
	}
	p := errorPlay(http.StatusTooManyRequests,
		apiError{Message: "Too many concurrent requests: at most " + strconv.Itoa(s.opts.Concurrency) + " at the same time.",
			Type: "rate_limit_error", Code: "concurrency_limit_exceeded"})
	p.Header["Retry-After"] = "1"
	p.Fault = "concurrency"
	return p
}
