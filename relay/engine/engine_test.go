package engine_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"relaytop/relay"
	"relaytop/relay/cache"
	"relaytop/relay/engine"
	"relaytop/relay/pool"
	"relaytop/relay/retry"
	"relaytop/relay/sim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// memory is a store that forgets nothing.
type memory struct {
	mu     sync.Mutex
	values map[string][]byte
}

func newMemory() *memory { return &memory{values: map[string][]byte{}} }

func (m *memory) Load(kind, key string) ([]byte, time.Time, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.values[kind+" "+key]
	return v, time.Now(), ok
}

func (m *memory) Save(kind, key string, value []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.values[kind+" "+key] = value
	return nil
}

func (m *memory) Trim(string, time.Time, int64) error { return nil }

// relays starts simulated relays and returns them as endpoints named a, b, ...
func relays(t *testing.T, opts ...sim.Options) (list []relay.Endpoint, servers []*sim.Server) {
	t.Helper()
	for i, opt := range opts {
		opt.TTFT, opt.ITL = -1, -1
		s, err := sim.Start(t.Context(), opt)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		servers = append(servers, s)
		list = append(list, relay.Endpoint{
			Name:      string(rune('a' + i)),
			BaseURL:   s.URL(),
			AllowHTTP: true,
			Timeout:   10 * time.Second,
		})
	}
	return list, servers
}

// started is a running engine and the results of its requests.
type started struct {
	*pool.Pool
	done chan *relay.Result

	mu    sync.Mutex
	kinds map[relay.Kind]int
	told  []string // by notices
}

// start starts an engine that is closed with the test.
func start(t *testing.T, opt engine.Options) (*engine.Engine, *started) {
	t.Helper()
	if opt.Store == nil {
		opt.Store = newMemory()
	}
	opt.Version, opt.Workers, opt.PriceMaxAge = "test", 4, time.Hour
	e, err := engine.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	s := &started{done: make(chan *relay.Result, 8), kinds: map[relay.Kind]int{}}
	s.Pool, err = e.Start(func(ev relay.Event) {
		s.mu.Lock()
		s.kinds[ev.Kind]++
		if ev.Kind == relay.Notice {
			s.told = append(s.told, ev.Reason)
		}
		s.mu.Unlock()
		if ev.Kind == relay.Done {
			s.done <- ev.Result
		}
	}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return e, s
}

func (s *started) count(kind relay.Kind) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kinds[kind]
}

func (s *started) notices() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.told)
}

func (s *started) ask(t *testing.T, r relay.Request) *relay.Result {
	t.Helper()
	r.ID = relay.NewID()
	if r.Messages == nil {
		r.Messages = []relay.Message{{Role: "user", Text: "Say hello."}}
	}
	if r.Model == "" {
		r.Model = "gpt-4.1"
	}
	if err := s.Submit(r); err != nil {
		t.Fatal(err)
	}
	select {
	case res := <-s.done:
		return res
	case <-time.After(20 * time.Second):
		t.Fatal("no end")
		return nil
	}
}

func TestAnAnswerIsPricedByTheUsersFile(t *testing.T) {
	prices := filepath.Join(t.TempDir(), "prices.toml")
	if err := os.WriteFile(prices, []byte("[\"gpt-4.1\"]\ninput = 1.00\noutput = 2.00\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	list, _ := relays(t, sim.Options{Seed: 1})
	e, s := start(t, engine.Options{Endpoints: list, PriceFile: prices})
	r := s.ask(t, relay.Request{})
	if r.Status != relay.StatusOK || r.Text == "" || r.Endpoint != "a" || r.Usage == nil {
		t.Fatalf("%+v", r)
	}
	want := relay.Money(r.Usage.Input+2*r.Usage.Output) * relay.USD / 1_000_000
	if r.Cost.Source != relay.SourceUser || r.Cost.Amount != want {
		t.Errorf("cost %+v, want %s of the user's file", r.Cost, want)
	}
	c, ok := e.Forecast()("gpt-4.1", r.Usage.Input, r.Usage.Output)
	if !ok || c.Amount != want {
		t.Errorf("the forecast is %s, the answer cost %s", c.Amount, want)
	}
}

func TestTheOtherEndpointAnswers(t *testing.T) {
	list, servers := relays(t, sim.Options{Seed: 1, Errors: sim.Rates{{Fault: "503", P: 1}}}, sim.Options{Seed: 1})
	policy := retry.Default()
	policy.Base = time.Millisecond
	_, s := start(t, engine.Options{Endpoints: list, Route: "ordered", Retry: policy})
	r := s.ask(t, relay.Request{})
	if r.Status != relay.StatusOK || r.Endpoint != "b" || len(r.Attempts) != 2 ||
		r.Attempts[0].Class != relay.ClassOverloaded {
		t.Errorf("%s at %s: %+v", r.Status, r.Endpoint, r.Attempts)
	}
	if n := servers[0].Stats().Statuses["503"]; n != 1 {
		t.Errorf("the first was asked %d times", n)
	}
}

func TestAnAnswerIsPaidForOnce(t *testing.T) {
	list, servers := relays(t, sim.Options{Seed: 1})
	_, s := start(t, engine.Options{Endpoints: list, Cache: cache.Options{Any: true}})
	first := s.ask(t, relay.Request{Cache: true})
	var second *relay.Result
	for deadline := time.Now().Add(10 * time.Second); ; { // it is kept after Done
		if second = s.ask(t, relay.Request{Cache: true}); second.Cached || time.Now().After(deadline) {
			break
		}
	}
	if !second.Cached || second.Text != first.Text || second.Cost.Source != relay.SourceCache || second.Cost.Amount != 0 {
		t.Errorf("cached %t, %q for %+v", second.Cached, second.Text, second.Cost)
	}
	before := servers[0].Stats().Requests
	if s.ask(t, relay.Request{Cache: true}); servers[0].Stats().Requests != before {
		t.Error("it was sent again")
	}
}

func TestALimitIsReported(t *testing.T) {
	list, _ := relays(t, sim.Options{Seed: 1})
	list[0].RPM = 6 // a burst of two, then one in ten seconds
	_, s := start(t, engine.Options{Endpoints: list, MaxTotal: 4 * time.Second})
	for range 2 {
		s.ask(t, relay.Request{Lane: relay.LaneChat})
	}
	if r := s.ask(t, relay.Request{Lane: relay.LaneChat}); r.Err == nil || r.Err.Class != relay.ClassRateLimit {
		t.Errorf("%s %v", r.Status, r.Err)
	}
	all := s.Allowances()
	if len(all) != 1 || all[0].Endpoint != "a" || all[0].RequestsMax != 6 || all[0].Requests == 0 || all[0].Most != 4 {
		t.Errorf("%+v", all)
	}
}

func TestTheSinkGetsTheBreaker(t *testing.T) {
	list, _ := relays(t, sim.Options{Seed: 1, Errors: sim.Rates{{Fault: "500", P: 1}}})
	_, s := start(t, engine.Options{Endpoints: list})
	for range 5 {
		s.ask(t, relay.Request{Once: true})
	}
	if n := s.count(relay.Breaker); n != 1 {
		t.Errorf("%d changes of a breaker", n)
	}
}

func TestModels(t *testing.T) {
	list, servers := relays(t, sim.Options{Seed: 1}, sim.Options{Seed: 1})
	e, _ := start(t, engine.Options{Endpoints: list})
	servers[1].Close()
	all, err := e.Models(t.Context())
	if err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("the second relay is gone: %v", err)
	}
	if !slices.ContainsFunc(all, func(o relay.Offer) bool { return o.Endpoint == "a" && o.ID == "gpt-4.1" }) {
		t.Errorf("%+v", all)
	}
}

func TestBadOptionsAreRefused(t *testing.T) {
	list, _ := relays(t, sim.Options{Seed: 1})
	bad := slices.Clone(list)
	bad[0].CAFile = filepath.Join(t.TempDir(), "absent.pem")
	for name, opt := range map[string]engine.Options{
		"no endpoint":   {},
		"absent.pem":    {Endpoints: bad},
		"no-prices.txt": {Endpoints: list, PriceFile: filepath.Join(t.TempDir(), "no-prices.txt")},
	} {
		opt.Store, opt.Workers = newMemory(), 1
		if _, err := engine.New(opt); err == nil || !strings.Contains(err.Error(), strings.TrimPrefix(name, "no ")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	e, err := engine.New(engine.Options{Endpoints: list, Store: newMemory(), Workers: 1, Route: "by chance"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Start(func(relay.Event) {}, nil, nil); err == nil || !strings.Contains(err.Error(), "by chance") {
		t.Errorf("an unknown way to pick: %v", err)
	}
}

func TestTheCheapestIsAsked(t *testing.T) {
	prices := filepath.Join(t.TempDir(), "prices.toml")
	text := "[\"a/gpt-4.1\"]\ninput = 2.00\noutput = 2.00\n[\"b/gpt-4.1\"]\ninput = 1.00\noutput = 1.00\n"
	if err := os.WriteFile(prices, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	list, _ := relays(t, sim.Options{Seed: 1}, sim.Options{Seed: 1})
	_, s := start(t, engine.Options{Endpoints: list, PriceFile: prices, Route: "cheapest"})
	if r := s.ask(t, relay.Request{}); r.Status != relay.StatusOK || r.Endpoint != "b" {
		t.Errorf("%s at %s", r.Status, r.Endpoint)
	}
}

func TestTheGuardIsAsked(t *testing.T) {
	list, _ := relays(t, sim.Options{Seed: 1})
	e, err := engine.New(engine.Options{Endpoints: list, Store: newMemory(), Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	spent := errors.New("the day's budget is spent")
	p, err := e.Start(func(relay.Event) {}, func(*relay.Request) error { return spent }, nil)
	if err != nil {
		t.Fatal(err)
	}
	messages := []relay.Message{{Role: "user", Text: "Say hello."}}
	if err := p.Submit(relay.Request{ID: relay.NewID(), Model: "gpt-4.1", Messages: messages}); !errors.Is(err, spent) {
		t.Errorf("submitted: %v", err)
	}
	if err := p.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestALargerModelTakesALongPrompt: the relay's list states which is larger.
func TestALargerModelTakesALongPrompt(t *testing.T) {
	list, _ := relays(t, sim.Options{Seed: 1})
	e, s := start(t, engine.Options{Endpoints: list})
	if _, err := e.Models(t.Context()); err != nil {
		t.Fatal(err)
	}
	long := []relay.Message{{Role: "user", Text: strings.Repeat("many words ", 100_000)}}
	r := s.ask(t, relay.Request{Model: "deepseek-v3.2", Messages: long, Fallback: []string{"gpt-4.1"}})
	if r.Status != relay.StatusOK || r.Asked != "gpt-4.1" {
		t.Errorf("%s by %s: %v", r.Status, r.Asked, r.Err)
	}
}

// TestAWholeRequestHasALimit, to its last byte: this relay goes silent in the middle of its answer.
func TestAWholeRequestHasALimit(t *testing.T) {
	list, _ := relays(t, sim.Options{Seed: 1, Errors: sim.Rates{{Fault: "stall", P: 1}}})
	_, s := start(t, engine.Options{Endpoints: list, RequestLimit: 300 * time.Millisecond})
	r := s.ask(t, relay.Request{})
	if r.Status != relay.StatusTruncated || r.Err == nil || !strings.HasPrefix(r.Err.Message, "cut off: ") {
		t.Errorf("%s: %v", r.Status, r.Err)
	}
}
