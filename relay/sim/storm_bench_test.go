package sim_test

import (
	"context"
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

// storm keeps a number of requests in flight and counts how they end.
type storm struct {
	pool *pool.Pool

	mu                   sync.Mutex
	stopped              bool
	done, firsts, extras int // results; requests that were sent; round trips beyond the second of a request
	seconds              int // requests that were sent twice or more
	ok                   []time.Time
}

func (s *storm) sink(e relay.Event) {
	if e.Kind != relay.Done {
		return
	}
	s.mu.Lock()
	n := len(e.Result.Attempts)
	s.done++
	s.firsts += min(n, 1)
	s.seconds += min(max(n-1, 0), 1)
	s.extras += max(n-2, 0)
	if e.Result.Status == relay.StatusOK {
		s.ok = append(s.ok, time.Now())
	}
	again := !s.stopped
	s.mu.Unlock()
	if again {
		_ = s.pool.Submit(request(relay.LaneBatch)) // refused once the pool closes
	}
}

// counts are taken and start again.
func (s *storm) counts() (done, firsts, seconds, extras int, ok []time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	done, firsts, seconds, extras, ok = s.done, s.firsts, s.seconds, s.extras, s.ok
	s.done, s.firsts, s.seconds, s.extras, s.ok = 0, 0, 0, 0, nil
	return done, firsts, seconds, extras, ok
}

// BenchmarkStorm lets a relay refuse everything for half a minute while fifty workers want answers: how many round
// trips the retries add, and how long after the relay is back the first answer comes, and the fiftieth.
func BenchmarkStorm(b *testing.B) {
	const workers, long = 50, 30 * time.Second
	for b.Loop() {
		relayed, err := sim.Start(context.Background(),
			sim.Options{TTFT: 100 * time.Millisecond, ITL: -1, Jitter: -1, Tokens: 5})
		if err != nil {
			b.Fatal(err)
		}
		e := relay.Endpoint{Name: "sim", BaseURL: relayed.URL()}
		client, err := openai.New(e, openai.Options{MaxIdle: workers})
		if err != nil {
			b.Fatal(err)
		}
		s := &storm{}
		ignore := func(relay.Event) {}
		paths, err := route.New(route.Options{Endpoints: []relay.Endpoint{e}, Pick: route.Ordered, Notify: ignore})
		if err != nil {
			b.Fatal(err)
		}
		if s.pool, err = pool.New(pool.Options{Senders: map[string]pool.Sender{"sim": client}, Route: paths,
			Limit: limit.New([]relay.Endpoint{e}, workers, ignore),
			Sink:  s.sink, Workers: workers + 2}); err != nil { // two are reserved for chats
			b.Fatal(err)
		}
		for range workers {
			if err := s.pool.Submit(request(relay.LaneBatch)); err != nil {
				b.Fatal(err)
			}
		}
		<-time.After(2 * time.Second)
		healthy, _, _, _, well := s.counts()
		before := relayed.Stats().Requests
		relayed.Script(sim.Rule{Do: do(sim.Status(503))})
		<-time.After(long)
		done, firsts, seconds, extras, _ := s.counts()
		sent := relayed.Stats().Requests - before
		relayed.Script()
		back := time.Now()
		first, fifty := 0.0, 0.0
		for fifty == 0 && time.Since(back) < 2*time.Minute {
			<-time.After(5 * time.Millisecond)
			s.mu.Lock()
			if n := len(s.ok); n > 0 {
				first = s.ok[0].Sub(back).Seconds()
				if n >= workers {
					fifty = s.ok[workers-1].Sub(back).Seconds()
				}
			}
			s.mu.Unlock()
		}
		s.mu.Lock()
		s.stopped = true
		s.mu.Unlock()
		if err := s.pool.Close(context.Background()); err != nil {
			b.Error(err)
		}
		client.Close()
		relayed.Close()
		b.ReportMetric(float64(len(well))/2, "ok/s-before")
		b.ReportMetric(float64(sent), "sent")
		b.ReportMetric(float64(done), "given-up")
		b.ReportMetric(100*float64(seconds)/float64(max(firsts, 1)), "%first-retries")
		b.ReportMetric(100*float64(extras)/float64(max(firsts, 1)), "%later-retries")
		// what bounds them counts what went well before, too
		b.ReportMetric(100*float64(extras)/float64(firsts+healthy), "%later-of-all")
		b.ReportMetric(first, "s-to-first-answer")
		b.ReportMetric(fifty, "s-to-50-answers")
	}
	b.ReportMetric(0, "ns/op")
}
