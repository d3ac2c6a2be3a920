package openai

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/relay/sim"
)

// childVar makes the test binary serve a relay instead of measuring one.
const childVar = "RELAYTOP_TIMING_RELAY"

// tee keeps what was read of every response, by request.
type tee struct {
	http.RoundTripper
	mu  sync.Mutex
	got map[string]*bytes.Buffer
}

func (t *tee) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.RoundTripper.RoundTrip(r)
	if err == nil {
		b := bytes.NewBuffer(make([]byte, 0, 64<<10))
		t.mu.Lock()
		t.got[r.Header.Get("X-Request-Id")] = b
		t.mu.Unlock()
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.TeeReader(resp.Body, b), resp.Body}
	}
	return resp, err
}

// sent lists when the server wrote the chunks that carry text, in microseconds since 1970.
func (t *tee) sent(b *testing.B, id relay.ID) (at []int64) {
	for line := range bytes.Lines(t.got[id.String()].Bytes()) {
		var c struct {
			At      int64 `json:"sim_sent_us"`
			Choices []struct{ Delta struct{ Content string } }
		}
		data, ok := bytes.CutPrefix(line, []byte("data: {"))
		if !ok {
			continue
		}
		if err := json.Unmarshal(append([]byte("{"), data...), &c); err != nil {
			b.Fatal(err)
		}
		if len(c.Choices) > 0 && c.Choices[0].Delta.Content != "" {
			at = append(at, c.At)
		}
	}
	return at
}

// shape is a load: how many streams at once, and how the relay sends them.
type shape struct {
	Streams, Tokens int
	TTFT, ITL       time.Duration
	Jitter          float64
	Over            time.Duration // the streams begin evenly over this time
}

// BenchmarkTimingError is how late our stamps are against the server's own, with streams from another process on
// this machine: first tokens and all tokens apart. ttft-off is the mean TTFT beyond the time that the relay waits.
func BenchmarkTimingError(b *testing.B) {
	if os.Getenv(childVar) != "" {
		serveTiming(b)
		return
	}
	for name, s := range map[string]shape{
		"50x100": {Streams: 50, Tokens: 200, TTFT: 100 * time.Millisecond, ITL: 10 * time.Millisecond, Jitter: 0.5},
		"500x20": {Streams: 500, Tokens: 80, TTFT: 50 * time.Millisecond, ITL: 50 * time.Millisecond, Over: 2 * time.Second},
		"500x50": {Streams: 500, Tokens: 200, TTFT: 50 * time.Millisecond, ITL: 20 * time.Millisecond, Over: 2 * time.Second},
	} {
		b.Run(name, func(b *testing.B) { timingError(b, s) })
	}
}

func timingError(b *testing.B, s shape) {
	c, err := New(relay.Endpoint{Name: "sim", BaseURL: timingRelay(b, s)}, Options{MaxIdle: s.Streams})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	taps := &tee{RoundTripper: c.http.Transport, got: map[string]*bytes.Buffer{}}
	c.http.Transport = taps
	warm := s
	warm.Over = 0
	// connections are open before it counts
	warm.round(b, c, 1, relay.Params{}.With("max_tokens", 3), func(relay.ID, *relay.Timing, []time.Time) {})
	var first, all []int64
	var off time.Duration
	for n := 1; b.Loop(); n++ {
		clear(taps.got)
		s.round(b, c, n*10_000, nil, func(id relay.ID, t *relay.Timing, at []time.Time) {
			sent := taps.sent(b, id)
			if len(sent) != len(at) {
				b.Errorf("%d chunks sent, %d stamped", len(sent), len(at))
				return
			}
			ttft, _ := t.TTFT()
			off += ttft - s.TTFT
			first = append(first, t.First.UnixMicro()-sent[0])
			for i := range at {
				all = append(all, at[i].UnixMicro()-sent[i])
			}
		})
	}
	for name, us := range map[string][]int64{"first": first, "all": all} {
		slices.Sort(us)
		sum := int64(0)
		for _, v := range us {
			sum += v
		}
		b.ReportMetric(float64(us[len(us)/2]), "p50-"+name+"-us")
		b.ReportMetric(float64(us[len(us)*99/100]), "p99-"+name+"-us")
		b.ReportMetric(float64(sum)/float64(len(us)), "mean-"+name+"-us")
	}
	if s.Jitter == 0 {
		b.ReportMetric(float64(off.Microseconds())/float64(len(first)), "ttft-off-us")
	}
	b.ReportMetric(0, "ns/op") // the length of a round is the schedule's
}

// round sends all streams and, when all have ended, passes on the stamps of each.
func (s shape) round(b *testing.B, c *Client, base int, params relay.Params,
	keep func(relay.ID, *relay.Timing, []time.Time)) {
	type stamped struct {
		reply relay.Reply
		at    []time.Time
	}
	got := make([]stamped, s.Streams)
	var wg sync.WaitGroup
	for i := range got {
		if s.Over > 0 {
			<-time.After(s.Over / time.Duration(s.Streams))
		}
		wg.Go(func() {
			g := &got[i]
			g.at = make([]time.Time, 0, s.Tokens)
			g.reply = c.Send(context.Background(),
				relay.Call{Model: "gpt-4.1", Request: &relay.Request{ID: relay.ID(base + i), Model: "gpt-4.1", Params: params,
					Messages: []relay.Message{{Role: "user", Text: fmt.Sprint("stream ", i)}}}}, func(e relay.Event) {
					if e.Kind == relay.Text {
						g.at = append(g.at, e.At)
					}
				})
		})
	}
	wg.Wait()
	for i := range got {
		r := &got[i].reply
		if r.Status != relay.StatusOK && r.Status != relay.StatusLength {
			b.Errorf("%s: %v", r.Status, r.Err)
			continue
		}
		keep(relay.ID(base+i), &r.Timing, got[i].at)
	}
}

// BenchmarkThousandStreams holds a thousand streams of 20 tokens a second open at once: how many complete, what
// they need in memory, and whether anything of them is left.
func BenchmarkThousandStreams(b *testing.B) {
	s := shape{Streams: 1000, Tokens: 200, TTFT: 50 * time.Millisecond, ITL: 50 * time.Millisecond, Over: 2 * time.Second}
	url := timingRelay(b, s)
	before := runtime.NumGoroutine()
	complete, tokens := 0, 0
	var mem runtime.MemStats
	for n := 1; b.Loop(); n++ {
		c, err := New(relay.Endpoint{Name: "sim", BaseURL: url}, Options{MaxIdle: s.Streams})
		if err != nil {
			b.Fatal(err)
		}
		half := time.AfterFunc(7*time.Second, func() { runtime.ReadMemStats(&mem) }) // all of them stream
		complete, tokens = 0, 0
		s.round(b, c, n*10_000, nil, func(_ relay.ID, _ *relay.Timing, at []time.Time) {
			if tokens += len(at); len(at) == s.Tokens {
				complete++
			}
		})
		half.Stop()
		c.Close()
	}
	left := runtime.NumGoroutine()
	for range 100 { // those of closed connections are still ending
		if left <= before {
			break
		}
		<-time.After(10 * time.Millisecond)
		left = runtime.NumGoroutine()
	}
	b.ReportMetric(float64(complete), "complete")
	b.ReportMetric(float64(tokens), "tokens")
	b.ReportMetric(float64(left-before), "goroutines-left")
	b.ReportMetric(float64(mem.Sys-mem.HeapReleased)/1e6, "MB-mapped")
	if mb, ok := residentMost(); ok {
		b.ReportMetric(mb, "MB-resident-most")
	}
	b.ReportMetric(0, "ns/op")
}

// residentMost is the most memory that this process has held, in MB; false where the system does not report it.
func residentMost() (mb float64, ok bool) {
	raw, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(raw)) {
		if kb := 0.0; strings.HasPrefix(line, "VmHWM:") {
			_, err := fmt.Sscanf(line, "VmHWM: %f kB", &kb)
			return kb / 1000, err == nil
		}
	}
	return 0, false
}

// serveTiming serves until standard input ends.
func serveTiming(b *testing.B) {
	var o shape
	if err := json.Unmarshal([]byte(os.Getenv(childVar)), &o); err != nil {
		b.Fatal(err)
	}
	jitter := o.Jitter
	if jitter == 0 {
		jitter = -1
	}
	s, err := sim.Start(context.Background(), sim.Options{TTFT: o.TTFT, ITL: o.ITL, Jitter: jitter, Tokens: o.Tokens})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	fmt.Println("\nat", s.URL())
	io.Copy(io.Discard, os.Stdin)
}

// timingRelay starts the relay in another process, which ends with the benchmark.
func timingRelay(b *testing.B, s shape) (url string) {
	as, err := json.Marshal(s)
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^$", "-test.bench=^BenchmarkTimingError$", "-test.benchtime=1x")
	cmd.Env = append(os.Environ(), childVar+"="+string(as))
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { in.Close(); cmd.Wait() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if n, _ := fmt.Sscanf(lines.Text(), "at %s", &url); n == 1 {
			go io.Copy(io.Discard, out)
			return url
		}
	}
	b.Fatal("no relay")
	return ""
}
