package job

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"relaytop/relay"
	"relaytop/state/job/input"
)

// run is one run that is open in this process. What stands below mu is guarded by it; what is set by prepare does not change after
// that.
type run struct {
	book *Book
	id   string
	dir  string
	view bool // another process runs it, or nobody does: it is only looked at
	man  *manifest
	opts Options // as it is run
	lock *lock

	ctx  context.Context
	stop context.CancelFunc
	wg   sync.WaitGroup
	wake chan struct{} // feeder
	work chan struct{} // writer
	sync chan struct{} // syncer
	look chan struct{} // loader

	src  *input.File
	spec *spec
	jr   *journal

	mu         sync.Mutex
	h          Header
	ix         *index // nil while reading
	live       map[int]*liveRow
	slots      int // rows submitted whose record is not written yet
	next       int // no row before it waits to be sent
	low        int // no row before it is unfinished
	queue      []*settling
	unsynced   []*settling
	writing    int // records that a goroutine of ours has in hand
	cancelling bool
	resumed    bool        // it was opened from its folder
	sent       int         // rows sent since it was opened
	refused    relay.Class // what a run that is gone on with had stopped for
	hold       bool        // paused while it was read
	quieted    bool        // relaytop closes: nothing is sent any more
	stuck      bool        // the journal refused a record: nothing is sent until a resume
	purse      purse
	first      alike
	pace       pace
	moved      time.Time // when Elapsed was last brought up to date
	changed    chan struct{}
	saved      time.Time // when header.json was written
	details    details
	wanted     []int // rows that the window asked for and that are not loaded
}

func newRun(b *Book, id, dir string, o Options) *run {
	ctx, stop := context.WithCancel(context.Background())
	r := &run{book: b, id: id, dir: dir, ctx: ctx, stop: stop, live: map[int]*liveRow{}, purse: purse{limit: o.Budget},
		wake: make(chan struct{}, 1), work: make(chan struct{}, 1), sync: make(chan struct{}, 1), look: make(chan struct{}, 1),
		changed: make(chan struct{}), details: newDetails()}
	now := b.now()
	r.h = Header{ID: id, Input: o.Input, Out: o.Out, State: Reading, Model: o.Model, Concurrency: o.Concurrency, ByClass: map[relay.Class]int{},
		Started: now, Version: 1}
	r.moved = now
	return r
}

func kick(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// do runs a goroutine of the run; its panic breaks the run, not the program.
func (r *run) do(f func()) {
	r.wg.Go(func() {
		defer func() {
			if p := recover(); p != nil {
				r.fail(fmt.Errorf("a fault in relaytop: %v: `relaytop batch resume %s` goes on without loss", p, r.id), "")
			}
		}()
		f()
	})
}

// fail breaks the run itself.
func (r *run) fail(err error, stopped string) {
	r.mu.Lock()
	r.h.Reason, r.h.Stopped = err.Error(), stopped
	r.to(Broken)
	r.mu.Unlock()
	r.book.changed()
}

// to changes the state; under the lock.
func (r *run) to(s State) {
	r.clock()
	if r.h.State == s {
		r.touch()
		return
	}
	r.h.State = s
	switch s {
	case Finished, Cancelled, Broken:
		r.h.Ended = r.book.now()
	case Running:
		r.h.Ended = time.Time{}
		r.pace = pace{}
	}
	r.touch()
	close(r.changed)
	r.changed = make(chan struct{})
}

// touch marks that something in the run is different; under the lock.
func (r *run) touch() { r.h.Version++ }

// clock adds the time since the last call to Elapsed, if the run was moving; under the lock.
func (r *run) clock() {
	now := r.book.now()
	if moving(r.h.State) {
		r.h.Elapsed += now.Sub(r.moved)
	}
	r.moved = now
}

func moving(s State) bool { return s == Running || s == Pausing || s == Finishing }

// rests reports whether a state is one that only a person, or nothing, changes.
func rests(s State) bool { return s == Paused || s == Finished || s == Cancelled || s == Broken }

// header is a copy with everything derived filled in.
func (r *run) header() Header {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.headerLocked()
}

func (r *run) headerLocked() Header {
	if !r.view {
		r.clock()
	}
	h := r.h
	h.ByClass, h.Cost = maps.Clone(r.h.ByClass), r.purse.spent
	for _, l := range r.live {
		switch {
		case l.outcome() == RowRetrying && !l.ended:
			h.Retrying++
		case l.outcome() == RowHeld && !l.ended:
			h.Held++
		default:
			h.InFlight++
		}
		if l.Fallback != nil {
			h.FellBack++
		}
		h.Pending += l.worst
	}
	if r.ix != nil || r.view {
		h.Queued = max(h.Rows-h.Done()-h.Underway(), 0)
	}
	if left := h.Rows - h.Done(); left > 0 && h.State == Running {
		h.Rate = r.pace.rate(r.book.now())
		if h.Rate > 0 {
			h.ETA = time.Duration(float64(left) / h.Rate * float64(time.Second))
		}
	}
	if r.ix != nil {
		h.Low, h.High = r.purse.forecast(h.Rows - h.Done())
	}
	return h
}
