package pool

import "time"

type phase uint8

const (
	submitting phase = iota // Submit is emitting Queued
	queued
	running
	parked
	ended
)

// control is the state of a task in the pool. The pool's lock guards it.
type control struct {
	phase   phase
	stopped bool        // cancelled
	again   bool        // queued for a retry
	timer   *time.Timer // ends a park
}

// enter moves on to a phase. It returns false if the task was cancelled: then it has to be finished instead.
func (c *control) enter(next phase) bool {
	if c.stopped {
		return false
	}
	c.phase = next
	return true
}

// requeue ends a park. It returns false if the task is not parked any more.
func (c *control) requeue() bool {
	if c.phase != parked {
		return false
	}
	c.phase, c.again = queued, true
	return true
}

// stop marks the task as cancelled, and as ended if no worker has it. It returns the phase that it was in; ok is
// false if it was cancelled before.
func (c *control) stop() (was phase, ok bool) {
	if c.stopped {
		return c.phase, false
	}
	c.stopped = true
	was = c.phase
	switch was {
	case parked:
		c.timer.Stop()
		c.phase = ended
	case queued:
		c.phase = ended
	case submitting, running, ended:
	}
	return was, true
}
