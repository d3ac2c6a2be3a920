package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/state"
)

// frameMsg says that the state changed and a frame may be composed.
type frameMsg struct{}

// framer paces the frames. Exactly one wait is outstanding at any time: Update arms the next one when it took the
// last.
type framer struct {
	ctx    context.Context
	store  feed
	budget time.Duration // shortest time between two frames
	last   time.Time
}

// feed is what the root itself wants of the store.
type feed interface {
	Snapshot() *state.Snapshot
	Changed() <-chan struct{}
}

// wait returns the command that waits for a change, or for tick if time alone changes the screen then, sleeps out the
// rest of the frame's budget, and reports. A change after quiet is reported at once.
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
