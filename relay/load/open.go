package load

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"
)

// firstRoom is how many requests an open loop can have in flight before the engine is resized.
const firstRoom = 64

// open sends n requests when each is due, whatever became of those before it. Requests that are due already are sent
// one after the other and count as late.
func (l *Load) open(ctx context.Context, e Engine, n int, kind request) error {
	sent, ctx := errgroup.WithContext(ctx)
	times := newSchedule(l.opt.Rate, l.opt.Poisson)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	room, start := firstRoom, time.Now()
	e.ResizeOtherLanes(room)
	for range n {
		due := start.Add(times.next())
		timer.Reset(time.Until(due))
		select {
		case <-timer.C:
		case <-ctx.Done():
			return sent.Wait()
		}
		if at := l.count() + 1; at > room {
			room = min(2*at, l.opt.Most)
			e.ResizeOtherLanes(room)
		}
		f := kind
		f.due, f.sched, f.done = due, due, make(chan struct{})
		if err := l.submit(e, &f); err != nil {
			sent.Go(func() error { return err })
			break
		}
		sent.Go(func() error {
			defer l.await(ctx, e, &f)
			return nil
		})
	}
	return sent.Wait()
}

// count is the number of requests in flight.
func (l *Load) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.inFlight)
}
