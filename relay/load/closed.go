package load

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"relaytop/relay"
)

// closed sends n requests in a closed loop: a slot sends its next request when its last one has ended.
func (l *Load) closed(ctx context.Context, e Engine, n int, kind request) error {
	slots, ctx := errgroup.WithContext(ctx)
	var taken atomic.Int64
	start := time.Now()
	for range min(l.opt.Concurrency, n) {
		slots.Go(func() (err error) {
			defer func() {
				if v := recover(); v != nil {
					err = fmt.Errorf("panic in the load generator: %v\n%s", v, debug.Stack())
				}
			}()
			due := start
			for ctx.Err() == nil && taken.Add(1) <= int64(n) {
				f := kind
				f.due, f.done = due, make(chan struct{})
				if err := l.send(ctx, e, &f); err != nil {
					return err
				}
				due = f.ended
			}
			return nil
		})
	}
	return slots.Wait()
}

// send makes one request and waits for its end. A cancelled one is waited for as well.
func (l *Load) send(ctx context.Context, e Engine, f *request) error {
	if err := l.submit(e, f); err != nil {
		return err
	}
	l.await(ctx, e, f)
	return nil
}

// submit hands one request to the engine.
func (l *Load) submit(e Engine, f *request) error {
	r := l.opt.Request
	f.id = relay.NewID()
	r.ID, r.Sched = f.id, f.sched
	l.mu.Lock()
	l.inFlight[r.ID] = f
	l.mu.Unlock()
	if err := e.Submit(r); err != nil {
		l.mu.Lock()
		delete(l.inFlight, r.ID)
		l.mu.Unlock()
		return fmt.Errorf("send a request of the benchmark: %w", err)
	}
	return nil
}

// await waits for the end of a request. It cancels the request when ctx ends.
func (l *Load) await(ctx context.Context, e Engine, f *request) {
	select {
	case <-f.done:
	case <-ctx.Done():
		e.Cancel(f.id)
		<-f.done
	}
}
