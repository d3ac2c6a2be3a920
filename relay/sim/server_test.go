package sim

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestRulesCountTheirRequests(t *testing.T) {
	s, c := relayAnd(t, Instant())
	s.Script(
		Rule{Prompt: "flaky", Times: 2, Do: []Edit{Status(500)}},
		Rule{Prompt: "third", From: 3, Times: 1, Do: []Edit{Status(503)}},
		Rule{Model: "no-such-model", Do: []Edit{NoChannel()}},
	)
	for _, x := range []struct {
		model, prompt string
		want          []int
	}{
		{"gpt-4.1", "flaky row", []int{500, 500, 200, 200}},
		{"gpt-4.1", "third time", []int{200, 200, 503, 200}},
		{"no-such-model", "x", []int{503, 503}},
		{"other-model", "x", []int{404}},
	} {
		for i, want := range x.want {
			if _, resp, _ := raw(t, s, c, body(x.model, x.prompt, "")); resp.StatusCode != want {
				t.Errorf("%s %q, request %d: %d, want %d", x.model, x.prompt, i+1, resp.StatusCode, want)
			}
		}
	}
	s.Script()
	if _, resp, _ := raw(t, s, c, body("gpt-4.1", "flaky row", "")); resp.StatusCode != 200 {
		t.Errorf("without a script: %d", resp.StatusCode)
	}
}

func TestFaultsByRate(t *testing.T) {
	for _, name := range append(FaultNames(), "429", "500", "529") {
		t.Run(name, func(t *testing.T) {
			s, c := relayAnd(t, Options{TTFT: -1, ITL: -1, Errors: Rates{{name, 1}}})
			for _, prompt := range []string{"Explain quantum entanglement", "Positive or negative? Classify this."} {
				resp := ask(t, s, c, body("gpt-4.1", prompt, ""))
				if name == "stall" {
					resp.Body.Close()
					continue
				}
				b, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				whole := err == nil && resp.StatusCode == 200 && strings.Contains(string(b), `"finish_reason":"stop"`)
				if whole != (name == "slow") {
					t.Errorf("%q: whole %v: %s %v %.200s", prompt, whole, resp.Status, err, b)
				}
			}
			settled(t, s)
			if st := s.Stats(); st.Faults[name] != 2 {
				t.Errorf("%v", st.Faults)
			}
		})
	}
}

func TestRatesAreKept(t *testing.T) {
	s := &Server{opts: Options{Errors: Rates{{"500", 0.1}, {"cut", 0.3}}}}
	counts := map[string]int{}
	for i := range 4000 {
		r := &Request{Model: "gpt-4.1", Prompt: "row", Nth: i + 1}
		for _, e := range s.roll(r) {
			counts[e.Fault]++
		}
	}
	if n := counts["500"]; n < 300 || n > 500 {
		t.Errorf("500: %d of 4000 at 10 %%", n)
	}
	if n := counts["cut"]; n < 1050 || n > 1350 {
		t.Errorf("cut: %d of 4000 at 30 %%", n)
	}
}

func TestRPM(t *testing.T) {
	s, c := relayAnd(t, Options{TTFT: -1, ITL: -1, RPM: 3})
	for i, want := range []int{200, 200, 200, 429} {
		text, resp, _ := raw(t, s, c, body("gpt-4.1", "x", ""))
		h := resp.Header
		if resp.StatusCode != want || h.Get("X-Ratelimit-Limit-Requests") != "3" ||
			h.Get("X-Ratelimit-Reset-Requests") == "" {
			t.Errorf("request %d: %s %v", i+1, resp.Status, h)
		}
		if want == 429 && (h.Get("Retry-After") == "" || h.Get("X-Ratelimit-Remaining-Requests") != "0" ||
			!strings.Contains(text, "Limit 3")) {
			t.Errorf("%v %s", h, text)
		}
	}
}

func TestConcurrency(t *testing.T) {
	for given, want := range map[int]int{0: 429, 503: 503} {
		s, c := relayAnd(t, Options{TTFT: -1, ITL: -1, Concurrency: 1, ConcurrencyStatus: given})
		s.Script(Rule{Prompt: "held", Do: []Edit{HoldOpen()}})
		held := ask(t, s, c, body("gpt-4.1", "held", ""))
		if _, resp, _ := raw(t, s, c, body("gpt-4.1", "x", "")); resp.StatusCode != want ||
			resp.Header.Get("Retry-After") == "" {
			t.Errorf("beyond the limit: %s, want %d", resp.Status, want)
		}
		held.Body.Close()
		settled(t, s)
		if _, resp, _ := raw(t, s, c, body("gpt-4.1", "x", "")); resp.StatusCode != 200 {
			t.Errorf("once it is free: %s", resp.Status)
		}
	}
}

func TestStatsCountRequests(t *testing.T) {
	s, c := relayAnd(t, Instant())
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			resp, err := c.Post(s.URL()+"/chat/completions", "application/json",
				strings.NewReader(body("gpt-4.1", "row "+string(rune('a'+i%20)), "")))
			if err != nil {
				t.Error(err)
				return
			}
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		})
	}
	wg.Wait()
	settled(t, s)
	resp, err := c.Get(strings.TrimSuffix(s.URL(), "/v1") + "/sim/stats?prompts=1")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var st Stats
	if err := json.NewDecoder(resp.Body).Decode(&st); err != nil {
		t.Fatal(err)
	}
	p := st.Paths["POST /v1/chat/completions"]
	if st.Requests != 40 || p.Requests != 40 || st.Streams != 40 || st.Complete != 40 || st.Statuses["200"] != 40 ||
		p.Open != 0 || p.Peak < 1 || p.BytesIn == 0 || st.Cancelled != 0 {
		t.Errorf("%+v", st)
	}
	if st.Distinct != 20 || st.Repeated != 20 || st.Prompts[PromptHash("row c")] != 2 {
		t.Errorf("distinct %d, repeated %d, row c %d", st.Distinct, st.Repeated, st.Prompts[PromptHash("row c")])
	}
}

func TestCloseEndsAllStreams(t *testing.T) {
	s, err := Start(context.Background(), Instant())
	if err != nil {
		t.Fatal(err)
	}
	tr := &http.Transport{}
	c := &http.Client{Transport: tr, Timeout: 20 * time.Second}
	s.Script(Rule{Do: []Edit{Stall(1)}})
	var bodies []io.ReadCloser
	for range 20 {
		bodies = append(bodies, ask(t, s, c, body("gpt-4.1", "x", "")).Body)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	for _, b := range bodies {
		if _, err := io.ReadAll(b); err == nil {
			t.Error("a stalled stream ended well")
		}
		b.Close()
	}
	if st := s.Stats(); st.Open != 0 || st.Cancelled != 0 || st.Peak != 20 {
		t.Errorf("%+v", st)
	}
	if _, err := c.Get(s.URL() + "/models"); err == nil {
		t.Error("it still answers")
	}
	tr.CloseIdleConnections()
}

func TestTheContextClosesIt(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s, err := Start(ctx, Instant())
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	<-s.served
	s.Close()
}
