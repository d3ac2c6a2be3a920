package job

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"sync"
	"time"

	"relaytop/relay"
	"relaytop/state/disk"
	"relaytop/state/job/input"
)

// run is one run that is open in this process. The fields below mu are guarded by it; the others do not change once
// prepare is done.
type run struct {
	book    *Book
	id      string
	view    bool // read only: another process runs it, or none does
	folder  folder
	in      source
	tasks   tasks
	signals signals

	mu       sync.Mutex
	h        Header
	rows     rows
	rec      recorder
	steer    steering
	purse    purse
	progress progress
	shown    shown
}

// folder is the folder of a run on the disk.
type folder struct {
	dir      string
	man      *manifest
	lock     *disk.Lock
	out      *disk.Lock // of the output
	before   *stored    // how a resumed run was found
	replayed bool       // the header has all that the journal says
	header   savedHeader
}

func (f *folder) path(name string) string { return filepath.Join(f.dir, name) }

// tasks are the goroutines of a run.
type tasks struct {
	ctx  context.Context
	stop context.CancelFunc
	wg   sync.WaitGroup
}

// signals has one for each goroutine of a run, which says that there is work. state is closed and replaced when the
// state changes; the run's lock guards it.
type signals struct {
	dispatcher, writer, syncer, loader relay.Signal
	state                              chan struct{}
}

// steering is what the user asked of a run, and how it was opened.
type steering struct {
	cancelling bool
	skip       []int // rows that are to be left out, by index
	hold       bool  // it was paused while it was being read
	onlyHeld   bool  // Hold opened it, and it did not go on since
	closing    bool  // relaytop is closing: no more rows are sent
	resumed    bool  // it was opened from its folder
	piped      bool  // the user pipes its input in once more
	sent       int   // rows sent since it was opened
	stopped    Stop  // what had stopped it before it was resumed
	probe      bool  // a relay asked for a long wait: one row at a time, until one is answered
}

// progress is how fast a run moves, and whether it moves at all.
type progress struct {
	pace  pace
	alike alike

	refusals refusals
	answers  int       // rows that were answered, since the run was opened
	answered time.Time // when the last of them was, or when the run went on
	clock    time.Time // when Elapsed was last updated
}

func newRun(b *Book, id, dir string, o Options) *run {
	ctx, stop := context.WithCancel(context.Background())
	now := b.now()
	r := &run{
		book: b, id: id, folder: folder{dir: dir}, tasks: tasks{ctx: ctx, stop: stop},
		signals: signals{
			dispatcher: relay.NewSignal(), writer: relay.NewSignal(), syncer: relay.NewSignal(),
			loader: relay.NewSignal(), state: make(chan struct{}),
		},
		rows: rows{live: map[int]*liveRow{}}, purse: purse{limit: o.Budget}, shown: shown{details: newDetails()},
		rec:      recorder{rollup: newRollup(b.cfg.Ledger, id)},
		progress: progress{clock: now},
	}
	r.shown.r, r.rec.r = r, r
	r.h = Header{
		ID: id, Input: o.Input, Out: o.Out, State: Reading, Model: o.Model, Carrier: o.Carrier, Concurrency: o.Concurrency,
		ByClass: make(map[relay.Class]int), Started: now, Version: 1, NoStream: o.NoStream,
	}
	return r
}

// do runs a goroutine of the run. A panic breaks the run, not the program.
func (r *run) do(f func()) {
	r.tasks.wg.Go(func() {
		defer func() {
			if p := recover(); p != nil {
				r.fail(&faultError{p}, "")
			}
		}()
		f()
	})
}

// fail breaks the run itself. An error of the input stops it as StopInput. A resumed run whose journal was not replayed
// keeps the figures that it had.
func (r *run) fail(err error, stopped Stop) {
	r.mu.Lock()
	if before := r.folder.before; before != nil && !r.folder.replayed {
		had := before.header()
		had.State, had.Version = r.h.State, r.h.Version
		if had.ByClass == nil {
			had.ByClass = r.h.ByClass
		}
		r.h, r.purse.spent = had, had.Cost
	}
	r.h.Reason, r.h.Stopped = err.Error(), stopped
	var unusable *input.Error
	if errors.As(err, &unusable) {
		r.h.Reason, r.h.Stopped = unusable.Message, StopInput
	}
	var fault *faultError
	if errors.As(err, &fault) {
		r.h.Reason = fmt.Sprintf("%s: `relaytop batch resume %s` goes on without loss", fault, r.id)
	}
	r.to(Broken)
	r.mu.Unlock()
	r.book.changed()
}

// to sets the state. The lock is held.
func (r *run) to(s State) {
	r.h.Elapsed += r.progress.elapsed(r.h.State, r.book.now())
	if r.h.State == s {
		r.touch()
		return
	}
	r.h.State = s
	switch s {
	case Finished, Cancelled, Broken:
		r.h.Ended = r.book.now()
	case Running:
		r.h.Ended, r.progress.answered = time.Time{}, r.book.now()
		r.progress.pace = pace{}
	case Reading, Pausing, Paused, Finishing, Damaged:
	}
	r.touch()
	close(r.signals.state)
	r.signals.state = make(chan struct{})
}

// touch records that something in the run has changed. The lock is held.
func (r *run) touch() { r.h.Version++ }

// elapsed is the time since the last call, or 0 if the run was not running.
func (p *progress) elapsed(s State, now time.Time) time.Duration {
	d := now.Sub(p.clock)
	if p.clock = now; !s.timed() {
		return 0
	}
	return max(d, 0) // the clock may have been set back
}

// header is a copy with all derived fields.
func (r *run) header() Header {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.headerLocked()
}

func (r *run) headerLocked() Header {
	if !r.view {
		if r.rec.journal != nil {
			r.h.Journal = r.rec.journal.durable.Load()
		}
		r.h.Budget = r.purse.limit
		r.h.Elapsed += r.progress.elapsed(r.h.State, r.book.now())
	}
	h := r.h
	h.ByClass, h.Cost = maps.Clone(r.h.ByClass), r.purse.spent
	h.PaidTwice += r.rec.unwritten()
	for _, l := range r.rows.live {
		switch {
		case l.ended:
			h.Writing++
		case l.outcome() == RowRetrying:
			h.Retrying++
		case l.outcome() == RowHeld:
			h.Held++
		case l.sent:
			h.InFlight++
		}
		if l.Fallback != nil {
			h.FellBack++
		}
		h.Pending += l.worst
	}
	if r.rows.ix != nil || r.view {
		h.Queued = max(h.Rows-h.Done()-h.Underway(), 0)
	}
	h.HeldBy, h.HeldUntil = r.rows.heldBy()
	h.Provider = r.rows.parts.state()
	h.Pending += h.Provider.Worst
	h.More = r.rows.more
	if left := h.Rows - h.Done(); left > 0 && !h.More && h.State == Running && h.HeldBy == "" && h.Provider.Open == 0 {
		h.Rate = r.progress.pace.rate(r.book.now())
		rate := h.Rate
		if c := r.rows.pacedBy(); c != nil {
			h.PacedBy = c.Limit()
			if most := h.rowsPerSecond(c); most > 0 && (rate == 0 || most < rate) {
				rate = most // a limit lets some rows through at once, and then fewer
			}
		}
		if rate > 0 {
			h.ETA = time.Duration(float64(left) / rate * float64(time.Second))
		}
	}
	if r.rows.ix != nil && !h.More {
		h.Low, h.High = r.purse.forecast(h.Rows - h.Done())
	}
	return h
}
