package load

import (
	"time"

	"relaytop/relay"
)

// request is one request in flight. Once done is closed, only the goroutine that waits for it uses it.
type request struct {
	id    relay.ID
	sink  relay.Sink
	lag   *lag      // nil: not measured
	due   time.Time // closed loop: when its slot was free; open loop: when the schedule wants it sent
	sched time.Time // due in an open loop; zero in a closed one
	held  bool      // a limit kept it from being sent
	ended time.Time
	done  chan struct{}
}

// Sink takes the engine's events. Token events are dropped at once: they are by far the most frequent.
func (l *Load) Sink(e relay.Event) {
	switch e.Kind {
	case relay.Text, relay.Reasoning, relay.Refusal, relay.Tool, relay.Metered:
		return
	}
	l.mu.Lock()
	f := l.inFlight[e.ID]
	if f == nil {
		l.mu.Unlock()
		return
	}
	switch e.Kind {
	case relay.Waiting:
		f.held = true
	case relay.Sent:
		if f.lag != nil && !f.held {
			f.lag.add(e.At.Sub(f.due))
		}
	case relay.Done:
		delete(l.inFlight, e.ID)
		f.ended = e.At
		defer close(f.done) // also if the next sink panics: the slot waits for it
	}
	l.mu.Unlock()
	f.sink(e)
}
