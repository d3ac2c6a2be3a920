package job

import (
	"errors"
	"sync"

	"relaytop/relay"
)

// Engine answers the rows. relay/pool is the real one.
type Engine interface {
	// Submit queues a request and returns at once. Book.Apply gets its events, Done at the end; none after an error.
	Submit(relay.Request) error
	// Cancel ends a request in any phase; its Done follows. Unknown IDs are ignored.
	Cancel(relay.ID)
}

// engine is the Engine of a Book, which may be made after it.
type engine struct {
	mu sync.RWMutex
	to Engine
}

func (e *engine) set(to Engine) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.to = to
}

func (e *engine) get() Engine {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.to
}

func (e *engine) submit(req relay.Request) error {
	to := e.get()
	if to == nil {
		return errors.New("there is no relay yet")
	}
	return to.Submit(req)
}

func (e *engine) cancel(ids []relay.ID) {
	to := e.get()
	for _, id := range ids {
		if to != nil {
			to.Cancel(id)
		}
	}
}
