package state

import (
	"time"

	"relaytop/relay"
	"relaytop/state/filter"
)

const (
	keepLines   = 1000 // in the list of requests
	keepResults = 200  // with everything the inspector shows
)

// Requests are those in flight, and those that ended. All but Recorded answers from memory.
type Requests struct{ s *Store }

// Requests are those in flight, and the newest that ended.
func (s *Store) Requests() Requests { return Requests{s} }

// List is the newest n requests that ended, newest first.
func (r Requests) List(n int) []RequestLine {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	return r.s.requests.ended.newest(n)
}

// Result is the result of one of the newest requests; nil once it is too old.
func (r Requests) Result(id relay.ID) *relay.Result {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	return r.s.requests.ended.result(id)
}

// Exchanges are what a request's attempts sent and received, in order, as far as they are still kept.
func (r Requests) Exchanges(id relay.ID) []relay.Exchange {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	return r.s.requests.exchanges.of(id)
}

// Inspect returns everything that is known of a request in flight, or of one of the newest that ended.
func (r Requests) Inspect(id relay.ID) Inspection {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	in := r.s.requests.inspect(id)
	if in.Result == nil && r.s.chats.InFlight(id) { // its prompt is being stored
		in.Result, in.Live = &relay.Result{ID: id}, true
	}
	return in
}

// Recorded returns what was kept of a request that ended: its attempts and figures, neither texts nor bodies. The
// archive has it, or the journal of a batch run if it was sent for a row. Nil: nothing was kept. It waits for the
// disk.
func (r Requests) Recorded(id relay.ID) (*relay.Result, error) {
	if id == 0 {
		return nil, nil
	}
	if r.s.opt.Archive != nil {
		if found, err := r.s.opt.Archive.Request(id); found != nil || err != nil {
			return found, err
		}
	}
	if b := r.s.Runs().book(); b != nil {
		return b.Recorded(id)
	}
	return nil, nil
}

// Stored reports whether requests that ended are stored, so that Find finds those of any age.
func (r Requests) Stored() bool { return r.s.opt.Archive != nil }

// Find returns a page of the requests that ended and are stored, newest first, and where the next one begins. It
// waits for the disk.
func (r Requests) Find(q filter.Query) ([]RequestLine, filter.Place, error) {
	if !r.Stored() {
		return nil, filter.Place{}, nil
	}
	p, err := r.s.opt.Archive.Requests(q)
	lines := make([]RequestLine, len(p.Results))
	for i, found := range p.Results {
		lines[i] = lineOf(found, found.Wall)
	}
	return lines, p.Next, err
}

// recent is what is kept of the newest requests. It is guarded by the store's lock.
type recent struct {
	inflight  inflight
	ended     ring
	exchanges exchanges
}

func (r *recent) inspect(id relay.ID) Inspection {
	in := Inspection{Exchanges: r.exchanges.of(id)}
	u := r.inflight[id]
	if u == nil {
		in.Result = r.ended.result(id)
		return in
	}
	in.Result, in.Live = u.result(), true
	if u.Phase == relay.PhaseWaiting {
		in.Waits, in.Until = u.Reason, u.Until
	}
	return in
}

// RequestLine is one request that ended, in a list.
type RequestLine struct {
	ID        relay.ID
	At        time.Time // when it ended
	Lane      relay.Lane
	Status    relay.Status
	Class     relay.Class // why it failed; "" if it did not
	Message   string      // one line of the error
	Requested string
	Model     string // the one that answered, or was asked last
	Endpoint  string
	TTFT      time.Duration // 0: no token came
	E2E       time.Duration
	Usage     relay.Usage
	Cost      relay.Cost
	Attempts  int
	FellBack  bool
	Cached    bool
}

// lineOf is the line of a request that ended at a moment, unless its result names another.
func lineOf(r *relay.Result, ended time.Time) RequestLine {
	l := RequestLine{ID: r.ID, At: r.Wall, Lane: r.Lane, Status: r.Status, Requested: r.Requested, Model: r.Asked,
		Endpoint: r.Endpoint,
		Cost:     r.Cost, Attempts: len(r.Attempts), FellBack: r.Fallback != nil, Cached: r.Cached}
	if l.At.IsZero() {
		l.At = ended
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

// ring keeps the newest lines, and results for fewer of them: their texts may be long.
type ring struct {
	lines   []RequestLine
	results [keepResults]*relay.Result
	n       int // how many were ever added
}

func (r *ring) add(ev *relay.Event) {
	l := lineOf(ev.Result, ev.At)
	if len(r.lines) < keepLines {
		r.lines = append(r.lines, l)
	} else {
		r.lines[r.n%keepLines] = l
	}
	r.results[r.n%keepResults] = ev.Result
	r.n++
}

// newest are the newest n lines, newest first.
func (r *ring) newest(n int) []RequestLine {
	n = min(max(n, 0), len(r.lines))
	out := make([]RequestLine, n)
	for i := range out {
		out[i] = r.lines[(r.n-1-i)%keepLines]
	}
	return out
}

func (r *ring) result(id relay.ID) *relay.Result {
	for _, res := range r.results {
		if res != nil && res.ID == id {
			return res
		}
	}
	return nil
}
