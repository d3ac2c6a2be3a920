package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"relaytop/relay"
	"relaytop/state/job"
	"relaytop/ui/widget"
)

// A run that is stopped by a signal has stopWithin for its rows to end and its output to be written. With the time
// that the shutdown takes after it, the process ends within endWithin.
const (
	stopWithin = 2 * time.Second
	endWithin  = 4500 * time.Millisecond
)

// lookEvery is how often a run that changes is looked at: it changes several times with each row.
const lookEvery = 20 * time.Millisecond

// follower reports the progress of a run, and steers it by the signals that the process gets.
type follower struct {
	console *console
	app     *App
	id      string
	others  []string // further runs, which the signals steer too
	bar     *progress

	signals chan os.Signal
	ending  func(by time.Time) // called when a signal has asked for the end
	late    <-chan struct{}    // closed when the run has to have stopped; nil: no signal asked for it
	drains  bool               // an interrupt came: what is in flight finishes
	warned  bool               // about unused keys
	weighed bool               // what the run takes was compared with the disk
	rows    bool               // the line of each row goes to stdout as the row ends
	ended   job.EndedRows
	detach  bool // the run is left as soon as a provider has all of its rows
}

func newFollower(con *console, app *App) *follower {
	return &follower{console: con, app: app, bar: con.progress(), ending: func(time.Time) {}}
}

// follow makes a follower that gets the signals of the process. They no longer end ctx: the context that it returns
// ends only if ctx has.
func (c *batchCommand) follow(ctx context.Context, app *App, detach bool) (*follower, context.Context) {
	w := newFollower(c.console, app)
	w.detach, w.signals = detach, make(chan os.Signal, 3)
	w.ending = func(by time.Time) { c.engine.until = by }
	signal.Notify(w.signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	if ctx.Err() == nil {
		ctx = context.WithoutCancel(ctx) // release ends it
	}
	c.engine.release()
	return w, ctx
}

// close gives the signals back: the next one ends the process.
func (w *follower) close() {
	w.bar.end()
	signal.Stop(w.signals)
}

// wait reports progress until the run has ended or paused. The first interrupt lets the rows in flight finish,
// however long it takes; a second one, or another signal, stops them.
func (w *follower) wait(ctx context.Context) job.Header {
	stop := ctx.Done()
	changed := w.app.Store.Changed()
	rest := time.NewTimer(lookEvery)
	defer rest.Stop()
	for {
		h, ok := w.app.Runs.Header(w.id)
		w.warn(&h)
		w.weigh(&h)
		w.print()
		if !ok || h.State.Rests() {
			return h
		}
		if w.detach && h.State == job.Running && h.HandedOver() {
			w.detach = false
			w.try("leave", w.app.Store.Runs().Pause(w.id))
		}
		select {
		case <-changed:
			changed = nil
			rest.Reset(lookEvery)
		case <-rest.C:
			changed = w.app.Store.Changed()
		case <-w.bar.ticker.C:
			w.bar.showPart(partDone(&h), progressLine(&h))
		case <-stop:
			stop = nil
			w.stop()
		case s := <-w.signals:
			w.signal(s)
		case <-w.late:
			return h
		}
	}
}

// print writes the lines of the rows that have ended.
func (w *follower) print() {
	if !w.rows {
		return
	}
	if err := w.ended.Next(w.app.Runs, w.id, w.console.writeLine); err != nil {
		w.rows = false
		w.try("print the rows of", err)
	}
}

// warn names keys of the rows that are not used, once.
func (w *follower) warn(h *job.Header) {
	if len(h.Unused) == 0 || w.warned {
		return
	}
	w.warned = true
	w.bar.clear()
	for _, line := range unusedKeys(h.Unused) {
		w.console.note("%s", line)
	}
}

// weigh warns once, when all rows are known, if the disk has too little room for them.
func (w *follower) weigh(h *job.Header) {
	if w.weighed || h.More || h.State != job.Running {
		return
	}
	w.weighed = true
	if s := w.app.Runs.Space(h); s.Short() {
		w.bar.clear()
		w.console.sentence("warning: the run takes about %s of disk, and %s are free: it pauses when the disk is full",
			widget.Bytes(s.Need), widget.Bytes(s.Free))
	}
}

// signal does what a signal asks of a run. It looks at the run anew: rows may be in flight since the last look.
func (w *follower) signal(s os.Signal) {
	h, _ := w.app.Runs.Header(w.id)
	if s != os.Interrupt || w.drains || h.State == job.Reading {
		w.stop()
		return
	}
	w.drain()
}

// drain lets the rows in flight finish, and sends no further one.
func (w *follower) drain() {
	w.drains = true
	inFlight, here := 0, false
	for _, h := range w.headers() {
		if h.Carrier != job.ByProvider {
			here, inFlight = true, inFlight+h.InFlight+h.Retrying
		}
	}
	if here {
		w.bar.clear()
		w.console.say("finishing " + relay.Counted(inFlight, "row") + " in flight; ctrl-c again stops now")
	}
	for _, h := range w.headers() {
		w.try("pause", w.app.Store.Runs().Pause(h.ID))
	}
}

// headers are those of all runs that it steers, as they are now.
func (w *follower) headers() []job.Header {
	list := make([]job.Header, 0, 1+len(w.others))
	for _, id := range append([]string{w.id}, w.others...) {
		if h, ok := w.app.Runs.Header(id); ok {
			list = append(list, h)
		}
	}
	return list
}

// stop stops a run in a way that can be resumed, and does not wait for it for long. The next signal ends the process.
func (w *follower) stop() {
	late := make(chan struct{})
	time.AfterFunc(stopWithin, func() { close(late) })
	w.late = late
	w.ending(time.Now().Add(endWithin))
	signal.Stop(w.signals)
	for _, h := range w.headers() {
		w.try("stop", interrupt(w.app, &h))
	}
}

func (w *follower) try(what string, err error) {
	if err != nil {
		w.console.note("%s the run: %v", what, err)
	}
}
