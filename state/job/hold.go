package job

import (
	"context"

	"relaytop/relay"
)

// Hold opens a run that is on the disk, reads its input and its journal, and leaves it paused: nothing is sent. It
// returns the header as it is then, with what changed since the run was last open. An open run stays as it is.
func (b *Book) Hold(ctx context.Context, id string) (Header, error) {
	r, err := b.steerable(id)
	if err != nil {
		return Header{}, err
	}
	if r == nil {
		if err := b.resumeFolder(id, Options{Resume: id, Hold: true}); err != nil {
			return Header{}, err
		}
	} else if h := r.header(); h.State != Reading {
		return h, nil
	}
	return b.Wait(ctx, id)
}

// Release closes a run that Hold opened and that did not go on since, so that another process may have it. Any other
// run stays as it is.
func (b *Book) Release(id string) error {
	r := b.run(id)
	if r == nil || r.view {
		return nil
	}
	r.mu.Lock()
	held := r.steer.onlyHeld
	r.steer.closing = r.steer.closing || held // a resume that comes now does nothing
	r.mu.Unlock()
	if !held {
		return nil
	}
	b.forget(r)
	r.tasks.stop()
	r.tasks.wg.Wait()
	r.restore()
	err := b.closeRun(r)
	b.changed()
	return err
}

// restore gives a run that was only read the state that it had before, with its reason.
func (r *run) restore() {
	r.mu.Lock()
	defer r.mu.Unlock()
	had := r.folder.before.header()
	if had.ByClass == nil {
		had.ByClass = make(map[relay.Class]int)
	}
	if !r.folder.replayed {
		had.Version = r.h.Version + 1
		r.h, r.purse.spent = had, had.Cost
		return
	}
	r.h.State, r.h.Stopped, r.h.Reason = had.State, had.Stopped, had.Reason
	r.h.Ended, r.h.Elapsed = had.Ended, had.Elapsed
	r.touch()
}
