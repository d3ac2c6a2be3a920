package load

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"relaytop/relay"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// engine answers each request after a time of its own and counts those in flight.
type engine struct {
	sink   relay.Sink
	took   func(i int) time.Duration
	hold   time.Duration // how long a limit holds each request back
	refuse int           // the request that is refused, from 1

	mu      sync.Mutex
	ids     []relay.ID
	reqs    []relay.Request
	stop    map[relay.ID]chan struct{}
	busy    []int // in flight after each Submit
	now     int
	dropped int
	room    int // requests in flight that were asked for last
}

func (e *engine) ResizeOtherLanes(n int) { e.room = n }

func (e *engine) Submit(r relay.Request) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	i := len(e.reqs)
	if i+1 == e.refuse {
		return errors.New("closed")
	}
	e.ids, e.reqs = append(e.ids, r.ID), append(e.reqs, r)
	stop := make(chan struct{})
	if e.stop == nil {
		e.stop = map[relay.ID]chan struct{}{}
	}
	e.stop[r.ID] = stop
	e.now++
	e.busy = append(e.busy, e.now)
	go e.answer(r, i, stop)
	return nil
}

func (e *engine) answer(r relay.Request, i int, stop <-chan struct{}) {
	emit := func(ev relay.Event) { ev.ID, ev.At = r.ID, time.Now(); e.sink(ev) }
	emit(relay.Event{Kind: relay.Queued})
	if e.hold > 0 {
		emit(relay.Event{Kind: relay.Waiting})
		time.Sleep(e.hold) //nolint:forbidigo // the clock of synctest, no real wait
	}
	emit(relay.Event{Kind: relay.Sent})
	emit(relay.Event{Kind: relay.Text, Text: "a"})
	res := &relay.Result{ID: r.ID, Status: relay.StatusOK}
	select {
	case <-time.After(e.took(i)):
	case <-stop:
		res.Status = relay.StatusCancelled
	}
	e.mu.Lock()
	e.now--
	e.mu.Unlock()
	emit(relay.Event{Kind: relay.Done, Result: res})
}

func (e *engine) Cancel(id relay.ID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.dropped++
	close(e.stop[id])
}

// book counts how the events of a run end.
type book struct {
	mu    sync.Mutex
	done  map[relay.ID]relay.Status
	kinds map[relay.Kind]int
	twice int
}

func newBook() *book {
	return &book{done: map[relay.ID]relay.Status{}, kinds: map[relay.Kind]int{}}
}

func (b *book) sink(e relay.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.kinds[e.Kind]++
	if e.Kind != relay.Done {
		return
	}
	if _, ok := b.done[e.ID]; ok {
		b.twice++
	}
	b.done[e.ID] = e.Result.Status
}

func (b *book) count(s relay.Status) (n int) {
	for _, got := range b.done {
		if got == s {
			n++
		}
	}
	return n
}

// uneven makes requests of very different lengths, so that waves would show. No two end at the same moment.
func uneven(i int) time.Duration {
	return time.Duration(1+i*7%13)*10*time.Millisecond + time.Duration(i*i*i+i)*time.Nanosecond
}

func start(t *testing.T, e *engine, opt Options) *Load {
	t.Helper()
	l, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	e.sink = l.Sink
	return l
}

func TestEveryRequestIsSentOnce(t *testing.T) {
	for _, n := range []int{1, 2, 7, 10, 50, 101} {
		for _, c := range []int{1, 2, 3, 7, 10, 64} {
			t.Run(fmt.Sprintf("n=%d c=%d", n, c), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b, e := newBook(), &engine{took: uneven}
					l := start(t, e, Options{N: n, Concurrency: c, Sink: b.sink})
					if err := l.Run(t.Context(), e); err != nil {
						t.Fatal(err)
					}
					if len(e.reqs) != n || b.count(relay.StatusOK) != n || b.twice != 0 {
						t.Errorf("%d sent, %d ended well, %d twice; want %d, %d, 0", len(e.reqs), b.count(relay.StatusOK), b.twice, n, n)
					}
					most := min(n, c)
					if got := slices.Max(e.busy); got != most {
						t.Errorf("at most %d in flight, want %d", got, most)
					}
					for i, got := range e.busy {
						if i >= most && got != most {
							t.Errorf("request %d was sent with %d in flight, want %d: all places are busy until the end", i, got, most)
						}
					}
				})
			})
		}
	}
}

func TestRequestIsAMeasurement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &engine{took: uneven}
		l := start(t, e, Options{N: 3, Concurrency: 1, Request: relay.Request{
			ID:       5,
			Model:    "m",
			Lane:     relay.LaneChat,
			Fallback: []string{"b"},
			Cache:    true,
			Sched:    time.Now(),
		}})
		if err := l.Run(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		for _, r := range e.reqs {
			if r.Lane != relay.LaneBench || !r.Once || r.Fallback != nil || r.Cache || !r.Sched.IsZero() || r.Model != "m" {
				t.Errorf("sent %+v", r)
			}
		}
		slices.Sort(e.ids)
		if got := len(slices.Compact(e.ids)); got != 3 {
			t.Errorf("%d different ids, want 3", got)
		}
	})
}

func TestWarmupsComeFirstAndApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		warm, measured, e := newBook(), newBook(), &engine{took: uneven}
		early := 0
		l := start(t, e, Options{N: 9, Concurrency: 2, Warmup: 5, WarmupSink: warm.sink, Sink: func(ev relay.Event) {
			if warm.count(relay.StatusOK) < 5 {
				early++
			}
			measured.sink(ev)
		}})
		if err := l.Run(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		if w, m := warm.count(relay.StatusOK), measured.count(relay.StatusOK); w != 5 || m != 9 || early != 0 {
			t.Errorf("%d warm-ups, %d measured, %d events before the warm-ups had ended; want 5, 9, 0", w, m, early)
		}
		if _, _, n := l.Lag(); n != 9 {
			t.Errorf("lag of %d requests, want 9", n)
		}
		if got := measured.kinds[relay.Text]; got != 0 {
			t.Errorf("%d tokens were passed on", got)
		}
	})
}

func TestCancelKeepsWhatWasMeasured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 1050*time.Millisecond)
		defer cancel()
		b, e := newBook(), &engine{took: func(int) time.Duration { return 100 * time.Millisecond }}
		l := start(t, e, Options{N: 1000, Concurrency: 4, Sink: b.sink})
		if err := l.Run(ctx, e); err != nil {
			t.Fatal(err)
		}
		if ok, gone := b.count(relay.StatusOK), b.count(relay.StatusCancelled); ok != 40 || gone != 4 || e.dropped != 4 ||
			len(e.reqs) != 44 {
			t.Errorf("%d ended, %d cancelled, %d sent; want 40, 4, 44", ok, gone, len(e.reqs))
		}
	})
}

func TestCancelDuringWarmupMeasuresNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		b, e := newBook(), &engine{took: uneven}
		l := start(t, e, Options{N: 3, Concurrency: 1, Warmup: 1, Sink: b.sink})
		if err := l.Run(ctx, e); err != nil || len(b.done) != 0 || len(e.reqs) != 1 {
			t.Errorf("%v, %d measured, %d sent; want nil, 0, 1", err, len(b.done), len(e.reqs))
		}
	})
}

func TestRefusedRequestEndsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, e := newBook(), &engine{took: uneven, refuse: 10}
		l := start(t, e, Options{N: 100, Concurrency: 3, Sink: b.sink})
		if err := l.Run(t.Context(), e); err == nil {
			t.Error("no error")
		}
		if len(b.done) != 9 {
			t.Errorf("%d of 9 accepted requests ended", len(b.done))
		}
	})
}

// A wait for a limit does not count as lag; a slow machine does.
func TestLag(t *testing.T) {
	for _, c := range []struct {
		name        string
		late, limit time.Duration
		want        time.Duration
		n           int64
	}{{"punctual", 0, 0, 0, 20}, {"late", 30 * time.Millisecond, 0, 30 * time.Millisecond, 20},
		{"held back", 0, time.Second, 0, 0}} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := &engine{took: uneven, hold: c.limit}
				l := start(t, e, Options{N: 20, Concurrency: 1})
				if err := l.Run(t.Context(), slow{e, c.late}); err != nil {
					t.Fatal(err)
				}
				p50, p99, n := l.Lag()
				if n != c.n || (p50-c.want).Abs() > c.want/1000 || (p99-c.want).Abs() > c.want/1000 {
					t.Errorf("p50 %v, p99 %v of %d, want %v of %d", p50, p99, n, c.want, c.n)
				}
			})
		})
	}
}

// slow takes its time to accept a request.
type slow struct {
	*engine
	by time.Duration
}

func (s slow) Submit(r relay.Request) error {
	time.Sleep(s.by) //nolint:forbidigo // the clock of synctest, no real wait
	return s.engine.Submit(r)
}

func TestPanicOfASinkLosesNoRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := 0
		e := &engine{took: uneven}
		l := start(t, e, Options{N: 3, Concurrency: 1, Sink: func(ev relay.Event) {
			if ev.Kind == relay.Done {
				ended++
				panic("a mistake")
			}
		}})
		e.sink = func(ev relay.Event) {
			defer func() { _ = recover() }()
			l.Sink(ev)
		}
		if err := l.Run(t.Context(), e); err != nil || ended != 3 {
			t.Errorf("%v, %d ended", err, ended)
		}
	})
}

func TestOptionsAreChecked(t *testing.T) {
	for _, c := range []struct {
		opt  Options
		want error
	}{{Options{Concurrency: 1}, ErrRequests}, {Options{N: 1}, ErrConcurrency},
		{Options{N: 1, Concurrency: 1, Warmup: -1}, ErrWarmup}} {
		if _, err := New(c.opt); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v, want %v", c.opt, err, c.want)
		}
	}
}
