package cli

import (
	"fmt"
	"sync"
	"time"

	"relaytop/relay"
	"relaytop/state/meter"
	"relaytop/ui/text"
)

// bench collects the results of the requests. The meter has the figures; beside it are the source of the cost and
// the first failure of each class.
type bench struct {
	config benchConfig

	mu     sync.Mutex
	meter  *meter.Meter
	ended  time.Time // of the newest measured request
	done   int       // measured requests that ended, without cancelled ones
	failed int
	burst  int // measured answers that came at once: they have no speed
	known  int // measured requests whose cost is known
	source relay.Source
	first  map[relay.Class]string // message of the first failure of a class
	warm   struct {
		done, failed int
		cost         relay.Money
		err          *relay.Error
	}
}

func newBench() *bench {
	return &bench{meter: meter.New(), first: make(map[relay.Class]string)}
}

func (b *bench) warmed(e relay.Event) {
	if e.Kind != relay.Done || e.Result == nil || e.Result.Status == relay.StatusCancelled {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.warm.done++
	if e.Result.Cost.Known() {
		b.warm.cost += e.Result.Cost.Amount
	}
	if !e.Result.Status.Answered() {
		b.warm.failed++
		b.warm.err = e.Result.Err
	}
}

func (b *bench) measured(e relay.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.meter.Apply(&e)
	r := e.Result
	if e.Kind != relay.Done || r == nil {
		return
	}
	b.ended = e.At
	b.price(r.Cost)
	switch {
	case r.Status == relay.StatusCancelled:
		return
	case !r.Status.Answered():
		b.failed++
		if r.Err != nil && b.first[r.Err.Class] == "" {
			b.first[r.Err.Class] = text.Line(r.Err.Error())
		}
	}
	if u := r.AnswerUsage(); r.Status.Answered() && u != nil && r.Timing.Burst(u.Output) {
		b.burst++
	}
	b.done++
}

// price keeps the source of the sum: its least trusted part.
func (b *bench) price(c relay.Cost) {
	if !c.Known() {
		return
	}
	b.known++
	b.source = relay.LessTrusted(b.source, c.ShownSource())
}

// progress is how many requests have ended, of how many, and the same in words.
func (b *bench) progress() (done, total int, line string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	total = b.config.N
	if b.warm.done < b.config.Warmup {
		return 0, total, fmt.Sprintf("%d/%s", b.warm.done, relay.Counted(b.config.Warmup, "warm-up"))
	}
	return b.done, total, fmt.Sprintf("%d/%s  %d failed", b.done, relay.Counted(total, "request"), b.failed)
}
