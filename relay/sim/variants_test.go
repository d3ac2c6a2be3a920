package sim_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/relay/limit"
	"relaytop/relay/openai"
	"relaytop/relay/pool"
	"relaytop/relay/price"
	"relaytop/relay/retry"
	"relaytop/relay/route"
	"relaytop/relay/sim"
)

// variant is one fact about relays in the wild, and the outcome that a user of the engine must get. want is that
// outcome as render writes it.
type variant struct {
	name    string
	edits   []sim.Edit // for every request, unless rules are set
	rules   []sim.Rule
	serve   sim.Options // without delays, but for ITL
	ask     func(*relay.Request)
	at      func(*relay.Endpoint)
	places  []relay.Endpoint // in addition to the first
	silence time.Duration
	settle  time.Duration // how long usage may come after the finish_reason; 0: longer than any test runs
	twice   bool          // ask again: what was learned must be remembered, so that one request is sent
	want    string
	times   string // what its time stamps give, as figures writes it; "": it is not checked
	says    string // in the error's message
}

// hello is the answer unless a variant sets another, and helloUsage is its usage: 1500 tokens at 8 USD a million.
const hello = "Chào bạn, 漢字 and 👩‍👩‍👧 in one answer."

var helloUsage = relay.Usage{Input: 1000, Cached: 400, Output: 500, Reasoning: 100, Total: 1500}

// waits is a retry policy of milliseconds, so that the table is quick.
var waits = retry.Policy{Attempts: 3, Base: 2 * time.Millisecond, Cap: 20 * time.Millisecond,
	MaxWait:  400 * time.Millisecond,
	ChatWait: 50 * time.Millisecond, MaxHold: time.Second}

// bench is a relay and an engine that asks it.
type bench struct {
	sim  *sim.Server
	pool *pool.Pool
	mu   sync.Mutex
	seen []relay.Event
	done chan *relay.Result
}

func (b *bench) sink(e relay.Event) {
	b.mu.Lock()
	b.seen = append(b.seen, e)
	b.mu.Unlock()
	if e.Kind == relay.Done {
		b.done <- e.Result
	}
}

func (b *bench) events(id relay.ID) []relay.Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(b.seen), func(e relay.Event) bool { return e.ID != id })
}

// build starts the relay and the engine of a variant. All endpoints are that relay.
func build(t *testing.T, v variant) *bench {
	t.Helper()
	b := &bench{done: make(chan *relay.Result, 64)}
	v.serve.TTFT, v.serve.Jitter = -1, -1
	if v.serve.ITL == 0 {
		v.serve.ITL = -1
	}
	s, err := sim.Start(context.Background(), v.serve)
	if err != nil {
		t.Fatal(err)
	}
	b.sim = s
	t.Cleanup(func() { s.Close() })
	first := []sim.Edit{sim.Text(hello), sim.Counts(helloUsage)}
	if v.rules == nil {
		v.rules = []sim.Rule{{Do: v.edits}}
	}
	rules := append(slices.Clone(v.rules), sim.Rule{})
	for i := range rules {
		rules[i].Do = append(slices.Clone(first), rules[i].Do...)
	}
	s.Script(rules...)

	e := relay.Endpoint{Name: "sim", Kind: "holysheep", BaseURL: s.URL(), Key: "sk-simulated-key", Timeout: v.silence}
	if v.at != nil {
		v.at(&e)
	}
	endpoints := append([]relay.Endpoint{e}, v.places...)
	senders := map[string]pool.Sender{}
	for i := range endpoints {
		if endpoints[i].BaseURL == "" {
			endpoints[i].BaseURL, endpoints[i].Kind = s.URL(), "holysheep"
		}
		c, err := openai.New(endpoints[i], openai.Options{Settle: cmp.Or(v.settle, time.Minute)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		senders[endpoints[i].Name] = c
	}
	r, err := route.New(route.Options{Endpoints: endpoints, Pick: route.Ordered, Notify: b.sink})
	if err != nil {
		t.Fatal(err)
	}
	book := price.New()
	window := map[string]int64{"gpt-4.1": 100_000, "gpt-4.1-mini": 50_000, "claude-sonnet-4.5": 200_000}
	b.pool, err = pool.New(pool.Options{Senders: senders, Route: r, Limit: limit.New(endpoints, 4, b.sink), Price: book,
		Sink: b.sink, Workers: 4,
		Retry: waits, Chance: func() float64 { return 0.5 },
		ContextWindow: func(_, m string) (int64, bool) { w, ok := window[m]; return w, ok }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := b.pool.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return b
}

// answer sends one request and waits for its end.
func (b *bench) answer(t *testing.T, ask func(*relay.Request)) *relay.Result {
	t.Helper()
	r := relay.Request{ID: relay.NewID(), Model: "gpt-4.1", Params: relay.DefaultParams(),
		Messages: []relay.Message{{Role: "user", Text: "Say hello."}}}
	if ask != nil {
		ask(&r)
	}
	if err := b.pool.Submit(r); err != nil {
		t.Fatal(err)
	}
	select {
	case got := <-b.done:
		return got
	case <-time.After(30 * time.Second):
		t.Fatal("no end")
		return nil
	}
}

// render writes an outcome in one line: status and class, then everything that differs from the default.
func render(r *relay.Result, events []relay.Event, requests int64) string {
	var b strings.Builder
	b.WriteString(string(r.Status))
	if r.Err != nil {
		b.WriteString("/" + string(r.Err.Class))
	}
	add := func(differs bool, format string, args ...any) {
		if differs {
			fmt.Fprintf(&b, " "+format, args...)
		}
	}
	whole := r.Status.Answered()
	switch {
	case r.Text == hello, r.Text == "" && !whole:
	case r.Text != "" && strings.HasPrefix(hello, r.Text):
		b.WriteString(" text=part")
	case len(r.Text) > 100:
		add(true, "text=%d", len(r.Text))
	default:
		add(true, "text=%q", r.Text)
	}
	add(r.Reasoning != "", "reasoning=%q", r.Reasoning)
	add(r.Refusal != "", "refusal=%q", r.Refusal)
	for _, c := range r.Tools {
		add(true, "tool=%s%s", c.Name, c.Arguments)
	}
	add(whole && r.Finish != "stop", "finish=%s", r.Finish)
	add(r.Model != "" && r.Model != r.Asked, "model=%s", r.Model)
	if n := sim.CountTokens(hello); r.Text == hello {
		add(r.Timing.Chunks != n, "chunks=%d/%d", r.Timing.Chunks, n)
	}
	add((whole || r.Usage != nil) && (r.Usage == nil || *r.Usage != helloUsage), "usage=%s", usageText(r.Usage))
	switch c := r.Cost; {
	case c.Source == "", c.Source == relay.SourceRelay && !c.Estimated && c.Amount == 12_000_000_000:
	case !c.Known():
		b.WriteString(" cost=unknown")
	case c.Estimated:
		add(true, "cost=~%s", c.Source)
	default:
		add(true, "cost=%s:%s", c.Source, c.Amount)
	}
	add(len(r.Attempts) != 1, "attempts=%d", len(r.Attempts))
	add(requests != int64(len(r.Attempts)), "requests=%d", requests)
	var waits []*relay.WaitCause
	var quirks []string
	for _, e := range events {
		switch e.Kind {
		case relay.Waiting:
			waits = append(waits, e.Cause)
		case relay.Quirk:
			quirks = append(quirks, e.Reason)
		}
	}
	unseen := 0
	for _, a := range r.Attempts {
		switch {
		case a.Wait == 0:
		case len(waits) == 0:
			unseen++
		default:
			b.WriteString(" wait=" + waitText(waits[0]))
			waits = waits[1:]
		}
	}
	add(unseen != len(waits), "unseen-waits=%d", unseen-len(waits))
	add(r.Fallback != nil, "by=%s", r.Asked)
	add(r.Endpoint != "sim" && r.Endpoint != "", "at=%s", r.Endpoint)
	add(len(quirks) > 0, "learned=%q", strings.Join(quirks, "; "))
	if r.Err != nil {
		add(r.Err.Waits, "asked=%s", r.Err.WaitFrom)
	}
	return b.String()
}

func waitText(c *relay.WaitCause) string {
	switch {
	case c.Kind == relay.WaitAsked && c.From != "":
		return c.From
	case c.Kind == relay.WaitThrottle:
		return "together"
	}
	return c.Wait.String()
}

func usageText(u *relay.Usage) string {
	switch {
	case u == nil:
		return "none"
	case u.Estimated:
		return "~"
	}
	return fmt.Sprintf("%d(%d,%d)+%d(%d)", u.Input, u.Cached, u.CacheWrite, u.Output, u.Reasoning)
}

// TestVariants plays every variant through the real client and the real pool over a socket.
func TestVariants(t *testing.T) {
	for _, v := range slices.Concat(framings(), endings(), insides(), deltas(), bursts(), silences(), usages(), prices(),
		statuses(), retries(), asked(), fallbacks(), quirks()) {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			b := build(t, v)
			r := b.answer(t, v.ask)
			got := render(r, b.events(r.ID), b.sim.Stats().Requests)
			t.Logf("%-58s want %-44s got %s", v.name, v.want, got)
			if got != v.want {
				t.Errorf("want %s\n got %s\n err %v", v.want, got, r.Err)
			}
			message := ""
			if r.Err != nil {
				message = r.Err.Message
			}
			if !strings.Contains(message, v.says) || strings.ContainsAny(message, "\n\r\x1b\x07\x00") || len(message) > 600 {
				t.Errorf("message %q, want %q in it", message, v.says)
			}
			for tries := 0; v.times != "" && figures(r) != v.times; tries++ { // a busy machine may have read a burst slowly
				if tries == 10 {
					t.Fatalf("its times give %q, want %q: %+v", figures(r), v.times, r.Timing)
				}
				r = b.answer(t, v.ask)
			}
			if !v.twice {
				return
			}
			before := b.sim.Stats().Requests
			if r = b.answer(t, v.ask); r.Status != relay.StatusOK || b.sim.Stats().Requests != before+1 {
				t.Errorf("asked again: %s after %d requests", r.Status, b.sim.Stats().Requests-before)
			}
		})
	}
}
