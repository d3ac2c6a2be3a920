package scrape

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"go.uber.org/goleak"

	"relaytop/relay"
	"relaytop/state"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve opens an endpoint over a new store.
func serve(t *testing.T) (*Server, *state.Store) {
	t.Helper()
	s, err := Listen("127.0.0.1:0", "1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	store := state.New(state.Options{})
	s.Show(store)
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		if err := s.Close(t.Context()); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
		if err := store.Close(t.Context()); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	})
	return s, store
}

// scraped is the endpoint's answer: the value of every series that is no bucket.
func scraped(t *testing.T, s *Server) map[string]float64 {
	t.Helper()
	res, err := http.Get(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if kind := res.Header.Get("Content-Type"); res.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "text/plain") {
		t.Fatalf("%s, %s", res.Status, kind)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	reader := expfmt.NewTextParser(model.UTF8Validation)
	if _, err := reader.TextToMetricFamilies(strings.NewReader(string(body))); err != nil {
		t.Fatalf("%v in\n%s", err, body)
	}
	out := map[string]float64{}
	for line := range strings.Lines(string(body)) {
		i := strings.LastIndexByte(line, ' ')
		if strings.HasPrefix(line, "#") || i < 0 {
			continue
		}
		var v float64
		if _, err := fmt.Sscan(line[i+1:], &v); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		out[line[:i]] = v
	}
	return out
}

var began = time.Unix(1_700_000_000, 0)

func after(ms int) time.Time { return began.Add(time.Duration(ms) * time.Millisecond) }

// answered is a request that was refused once, and answered in 1.2 s with a first token after 0.3 s.
func answered(id relay.ID, model string) relay.Event {
	return relay.Event{Kind: relay.Done, ID: id, At: after(1200), Lane: relay.LaneBatch, Result: &relay.Result{
		ID: id, Lane: relay.LaneBatch, Status: relay.StatusOK, Requested: model, Asked: model, Endpoint: "main",
		Usage: &relay.Usage{Input: 10, Output: 50, Total: 60},
		Cost:  relay.Cost{Amount: relay.USD / 4, Source: relay.SourceReported},
		Timing: relay.Timing{Sched: began, Send: began, First: after(300), FirstOut: after(300), Last: after(1200),
			Done: after(1250), Chunks: 3, Gaps: []time.Duration{100 * time.Millisecond, 800 * time.Millisecond}},
		Attempts: []relay.Attempt{{N: 1, Endpoint: "main", Model: model, Class: relay.ClassRateLimit},
			{N: 2, Endpoint: "main", Model: model}},
	}}
}

func both(s *Server, store *state.Store, e relay.Event) {
	store.Apply(e)
	s.Take(e)
}

func TestWhatIsScraped(t *testing.T) {
	s, store := serve(t)
	got := scraped(t, s)
	if got[`relaytop_build_info{version="1.2.3"}`] != 1 || got[`relaytop_in_flight{lane="chat"}`] != 0 {
		t.Errorf("before a request: %v", got)
	}
	both(s, store, relay.Event{Kind: relay.Queued, ID: 1, At: began, Lane: relay.LaneBatch, Model: "m"})
	both(s, store, relay.Event{Kind: relay.Sent, ID: 1, At: began, Lane: relay.LaneBatch, Model: "m", Endpoint: "main"})
	both(s, store, relay.Event{Kind: relay.Queued, ID: 2, At: began, Lane: relay.LaneChat, Model: "m"})
	got = scraped(t, s)
	if got[`relaytop_in_flight{lane="batch"}`] != 1 || got["relaytop_queue_depth"] != 1 {
		t.Errorf("one is sent, one waits for a worker: %v", got)
	}
	both(s, store, answered(1, "m"))
	both(s, store, relay.Event{Kind: relay.Done, ID: 2, At: after(2000), Result: &relay.Result{ID: 2,
		Status: relay.StatusFailed, Requested: "m", Asked: "m", Endpoint: "main",
		Timing:   relay.Timing{Sched: began, Send: began, Done: after(2000)},
		Attempts: []relay.Attempt{{N: 1, Endpoint: "main", Model: "m", Class: relay.ClassOverloaded}},
		Err:      &relay.Error{Class: relay.ClassOverloaded}}})
	both(s, store, relay.Event{Kind: relay.Breaker, At: after(2000), Endpoint: "main", Breaker: relay.BreakerOpen})
	got = scraped(t, s)
	row, chat := `endpoint="main",lane="batch",model="m"`, `endpoint="main",lane="chat",model="m"`
	output := `endpoint="main",gen_ai_token_type="output",lane="batch",model="m"`
	for name, want := range map[string]float64{
		`gen_ai_client_operation_duration_seconds_sum{class="",` + row + `}`:                1.2,
		`gen_ai_client_operation_duration_seconds_sum{class="overloaded",` + chat + `}`:     2,
		`gen_ai_client_operation_time_to_first_chunk_seconds_sum{` + row + `}`:              .3,
		`gen_ai_client_operation_time_to_first_chunk_seconds_bucket{` + row + `,le="0.25"}`: 0,
		`gen_ai_client_operation_time_to_first_chunk_seconds_bucket{` + row + `,le="0.5"}`:  1,
		`gen_ai_client_operation_time_per_output_chunk_seconds_count{` + row + `}`:          2,
		`gen_ai_client_token_usage_sum{` + output + `}`:                                     50,
		`relaytop_requests_total{` + row + `,outcome="ok"}`:                                 1,
		`relaytop_requests_total{` + chat + `,outcome="failed"}`:                            1,
		`relaytop_attempts_total{class="ok",` + row + `}`:                                   1,
		`relaytop_attempts_total{class="rate_limit",` + row + `}`:                           1,
		`relaytop_attempts_total{class="overloaded",` + chat + `}`:                          1,
		`relaytop_cost_usd_total{` + row + `}`:                                              .25,
		`relaytop_breaker_state{endpoint="main",model=""}`:                                  2,
		`relaytop_in_flight{lane="batch"}`:                                                  0,
	} {
		if v, ok := got[name]; !ok || v != want {
			t.Errorf("%s is %v (%v), want %v", name, v, ok, want)
		}
	}
}

// TestNamesAreBoundedAndClean: names of models come from outside.
func TestNamesAreBoundedAndClean(t *testing.T) {
	s, store := serve(t)
	both(s, store, answered(1, "evil\x1b[2J\"\n模型"))
	for i := range 2 * maxSeries {
		both(s, store, answered(relay.ID(i+2), fmt.Sprintf("model-%d", i)))
	}
	counts := map[string]int{}
	sum := 0.0
	for name, v := range scraped(t, s) {
		base, _, _ := strings.Cut(name, "{")
		counts[base]++
		if strings.Contains(name, "\x1b") {
			t.Errorf("%q", name)
		}
		if base == "relaytop_requests_total" {
			sum += v
		}
	}
	for _, name := range []string{"relaytop_requests_total", "relaytop_attempts_total", "relaytop_cost_usd_total",
		"gen_ai_client_token_usage_count", "gen_ai_client_operation_duration_seconds_count"} {
		if n := counts[name]; n == 0 || n > maxSeries {
			t.Errorf("%s has %d series", name, n)
		}
	}
	if sum != 2*maxSeries+1 {
		t.Errorf("%v requests are counted, not %d", sum, 2*maxSeries+1)
	}
}

func TestAPortThatIsTaken(t *testing.T) {
	s, _ := serve(t)
	address := strings.TrimSuffix(strings.TrimPrefix(s.URL(), "http://"), "/metrics")
	_, err := Listen(address, "")
	if err == nil || !strings.Contains(err.Error(), address) || strings.Count(err.Error(), address) != 1 {
		t.Errorf("it says %v", err)
	}
	for _, bad := range []string{"no such host.:1", "127.0.0.1:99999", ""} {
		if s, err := Listen(bad, ""); err == nil {
			t.Errorf("%q was opened", bad)
			_ = s.Close(t.Context())
		}
	}
}

// TestScrapingWhileRequestsRun scrapes while 1,000 answers stream.
func TestScrapingWhileRequestsRun(t *testing.T) {
	s, store := serve(t)
	var all sync.WaitGroup
	for i := range relay.ID(1000) {
		all.Go(func() {
			id := i + 1
			both(s, store, relay.Event{Kind: relay.Queued, ID: id, At: began, Lane: relay.LaneBatch, Model: "m"})
			both(s, store, relay.Event{Kind: relay.Sent, ID: id, At: began, Lane: relay.LaneBatch, Model: "m", Attempt: 1})
			for n := range 20 {
				both(s, store, relay.Event{Kind: relay.Text, ID: id, At: after(n), Text: "x", Attempt: 1})
			}
			both(s, store, answered(id, "m"))
		})
	}
	for range 10 {
		scraped(t, s)
	}
	all.Wait()
	got := scraped(t, s)
	if n := got[`relaytop_requests_total{endpoint="main",lane="batch",model="m",outcome="ok"}`]; n != 1000 {
		t.Errorf("%v requests", n)
	}
}
