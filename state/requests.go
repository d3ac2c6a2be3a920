package state

import (
	"time"

	"relaytop/relay"
)

const (
	keepLines   = 1000 // in the list of requests
	keepResults = 200  // with everything the inspector shows
)

// RequestLine is one request that ended, in a list.
type RequestLine struct {
	ID        relay.ID
	At        time.Time // when it ended
	Lane      relay.Lane
	Status    relay.Status
	Class     relay.Class // why it failed; "" if it did not
	Message   string      // one line of the error
	Requested string
	Model     string // that answered, or was asked last
	Endpoint  string
	TTFT      time.Duration // 0: no token came
	E2E       time.Duration
	Usage     relay.Usage
	Cost      relay.Cost
	Attempts  int
	FellBack  bool
	Cached    bool
}

func lineOf(ev *relay.Event) RequestLine {
	r := ev.Result
	l := RequestLine{ID: r.ID, At: r.Wall, Lane: r.Lane, Status: r.Status, Requested: r.Requested, Model: r.Asked,
		Endpoint: r.Endpoint,
		Cost:     r.Cost, Attempts: len(r.Attempts), FellBack: r.Fallback != nil, Cached: r.Cached}
	if l.At.IsZero() {
		l.At = ev.At
	}
	if n := len(r.Attempts); n > 0 {
		last := &r.Attempts[n-1]
		if l.Model == "" {
			l.Model = last.Model
		}
		if l.Endpoint == "" {
			l.Endpoint = last.Endpoint
		}
	}
	if l.Model == "" {
		l.Model = r.Requested
	}
	if r.Err != nil {
		l.Class, l.Message = r.Err.Class, r.Err.Message
	}
	if r.Usage != nil {
		l.Usage = *r.Usage
	}
	l.TTFT, _ = r.Timing.TTFT()
	l.E2E, _ = r.Timing.E2E()
	return l
}

// ring keeps the newest lines; the newest of them with their results, whose texts may be long.
type ring struct {
	lines   []RequestLine
	results [keepResults]*relay.Result
	n       int // ever added
}

func (r *ring) add(ev *relay.Event) {
	l := lineOf(ev)
	if len(r.lines) < keepLines {
		r.lines = append(r.lines, l)
	} else {
		r.lines[r.n%keepLines] = l
	}
	r.results[r.n%keepResults] = ev.Result
	r.n++
}

// Requests are the newest n requests that ended, newest first.
func (s *Store) Requests(n int) []RequestLine {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &s.requests
	n = min(max(n, 0), len(r.lines))
	out := make([]RequestLine, n)
	for i := range out {
		out[i] = r.lines[(r.n-1-i)%keepLines]
	}
	return out
}

// Result is all that is known of one of the newest requests; nil once it is too old.
func (s *Store) Result(id relay.ID) *relay.Result {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests.result(id)
}

func (r *ring) result(id relay.ID) *relay.Result {
	for _, res := range r.results {
		if res != nil && res.ID == id {
			return res
		}
	}
	return nil
}
