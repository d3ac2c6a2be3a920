package sim_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/relay/sim"
)

// slowProbe is how long the answer of the row that probes takes; no test waits for it.
const slowProbe = 28 * time.Second

// await passes on the result of a request that is no row.
func (f *outageFeed) await(id relay.ID, to chan<- *relay.Result) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.chats == nil {
		f.chats = map[relay.ID]chan<- *relay.Result{}
	}
	f.chats[id] = to
}

func (f *outageFeed) breaker() relay.BreakerState {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state
}

// eventually waits for a state.
func eventually(tb testing.TB, what string, is func() bool) {
	tb.Helper()
	deadline := time.After(10 * time.Second)
	for !is() {
		select {
		case <-deadline:
			tb.Fatal(what)
		case <-time.After(time.Millisecond):
		}
	}
}

// chatTTFT asks the relay as a person does, several times, and returns the median of the times from submitting a chat
// to its first token.
func chatTTFT(tb testing.TB, f *outageFeed) time.Duration {
	tb.Helper()
	var all []time.Duration
	for range 5 {
		r := request(relay.LaneChat)
		r.Messages[0].Text = "Are you there?"
		answered := make(chan *relay.Result, 1)
		f.await(r.ID, answered)
		r.Sched = time.Now()
		if err := f.pool.Submit(r); err != nil {
			tb.Fatal(err)
		}
		select {
		case got := <-answered:
			if got.Status != relay.StatusOK {
				tb.Fatalf("a chat: %s, %v", got.Status, got.Err)
			}
			all = append(all, got.Timing.First.Sub(r.Sched))
		case <-time.After(10 * time.Second):
			tb.Fatal("a chat waits for 10 s")
		}
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// playProbe fills the pool with rows at a relay that fails, until its breaker lets one row probe, whose answer takes
// long. It returns the TTFT of chats before the rows and beside that probe.
func playProbe(tb testing.TB, concurrency int) (own, beside time.Duration) {
	tb.Helper()
	relayed, err := sim.Start(context.Background(), steady())
	if err != nil {
		tb.Fatal(err)
	}
	defer relayed.Close()
	f := feed(tb, relayed, concurrency)
	defer f.close(tb)
	own = chatTTFT(tb, f)

	const rows = "Say hello."
	relayed.Script(sim.Rule{Prompt: rows, Do: do(sim.Status(500))})
	f.fill(tb, concurrency)
	eventually(tb, "the breaker does not open", func() bool {
		st := relayed.Stats()
		return f.breaker() == relay.BreakerOpen && st.Open == 0 && st.Requests == f.requests(relayed)
	})
	relayed.Script(sim.Rule{Prompt: rows, Do: do(sim.Late(slowProbe))})
	saturated := func() bool {
		return relayed.Stats().Open == 1 && f.pool.Stats().Running == concurrency && f.breaker() == relay.BreakerHalfOpen
	}
	eventually(tb, "the rows do not wait for the probe", saturated)
	beside = chatTTFT(tb, f)
	if !saturated() {
		tb.Errorf("the chats have settled the probe: breaker %s, %+v", f.breaker(), f.pool.Stats())
	}
	return own, beside
}

// TestAChatBesideAProbe: a batch that fills every worker, at an endpoint whose breaker is half-open, costs a chat
// nothing.
func TestAChatBesideAProbe(t *testing.T) {
	t.Parallel()
	own, beside := playProbe(t, 10)
	t.Logf("TTFT %s, beside the probe %s", own, beside)
	if beside > own+50*time.Millisecond {
		t.Errorf("TTFT %s, beside the probe %s", own, beside)
	}
}

// BenchmarkAChatBesideAProbe prints the same times.
func BenchmarkAChatBesideAProbe(b *testing.B) {
	for b.Loop() {
		own, beside := playProbe(b, 50)
		b.ReportMetric(own.Seconds()*1000, "ms-own-TTFT")
		b.ReportMetric(beside.Seconds()*1000, "ms-TTFT-beside-probe")
	}
	b.ReportMetric(0, "ns/op")
}
