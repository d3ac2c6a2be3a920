package sim_test

import (
	"context"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/relay/sim"
)

// until waits for a state of the relay.
func until(t *testing.T, s *sim.Server, what string, is func(sim.Stats) bool) sim.Stats {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		st := s.Stats()
		if is(st) {
			return st
		}
		select {
		case <-deadline:
			t.Fatalf("%s: %+v", what, st)
		case <-tick.C:
		}
	}
}

func request(lane relay.Lane) relay.Request {
	return relay.Request{ID: relay.NewID(), Lane: lane, Model: "gpt-4.1",
		Messages: []relay.Message{{Role: "user", Text: "Say hello."}}}
}

func TestCancelIsSeenByTheRelay(t *testing.T) {
	for name, edits := range map[string][]sim.Edit{"headers": do(sim.Late(time.Hour)), "first token": do(sim.Stall(0)),
		"stream": do(sim.Stall(3)),
		"pings":  do(sim.PingForever(time.Millisecond)), "after the finish": do(sim.WithoutDone(), sim.HoldOpen())} {
		t.Run(name, func(t *testing.T) {
			b := build(t, variant{edits: edits})
			r := request(relay.LaneChat)
			if err := b.pool.Submit(r); err != nil {
				t.Fatal(err)
			}
			until(t, b.sim, "never sent", func(s sim.Stats) bool { return s.Open == 1 })
			b.pool.Cancel(r.ID)
			if got := <-b.done; name != "after the finish" &&
				(got.Status != relay.StatusCancelled || got.Err.Class != relay.ClassCancelled) {
				t.Errorf("%s %v", got.Status, got.Err)
			}
			until(t, b.sim, "not let go", func(s sim.Stats) bool { return s.Open == 0 && s.Cancelled == 1 })
		})
	}
}

func TestCancelDuringAWaitSendsNothingMore(t *testing.T) {
	b := build(t, variant{edits: do(bare429(), sim.Header("Retry-After", "0.4"))})
	r := request(relay.LaneBatch)
	if err := b.pool.Submit(r); err != nil {
		t.Fatal(err)
	}
	until(t, b.sim, "never answered",
		func(s sim.Stats) bool { return s.Statuses["429"] == 1 && b.pool.Stats().Waiting == 1 })
	b.pool.Cancel(r.ID)
	if got := <-b.done; got.Status != relay.StatusCancelled || len(got.Attempts) != 1 {
		t.Errorf("%s after %d attempts", got.Status, len(got.Attempts))
	}
	if st := b.sim.Stats(); st.Requests != 1 || b.pool.Stats().Waiting != 0 {
		t.Errorf("%+v, %+v", st, b.pool.Stats())
	}
}

func TestCloseWithWorkInFlight(t *testing.T) {
	b := build(t, variant{edits: do(sim.Stall(2))})
	const all = 40
	for i := range all {
		if err := b.pool.Submit(request(relay.Lane(i % relay.NumLanes))); err != nil {
			t.Fatal(err)
		}
	}
	until(t, b.sim, "never busy", func(s sim.Stats) bool { return s.Open == 4 })
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := b.pool.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if len(b.done) != all {
		t.Errorf("%d of %d requests have ended", len(b.done), all)
	}
	until(t, b.sim, "not let go", func(s sim.Stats) bool { return s.Open == 0 && s.Cancelled == 4 && s.Requests == 4 })
}
