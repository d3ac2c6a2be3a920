package state

import (
	"strings"
	"testing"
	"time"

	"relaytop/relay"
)

// TestExchangesAreBounded: thousands of requests, large and small, leave no more than the ring holds.
func TestExchangesAreBounded(t *testing.T) {
	s, _ := newStore(t, nil)
	defer closed(t, s)
	apply := func(id relay.ID, size int) {
		s.Apply(relay.Event{Kind: relay.Exchanged, ID: id, Lane: relay.LaneBatch,
			Exchange: &relay.Exchange{ID: id, Attempt: 1, Body: make([]byte, size), Answer: make([]byte, size/4)}})
	}
	for i := range 5000 {
		apply(relay.ID(i+1), 1000)
	}
	n, oldest, newest := len(s.requests.exchanges.list), s.Requests().Exchanges(1), s.Requests().Exchanges(5000)
	if n != keepExchanges || len(oldest) != 0 || len(newest) != 1 {
		t.Errorf("%d exchanges are kept; of the oldest %d, of the newest %d", n, len(oldest), len(newest))
	}
	for i := range 1000 {
		apply(relay.ID(10_000+i), 256<<10)
	}
	held := 0
	for _, e := range s.requests.exchanges.list {
		held += e.Size()
	}
	if held > keepExchangeBytes || held != s.requests.exchanges.bytes || cap(s.requests.exchanges.list) > 4*keepExchanges {
		t.Errorf("%d bytes are held, %d counted, in a list of %d", held,
			s.requests.exchanges.bytes, cap(s.requests.exchanges.list))
	}
	if len(s.Requests().Exchanges(10_999)) != 1 {
		t.Error("the newest is not kept")
	}
	apply(1, 64<<20)
	if n := len(s.requests.exchanges.list); n != 0 || s.requests.exchanges.bytes != 0 {
		t.Errorf("one that is larger than the bound leaves %d and %d bytes", n, s.requests.exchanges.bytes)
	}
}

// TestInspectFollowsARequest: two failures, a wait, a fallback, a stream; then the end, after which the
// request is not in flight any more.
func TestInspectFollowsARequest(t *testing.T) {
	s, w := newStore(t, nil)
	defer closed(t, s)
	if err := s.Talk().Ask(s.Snapshot().Chat.ID, "hello"); err != nil {
		t.Fatal(err)
	}
	id, at := w.last().ID, time.Now()
	apply := func(after time.Duration, e relay.Event) {
		e.ID, e.Lane, e.At = id, relay.LaneChat, at.Add(after)
		if e.Attempt > 0 {
			e.Endpoint = "e" + string('0'+rune(e.Attempt))
		}
		s.Apply(e)
	}
	if in := s.Requests().Inspect(id); !in.Live || len(in.Result.Attempts) != 0 || in.Result.Timing.Sched.IsZero() {
		t.Fatalf("queued: %+v", in)
	}
	apply(10*time.Millisecond, relay.Event{Kind: relay.Sent, Attempt: 1, Model: "m"})
	apply(100*time.Millisecond, relay.Event{Kind: relay.Answering, Attempt: 1, Status: 429})
	apply(110*time.Millisecond, relay.Event{Kind: relay.Failed, Attempt: 1, Err: &relay.Error{Class: relay.ClassRateLimit,
		Status: 429, Message: "slow down"}})
	apply(110*time.Millisecond, relay.Event{Kind: relay.Waiting, Attempt: 1, Reason: "it asked for 1 s",
		Until: at.Add(1110 * time.Millisecond)})
	if in := s.Requests().Inspect(id); in.Waits != "it asked for 1 s" || in.Until != at.Add(1110*time.Millisecond) ||
		in.Result.Attempts[0].Wait != time.Second {
		t.Fatalf("waiting: %+v", in)
	}
	apply(1120*time.Millisecond, relay.Event{Kind: relay.Sent, Attempt: 2, Model: "m"})
	apply(1300*time.Millisecond, relay.Event{Kind: relay.Failed, Attempt: 2,
		Err: &relay.Error{Class: relay.ClassOverloaded, Status: 503}})
	apply(1300*time.Millisecond, relay.Event{Kind: relay.FellBack, Attempt: 2, From: "m", Model: "n", Reason: "503"})
	apply(1310*time.Millisecond, relay.Event{Kind: relay.Sent, Attempt: 3, Model: "n"})
	for i := range 5 {
		apply(time.Duration(1400+10*i)*time.Millisecond, relay.Event{Kind: relay.Text, Attempt: 3, Text: "word "})
	}
	before := s.Requests().Inspect(id)
	apply(1450*time.Millisecond, relay.Event{Kind: relay.Text, Attempt: 3, Text: "word "})
	in := s.Requests().Inspect(id)
	r, last := in.Result, in.Result.Attempts[2]
	if len(r.Attempts) != 3 || r.Attempts[0].Status != 429 || r.Attempts[1].Class != relay.ClassOverloaded ||
		r.Fallback == nil || r.Fallback.To != "n" || in.Waits != "" {
		t.Fatalf("streaming: %+v", r)
	}
	if d, ok := r.Timing.TTFT(); !ok || d != 90*time.Millisecond || last.Timing.Chunks != 6 || len(r.Timing.Gaps) != 5 ||
		r.Timing.Gaps[4] != 10*time.Millisecond {
		t.Errorf("timing %+v", r.Timing)
	}
	if n := len(before.Result.Timing.Gaps); n != 4 || before.Result.Attempts[2].Timing.Chunks != 5 {
		t.Errorf("what was handed out before changed: %d gaps", n)
	}
	w.end(id, &relay.Result{Status: relay.StatusOK, Text: strings.Repeat("word ", 6)})
	if in := s.Requests().Inspect(id); in.Live || in.Result == nil ||
		in.Result.Status != relay.StatusOK || len(s.requests.inflight) != 0 {
		t.Errorf("ended: %+v, %d under way", in, len(s.requests.inflight))
	}
	if in := s.Requests().Inspect(relay.NewID()); in.Result != nil || in.Live {
		t.Errorf("an unknown request is %+v", in)
	}
}
