package state

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"relaytop/relay"
	"relaytop/state/meter"
	"relaytop/state/session"
)

// ErrClosed says that the store takes nothing new.
var ErrClosed = errors.New("relaytop is closing")

// Options are what a Store is made with. Everything may be left out.
type Options struct {
	Engine  Engine
	Archive Archive
	Runs    RunBook
	Budget  DayBudget
	// a question that was answered before may be answered from the engine's cache; a new answer asked for never is
	Cache    bool
	Demo     bool   // the simulated relay
	Relay    string // endpoint's name
	Model    string // of a new chat
	Fallback []string
	Params   relay.Params // of a new chat
	// of an answer while it streams; nil: nothing is known
	Price relay.Forecast
	Now   func() time.Time
}

// Store is the one owner of what is true. Its verbs may be called from any goroutine; those that return an error
// may wait for the disk, so a screen calls them from a command. Apply, Snapshot and what is asked for by window
// never wait.
type Store struct {
	opt     Options
	changed relay.Signal
	saver   saver
	models  modelFigures

	mu       sync.Mutex // over all that follows
	version  uint64
	chats    *session.Chats
	open     string // the chat that is shown
	outgoing outgoing
	unsaved  unsaved
	meter    *meter.Meter
	window   meter.Window // that the metrics were last asked for
	requests recent
	shown    shown
	notices  notices
}

// New returns a Store with the chats of the archive. The last chat is opened. A failing archive makes a notice.
func New(o Options) *Store {
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Store{
		opt:      o,
		changed:  relay.NewSignal(),
		saver:    saver{ended: relay.NewSignal(), soon: relay.NewSignal(), quit: make(chan struct{})},
		chats:    session.NewChats(o.Price),
		outgoing: outgoing{engine: o.Engine, unsent: make(map[relay.ID]bool)},
		unsaved:  unsaved{chats: make(map[string]bool), drafts: make(map[string]bool)},
		meter:    meter.New(),
		window:   meter.Minute,
		requests: recent{inflight: make(inflight)},
		shown:    shown{book: o.Runs, stale: true},
	}
	s.meter.SetForecast(o.Price)
	if err := s.restore(); err != nil {
		s.setNotice(Bad, "the chats could not be read: "+err.Error())
	}
	s.saver.done.Go(s.keepSaving)
	return s
}

func (s *Store) restore() error {
	if s.opt.Archive == nil {
		s.Library().New()
		return nil
	}
	records, err := s.opt.Archive.LoadChats()
	for _, r := range records {
		s.chats.Restore(r)
	}
	last, _ := s.opt.Archive.Setting(lastChat)
	if s.chats.Get(last) == nil {
		last = s.chats.Newest()
	}
	if last == "" {
		s.Library().New()
		return err
	}
	if _, openErr := s.Library().read(last); openErr != nil { // nothing is written: another program may hold the file
		s.Library().New()
		err = errors.Join(err, openErr)
	}
	return err
}

// SetEngine gives the store its engine, which needs the store's Apply to be made.
func (s *Store) SetEngine(e Engine) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outgoing.engine = e
}

// SetRuns gives the store its batch runs, which need an engine to be made.
func (s *Store) SetRuns(b RunBook) {
	s.mu.Lock()
	s.shown.book, s.shown.stale = b, true
	s.mu.Unlock()
	s.changed.Notify()
}

// Touch says that something outside of the events changed: a run was started, paused or read further.
func (s *Store) Touch() {
	s.mu.Lock()
	s.version++
	s.shown.stale = true
	s.mu.Unlock()
	s.changed.Notify()
}

func (s *Store) now() time.Time { return s.opt.Now() }

// Changed is ready once after any number of changes.
func (s *Store) Changed() <-chan struct{} { return s.changed }

// Apply folds one event. It is the engine's sink: any goroutine may call it, and it waits for neither disk nor
// screen.
func (s *Store) Apply(ev relay.Event) {
	if ev.At.IsZero() {
		ev.At = s.now()
	}
	s.mu.Lock()
	s.version++
	if ev.Kind == relay.Exchanged {
		s.requests.exchanges.add(ev.Exchange)
		s.mu.Unlock()
		s.changed.Notify()
		return
	}
	s.meter.Apply(&ev)
	s.requests.inflight.apply(&ev)
	mine, ended := s.chats.Apply(&ev)
	soon := mine && !s.unsaved.armed && s.chats.Dirty()
	s.unsaved.armed = s.unsaved.armed || soon
	runs := s.shown.book
	if ended != nil {
		s.unsaved.chats[ended.Chat.ID()] = true
		if ended.Queued {
			s.outgoing.askable = append(s.outgoing.askable, ended.Chat.ID())
		}
	}
	switch ev.Kind {
	case relay.Done:
		if ev.Result != nil {
			s.requests.ended.add(&ev)
		}
	case relay.Failed:
		s.notices.health.fail(&ev)
	case relay.Breaker, relay.Limit, relay.Quirk, relay.Notice, relay.FellBack:
		s.notices.notice(&ev)
		if level, text := noticeOf(&ev, mine); text != "" {
			s.setNotice(level, text)
		}
	}
	s.mu.Unlock()
	run := ""
	if !mine && runs != nil {
		run = runs.Apply(ev)
	}
	if ev.Kind == relay.Done && ev.Result != nil && s.opt.Archive != nil && run == "" { // the journal has a run's rows
		c := session.RecordContext{Demo: s.opt.Demo}
		if ended != nil {
			c.Chat, c.Message = ended.Chat.ID(), ended.Message
		}
		s.opt.Archive.Record(ev.Result, c)
	}
	if ended != nil {
		s.saver.ended.Notify()
	} else if soon {
		s.saver.soon.Notify()
	}
	s.changed.Notify()
}

// Bill counts what a row cost that a provider's batch answered: no event tells of it.
func (s *Store) Bill(r *relay.Result) {
	s.mu.Lock()
	s.version++
	s.meter.Bill(s.now(), r)
	s.mu.Unlock()
	s.changed.Notify()
}

// Snapshot is what the strip and the titles show. Its cost does not depend on how much was said or run.
func (s *Store) Snapshot() *Snapshot {
	run, count := s.Runs().header()
	limits := s.limits()
	snap, frozen, window := s.snapshot(run.State.Moves())
	snap.Run, snap.Runs, snap.Limits = run, count, limits
	snap.Figures, snap.Spent = frozen.Figures(window), frozen.Figures(meter.Run)
	return snap
}

// snapshot is what is read under the lock. The figures are derived without it, over the window that is returned.
func (s *Store) snapshot(runs bool) (*Snapshot, meter.Frozen, meter.Window) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	frozen := s.meter.Freeze(now)
	snap := &Snapshot{At: now, Demo: s.opt.Demo, Relay: s.opt.Relay, Model: s.opt.Model,
		Notice:   s.notices.newest,
		Chats:    s.chats.List(),
		Breakers: s.notices.breakers.list, Health: s.notices.health}
	if c := s.chats.Get(s.open); c != nil {
		snap.Chat = c.Header()
		snap.Model = snap.Chat.Model
	}
	if s.opt.Budget != nil {
		snap.DayLimit, snap.DaySpent, snap.DayBlind = s.opt.Budget.Figures()
	}
	snap.Meter = s.meter.Version()
	snap.Version = s.version + snap.Meter
	snap.Busy = s.meter.Busy() || runs
	snap.NextTick = s.nextTick(now, snap.Busy)
	return snap, frozen, s.window
}

func (s *Store) limits() []relay.Allowance {
	s.mu.Lock()
	engine := s.outgoing.engine
	s.mu.Unlock()
	if engine == nil {
		return nil
	}
	return engine.Allowances()
}

// nextTick is when time alone changes the screen: at most four times a second, and never once all is still.
func (s *Store) nextTick(now time.Time, busy bool) time.Time {
	if busy {
		return now.Add(meter.Fresh)
	}
	if at, stale := s.meter.Stale(); stale {
		return at
	}
	if s.meter.Holds(s.window, now) || s.meter.Holds(meter.Minute, now) || s.notices.breakers.counts(now) {
		return now.Truncate(time.Second).Add(time.Second)
	}
	return time.Time{}
}

// Close writes what is not on disk yet, partial answers included, and ends the store's goroutine. Runs are closed
// with it. It is called once the engine is closed; what the engine still tells afterwards is folded and not
// written.
func (s *Store) Close(ctx context.Context) error {
	s.mu.Lock()
	if s.outgoing.closed {
		s.mu.Unlock()
		return nil
	}
	s.outgoing.closed = true
	runs := s.shown.book
	s.mu.Unlock()
	close(s.saver.quit)
	var err error
	if runs != nil {
		if err = runs.Close(ctx); err != nil {
			err = fmt.Errorf("closing the runs: %w", err)
		}
	}
	s.saver.done.Wait()
	return errors.Join(err, s.lastFlush())
}

func (s *Store) change(chat string, f func(*session.Record)) error {
	return s.with(chat, func(c *session.Chat) error {
		s.chats.Set(c, f)
		return nil
	})
}

// errSame says that a change made no difference: nothing is stored.
var errSame = errors.New("nothing changed")

// with changes a chat under the lock and stores its record.
func (s *Store) with(chat string, f func(*session.Chat) error) error {
	s.mu.Lock()
	c := s.chats.Get(chat)
	if c == nil {
		s.mu.Unlock()
		return session.ErrNoChat
	}
	err := f(c)
	if errors.Is(err, errSame) {
		s.mu.Unlock()
		return err
	}
	s.version++
	s.mu.Unlock()
	s.changed.Notify()
	if err != nil {
		return err
	}
	return s.save(chat)
}
