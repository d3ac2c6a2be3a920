package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/state"
)

// frameMsg asks for a frame: the state changed.
type frameMsg struct{}

// framer paces the frames. Exactly one wait is outstanding at any time: Update starts the next one when it gets the
// frameMsg of the last.
type framer struct {
	ctx    context.Context
	store  source
	budget time.Duration // shortest time between two frames
	last   time.Time
}

// source is what the root itself needs of the store.
type source interface {
	Snapshot() *state.Snapshot
	Changed() <-chan struct{}
}

// wait returns the command that waits for a change, or until tick if that is not zero, then for the rest of the
// frame's budget, and sends a frameMsg. The first change after a pause is reported at once.
func (f *framer) wait(tick time.Time) tea.Cmd {
	last := f.last
	return func() tea.Msg {
		var alarm <-chan time.Time
		if !tick.IsZero() {
			t := time.NewTimer(time.Until(tick))
			defer t.Stop()
			alarm = t.C
		}
		select {
		case <-f.store.Changed():
		case <-alarm:
		case <-f.ctx.Done():
			return nil
		}
		if rest := f.budget - time.Since(last); rest > 0 {
			t := time.NewTimer(rest)
			defer t.Stop()
			select {
			case <-t.C:
			case <-f.ctx.Done():
				return nil
			}
		}
		return frameMsg{}
	}
}
