package sim_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/relay/limit"
	"relaytop/relay/openai"
	"relaytop/relay/pool"
	"relaytop/relay/route"
	"relaytop/relay/sim"
)

// outages are what a relay may answer while it is out. One that refuses connections answers nothing.
var outages = map[string][]sim.Edit{
	"500":      do(sim.Status(500)),
	"503":      do(sim.Status(503), sim.Header("Retry-After", "")),
	"reset":    do(sim.CutContent(0, sim.EndReset)),
	"bare 429": do(bare429()),
	"refused":  nil,
}

// outage is how a pool that is kept full comes through an outage.
type outage struct {
	before float64       // answers a second before it
	sent   int64         // requests into it
	failed int           // rows that failed for good
	back   time.Duration // from its end until the rate of half a second is above nine tenths of before; 0: never
}

// outageFeed keeps a number of rows in the pool, as a run does: a row that comes back is sent again.
type outageFeed struct {
	pool *pool.Pool

	mu     sync.Mutex
	ended  bool
	ok     []time.Time
	sent   int64 // requests
	failed int
	state  relay.BreakerState
	chats  map[relay.ID]chan<- *relay.Result
}

func (f *outageFeed) sink(e relay.Event) {
	f.mu.Lock()
	again := false
	switch e.Kind {
	case relay.Sent:
		f.sent++
	case relay.Breaker:
		f.state = e.Breaker
	case relay.Done:
		again = f.done(e)
	}
	f.mu.Unlock()
	if again {
		_ = f.pool.Submit(request(relay.LaneBatch)) // refused once the pool closes
	}
}

// done counts the end of a row, or passes on that of a chat. It reports whether another row is to be sent.
func (f *outageFeed) done(e relay.Event) (again bool) {
	if chat := f.chats[e.ID]; chat != nil {
		chat <- e.Result
		return false
	}
	switch {
	case e.Result.Status == relay.StatusOK:
		f.ok = append(f.ok, e.At)
	case e.Result.Back == relay.BackNone && !f.ended:
		f.failed++
	}
	return !f.ended
}

// requests are those that were sent so far, by the count of the client or of the relay, whichever is higher: a relay
// that refuses connections sees none of them.
func (f *outageFeed) requests(s *sim.Server) int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return max(f.sent, s.Stats().Requests)
}

// rate is the answers a second in the time up to at.
func (f *outageFeed) rate(at time.Time, over time.Duration) float64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, t := range f.ok {
		if t.After(at.Add(-over)) && !t.After(at) {
			n++
		}
	}
	return float64(n) / over.Seconds()
}

// feed starts a pool that asks the relay.
func feed(tb testing.TB, relayed *sim.Server, concurrency int) *outageFeed {
	tb.Helper()
	e := relay.Endpoint{Name: "sim", BaseURL: relayed.URL()}
	client, err := openai.New(e, openai.Options{MaxIdle: concurrency})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(client.Close)
	f := &outageFeed{}
	paths, err := route.New(route.Options{Endpoints: []relay.Endpoint{e}, Notify: f.sink})
	if err != nil {
		tb.Fatal(err)
	}
	f.pool, err = pool.New(pool.Options{Senders: map[string]pool.Sender{"sim": client}, Route: paths, Sink: f.sink,
		Limit: limit.New([]relay.Endpoint{e}, concurrency, nil), Workers: concurrency + 2}) // two are reserved for chats
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

// fill submits the rows that the feed keeps in the pool.
func (f *outageFeed) fill(tb testing.TB, rows int) {
	tb.Helper()
	for range rows {
		if err := f.pool.Submit(request(relay.LaneBatch)); err != nil {
			tb.Fatal(err)
		}
	}
}

// close cancels what is in the pool.
func (f *outageFeed) close(tb testing.TB) {
	tb.Helper()
	f.mu.Lock()
	f.ended = true
	f.mu.Unlock()
	if err := f.pool.Close(context.Background()); err != nil {
		tb.Error(err)
	}
}

// steady are the options of a relay whose TTFT is always the same.
func steady() sim.Options {
	return sim.Options{TTFT: 100 * time.Millisecond, ITL: -1, Jitter: -1, Tokens: 5}
}

// listenAgain starts a relay at the address of one that is closed.
func listenAgain(tb testing.TB, closed *sim.Server) *sim.Server {
	tb.Helper()
	opts := steady()
	opts.Listen = strings.TrimSuffix(strings.TrimPrefix(closed.URL(), "http://"), "/v1")
	for since := time.Now(); ; <-time.After(time.Millisecond) {
		s, err := sim.Start(context.Background(), opts)
		if err == nil {
			return s
		}
		if time.Since(since) > 10*time.Second { // another server may have got the port for a while
			tb.Fatal(err)
		}
	}
}

// playOutage runs rows at a concurrency against a relay that is healthy, out, and healthy again. A nil fault is a
// relay that refuses connections.
func playOutage(tb testing.TB, fault []sim.Edit, concurrency int, healthy, out time.Duration) (o outage) {
	tb.Helper()
	relayed, err := sim.Start(context.Background(), steady())
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { relayed.Close() }()
	f := feed(tb, relayed, concurrency)
	f.fill(tb, concurrency)
	<-time.After(healthy)
	o.before = f.rate(time.Now(), min(healthy, 2*time.Second))
	began := f.requests(relayed)
	if fault == nil {
		relayed.Close()
	} else {
		relayed.Script(sim.Rule{Do: fault})
	}
	<-time.After(out)
	o.sent = f.requests(relayed) - began
	if fault == nil {
		relayed = listenAgain(tb, relayed)
	} else {
		relayed.Script()
	}
	end := time.Now()
	for since := time.Duration(0); since < 20*time.Second && o.back == 0; since = time.Since(end) {
		<-time.After(50 * time.Millisecond)
		if f.rate(time.Now(), 500*time.Millisecond) >= 0.9*o.before {
			o.back = time.Since(end)
		}
	}
	f.mu.Lock()
	o.failed = f.failed
	f.mu.Unlock()
	f.close(tb)
	return o
}

// TestOutage: an outage costs few requests and no row, and the rate is back soon after it.
func TestOutage(t *testing.T) {
	for name, fault := range outages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const concurrency = 10
			o := playOutage(t, fault, concurrency, time.Second, 4*time.Second)
			t.Logf("%s: %+v", name, o)
			if o.failed > 0 || o.sent > 3*concurrency || o.back == 0 {
				t.Errorf("%d rows failed, %d requests sent into it, back after %s", o.failed, o.sent, o.back)
			}
		})
	}
}

// BenchmarkOutage prints the same for longer outages and more rows in flight.
func BenchmarkOutage(b *testing.B) {
	for _, name := range []string{"500", "503", "reset", "bare 429", "refused"} {
		for _, concurrency := range []int{10, 50} {
			b.Run(fmt.Sprintf("%s/%d", name, concurrency), func(b *testing.B) {
				for b.Loop() {
					o := playOutage(b, outages[name], concurrency, 10*time.Second, 15*time.Second)
					b.ReportMetric(o.before, "ok/s-before")
					b.ReportMetric(float64(o.sent), "sent")
					b.ReportMetric(float64(o.failed), "failed")
					b.ReportMetric(o.back.Seconds(), "s-to-90%")
				}
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}
