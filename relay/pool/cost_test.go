package pool_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
	"relaytop/relay/pool"
	"relaytop/relay/price"
)

// TestAnEstimateOfARetriedAttemptIsNotBilled: of an attempt that did not answer, only usage that the relay reported
// is certain to be charged.
func TestAnEstimateOfARetriedAttemptIsNotBilled(t *testing.T) {
	for name, c := range map[string]struct {
		first relay.Reply
		want  relay.Money
	}{
		"estimated": {relay.Reply{Usage: &relay.Usage{Input: 1000, Estimated: true}}, 5},
		"counted":   {relay.Reply{Usage: &relay.Usage{Input: 1000}}, 10},
		"reported":  {relay.Reply{Usage: &relay.Usage{Input: 1000, Estimated: true}, Reported: new(relay.Money)}, 10},
		"nothing":   {relay.Reply{}, 5},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := 0
				p, l := start(t, pool.Options{Price: tariff{}}, map[string]pool.Sender{"a": sends(
					func(ctx context.Context, call relay.Call, sink relay.Sink) relay.Reply {
						if n++; n == 1 {
							r := c.first
							r.Status, r.HTTP = relay.StatusEmpty, 200
							return r
						}
						return answer(ctx, call, sink)
					})})
				submit(t, p, relay.Request{ID: 1})
				pass(time.Minute)
				if r := l.result(t, 1); len(r.Attempts) != 2 || r.Cost.Amount != c.want || r.Cost.Source != relay.SourceRelay {
					t.Errorf("%d attempts cost %+v, want %d", len(r.Attempts), r.Cost, c.want)
				}
			})
		})
	}
}

// priced gives each attempt its own cost: the input tokens of its usage are its index in the list.
type priced []relay.Cost

func (p priced) Cost(_ relay.Endpoint, _ string, r *relay.Reply) relay.Cost { return p[r.Usage.Input] }

func TestTheCostOfAllAttemptsIsKnownAsWellAsItsWeakestPart(t *testing.T) {
	exact := relay.Cost{Amount: 3, Source: relay.SourceRelay, List: 4, ListKnown: true}
	guess := relay.Cost{Amount: 7, Source: relay.SourceRelay, Estimated: true, List: 9, ListKnown: true}
	rough := relay.Cost{Amount: 10, Source: relay.SourceRelay, Estimated: true, List: 13, ListKnown: true}
	bare := relay.Cost{Amount: 1, Source: relay.SourceReported}
	unknown := relay.Cost{Source: relay.SourceUnknown}
	for name, c := range map[string]struct {
		first, last, want relay.Cost
	}{
		"both exact":     {exact, exact, relay.Cost{Amount: 6, Source: relay.SourceRelay, List: 8, ListKnown: true}},
		"an estimate":    {guess, exact, rough},
		"then one":       {exact, guess, rough},
		"no list":        {bare, exact, relay.Cost{Amount: 4, Source: relay.SourceRelay}},
		"then none":      {exact, bare, relay.Cost{Amount: 4, Source: relay.SourceRelay}},
		"unknown first":  {unknown, exact, relay.Cost{Source: relay.SourceUnknown, Part: 3}},
		"unknown at end": {exact, unknown, relay.Cost{Source: relay.SourceUnknown, Part: 3}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := int64(-1)
				two := sends(func(ctx context.Context, call relay.Call, sink relay.Sink) relay.Reply {
					if n++; n == 0 {
						return relay.Reply{Status: relay.StatusEmpty, HTTP: 200, Usage: &relay.Usage{Input: n}}
					}
					r := answer(ctx, call, sink)
					r.Usage = &relay.Usage{Input: n}
					return r
				})
				p, l := start(t, pool.Options{Price: priced{c.first, c.last}}, map[string]pool.Sender{"a": two})
				submit(t, p, relay.Request{ID: 1})
				pass(time.Minute)
				if got := l.result(t, 1).Cost; got != c.want {
					t.Errorf("%+v\nwant %+v", got, c.want)
				}
			})
		})
	}
}

func TestCostIncludesBilledAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		empty := sends(func(context.Context, relay.Call, relay.Sink) relay.Reply {
			return relay.Reply{Status: relay.StatusEmpty, HTTP: 200, Usage: &relay.Usage{Input: 1000}}
		})
		by := models(map[string]sends{
			"gpt-4.1":       empty,
			"deepseek-v3.2": script(nil),
			"none":          script(noModel),
			"no-price":      script(nil),
		})
		p, l := start(t, pool.Options{Price: price.New()}, map[string]pool.Sender{"a": by},
			relay.Endpoint{Name: "a", Kind: "holysheep"})
		submit(t, p, relay.Request{ID: 1, Model: "gpt-4.1", Fallback: []string{"deepseek-v3.2"}})
		submit(t, p, relay.Request{ID: 2, Model: "none"})
		submit(t, p, relay.Request{ID: 3, Model: "gpt-4.1", Fallback: []string{"no-price"}})
		pass(time.Minute)
		synctest.Wait()
		want := 3*1000*8*relay.USD/1_000_000 + 15*42*relay.USD/100/1_000_000
		if c := l.result(t, 1).Cost; c.Amount != want || c.Source != relay.SourceRelay {
			t.Errorf("%+v, want %s", c, want)
		}
		if c := l.result(t, 3).Cost; c.Known() || c.Amount != 0 || c.Settled() != 3*1000*8*relay.USD/1_000_000 {
			t.Errorf("%+v: what was billed before an unknown price has vanished", c)
		}
		if c := l.result(t, 2).Cost; c != (relay.Cost{}) {
			t.Errorf("a refusal costs %+v", c)
		}
	})
}

// TestEveryBilledTokenCounts: the usage of a request is that of all its billed attempts, each has its own beside it,
// and the answer's speed is computed from its own.
func TestEveryBilledTokenCounts(t *testing.T) {
	counted := &relay.Usage{Input: 1000, Output: 200, Reasoning: 200, Total: 1200}
	for _, c := range []struct {
		name   string
		failed relay.Reply
		want   relay.Usage
		first  relay.Money
	}{
		{"counted", relay.Reply{Usage: counted},
			relay.Usage{Input: 1010, Output: 205, Reasoning: 200, Total: 1215}, 5},
		{"doubtful", relay.Reply{Usage: &relay.Usage{Input: 1000, Output: 7, Total: 1007, Estimated: true,
			Doubtful: true}},
			relay.Usage{Input: 1010, Output: 12, Total: 1022, Estimated: true, Doubtful: true}, 5},
		{"estimated by us: perhaps not billed", relay.Reply{Usage: &relay.Usage{Input: 1000, Estimated: true}},
			relay.Usage{Input: 10, Output: 5, Total: 15}, 0},
		{"no usage", relay.Reply{}, relay.Usage{Input: 10, Output: 5, Total: 15}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := 0
				p, l := start(t, pool.Options{Price: tariff{}}, map[string]pool.Sender{"a": sends(
					func(ctx context.Context, call relay.Call, sink relay.Sink) relay.Reply {
						if n++; n == 1 {
							r := c.failed
							r.Status, r.HTTP = relay.StatusEmpty, 200
							return r
						}
						r := answer(ctx, call, sink)
						r.Usage = &relay.Usage{Input: 10, Output: 5, Total: 15}
						return r
					})})
				submit(t, p, relay.Request{ID: 1})
				pass(time.Minute)
				r := l.result(t, 1)
				if len(r.Attempts) != 2 || r.Usage == nil || *r.Usage != c.want {
					t.Fatalf("%d attempts, usage %+v, want %+v", len(r.Attempts), r.Usage, c.want)
				}
				own := r.Attempts[1].Usage
				if own == nil || own.Total != 15 || r.AnswerUsage() != own || r.Attempts[0].Usage != c.failed.Usage {
					t.Errorf("the attempts' own: %+v, %+v", r.Attempts[0].Usage, own)
				}
				if r.Attempts[0].Cost.Amount != c.first || r.Cost.Amount != c.first+r.Attempts[1].Cost.Amount {
					t.Errorf("the attempts cost %+v and %+v, all %+v", r.Attempts[0].Cost, r.Attempts[1].Cost, r.Cost)
				}
			})
		})
	}
}
