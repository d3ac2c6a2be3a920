package pool_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
	"relaytop/relay/pool"
	"relaytop/relay/retry"
)

func TestOneRequestFromQueuedToDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, l := start(t, pool.Options{}, map[string]pool.Sender{"a": sends(answer)})
		q := relay.Request{ID: 1, Messages: []relay.Message{{Role: relay.RoleUser, Text: "a question"}}}
		submit(t, p, q)
		synctest.Wait()
		r := l.result(t, 1)
		if u := l.of(1)[0].Usage; u == nil || u.Input != relay.EstimateInput(&q) || !u.Estimated {
			t.Errorf("queued with %+v", u)
		}
		want := []relay.Kind{relay.Queued, relay.Sent, relay.Text, relay.Done}
		if !slices.Equal(l.kinds(1), want) {
			t.Errorf("events %v, want %v", l.kinds(1), want)
		}
		if r.Status != relay.StatusOK || r.Text != "hi" || r.Endpoint != "a" || r.Asked != "m" || len(r.Attempts) != 1 ||
			r.Timing.Sched.IsZero() {
			t.Errorf("%+v", r)
		}
		for i, e := range l.of(1) {
			if i > 0 && e.Attempt != 1 {
				t.Errorf("event %d has attempt %d", i, e.Attempt)
			}
		}
	})
}

func TestSubmitRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, l := start(t, pool.Options{}, map[string]pool.Sender{"a": sends(hold)})
		submit(t, p, relay.Request{ID: 1})
		for _, c := range []struct {
			r    relay.Request
			want error
		}{{relay.Request{}, pool.ErrNoID}, {relay.Request{ID: 1}, pool.ErrDuplicate},
			{relay.Request{ID: 2, Lane: 9}, pool.ErrLane}} {
			if err := p.Submit(c.r); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		}
		if err := p.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := p.Submit(relay.Request{ID: 3}); !errors.Is(err, pool.ErrClosed) {
			t.Error(err)
		}
		if n := len(l.of(2)) + len(l.of(3)); n > 0 {
			t.Errorf("%d events of refused requests", n)
		}
	})
}

func TestLanesAreServedByPriority(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &timed{d: time.Second}
		p, _ := start(t, pool.Options{Workers: 1}, map[string]pool.Sender{"a": s})
		submit(t, p, relay.Request{ID: 1, Lane: relay.LaneBatch, Model: "first"})
		synctest.Wait()
		for i, lane := range []relay.Lane{relay.LaneBatch, relay.LaneBench, relay.LaneFront, relay.LaneChat} {
			submit(t, p, relay.Request{ID: relay.ID(2 + i), Lane: lane, Model: lane.String()})
		}
		pass(time.Minute)
		_, _, order := s.got()
		if want := []string{"first", "chat", "front", "bench", "batch"}; !slices.Equal(order, want) {
			t.Errorf("order %v, want %v", order, want)
		}
	})
}

func TestTwoWorkersAreReservedForChats(t *testing.T) {
	for _, c := range []struct{ workers, rows, chats int }{{1, 1, 0}, {2, 1, 1}, {3, 1, 2}, {4, 2, 2}, {16, 14, 2}} {
		synctest.Test(t, func(t *testing.T) {
			p, l := start(t, pool.Options{Workers: c.workers}, map[string]pool.Sender{"a": sends(hold)})
			for i := range 30 {
				submit(t, p, relay.Request{ID: relay.ID(100 + i), Lane: relay.LaneBatch})
			}
			synctest.Wait()
			if got := p.Stats().Running; got != c.rows {
				t.Errorf("%d workers run %d rows, want %d", c.workers, got, c.rows)
			}
			for i := range 2 {
				submit(t, p, relay.Request{ID: relay.ID(1 + i), Lane: relay.LaneChat})
			}
			synctest.Wait()
			if got := p.Stats().Running - c.rows; got != c.chats {
				t.Errorf("%d workers run %d chats beside rows, want %d", c.workers, got, c.chats)
			}
			p.Cancel(100)
			synctest.Wait()
			l.result(t, 100)
		})
	}
}

func TestCancelInEachPhase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := sends(func(ctx context.Context, c relay.Call, sink relay.Sink) relay.Reply {
			if c.Model == "busy" {
				return fails(relay.Error{Class: relay.ClassRateLimit, Status: 429, Waits: true, RetryAfter: 20 * time.Second})
			}
			return hold(ctx, c, sink)
		})
		p, l := start(t, pool.Options{Workers: 1}, map[string]pool.Sender{"a": first})
		submit(t, p, relay.Request{ID: 1, Model: "busy"})
		synctest.Wait()
		submit(t, p, relay.Request{ID: 2})
		submit(t, p, relay.Request{ID: 3})
		synctest.Wait()
		if s := p.Stats(); s.Waiting != 1 || s.Running != 1 || s.Queued[relay.LaneChat] != 1 {
			t.Fatalf("%+v", s)
		}
		for _, id := range []relay.ID{3, 1, 2, 2, 77} { // queued, waiting, streaming, twice, unknown
			p.Cancel(id)
		}
		synctest.Wait()
		for id, text := range map[relay.ID]string{1: "", 2: "par", 3: ""} {
			r := l.result(t, id)
			if r.Status != relay.StatusCancelled || r.Err.Class != relay.ClassCancelled || r.Text != text {
				t.Errorf("request %d: %s %v %q", id, r.Status, r.Err, r.Text)
			}
		}
		if s := p.Stats(); s != (pool.Stats{Workers: 1}) {
			t.Errorf("left over: %+v", s)
		}
	})
}

func TestCloseGivesEveryRequestItsDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, l := start(t, pool.Options{Workers: 3}, map[string]pool.Sender{"a": sends(hold)})
		for id := relay.ID(1); id <= 50; id++ {
			submit(t, p, relay.Request{ID: id, Lane: relay.Lane(id % relay.NumLanes)})
		}
		go func() { // submitting goes on while it closes
			for id := relay.ID(51); p.Submit(relay.Request{ID: id, Model: "m"}) == nil; id++ {
			}
		}()
		if err := p.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		for id := relay.ID(1); len(l.of(id)) > 0; id++ {
			if r := l.result(t, id); r.Status != relay.StatusCancelled {
				t.Errorf("request %d ended %s", id, r.Status)
			}
		}
	})
}

func TestCloseDoesNotWaitForASenderThatNeverReturns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		letGo := make(chan struct{})
		deaf := sends(func(ctx context.Context, c relay.Call, sink relay.Sink) relay.Reply {
			<-letGo
			return answer(ctx, c, sink)
		})
		p, l := start(t, pool.Options{}, map[string]pool.Sender{"a": deaf})
		submit(t, p, relay.Request{ID: 1})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if err := p.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("closed with %v", err)
		}
		close(letGo)
		synctest.Wait()
		if r := l.result(t, 1); r.Status != relay.StatusCancelled {
			t.Errorf("%+v", r)
		}
	})
}

func TestResizeAndPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &timed{d: time.Second}
		p, l := start(t, pool.Options{Workers: 2}, map[string]pool.Sender{"a": s})
		p.Pause(relay.LaneBatch)
		for id := relay.ID(1); id <= 40; id++ {
			submit(t, p, relay.Request{ID: id, Lane: relay.LaneBatch})
		}
		pass(time.Minute)
		if _, most, _ := s.got(); most != 0 {
			t.Fatalf("%d rows of a paused lane were sent", most)
		}
		p.Resize(12)
		p.Resume(relay.LaneBatch)
		pass(1500 * time.Millisecond)
		if _, most, _ := s.got(); most != 10 {
			t.Errorf("12 workers had %d rows at once", most)
		}
		p.Resize(3)
		pass(time.Second)
		if inFlight, _, _ := s.got(); inFlight != 1 {
			t.Errorf("3 workers have %d rows at once", inFlight)
		}
		for _, n := range []int{3, 1, 0} {
			p.ResizeOtherLanes(n)
			pass(1100 * time.Millisecond) // what was in flight before has ended
			if inFlight, _, _ := s.got(); inFlight != max(n, 1) {
				t.Errorf("%d rows at once, want %d beside chats", inFlight, n)
			}
		}
		pass(time.Hour)
		for id := relay.ID(1); id <= 40; id++ {
			l.result(t, id)
		}
	})
}

func TestPanicsEndAsFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		p, l := start(t, pool.Options{Workers: 1},
			map[string]pool.Sender{"a": sends(func(ctx context.Context, c relay.Call, sink relay.Sink) relay.Reply {
				if n++; n == 1 {
					panic("no")
				}
				return answer(ctx, c, sink)
			})})
		submit(t, p, relay.Request{ID: 1})
		submit(t, p, relay.Request{ID: 2})
		synctest.Wait()
		if r := l.result(t, 1); r.Status != relay.StatusFailed || r.Err.Code != "panic" || len(r.Attempts) != 1 {
			t.Errorf("%+v", r)
		}
		if r := l.result(t, 2); r.Status != relay.StatusOK {
			t.Errorf("the worker did not survive: %+v", r)
		}
	})
}

func TestGuard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		no := relay.ErrBudget
		p, l := start(t, pool.Options{Guard: func(*relay.Request) error { return no }},
			map[string]pool.Sender{"a": sends(answer)})
		if err := p.Submit(relay.Request{ID: 1, Model: "m"}); !errors.Is(err, relay.ErrBudget) || len(l.of(1)) != 0 {
			t.Errorf("%v, events %v", err, l.kinds(1))
		}
		no = nil
		submit(t, p, relay.Request{ID: 1})
		synctest.Wait()
		if r := l.result(t, 1); r.Status != relay.StatusOK {
			t.Errorf("%s", r.Status)
		}
	})
}

// TestAWaitOfZeroIsNone: who sets the backoff or the longest wait to 0 gets that, not the default.
func TestAWaitOfZeroIsNone(t *testing.T) {
	for _, c := range []struct {
		name     string
		set      func(*retry.Policy)
		first    *relay.Error
		attempts int
		waits    string
		says     string
	}{
		{"backoff", func(p *retry.Policy) { p.Base = 0 }, upstream, 2, "a: 502 upstream, attempt 2 at once", ""},
		{"longest wait", func(p *retry.Policy) { p.MaxWait = 0 },
			&relay.Error{Class: relay.ClassRateLimit, Status: 429, RetryAfter: time.Second, Waits: true}, 1, "",
			"longer than the 0 ms of max_wait"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				policy := retry.Default()
				c.set(&policy)
				p, l := start(t, pool.Options{Retry: policy}, map[string]pool.Sender{"a": script(c.first, nil)})
				begun := time.Now()
				submit(t, p, relay.Request{ID: 1})
				pass(time.Minute)
				synctest.Wait()
				r := l.result(t, 1)
				if len(r.Attempts) != c.attempts || r.Wall != begun {
					t.Errorf("%d attempts in %s", len(r.Attempts), r.Wall.Sub(begun))
				}
				if got := strings.Join(l.waits(1), "|"); got != c.waits {
					t.Errorf("waits %q, want %q", got, c.waits)
				}
				if c.says != "" && (r.Err == nil || !strings.Contains(r.Err.Message, c.says)) {
					t.Errorf("error %v", r.Err)
				}
			})
		})
	}
}
