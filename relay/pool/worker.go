package pool

import (
	"context"
	"fmt"
	"runtime/debug"

	"relaytop/relay"
)

// worker serves tasks until there are too many workers.
func (p *Pool) worker() {
	for {
		t := p.next()
		if t == nil {
			return
		}
		p.serve(t)
	}
}

// next waits for a task that may run. Nil ends the worker.
func (p *Pool) next() *task {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		if p.workers > p.target {
			p.workers--
			p.idle.Broadcast()
			p.work.Signal() // pass the wakeup on to another worker
			return nil
		}
		if t := p.pop(); t != nil {
			return t
		}
		p.work.Wait()
	}
}

// pop takes the first task of the lowest lane that may run. One worker can't reserve any for chats, two reserve one.
func (p *Pool) pop() *task {
	for l := range relay.Lane(relay.NumLanes) {
		if l != relay.LaneChat && p.others >= max(p.target-min(chatReserve, p.target-1), 1) {
			return nil
		}
		t := p.lanes[l].pop()
		if t == nil {
			continue
		}
		p.running++
		if l != relay.LaneChat {
			p.others++
		}
		t.control.phase = running
		if t.ctx == nil {
			t.ctx, t.cancel = context.WithCancelCause(context.Background())
		}
		return t
	}
	return nil
}

// serve runs a task until it has ended or is parked. A panic of the sender or the sink ends the task as failed.
func (p *Pool) serve(t *task) {
	var again bool
	defer func() {
		if v := recover(); v != nil {
			t.crash(v)
		}
		p.mu.Lock()
		p.running--
		if t.req.Lane != relay.LaneChat {
			p.others--
		}
		p.mu.Unlock()
		if again {
			t.park()
		}
	}()
	again = t.run()
}

// crash ends a task after a panic. If the sink panics again, the task is still removed.
func (t *task) crash(v any) {
	defer func() { _ = recover() }()
	t.finish(t.result(relay.Reply{Status: relay.StatusFailed, Err: internal(v)}))
}

// internal makes the error of a panic: a bug in relaytop, never retried.
func internal(v any) *relay.Error {
	return &relay.Error{Class: relay.ClassProtocol, Code: "panic", Message: fmt.Sprintf("a bug in relaytop: %v", v),
		Cause: fmt.Errorf("panic: %v\n%s", v, debug.Stack())}
}
