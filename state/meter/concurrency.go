package meter

import (
	"time"

	"relaytop/relay"
)

// byLane is a number of requests for each lane.
type byLane [relay.NumLanes]int32

func (n *byLane) raise(o *byLane) {
	for i := range n {
		n[i] = max(n[i], o[i])
	}
}

// concurrency is the most requests that were in flight at once, by second for the windows, and in slots that span more
// and more time for the whole run. A second in which nothing changed has what was in flight before it.
type concurrency struct {
	now  byLane
	head int64 // newest second
	ring [ringSlots]byLane
	long [longSlots]byLane
	step int64 // seconds a slot of long; 0 before the first request
}

// set tells how many are in flight from a second on.
func (c *concurrency) set(sec int64, now byLane) {
	sec = max(sec, c.head) // an event that comes late changes nothing before the newest
	for s := max(c.head+1, sec-ringSlots+1); s <= sec; s++ {
		c.ring[s%ringSlots] = c.now
	}
	c.step = max(c.step, 1)
	for sec/c.step >= longSlots {
		c.halve()
	}
	for i := c.head/c.step + 1; i <= sec/c.step; i++ {
		c.long[i] = c.now
	}
	c.head, c.now = sec, now
	c.ring[sec%ringSlots].raise(&now)
	c.long[sec/c.step].raise(&now)
}

func (c *concurrency) halve() {
	for i := range longSlots / 2 {
		c.long[2*i].raise(&c.long[2*i+1])
		c.long[i] = c.long[2*i]
	}
	clear(c.long[longSlots/2:])
	c.step *= 2
}

// most is the most at once in the seconds from and after, up to but not including to.
func (c *concurrency) most(from, to int64) byLane {
	var n byLane
	if to > c.head {
		n = c.now
	}
	from, to = max(from, 0), min(to, c.head+1)
	if from <= c.head-ringSlots && c.step > 0 { // too old for single seconds
		for i := from / c.step; i*c.step < to; i++ {
			n.raise(&c.long[i])
		}
		return n
	}
	for s := from; s < to; s++ {
		n.raise(&c.ring[s%ringSlots])
	}
	return n
}

// inFlight fills in the most requests at once in each bucket of a view, up to the second that ends it.
func (f *frozen) inFlight(v *View, last int64) {
	step := int64(v.Step / time.Second)
	end := int64(v.End.Sub(f.start) / time.Second)
	for i := range v.Buckets {
		from := end - int64(len(v.Buckets)-i)*step
		if to := min(from+step, last+1); to > from {
			v.Buckets[i].InFlight = f.atOnce.most(from, to)
		}
	}
}
