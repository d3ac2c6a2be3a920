package job

import (
	"context"
	"io"
	"sync"
	"time"

	"relaytop/relay"
	"relaytop/state/job/input"
)

// Carrier is what takes the rows of a run to a model.
type Carrier string

// The carriers. "" is the pool, and in a resume the carrier that the run has.
const (
	ByPool     Carrier = "pool"     // the engine, row by row
	ByProvider Carrier = "provider" // the batch endpoint of a provider, part by part
)

// Provider is the batch endpoint of a relay. relay/engine has the real one. Errors are a *relay.Error, or
// relay.ErrBudget.
type Provider interface {
	Name() string
	Serves(model string) bool
	// Probe finds out whether there is a batch endpoint. The error says that the relay could not be asked.
	Probe(context.Context) (relay.Capability, error)
	// Body is the body of a row as the relay takes it.
	Body(*relay.Request) ([]byte, error)
	// Upload sends a file of rows for one model and returns its id.
	Upload(ctx context.Context, model, name string, size int64, rows io.Reader) (file string, err error)
	Create(context.Context, relay.BatchOrder) (relay.Batch, error)
	Batch(ctx context.Context, id string) (relay.Batch, error)
	// List calls each for the batches of the account, the newest first, until it returns false.
	List(ctx context.Context, each func(relay.Batch) bool) error
	Cancel(ctx context.Context, id string) (relay.Batch, error)
	// Lines reads a file of answers, and calls bad for a line that can't be read. The error is relay.ErrCutOff if the
	// file has no proper end.
	Lines(ctx context.Context, file string, each func(relay.BatchLine) error, bad func(error)) error
	// Result is what a line says of its row.
	Result(*relay.BatchLine, relay.BatchRow) *relay.Result
	// Price is what a row will cost; false: no price is known.
	Price(model string, input, output int64) (relay.Cost, bool)
}

// PartLimits bound a part, and say how a provider is asked.
type PartLimits struct {
	Rows      int           // in one file; 0: 50,000
	Bytes     int64         // of one file; 0: 200 MB
	PollMin   time.Duration // between two polls; 0: 5 s
	PollMax   time.Duration // what the time between two polls grows to; 0: 60 s
	FindFor   time.Duration // how long a batch whose creation got no answer is looked for; 0: 60 s
	LateFor   int           // polls of a completed batch that names no file yet; 0: 10
	Downloads int           // attempts at a file that has fewer lines than the provider counts; 0: 3
}

func (l PartLimits) withDefaults() PartLimits {
	or := func(v *int, other int) {
		if *v <= 0 {
			*v = other
		}
	}
	wait := func(v *time.Duration, other time.Duration) {
		if *v <= 0 {
			*v = other
		}
	}
	or(&l.Rows, 50_000)
	or(&l.LateFor, 10)
	or(&l.Downloads, 3)
	if l.Bytes <= 0 {
		l.Bytes = 200_000_000
	}
	wait(&l.PollMin, 5*time.Second)
	wait(&l.PollMax, time.Minute)
	wait(&l.FindFor, time.Minute)
	return l
}

// carrier takes the rows of one run to a provider: it writes them into parts, uploads each, creates its batch, polls
// it and merges its answers into the journal. Only the goroutine of the dispatcher uses it; what others see of it are
// the run's parts.
//
// Each step is in the journal before the next begins, and the creation of a batch before it is asked for. So after
// a crash at any moment a part has at most one batch: one whose creation is not known to have succeeded is looked
// for in the provider's list by its metadata.
type carrier struct {
	r       *run
	to      Provider
	limits  PartLimits
	probed  bool
	covered bool // the budget covers the worst case
	rested  bool // the run was not running
	full    bool // the provider takes no further part before one of ours has ended
	setback setback
	files   map[group]*partFile
	retries map[*part]*retries
}

// retries count what is tried again for one part.
type retries struct {
	failed   int // in a row: the backoff
	unknown  int // polls in a row that did not know the batch
	late     int // polls of a completed batch without a file
	download int
	// when the list of batches was first read for it: the time of its record may be that of a clock that was wrong
	looking time.Time
}

// carrierOf makes the carrier of a run that goes to a provider; nil: the run goes through the pool.
func carrierOf(r *run) (*carrier, error) {
	at := ""
	for _, p := range r.rows.parts.list {
		if !p.Over() {
			at = p.Provider
		}
	}
	if r.in.opts.Carrier != ByProvider {
		if at != "" {
			return nil, stillThere(at, r.id)
		}
		return nil, nil
	}
	for _, to := range r.book.providers {
		if to.Name() == at || at == "" && to.Serves(r.in.opts.Model) {
			return newCarrier(r, to), nil
		}
	}
	if at != "" {
		return nil, input.Unusable("%s has rows of run %s, and no relay of that name is configured", at, r.id)
	}
	return nil, input.Unusable("no relay with batches serves %s", r.in.opts.Model)
}

// stillThere is why a run that has rows at a provider can't go on through the pool.
func stillThere(provider, id string) error {
	return input.Unusable("%s still has rows of run %s: wait for them (relaytop batch resume %s), or stop them (relaytop "+
		"batch cancel %s)", provider, id, id, id)
}

func newCarrier(r *run, to Provider) *carrier {
	return &carrier{r: r, to: to, limits: r.book.cfg.Parts.withDefaults(), files: map[group]*partFile{},
		retries: map[*part]*retries{}}
}

// retriesOf are those of a part.
func (c *carrier) retriesOf(p *part) *retries {
	a := c.retries[p]
	if a == nil {
		a = &retries{}
		c.retries[p] = a
	}
	return a
}

// work carries the rows until the run is closed.
func (c *carrier) work() {
	defer c.discard()
	for {
		p, act, until := c.decide()
		c.do(p, act)
		c.r.book.changed()
		if act != carryWait {
			continue
		}
		var timer <-chan time.Time
		if !until.IsZero() {
			t := time.NewTimer(max(until.Sub(c.r.book.now()), 0))
			defer t.Stop()
			timer = t.C
		}
		select {
		case <-timer:
		case <-c.r.signals.dispatcher:
		case <-c.r.tasks.ctx.Done():
			return
		}
	}
}

// carrying is what a carrier does next.
type carrying uint8

const (
	carryWait carrying = iota
	carryProbe
	carryPlan
	carryUpload
	carryCreate
	carryPoll
	carryCancel
	carryMerge
	carryDrop
	carryDiscard
	carryRest
	carryFinish
)

func (c *carrier) do(p *part, act carrying) {
	switch act {
	case carryProbe:
		c.probe()
	case carryPlan:
		c.plan()
	case carryUpload:
		c.upload(p)
	case carryCreate:
		c.create(p)
	case carryPoll:
		c.poll(p)
	case carryCancel:
		c.cancel(p)
	case carryMerge:
		c.merge(p)
	case carryDrop:
		c.drop(p)
	case carryDiscard:
		c.discard()
	case carryRest:
		c.leave()
	case carryFinish:
		c.r.finish()
	case carryWait:
	}
}

// decide finds the most urgent thing. until is when the next one is due, if nothing is now; zero: not known.
func (c *carrier) decide() (p *part, act carrying, until time.Time) {
	r := c.r
	r.mu.Lock()
	defer r.mu.Unlock()
	cancelling := r.steer.cancelling
	switch {
	case r.tasks.ctx.Err() != nil:
		return nil, carryWait, until
	case r.h.State == Pausing && !cancelling:
		return nil, carryRest, until
	case r.h.State != Running && (!cancelling || r.h.State == Cancelled):
		c.rested = true
		return nil, carryWait, until
	case c.rested:
		c.resume()
	}
	p, act, until = c.nextStep(cancelling)
	if act != carryWait {
		return p, act, time.Time{}
	}
	if cancelling {
		if r.rows.parts.open() == 0 {
			return nil, carryFinish, until
		}
		return nil, carryWait, until
	}
	if c.setback.reason != "" {
		return nil, c.afterSetback(), until
	}
	fresh := r.rows.nextFresh() >= 0 || len(c.files) > 0
	switch {
	case fresh && !c.probed:
		return nil, carryProbe, until
	case fresh && !c.full:
		return nil, carryPlan, until
	case !fresh && r.rows.parts.open() == 0:
		return nil, carryFinish, until
	}
	return nil, carryWait, until
}

// resume makes everything due at once, after a rest. The run's lock is held.
func (c *carrier) resume() {
	c.rested, c.covered, c.full, c.setback = false, false, false, setback{}
	clear(c.retries)
	for _, p := range c.r.rows.parts.list {
		p.wakes, p.cancelSent = time.Time{}, false
	}
}

// nextStep is what the first part that is due needs. The run's lock is held.
func (c *carrier) nextStep(cancelling bool) (p *part, act carrying, until time.Time) {
	now := c.r.book.now()
	for _, p := range c.r.rows.parts.list {
		act := c.needs(p, cancelling)
		if act == carryWait {
			continue
		}
		if !p.wakes.After(now) {
			return p, act, until
		}
		if until.IsZero() || p.wakes.Before(until) {
			until = p.wakes
		}
	}
	return nil, carryWait, until
}

// leave pauses the run; its parts stay with the provider.
func (c *carrier) leave() {
	r := c.r
	r.mu.Lock()
	if s := r.rows.parts.state(); s.Rows > 0 && (r.h.Reason == "" || r.h.Stopped == StopUser) {
		r.h.Stopped, r.h.Reason = StopUser, leftReason(s, r.id)
	}
	r.mu.Unlock()
	c.rested = true
	r.rest()
}

// during calls f with a context that ends when the run changes its state: a long transfer does not outlast a pause.
func (c *carrier) during(f func(context.Context) error) error {
	ctx, stop := context.WithCancel(c.r.tasks.ctx)
	c.r.mu.Lock()
	changed := c.r.signals.state
	c.r.mu.Unlock()
	var wg sync.WaitGroup
	wg.Go(func() {
		select {
		case <-changed:
			stop()
		case <-ctx.Done():
		}
	})
	defer wg.Wait()
	defer stop()
	return f(ctx)
}
