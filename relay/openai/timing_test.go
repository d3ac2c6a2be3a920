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
	"slices"
	"sync"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/relay/sim"
)

// childVar makes the test binary serve a relay in place of measuring one.
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
		b := bytes.NewBuffer(make([]byte, 0, 128<<10))
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

// BenchmarkTimingError is how late our stamps are against the server's own, with 50 streams of 100 tokens a second from another
// process on this machine: first tokens and all tokens apart.
func BenchmarkTimingError(b *testing.B) {
	const streams, tokens = 50, 200
	if os.Getenv(childVar) != "" {
		serveTiming(b, tokens)
		return
	}
	c, err := New(relay.Endpoint{Name: "sim", BaseURL: timingRelay(b)}, Options{MaxIdle: streams})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	taps := &tee{RoundTripper: c.http.Transport, got: map[string]*bytes.Buffer{}}
	c.http.Transport = taps
	var mu sync.Mutex
	round := func(base int, params relay.Params, keep func(id relay.ID, first time.Time, at []time.Time)) {
		var wg sync.WaitGroup
		for i := range streams {
			wg.Go(func() {
				at := make([]time.Time, 0, tokens)
				id := relay.ID(base + i)
				r := c.Send(context.Background(), relay.Call{Model: "gpt-4.1", Request: &relay.Request{ID: id, Model: "gpt-4.1", Params: params,
					Messages: []relay.Message{{Role: "user", Text: fmt.Sprint("stream ", i)}}}}, func(e relay.Event) {
					if e.Kind == relay.Text {
						at = append(at, e.At)
					}
				})
				mu.Lock()
				defer mu.Unlock()
				if r.Status != relay.StatusOK && r.Status != relay.StatusLength {
					b.Error(r.Err)
				}
				keep(id, r.Timing.First, at)
			})
		}
		wg.Wait()
	}
	round(1, relay.Params{}.With("max_tokens", 1), func(relay.ID, time.Time, []time.Time) {}) // connections are open before it counts
	var first, all []int64
	for n := 1; b.Loop(); n++ {
		round(n*1000, nil, func(id relay.ID, one time.Time, at []time.Time) {
			sent := taps.sent(b, id)
			if len(sent) != len(at) {
				b.Fatalf("%d chunks sent, %d stamped", len(sent), len(at))
			}
			first = append(first, one.UnixMicro()-sent[0])
			for i := range at {
				all = append(all, at[i].UnixMicro()-sent[i])
			}
		})
	}
	for name, us := range map[string][]int64{"first": first, "all": all} {
		slices.Sort(us)
		b.ReportMetric(float64(us[len(us)/2]), "p50-"+name+"-us")
		b.ReportMetric(float64(us[len(us)*99/100]), "p99-"+name+"-us")
	}
	b.ReportMetric(0, "ns/op") // the length of a round is the schedule's
}

// serveTiming serves until standard input ends.
func serveTiming(b *testing.B, tokens int) {
	s, err := sim.Start(context.Background(), sim.Options{TTFT: 100 * time.Millisecond, ITL: 10 * time.Millisecond, Jitter: 0.5, Tokens: tokens})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	fmt.Println("\nat", s.URL())
	io.Copy(io.Discard, os.Stdin)
}

// timingRelay starts the relay in another process, which ends with the benchmark.
func timingRelay(b *testing.B) (url string) {
	cmd := exec.Command(os.Args[0], "-test.run=^$", "-test.bench=^BenchmarkTimingError$", "-test.benchtime=1x")
	cmd.Env = append(os.Environ(), childVar+"=1")
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
