package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/state"
)

// frameMsg asks for a frame: the state changed.
type frameMsg struct{}

// Frames take a twentieth of the time at most: where they are slow, or other work takes the CPU, there are fewer of
// them.
const (
	frameShare   = 20
	slowestFrame = 200 * time.Millisecond // the screen of a busy program still moves
)

// framer paces the frames. Exactly one wait is outstanding at any time: Update starts the next one when it gets the
// frameMsg of the last.
type framer struct {
	ctx    context.Context
	store  source
	budget time.Duration // shortest time between two frames
	last   time.Time
	mean   time.Duration // what a frame took, a moving average
}

// took tells what a frame took. A single slow one, such as the first of a new size, counts for little.
func (f *framer) took(d time.Duration) {
	f.mean += (min(d, slowestFrame/frameShare) - f.mean) / 4
}

// pause is the shortest time between two frames now.
func (f *framer) pause() time.Duration { return max(f.budget, f.mean*frameShare) }

// source is what the root itself needs of the store.
type source interface {
	Snapshot() *state.Snapshot
	Changed() <-chan struct{}
}

// wait returns the command that waits for a change, or until tick if that is not zero, then for the rest of the
// pause since the last frame, and sends a frameMsg. The first change after a pause is reported at once.
func (f *framer) wait(tick time.Time) tea.Cmd {
	next := f.last.Add(f.pause())
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
		if rest := time.Until(next); rest > 0 {
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
