package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/state/config"
	"relaytop/state/meter"
)

// playedLoad is a load generator whose requests have already ended.
type playedLoad struct {
	plan   LoadPlan
	warm   []relay.Result
	played []relay.Result
	lag    time.Duration
	lags   int // samples of it, if more than were played
	err    error
	stop   context.CancelFunc // interrupts the command, if set
}

func (p *playedLoad) Sink(relay.Event) {}

func (p *playedLoad) Run(_ context.Context, _ interface {
	Submit(relay.Request) error
	Cancel(relay.ID)
	ResizeOtherLanes(int)
}) error {
	begin := time.Now()
	play := func(to relay.Sink, list []relay.Result) {
		for i := range list {
			r := &list[i]
			r.ID = relay.NewID()
			to(relay.Event{Kind: relay.Queued, ID: r.ID, At: begin})
			to(relay.Event{Kind: relay.Sent, ID: r.ID, At: begin})
			to(relay.Event{Kind: relay.Done, ID: r.ID, At: begin.Add(2 * time.Second), Result: r, Err: r.Err})
		}
	}
	play(p.plan.WarmupSink, p.warm)
	play(p.plan.Sink, p.played)
	if p.stop != nil {
		p.stop()
	}
	return p.err
}

func (p *playedLoad) Lag() (p50, p99 time.Duration, n int64) {
	return p.lag / 2, p.lag, int64(max(len(p.played), p.lags))
}

// answered is a request that took e2e, with a first token after a tenth of it, and cost what its tokens cost.
func answered(e2e time.Duration, out int64, cost relay.Cost) relay.Result {
	at := time.Now()
	return relay.Result{Status: relay.StatusOK, Cost: cost, Usage: &relay.Usage{Input: 10, Output: out, Total: 10 + out},
		Attempts: []relay.Attempt{{N: 1, Endpoint: "a", Model: "deepseek-v3.2"}},
		Timing: relay.Timing{Sched: at, Send: at.Add(time.Millisecond), First: at.Add(time.Millisecond + e2e/10),
			Last: at.Add(time.Millisecond + e2e),
			Gaps: []time.Duration{e2e / 100, e2e / 50}}}
}

// broken is a request that took long to fail: no percentile may count it.
func broken(class relay.Class) relay.Result {
	r := answered(time.Hour, 0, relay.Cost{})
	r.Status, r.Usage, r.Err = relay.StatusFailed, nil, &relay.Error{Class: class, Status: 429, Message: "slow down"}
	r.Attempts[0].Class = class
	return r
}

func paid(amount relay.Money, source relay.Source) relay.Cost {
	return relay.Cost{Amount: amount, Source: source}
}

// benchRun is one run of the command with a playedLoad.
type benchRun struct {
	code           int
	stdout, stderr string
	opened         bool
	workers        int
}

// benchParts hands out a played load, and an engine that sends nothing.
type benchParts struct {
	noParts
	load   *playedLoad
	pool   resized
	opened bool
}

func (b *benchParts) Load(plan LoadPlan) (Load, error) {
	b.load.plan = plan
	return b.load, nil
}

func (b *benchParts) Open(
	_ context.Context, cfg *config.Config, _ relay.Sink, _ func(done, total int64),
) (*App, error) {
	b.opened = true
	return &App{Config: cfg, Workers: &b.pool, Relays: fixedPrice{}}, nil
}

func playBench(t *testing.T, p *playedLoad, args ...string) benchRun {
	t.Helper()
	return playBenchAs(t, p, append([]string{"--base-url", "http://127.0.0.1:9/v1"}, args...)...)
}

// playBenchAs is playBench with the relays of a configuration.
func playBenchAs(t *testing.T, p *playedLoad, args ...string) benchRun {
	t.Helper()
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range []string{"HOLYSHEEP_API_KEY", "HOLYSHEEP_BASE_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL",
		"RELAYTOP_DATA_DIR"} {
		t.Setenv(name, "")
	}
	t.Setenv("HOME", dir)
	out, err := os.Create(filepath.Join(dir, "stdout"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	if p.stop != nil {
		p.stop = stop
	}
	var r benchRun
	var stderr bytes.Buffer
	parts := &benchParts{load: p}
	b := Build{Version: "v1", Parts: parts, Stdout: out, Stderr: &stderr, Release: func() {}}
	r.code = Execute(ctx, b, append([]string{"bench", "--data-dir", dir}, args...))
	if _, err := out.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(out)
	if err != nil {
		t.Fatal(err)
	}
	r.stdout, r.stderr = string(raw), stderr.String()
	r.opened, r.workers = parts.opened, parts.pool.n
	return r
}

// benchResult reads the one object on stdout.
func benchResult(t *testing.T, stdout string) (o benchObject, keys map[string]json.RawMessage) {
	t.Helper()
	for _, to := range []any{&o, &keys} {
		if err := json.Unmarshal([]byte(stdout), to); err != nil {
			t.Fatalf("%v in %s", err, stdout)
		}
	}
	return o, keys
}

func near(got *float64, want float64) bool {
	return got != nil && *got > want*.999-.001 && *got < want*1.001+.001
}

func TestBenchJSON(t *testing.T) {
	p := &playedLoad{lag: time.Millisecond, played: []relay.Result{broken(relay.ClassRateLimit)}}
	for i := 1; i <= 9; i++ {
		p.played = append(p.played, answered(time.Duration(i)*100*time.Millisecond, 91,
			paid(relay.USD/1000, relay.SourceRelay)))
	}
	r := playBench(t, p, "--json", "-n", "10")
	if r.code != exitOK {
		t.Fatalf("exit %d: %s", r.code, r.stderr)
	}
	o, keys := benchResult(t, r.stdout)
	for _, k := range []string{"n", "ok", "failed", "concurrency", "seconds", "req_per_s", "tok_per_s", "latency_ms",
		"ttft_ms", "tpot_ms", "inter_chunk_ms",
		"queue_ms", "error_rate", "by_class", "goodput", "cost", "lag_ms", "saturated", "config", "version"} {
		if _, ok := keys[k]; !ok {
			t.Errorf("no key %q", k)
		}
	}
	if o.N != 10 || o.OK != 9 || o.Failed != 1 || o.ByClass[relay.ClassRateLimit] != 1 || !near(o.ErrorRate, 10) ||
		o.Version != "v1" {
		t.Errorf("n %d, ok %d, failed %d, %v, error rate %v", o.N, o.OK, o.Failed, o.ByClass, o.ErrorRate)
	}
	if o.Seconds != 2 || !near(o.ReqPerSec, 5) || !near(o.TokPerSec, 9*91/2.) {
		t.Errorf("%v s, %v req/s, %v tok/s; want 2, 5, %v", o.Seconds, *o.ReqPerSec, *o.TokPerSec, 9*91/2.)
	}
	for name, c := range map[string]struct {
		got           quantilesObject
		n             int64
		min, p50, max float64
	}{"latency": {o.Latency, 9, 100, 500, 900}, "TTFT": {o.TTFT, 9, 10, 50, 90}, "TPOT": {o.TPOT, 9, 1, 5, 9},
		"queue":       {o.Queue, 9, 1, 1, 1},
		"inter-chunk": {o.InterChunk, 18, 1, 6, 18}} {
		if c.got.N != c.n || !near(c.got.Min, c.min) || !near(c.got.P50, c.p50) || !near(c.got.Max, c.max) {
			t.Errorf("%s: n %d, min %v, p50 %v, max %v; want %d, %v, %v, %v", name, c.got.N, *c.got.Min, *c.got.P50,
				*c.got.Max, c.n, c.min, c.p50, c.max)
		}
	}
	if *o.Cost.USD != "0.009000" || o.Cost.Source != relay.SourceRelay || *o.Cost.Per1k != "1.000000" {
		t.Errorf("cost %s %s, %s per 1k", *o.Cost.USD, o.Cost.Source, *o.Cost.Per1k)
	}
	if !near(o.Lag.P99, 1) || o.Saturated {
		t.Errorf("lag %v, saturated %v", *o.Lag.P99, o.Saturated)
	}
}

func TestBenchAsksForWhatTheFlagsSay(t *testing.T) {
	p := &playedLoad{played: []relay.Result{answered(time.Second, 2, relay.Cost{})}}
	r := playBench(t, p)
	if p.plan.N != 50 || p.plan.Concurrency != 1 || p.plan.Warmup != 1 || r.workers != 1 ||
		p.plan.Request.Model != "deepseek-v3.2" ||
		p.plan.Request.Messages[0].Text != "Explain quantum entanglement in one paragraph." ||
		string(p.plan.Request.Params["max_tokens"]) != "4096" {
		t.Errorf("by default %+v with %d workers", p.plan, r.workers)
	}
	r = playBench(t, p, "-n", "7", "-c", "3", "-m", "m", "--prompt", "hi", "--max-tokens", "9", "--warmup", "0")
	if p.plan.N != 7 || p.plan.Concurrency != 3 || p.plan.Warmup != 0 || r.workers != 3 || p.plan.Request.Model != "m" ||
		p.plan.Request.Messages[0].Text != "hi" || string(p.plan.Request.Params["max_tokens"]) != "9" {
		t.Errorf("with flags %+v with %d workers", p.plan, r.workers)
	}
}

func TestBenchSaysWhatItSpends(t *testing.T) {
	p := &playedLoad{err: errors.New("refused"), warm: []relay.Result{broken(relay.ClassAuth)}}
	r := playBench(t, p, "-n", "9", "-c", "4", "--prompt", "abcd", "-m", "gpt")
	for _, want := range []string{"9 requests of gpt at relay, 4 at a time, after 1 warm-up",
		"about $2.57 (relay, 256 tokens an answer, assumed, at most $40.97)"} {
		if !strings.Contains(r.stderr, want) {
			t.Errorf("no %q in %s", want, r.stderr)
		}
	}
	if !strings.Contains(r.stdout, "1 of 1 warm-up failed: auth (429): slow down") {
		t.Errorf("the failed warm-up is not told: %s", r.stdout)
	}
}

func TestBenchExit(t *testing.T) {
	good, bad := answered(time.Second, 2, relay.Cost{}), broken(relay.ClassUpstream)
	gone := bad
	gone.Status = relay.StatusCancelled
	none := context.CancelFunc(func() {})
	for name, c := range map[string]struct {
		p       playedLoad
		args    []string
		code, n int
	}{
		"some failed": {playedLoad{played: []relay.Result{good, bad}}, []string{"-n", "2"}, exitOK, 2},
		"all failed":  {playedLoad{played: []relay.Result{bad, bad}}, []string{"-n", "2"}, exitFailed, 2},
		"interrupted": {playedLoad{played: []relay.Result{good, bad, gone}, stop: none}, []string{"-n", "50"},
			exitInterrupted, 2},
		"interrupted early": {playedLoad{stop: none}, nil, exitInterrupted, 0},
		"interrupted late":  {playedLoad{played: []relay.Result{good}, stop: none}, []string{"-n", "1"}, exitOK, 1},
		"refused": {playedLoad{played: []relay.Result{good}, err: errors.New("closed")}, []string{"-n", "2"},
			exitFailed, 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := playBench(t, &c.p, append(c.args, "--json")...)
			if o, _ := benchResult(t, r.stdout); r.code != c.code || o.N != c.n {
				t.Errorf("exit %d with %d measured, want %d with %d: %s", r.code, o.N, c.code, c.n, r.stderr)
			}
		})
	}
}

func TestBenchRefusesWrongUseBeforeAnythingIsSent(t *testing.T) {
	for _, args := range [][]string{{"-n", "0"}, {"-c", "0"}, {"-c", "10001"}, {"--warmup", "-1"},
		{"--max-tokens", "-1"}, {"--prompt", " "}, {"--rate", "0"}, {"--rate", "-1"}, {"--rate", "NaN"},
		{"--rate", "5", "-c", "2"}, {"--rate", "5", "--arrivals", "x"}, {"--arrivals", "poisson"}, {"-m", "a,b"}, {"x"},
		{"-n", "x"}} {
		if r := playBench(t, &playedLoad{}, args...); r.code != exitUsage || r.opened || r.stdout != "" {
			t.Errorf("%v: exit %d, opened %v, %q", args, r.code, r.opened, r.stdout)
		}
	}
}

// TestBenchCost: the source of a sum is that of its least trusted part; a request of unknown cost is counted.
func TestBenchCost(t *testing.T) {
	reported, listed, guess := paid(relay.USD, relay.SourceReported), paid(relay.USD, relay.SourceList),
		paid(relay.USD, relay.SourceRelay)
	guess.Estimated = true
	unknown := relay.Cost{Source: relay.SourceUnknown}
	for name, c := range map[string]struct {
		costs   []relay.Cost
		usd     string
		source  relay.Source
		unknown int64
	}{
		"one source":   {[]relay.Cost{reported, reported}, "2.000000", relay.SourceReported, 0},
		"mixed":        {[]relay.Cost{listed, reported}, "2.000000", relay.SourceList, 0},
		"estimate":     {[]relay.Cost{listed, guess, reported}, "3.000000", relay.SourceEstimated, 0},
		"some unknown": {[]relay.Cost{reported, unknown}, "1.000000", relay.SourceReported, 1},
		"all unknown":  {[]relay.Cost{unknown, unknown}, "", relay.SourceUnknown, 2},
		"none":         {[]relay.Cost{{}}, "", relay.SourceUnknown, 0},
	} {
		p := &playedLoad{}
		for _, cost := range c.costs {
			p.played = append(p.played, answered(time.Second, 2, cost))
		}
		if name == "none" {
			p.played = []relay.Result{broken(relay.ClassAuth)}
		}
		o, _ := benchResult(t, playBench(t, p, "--json").stdout)
		usd := ""
		if o.Cost.USD != nil {
			usd = *o.Cost.USD
		}
		if usd != c.usd || o.Cost.Source != c.source || o.Cost.UnknownRequests != c.unknown {
			t.Errorf("%s: %q %s, %d unknown; want %q %s, %d", name, usd, o.Cost.Source, o.Cost.UnknownRequests, c.usd,
				c.source, c.unknown)
		}
	}
}

func TestFewSamplesProveNothing(t *testing.T) {
	late, ttft := 60*time.Millisecond, meter.Quantiles{N: 50, P50: time.Second}
	for _, c := range []struct {
		p50, p99 time.Duration
		n        int64
		want     bool
	}{{0, late, 3, false}, {late, late, 3, false}, {0, late, 50, false}, {late, late, 50, true}, {0, late, 100, true}} {
		if got := saturated(c.p50, c.p99, c.n, ttft); got != c.want {
			t.Errorf("p50 %v, p99 %v of %d: %v", c.p50, c.p99, c.n, got)
		}
	}
}

func TestSaturated(t *testing.T) {
	ttft := func(d time.Duration) meter.Quantiles { return meter.Quantiles{N: 1, P50: d} }
	for _, c := range []struct {
		lag  time.Duration
		ttft meter.Quantiles
		want bool
	}{{10 * time.Millisecond, ttft(time.Second), false}, {50*time.Millisecond + 1, ttft(time.Second), true},
		{10 * time.Millisecond, ttft(100 * time.Millisecond), false},
		{11 * time.Millisecond, ttft(100 * time.Millisecond), true}, {30 * time.Millisecond, ttft(time.Second), false},
		{9 * time.Millisecond, meter.Quantiles{}, false}, {11 * time.Millisecond, meter.Quantiles{}, true}} {
		if got := saturated(0, c.lag, 100, c.ttft); got != c.want {
			t.Errorf("lag %v with TTFT %v: %v", c.lag, c.ttft.P50, got)
		}
	}
}

func TestBenchText(t *testing.T) {
	p := &playedLoad{lag: time.Second, lags: 100, played: []relay.Result{broken(relay.ClassRateLimit),
		answered(time.Second, 2, paid(relay.USD, relay.SourceRelay))}}
	r := playBench(t, p, "-n", "2")
	for _, want := range []string{"2 requests of deepseek-v3.2 at relay, one at a time, in 2.00 s", "mean", "median",
		"p95", "p99", "1.00 s*", "* too few samples",
		"error rate   50.0 % (1 of 2)", "rate_limit      1, the first: rate_limit (429): slow down",
		"to do: " + relay.ClassRateLimit.Advice(), "total cost   $1.00 relay, $1,000.00 per 1k requests",
		"This machine was saturated: the figures are not reliable."} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %q in\n%s", want, r.stdout)
		}
	}
}

// TestBenchOfBursts: answers that came at once have no tokens a second, and are counted.
func TestBenchOfBursts(t *testing.T) {
	for _, c := range []struct {
		bursts, streams int
		speed           bool
		says            string
	}{
		{3, 0, false, "req/s; burst: 3 of 3 answers came at once"},
		{1, 2, true, " tok/s; burst: 1 of 3 answers came at once"},
		{0, 2, true, " tok/s"},
	} {
		b, start := newBench(), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		for i := range c.bursts + c.streams {
			r := &relay.Result{ID: relay.ID(i + 1), Status: relay.StatusOK, Usage: &relay.Usage{Output: 500},
				Timing: relay.Timing{Send: start, First: start.Add(8 * time.Millisecond), Last: start.Add(9 * time.Millisecond)}}
			if i >= c.bursts {
				r.Timing.Last = start.Add(900 * time.Millisecond)
			}
			b.measured(relay.Event{Kind: relay.Queued, ID: r.ID, At: start})
			b.measured(relay.Event{Kind: relay.Done, ID: r.ID, At: r.Timing.Last, Result: r})
		}
		o := b.object(&playedLoad{}, "v1")
		if o.Burst != c.bursts || (o.TokPerSec != nil) != c.speed || o.TPOT.N != int64(c.streams) {
			t.Errorf("%d bursts: %+v", c.bursts, o)
		}
		if got := throughput(&o); !strings.HasSuffix(got, c.says) {
			t.Errorf("%d bursts: %q, want %q", c.bursts, got, c.says)
		}
	}
}
