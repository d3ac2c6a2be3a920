package job

import (
	"context"
	"io"

	"relaytop/relay"
	"relaytop/state/job/input"
)

// replaying is the reading of the journal of a run that is resumed, beside the pass over its input.
type replaying struct {
	ctx   context.Context
	stop  context.CancelFunc
	grown relay.Signal  // the index has more rows, or the pass has ended
	done  chan struct{} // closed at the end; err is known then
	err   error
}

func newReplaying(ctx context.Context) *replaying {
	ctx, stop := context.WithCancel(ctx)
	return &replaying{ctx: ctx, stop: stop, grown: relay.NewSignal(), done: make(chan struct{})}
}

// run applies the journal to the rows of the index. A record waits until the pass has found its row, or has ended:
// then the input no longer has the row. The journal has the rows in about the order of the input, so it seldom waits.
func (p *replaying) run(r *run) {
	defer close(p.done)
	defer p.stop()
	p.err = p.apply(r)
}

// apply is run without its signals. A panic is its error: a journal that is applied in part must not be taken for the
// whole.
func (p *replaying) apply(r *run) (err error) {
	defer caught(&err)
	var group replayGroup
	end, damaged, err := replay(&interruptible{p.ctx, r.rec.journal.f}, 0, func(at int64, rec *record) {
		if group.add(at, rec) {
			p.flush(r, &group)
		}
	})
	p.flush(r, &group)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rec.journal.end, r.h.Damaged = end, damaged
	return err
}

// flush applies the records of a group.
func (p *replaying) flush(r *run, g *replayGroup) {
	for done := 0; ; {
		if done += r.replayFound(g.records[done:g.n]); done == g.n {
			break
		}
		select {
		case <-p.grown:
		case <-p.ctx.Done():
			g.n = 0
			return
		}
	}
	g.n = 0
}

// replayGroup are records that are applied at once: if each took the lock of the run by itself, the pass and the replay
// would hand it to and fro, and one of the two would always wait.
type replayGroup struct {
	n       int
	records [128]replayRecord
}

// replayRecord is a record that stays valid while others are read. It has no answer.
type replayRecord struct {
	at    int64
	rec   record
	usage relay.Usage
	cost  relay.Cost
}

// add copies a record. It reports whether the group is full.
func (g *replayGroup) add(at int64, rec *record) (full bool) {
	k := &g.records[g.n]
	k.at, k.rec = at, *rec
	k.rec.Body = nil
	if rec.Usage != nil {
		k.usage = *rec.Usage
		k.rec.Usage = &k.usage
	}
	if rec.Cost != nil {
		k.cost = *rec.Cost
		k.rec.Cost = &k.cost
	}
	g.n++
	return g.n == len(g.records)
}

// interruptible is a file of which nothing more is read once ctx is done.
type interruptible struct {
	ctx context.Context
	f   io.ReaderAt
}

func (f *interruptible) ReadAt(p []byte, at int64) (int, error) {
	if err := f.ctx.Err(); err != nil {
		return 0, err
	}
	return f.f.ReadAt(p, at)
}

// notify says that the index has grown, or will not any more.
func (p *replaying) notify() {
	if p != nil {
		p.grown.Notify()
	}
}

// abort ends the replay of a run that can't go on.
func (p *replaying) abort() {
	if p != nil {
		p.stop()
		<-p.done
	}
}

// wait returns once the whole journal was applied.
func (p *replaying) wait(ctx context.Context) error {
	select {
	case <-p.done:
		return p.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// replayFound applies records until one whose row may still be found, and returns how many.
func (r *run) replayFound(records []replayRecord) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	for n := range records {
		if !r.replayed(records[n].at, &records[n].rec, !r.in.pass.ended()) {
			return n
		}
	}
	return len(records)
}

// replayed applies one record of the journal. False: its row is not in the index, and more may come into it; else it is
// one that the input no longer has. The lock is held.
func (r *run) replayed(at int64, rec *record, more bool) bool {
	if rec.Part != nil {
		r.rows.parts.replay(rec.At, rec.Part)
		return true
	}
	if rec.State == stateLost {
		r.rows.lost += rec.N
		return true
	}
	k, ok := input.ParseKey(rec.Key)
	if !ok {
		return true
	}
	var row *row
	i := r.rows.ix.find(k, rec.Occ)
	switch {
	case i >= 0:
		row = r.rows.ix.at(i)
		if row.flags &^= flagMoved; rec.N != i+1 {
			row.flags |= flagMoved
		}
	case more:
		return false
	default:
		row = r.rows.removed.at(k, rec.Occ, r.rows.ix.hashOf(rec.ID))
	}
	switch rec.State {
	case stateSent:
		if row.flags&flagSent != 0 {
			row.flags |= flagTwice
		}
		row.flags |= flagSent
		r.h.tally(row, -1)
		row.outcome, row.class = Pending, 0
		if r.view && i >= 0 {
			r.shown.details.put(i, Row{ID: rec.ID, Since: rec.At, Request: rec.Request, Attempt: 1})
		}
	case stateUnsent:
		row.flags &^= flagSent
		r.shown.details.drop(i)
	default:
		row.flags &^= flagSent
		r.count(row, rec, at)
		r.shown.details.drop(i)
	}
	return true
}
