// Package load sends requests for a benchmark and measures how late they were sent. Rules:
//
//   - A request is sent as a measurement: lane bench, one attempt, no fallback, no cache, no pacing.
//   - A closed loop keeps Concurrency requests in flight. An open loop sends Rate requests a second, however long the
//     answers take: the engine is resized when more are in flight than it has workers for.
//   - N requests are sent at any concurrency. Each slot takes the next one when its own has ended: there are no
//     waves.
//   - Warm-ups come first, and all of them have ended before the first measured request is sent. They are reported
//     separately and never counted.
//   - A cancelled run ends as soon as the requests in flight have had their Done. What was measured until then is
//     kept.
//   - Answers are not evaluated here: the events are passed on to whatever computes the figures.
package load

import (
	"context"
	"errors"
	"math"
	"sync"
	"time"

	"relaytop/relay"
)

// Engine answers requests: relay/pool, or a fake. It is an alias so that callers can declare the same interface
// where they consume it.
type Engine = interface {
	// Submit queues a request and returns at once. Its events, exactly one Done last, go to Load.Sink.
	Submit(relay.Request) error
	// Cancel ends a request at any time; its Done follows.
	Cancel(relay.ID)
	// ResizeOtherLanes allows n requests in flight.
	ResizeOtherLanes(n int)
}

// Options configure a Load.
type Options struct {
	Request     relay.Request // what is sent, each time with a new ID
	N           int           // measured requests, at least 1
	Concurrency int           // in flight at the same time, at least 1; of an open loop, only for warm-ups
	Rate        float64       // requests a second of an open loop; 0: a closed loop
	Poisson     bool          // arrivals of an open loop as from independent clients; else equally spaced
	Most        int           // in flight in an open loop: the next ones wait and count as late; at least 1
	Warmup      int           // requests before the clock starts
	WarmupSink  relay.Sink    // gets the events of warm-ups, except tokens; may be nil
	Sink        relay.Sink    // gets those of measured requests; both are called from the engine's goroutines
}

// Errors of New.
var (
	ErrRequests    = errors.New("a benchmark needs at least one request")
	ErrConcurrency = errors.New("a benchmark needs a concurrency of at least one")
	ErrRate        = errors.New("the rate of a benchmark must be above 0 requests a second")
	ErrWarmup      = errors.New("the number of warm-ups can't be negative")
)

// Load is one benchmark run. It is used once.
type Load struct {
	opt Options

	mu       sync.Mutex
	inFlight map[relay.ID]*request
	lag      *lag
}

// New checks the options.
func New(opt Options) (*Load, error) {
	switch {
	case opt.N < 1:
		return nil, ErrRequests
	case opt.Concurrency < 1:
		return nil, ErrConcurrency
	case opt.Warmup < 0:
		return nil, ErrWarmup
	case opt.Rate < 0 || math.IsNaN(opt.Rate) || math.IsInf(opt.Rate, 0):
		return nil, ErrRate
	}
	opt.Most = max(opt.Most, 1)
	for _, s := range []*relay.Sink{&opt.WarmupSink, &opt.Sink} {
		if *s == nil {
			*s = func(relay.Event) {}
		}
	}
	r := &opt.Request
	r.Lane, r.Once, r.Fallback, r.Cache, r.Sched = relay.LaneBench, true, nil, false, time.Time{}
	return &Load{opt: opt, inFlight: map[relay.ID]*request{}, lag: newLag()}, nil
}

// Run sends everything and returns when every request that was sent has ended. If ctx ends first, what is in flight
// is cancelled and nothing more is sent: that is not an error. A request that the engine refuses ends the run with
// an error.
func (l *Load) Run(ctx context.Context, e Engine) error {
	if err := l.closed(ctx, e, l.opt.Warmup, request{sink: l.opt.WarmupSink}); err != nil {
		return err
	}
	measured := request{sink: l.opt.Sink, lag: l.lag}
	if l.opt.Rate > 0 {
		return l.open(ctx, e, l.opt.N, measured)
	}
	return l.closed(ctx, e, l.opt.N, measured)
}

// Lag returns how late this machine sent the measured requests: the time from when a slot was free, or the schedule
// wanted it sent, to the round trip. Requests that a limit held back are not in it. n is the number of samples; p50
// and p99 are valid if it is not 0.
func (l *Load) Lag() (p50, p99 time.Duration, n int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lag.quantiles()
}
