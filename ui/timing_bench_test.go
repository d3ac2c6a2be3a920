//go:build linux

package ui

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"relaytop/relay"
	"relaytop/relay/openai"
	"relaytop/relay/pool"
	"relaytop/relay/route"
	"relaytop/state"
)

// timingVar makes the test binary serve a relay in place of measuring one; the value is how many tokens it sends a
// request.
const timingVar = "RELAYTOP_SCREEN_TIMING_RELAY"

const (
	timingStreams = 50
	timingTokens  = 400
	timingGap     = 10 * time.Millisecond
)

// serveStamps is a relay whose tokens say when they were sent, in microseconds since 1970. It serves until standard
// input ends.
func serveStamps(b *testing.B) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/event-stream")
		words := strings.Fields(answer)
		tick := time.NewTicker(timingGap)
		defer tick.Stop()
		for i := range timingTokens {
			select {
			case <-tick.C:
			case <-r.Context().Done():
				return
			}
			fmt.Fprintf(w, "data: {\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":%q}}]}\n\n",
				words[i%len(words)]+" "+strconv.FormatInt(time.Now().UnixMicro(), 10)+" ")
			w.(http.Flusher).Flush()
		}
		fmt.Fprint(w, "data: {\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"+
			"data: [DONE]\n\n")
	})}
	go func() { _ = srv.Serve(ln) }()
	fmt.Printf("\nat http://%s/v1\n", ln.Addr())
	_, _ = io.Copy(io.Discard, os.Stdin)
	_ = srv.Close()
}

// stampsRelay starts the relay in another process, which ends with the benchmark.
func stampsRelay(b *testing.B) (url string, end func()) {
	cmd := exec.Command(os.Args[0], "-test.run=^$", "-test.bench=^BenchmarkTimingOnScreen$", "-test.benchtime=1x")
	cmd.Env = append(os.Environ(), timingVar+"=1")
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
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if n, _ := fmt.Sscanf(lines.Text(), "at %s", &url); n == 1 {
			rest := make(chan struct{})
			go func() { defer close(rest); _, _ = io.Copy(io.Discard, out) }()
			return url, func() { in.Close(); <-rest; _ = cmd.Wait() }
		}
	}
	b.Fatal("no relay")
	return "", nil
}

// lateness is how late tokens were stamped, in microseconds.
type lateness struct {
	mu         sync.Mutex
	seen       map[relay.ID]bool
	first, all []int64
}

func (l *lateness) note(e *relay.Event) {
	if e.Kind != relay.Text {
		return
	}
	words := strings.Fields(e.Text)
	sent, err := strconv.ParseInt(words[len(words)-1], 10, 64)
	if err != nil {
		return
	}
	late := e.At.UnixMicro() - sent
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.seen[e.ID] {
		l.seen[e.ID] = true
		l.first = append(l.first, late)
	}
	l.all = append(l.all, late)
}

func (l *lateness) report(b *testing.B, name string) {
	for kind, us := range map[string][]int64{"first": l.first, "all": l.all} {
		if len(us) == 0 {
			b.Fatalf("%s: nothing was stamped", name)
		}
		slices.Sort(us)
		for _, q := range []int{50, 99} {
			b.ReportMetric(float64(us[len(us)*q/100])/1000, fmt.Sprintf("p%d-%s-%s-ms", q, kind, name))
		}
	}
}

// round streams fifty chats through the real engine into a real store, with or without a screen.
func (l *lateness) round(b *testing.B, url string, screen bool) {
	e := relay.Endpoint{Name: "relay", BaseURL: url}
	client, err := openai.New(e, openai.Options{MaxIdle: timingStreams})
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close()
	store := state.New(state.Options{Relay: "relay", Model: "m", Params: relay.DefaultParams()})
	paths, err := route.New(route.Options{Endpoints: []relay.Endpoint{e}, Pick: route.Ordered})
	if err != nil {
		b.Fatal(err)
	}
	ended := make(chan relay.Status, timingStreams)
	counts := false
	workers, err := pool.New(pool.Options{Senders: map[string]pool.Sender{"relay": client}, Route: paths,
		Workers: timingStreams, Sink: func(ev relay.Event) {
			if counts {
				l.note(&ev)
			}
			store.Apply(ev)
			if ev.Kind == relay.Done {
				ended <- ev.Result.Status
			}
		}})
	if err != nil {
		b.Fatal(err)
	}
	store.SetEngine(workers)
	ask := func() {
		for range timingStreams {
			if err := store.Talk().Ask(store.Library().New(), "Explain quantum entanglement."); err != nil {
				b.Fatal(err)
			}
			<-time.After(2 * time.Millisecond)
		}
		for range timingStreams {
			if got := <-ended; got != relay.StatusOK {
				b.Fatalf("a stream ended as %s", got)
			}
		}
	}
	leave := func() {}
	if screen {
		s := &scene{b: b, store: store}
		leave = s.open(160, 45).close
	}
	ask() // connections are open before it counts
	counts = true
	ask()
	leave()
	if err := workers.Close(context.Background()); err != nil {
		b.Fatal(err)
	}
	if err := store.Close(context.Background()); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkTimingOnScreen is how late our stamps are against the server's own, with 50 streams of 100 tokens a
// second from another process, without a screen and with the dashboard open at 160x45, in turn.
func BenchmarkTimingOnScreen(b *testing.B) {
	if os.Getenv(timingVar) != "" {
		serveStamps(b)
		return
	}
	defer settle(b, goleak.IgnoreCurrent())
	url, end := stampsRelay(b)
	defer end()
	bare, shown := &lateness{seen: map[relay.ID]bool{}}, &lateness{seen: map[relay.ID]bool{}}
	for b.Loop() {
		bare.round(b, url, false)
		shown.round(b, url, true)
	}
	bare.report(b, "bare")
	shown.report(b, "shown")
	b.ReportMetric(0, "ns/op")
}
