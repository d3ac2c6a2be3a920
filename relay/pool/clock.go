package pool

import "time"

// clock is the time of a task: what it may take, when the next attempt is due, and what it has waited for.
type clock struct {
	total    time.Duration // limit of all attempts and waits
	deadline time.Time     // when the total is used up; zero: not begun
	due      time.Time     // when the next attempt is due
	waited   time.Duration // sum of the waits caused by relays and failures
	held     time.Duration // the same at this model
	queued   time.Duration // sum of the waits for workers and limits, up to the last attempt
	took     time.Duration // duration of the last attempt
}

// begin sets the deadline, unless it is set already.
func (c *clock) begin(now time.Time) {
	if c.deadline.IsZero() {
		c.deadline = now.Add(c.total)
	}
}

// allows reports whether a wait until then keeps the deadline.
func (c *clock) allows(until time.Time) bool { return c.deadline.IsZero() || !until.After(c.deadline) }

// expired reports whether the deadline has passed.
func (c *clock) expired(now time.Time) bool { return !c.deadline.IsZero() && !now.Before(c.deadline) }

// wait counts a wait that a relay or a failure causes. The next attempt is due at its end.
func (c *clock) wait(d time.Duration, until time.Time) {
	c.waited += d
	c.held += d
	c.due = until
}

// extend moves the deadline: a row's waits for an endpoint do not count.
func (c *clock) extend(d time.Duration) {
	if !c.deadline.IsZero() {
		c.deadline = c.deadline.Add(d)
	}
}

// retryNow makes the next attempt due at once.
func (c *clock) retryNow(now time.Time) { c.due = now }

// nextModel makes the first attempt at another model due at once.
func (c *clock) nextModel(now time.Time) { c.due, c.held = now, 0 }
