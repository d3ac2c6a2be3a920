// Package route chooses the endpoint of an attempt and tracks the health of endpoints. Rules:
//
//   - A retry prefers an endpoint that has not failed the request yet.
//   - An endpoint that refuses its key, or whose account has no credit left, is out until its configuration
//     changes. If there is no other, chats and measurements may still try it, and an answer brings it back. One
//     refusal of the key between answers is not enough.
//   - A 429 cools an endpoint and model down for as long as it asked, and counts for no breaker. If it named no wait,
//     the rows of a batch wait together, and one of them probes.
//   - There is one breaker per endpoint and model, and each request counts once. Errors caused by the prompt never
//     count. A chat never waits for another request's probe.
package route

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"relaytop/relay"
)

// The ways to pick among several endpoints.
const (
	Weighted  = "weighted"   // in proportion to their weights, smoothly
	LeastBusy = "least-busy" // the one with the fewest attempts in flight for its weight
	Fastest   = "fastest"    // the better of two by the moving average of TTFT
	Cheapest  = "cheapest"   // the lowest known price
	Ordered   = "ordered"    // the first that is available
)

// Policies lists the names that Options.Pick takes.
func Policies() []string { return []string{Weighted, LeastBusy, Fastest, Cheapest, Ordered} }

// Options configure a Route.
type Options struct {
	Endpoints []relay.Endpoint
	Pick      string                                                            // one of Policies; "" is weighted
	Price     func(e relay.Endpoint, model string) (price relay.Money, ok bool) // for cheapest
	Notify    relay.Sink                                                        // gets Breaker and Limit; may be nil
	Chance    func(n int) int                                                   // a number in [0, n); nil: math/rand
}

// Route may be used from any goroutine.
type Route struct {
	opt    Options
	mu     sync.Mutex
	places []*place
	events []relay.Event // collected under mu, emitted after it
	freed  chan struct{} // closed and replaced when the state of an endpoint changes
}

// place is an endpoint and its state.
type place struct {
	relay.Endpoint
	inFlight int
	ttft     time.Duration // moving average; 0: no answer yet
	credit   int           // for the smooth weighted choice
	answered int           // answers so far
	refusals int           // requests in a row that it refused because of its key or its account
	refused  relay.ID      // the last of them
	out      *relay.Error  // why it is out
	byModel  map[string]*health
}

// New makes a Route. It fails without an endpoint, for two of one name, and for an unknown way to pick.
func New(opt Options) (*Route, error) {
	if opt.Pick == "" {
		opt.Pick = Weighted
	}
	if !slices.Contains(Policies(), opt.Pick) {
		return nil, fmt.Errorf("unknown way to pick an endpoint %q: there are %s", opt.Pick, strings.Join(Policies(), ", "))
	}
	if opt.Notify == nil {
		opt.Notify = func(relay.Event) {}
	}
	r := &Route{opt: opt, freed: make(chan struct{})}
	return r, r.Update(opt.Endpoints)
}

// Update takes a new list of endpoints. One whose key or address changed starts over; the others keep their state.
func (r *Route) Update(endpoints []relay.Endpoint) error {
	if len(endpoints) == 0 {
		return fmt.Errorf("there is no endpoint to send to")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var places []*place
	for _, e := range endpoints {
		if slices.ContainsFunc(places, func(p *place) bool { return p.Name == e.Name }) {
			return fmt.Errorf("two endpoints are named %q", e.Name)
		}
		p := &place{Endpoint: e, byModel: map[string]*health{}}
		if old := r.find(e.Name); old != nil && old.Key == e.Key && old.BaseURL == e.BaseURL {
			old.Endpoint, p = e, old
		}
		places = append(places, p)
	}
	r.places = places
	r.wake()
	return nil
}

func (r *Route) find(name string) *place {
	for _, p := range r.places {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// Endpoint returns the configuration of the named endpoint.
func (r *Route) Endpoint(name string) (relay.Endpoint, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p := r.find(name); p != nil {
		return p.Endpoint, true
	}
	return relay.Endpoint{}, false
}

// Serving returns the endpoints that serve a model, in the order of the configuration, whatever their state. If
// only is not "", it returns at most the endpoint of that name.
func (r *Route) Serving(model, only string) []relay.Endpoint {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []relay.Endpoint
	for _, p := range r.places {
		if p.serves(model) && (only == "" || p.Name == only) {
			list = append(list, p.Endpoint)
		}
	}
	return list
}

func (p *place) serves(model string) bool {
	return len(p.Models) == 0 || slices.Contains(p.Models, model)
}

func (p *place) health(model string) *health {
	h := p.byModel[model]
	if h == nil {
		h = &health{}
		p.byModel[model] = h
	}
	return h
}

// Answered returns how many answers the endpoint has given so far.
func (r *Route) Answered(name string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p := r.find(name); p != nil {
		return p.answered
	}
	return 0
}

// Failing reports whether the endpoint does not answer for the model at the moment: its breaker is not closed.
func (r *Route) Failing(name, model string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.find(name)
	return p != nil && p.health(model).breaker.state != relay.BreakerClosed
}

// Refuses reports whether the endpoint is out.
func (r *Route) Refuses(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.find(name)
	return p != nil && p.out != nil
}

// wake makes everybody who waits for an endpoint ask again. The lock is held.
func (r *Route) wake() {
	close(r.freed)
	r.freed = make(chan struct{})
}

// unlock ends a critical section, then emits its events: a listener may call back.
func (r *Route) unlock() {
	events := r.events
	r.events = nil
	r.mu.Unlock()
	for _, e := range events {
		r.opt.Notify(e)
	}
}
