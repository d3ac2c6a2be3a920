package pool_test

import (
	"context"
	"testing"

	"relaytop/relay"
	"relaytop/relay/pool"
	"relaytop/relay/route"
)

// BenchmarkPool is what a request of 100 tokens costs in the pool, with a retry where the first attempt fails.
func BenchmarkPool(b *testing.B) {
	tokens := func(_ context.Context, c relay.Call, sink relay.Sink) relay.Reply {
		for range 100 {
			sink(relay.Event{Kind: relay.Text, Text: "word "})
		}
		return relay.Reply{Status: relay.StatusOK, HTTP: 200, Model: c.Model, Visible: true}
	}
	failing := func(ctx context.Context, c relay.Call, sink relay.Sink) relay.Reply {
		if c.Attempt == 1 {
			return fails(relay.Error{Class: relay.ClassEmpty, Status: 200})
		}
		return tokens(ctx, c, sink)
	}
	for name, send := range map[string]sends{"answers": tokens, "retries": failing} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			r, err := route.New(route.Options{Endpoints: []relay.Endpoint{{Name: "a"}, {Name: "b"}}})
			if err != nil {
				b.Fatal(err)
			}
			ended := make(chan struct{}, 64)
			p, err := pool.New(pool.Options{
				Senders: map[string]pool.Sender{"a": send, "b": send},
				Route:   r,
				Workers: 4,
				Sink: func(e relay.Event) {
					if e.Kind == relay.Done {
						ended <- struct{}{}
					}
				},
			})
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = p.Close(context.Background()) }()
			for i := range b.N {
				if err := p.Submit(relay.Request{ID: relay.ID(i + 1), Lane: relay.LaneBatch, Model: "m"}); err != nil {
					b.Fatal(err)
				}
				if i >= 8 {
					<-ended
				}
			}
			for range min(b.N, 8) {
				<-ended
			}
		})
	}
}
