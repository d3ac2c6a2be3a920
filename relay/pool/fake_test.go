package pool_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"relaytop/relay"
	"relaytop/relay/limit"
	"relaytop/relay/pool"
	"relaytop/relay/route"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sends is a function as a Sender.
type sends func(ctx context.Context, c relay.Call, sink relay.Sink) relay.Reply

func (f sends) Send(ctx context.Context, c relay.Call, sink relay.Sink) relay.Reply {
	sink(relay.Event{Kind: relay.Sent})
	return f(ctx, c, sink)
}

// answer is a complete answer, at once.
func answer(_ context.Context, c relay.Call, sink relay.Sink) relay.Reply {
	now := time.Now()
	sink(relay.Event{Kind: relay.Text, Text: "hi"})
	return relay.Reply{
		Status:  relay.StatusOK,
		HTTP:    200,
		Finish:  "stop",
		Model:   c.Model,
		Text:    "hi",
		Visible: true,
		Usage:   &relay.Usage{Input: 10, Output: 5, Total: 15},
		Timing:  relay.Timing{Send: now, First: now, Last: now, Done: now},
	}
}

// fails is a refusal before any token.
func fails(e relay.Error) relay.Reply {
	return relay.Reply{Status: relay.StatusFailed, HTTP: e.Status, Err: &e}
}

// hold shows a word and keeps the request until it is stopped.
func hold(ctx context.Context, _ relay.Call, sink relay.Sink) relay.Reply {
	sink(relay.Event{Kind: relay.Text, Text: "par"})
	<-ctx.Done()
	return relay.Reply{Status: relay.StatusCancelled, HTTP: 200, Text: "par", Visible: true}
}

// timed answers after d, and counts its requests in flight.
type timed struct {
	d        time.Duration
	mu       sync.Mutex
	inFlight int
	most     int
	order    []string
}

func (s *timed) Send(ctx context.Context, c relay.Call, sink relay.Sink) relay.Reply {
	s.mu.Lock()
	s.inFlight++
	s.most = max(s.most, s.inFlight)
	s.order = append(s.order, c.Model)
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.inFlight--
		s.mu.Unlock()
	}()
	select {
	case <-time.After(s.d):
	case <-ctx.Done():
		return relay.Reply{Status: relay.StatusCancelled}
	}
	return answer(ctx, c, sink)
}

func (s *timed) got() (inFlight, most int, order []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.inFlight, s.most, slices.Clone(s.order)
}

// log records events.
type log struct {
	mu     sync.Mutex
	events []relay.Event
}

func (l *log) sink(e relay.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, e)
}

func (l *log) of(id relay.ID) []relay.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(l.events), func(e relay.Event) bool { return e.ID != id })
}

func (l *log) kinds(id relay.ID) []relay.Kind {
	var k []relay.Kind
	for _, e := range l.of(id) {
		k = append(k, e.Kind)
	}
	return k
}

// result is the one Result of a request; it fails the test if there is not exactly one.
func (l *log) result(t *testing.T, id relay.ID) *relay.Result {
	t.Helper()
	var got []*relay.Result
	for _, e := range l.of(id) {
		if e.Kind == relay.Done {
			got = append(got, e.Result)
		}
	}
	if len(got) != 1 {
		t.Fatalf("request %d: %d times Done", id, len(got))
	}
	for _, e := range l.of(id) {
		if e.Kind == relay.Waiting && (e.Cause == nil || e.Cause.Kind == 0 || e.Cause.Endpoint != e.Endpoint ||
			e.Cause.String() != e.Reason) {
			t.Errorf("request %d waits for %q, the cause is %+v", id, e.Reason, e.Cause)
		}
	}
	if ev := l.of(id); ev[0].Kind != relay.Queued || ev[len(ev)-1].Kind != relay.Done {
		t.Fatalf("request %d: events %v", id, l.kinds(id))
	}
	return got[0]
}

func (l *log) waits(id relay.ID) (reasons []string) {
	for _, e := range l.of(id) {
		if e.Kind == relay.Waiting {
			reasons = append(reasons, e.Reason)
		}
	}
	return reasons
}

// start makes a pool on endpoints named by the senders, in the order of names, and closes it at the end.
func start(
	t *testing.T, opt pool.Options, senders map[string]pool.Sender, endpoints ...relay.Endpoint,
) (*pool.Pool, *log) {
	t.Helper()
	l := &log{}
	if len(endpoints) == 0 {
		for name := range senders {
			endpoints = append(endpoints, relay.Endpoint{Name: name})
		}
	}
	r, err := route.New(route.Options{Endpoints: endpoints, Pick: route.Ordered, Notify: l.sink})
	if err != nil {
		t.Fatal(err)
	}
	if opt.Workers == 0 {
		opt.Workers = 4
	}
	opt.Senders, opt.Route, opt.Sink = senders, r, l.sink
	if opt.Limit == nil {
		opt.Limit = limit.New(endpoints, opt.Workers, l.sink)
	}
	opt.Chance = func() float64 { return 0.5 }
	p, err := pool.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := p.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return p, l
}

func submit(t *testing.T, p *pool.Pool, r relay.Request) {
	t.Helper()
	if r.Model == "" {
		r.Model = "m"
	}
	if err := p.Submit(r); err != nil {
		t.Fatal(err)
	}
}

// pass lets the clock of a synctest bubble run on.
func pass(d time.Duration) { <-time.After(d) }
