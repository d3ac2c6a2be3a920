package job

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"relaytop/relay"
	"relaytop/state/disk"
)

// Book holds the runs of this process, and lists those on the disk. All methods may be called from any goroutine;
// only Start, Preflight, Refresh, Export and Close touch the disk in the caller's goroutine.
type Book struct {
	cfg Config

	mu     sync.RWMutex
	runs   map[string]*run
	disk   map[string]Header // as found by the last Refresh
	closed bool              // no new run is started
	ended  bool              // Close was called

	providers providers
	spent     func(run string, res *relay.Result)

	engine  engine
	live    liveRows
	left    leftRuns
	folders runFolders
	outputs outputs
	spools  *spools
	prices  prices
}

// NewBook opens the folder of the runs.
func NewBook(cfg Config) (*Book, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.OnChange == nil {
		cfg.OnChange = func() {}
	}
	if cfg.Stdin == nil {
		cfg.Stdin = os.Stdin
	}
	if cfg.openJournal == nil {
		cfg.openJournal = openJournalFile
	}
	cfg.MaxHold = cmp.Or(cfg.MaxHold, maxHold)
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("finding the folder of the runs: %w", err)
	}
	cfg.Dir = dir
	if err := disk.MakeDir(dir); err != nil {
		return nil, err
	}
	b := &Book{cfg: cfg, runs: map[string]*run{}, disk: map[string]Header{},
		live: liveRows{rows: map[relay.ID]*liveRow{}}, folders: runFolders(dir), outputs: outputsOf(dir),
		spools: newSpools(&cfg), prices: prices{forecast: cfg.Price, known: cfg.Priced, measured: cfg.Measured}}
	b.engine.set(cfg.Engine)
	b.folders.sweep(cfg.Now())
	return b, b.Refresh()
}

// SetEngine sets the engine of a Book that was made before it.
func (b *Book) SetEngine(e Engine) { b.engine.set(e) }

// SetProviders sets the batch endpoints of the relays, in their order. spent, which may be nil, is called with each
// result that came by one of them, once its record is durable. It is called before the first Start.
func (b *Book) SetProviders(list []Provider, spent func(run string, res *relay.Result)) {
	b.providers, b.spent = list, spent
}

func (b *Book) now() time.Time { return b.cfg.Now() }

func (b *Book) changed() { b.cfg.OnChange() }

// Apply folds an event into its row, and returns the ID of the run; "" if the event is not of a row. It does not
// touch the disk, and waits only for a lock that is never held for long.
func (b *Book) Apply(ev relay.Event) (run string) {
	l := b.live.get(ev.ID)
	if l == nil {
		return ""
	}
	r := l.run
	r.apply(l, &ev)
	if ev.Kind == relay.Done {
		b.live.drop(ev.ID)
		r.signals.writer.Notify()
		r.signals.dispatcher.Notify()
	}
	return r.id
}

// CheckRow is relay.ErrBudget if the budget of its run does not cover a row that is about to be sent: rows before it
// may have cost more than was reserved for them. It never waits.
func (b *Book) CheckRow(id relay.ID) error {
	l := b.live.get(id)
	if l == nil {
		return nil
	}
	l.run.mu.Lock()
	defer l.run.mu.Unlock()
	if l.run.purse.over() {
		return fmt.Errorf("%w: that of its run", relay.ErrBudget)
	}
	return nil
}

// apply folds an event into its row. It releases the lock by defer: after a panic the screen would block on it.
func (r *run) apply(l *liveRow, ev *relay.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if ev.Kind == relay.Done {
		r.ended(l, ev.Result)
	} else if !l.ended {
		l.fold(ev)
		if ev.Kind == relay.Waiting && r.h.State == Pausing {
			r.signals.dispatcher.Notify() // it is recalled
		}
		if l.probe && l.Phase == relay.PhaseStreaming && r.steer.probe {
			r.steer.probe = false
			r.signals.dispatcher.Notify()
		}
		r.touch()
	}
}

func (b *Book) run(id string) *run {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.runs[id]
}

// Header returns the header of a run.
func (b *Book) Header(id string) (Header, bool) {
	b.mu.RLock()
	r, h := b.runs[id], b.disk[id]
	b.mu.RUnlock()
	if r != nil {
		return r.header(), true
	}
	return h, h.ID != ""
}

// Headers returns the runs of this process and those found on the disk, newest first.
func (b *Book) Headers() []Header {
	b.mu.RLock()
	runs := make([]*run, 0, len(b.runs))
	for _, r := range b.runs {
		runs = append(runs, r)
	}
	var out []Header
	for id, h := range b.disk {
		if b.runs[id] == nil {
			out = append(out, h)
		}
	}
	b.mu.RUnlock()
	for _, r := range runs {
		out = append(out, r.header())
	}
	slices.SortFunc(out, func(a, c Header) int { return newerFirst(a.Started, c.Started, a.ID, c.ID) })
	return out
}

// Wait returns a run's header once it is finished, paused, cancelled or broken.
func (b *Book) Wait(ctx context.Context, id string) (Header, error) {
	for {
		r := b.run(id)
		if r == nil {
			h, ok := b.Header(id)
			if !ok {
				return h, fmt.Errorf("%w: %s; `relaytop batch list` names them", ErrNoRun, id)
			}
			return h, nil
		}
		r.mu.Lock()
		changed, h := r.signals.state, r.headerLocked()
		r.mu.Unlock()
		if h.State.Rests() {
			return h, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return h, ctx.Err()
		}
	}
}

// newID names a run by the time in UTC, so that names sort by age in any time zone.
func newID(now time.Time) string {
	letters := make([]byte, 4)
	for i := range letters {
		letters[i] = byte('a' + rand.IntN(26))
	}
	return now.UTC().Format("20060102-150405") + "-" + string(letters)
}

// newerFirst orders runs by their start. Ids do not suffice: those of earlier versions were in local time.
func newerFirst(a, b time.Time, idA, idB string) int {
	return cmp.Or(b.Compare(a), cmp.Compare(idB, idA))
}
