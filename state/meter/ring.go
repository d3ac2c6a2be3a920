package meter

// timeline counts what happened by second, in the ring of the windows and in the slots of the whole run.
type timeline struct {
	ring     ring
	long     long
	quarters int64 // output tokens of the run
	last     int64 // second of the newest end or token; negative: none
	atOnce   concurrency
}

// count adds a request or an attempt of a group.
func (t *timeline) count(sec int64, group uint16, c *tally, l *latencies) {
	t.last = max(t.last, sec)
	t.long.at(sec).take(0, c, l)
	if t.ring.reach(sec) {
		owned(&t.ring.slots[sec%ringSlots]).take(group, c, l)
	}
}

// credit adds output tokens, in quarters.
func (t *timeline) credit(sec, quarters int64) {
	t.last = max(t.last, sec)
	t.quarters += quarters
	t.long.quarters[t.long.index(sec)] += quarters
	if t.ring.reach(sec) {
		t.ring.quarters[sec%ringSlots] += quarters
	}
}

// owned returns a slot that may be written to: a new one, or a copy of one that is read elsewhere.
func owned(s **slot) *slot {
	switch {
	case *s == nil:
		*s = new(slot)
	case (*s).shared:
		*s = (*s).clone()
	}
	return *s
}

// ringSlots holds ten minutes of seconds and the rest of the oldest column of a chart over them.
const ringSlots = 720

// ring holds the newest seconds. Seconds count from the first event; a slot is nil if nothing ended in it.
type ring struct {
	slots    [ringSlots]*slot
	quarters [ringSlots]int64 // output tokens, estimates and settled ones
	head     int64            // newest second
}

// reach moves the head to a second if it is newer. False: the second is too old.
func (r *ring) reach(sec int64) bool {
	if sec > r.head {
		for s := max(r.head+1, sec-ringSlots+1); s <= sec; s++ {
			r.slots[s%ringSlots], r.quarters[s%ringSlots] = nil, 0
		}
		r.head = sec
	}
	return r.holds(sec)
}

func (r *ring) holds(sec int64) bool { return sec >= 0 && sec <= r.head && sec > r.head-ringSlots }

// peek returns the slot and the tokens of a second; nothing if it is too old or has not come.
func (r *ring) peek(sec int64) (*slot, int64) {
	if !r.holds(sec) {
		return nil, 0
	}
	return r.slots[sec%ringSlots], r.quarters[sec%ringSlots]
}

// rename counts everything of a group as another's.
func (r *ring) rename(from, to uint16) {
	for i, s := range r.slots {
		if s != nil && s.find(from) >= 0 {
			owned(&r.slots[i]).rename(from, to)
		}
	}
}

// longSlots is the resolution of the whole run: when it is full, two neighbours become one and a slot spans twice
// the time.
const longSlots = 256

// long holds the whole run in a fixed number of slots, without groups.
type long struct {
	slots    [longSlots]*slot
	quarters [longSlots]int64
	step     int64 // seconds a slot
	used     int
}

func (l *long) at(sec int64) *slot { return owned(&l.slots[l.index(sec)]) }

// index is the slot of a second. It halves the resolution if there is none.
func (l *long) index(sec int64) int {
	sec = max(sec, 0)
	for sec/l.step >= longSlots {
		l.halve()
	}
	i := int(sec / l.step)
	l.used = max(l.used, i+1)
	return i
}

func (l *long) halve() {
	for i := range longSlots / 2 {
		a, b := l.slots[2*i], l.slots[2*i+1]
		if a == nil {
			a = b
		} else if b != nil {
			a = a.clone()
			a.fold(b)
		}
		l.slots[i], l.quarters[i] = a, l.quarters[2*i]+l.quarters[2*i+1]
	}
	clear(l.slots[longSlots/2:])
	clear(l.quarters[longSlots/2:])
	l.used = (l.used + 1) / 2
	l.step *= 2
}
