package meter

// timeline counts what happened by second, in the ring of the windows and in the slots of the whole run.
type timeline struct {
	ring     *ring
	long     *long
	sec      int64 // of cur and far
	cur, far *slot
	quarters int64 // output tokens of the run
	last     int64 // second of the newest end or token
	atOnce   concurrency
}

// slots returns the slots of a second in the windows (nil if it is too old) and in the run.
func (t *timeline) slots(sec int64) (*slot, *slot) {
	if sec == t.sec {
		return t.cur, t.far
	}
	cur, far := t.ring.at(sec), t.long.at(sec)
	if sec > t.sec {
		t.sec, t.cur, t.far = sec, cur, far
	}
	return cur, far
}

func (t *timeline) credit(sec, quarters int64) {
	cur, far := t.slots(sec)
	if cur != nil {
		cur.quarters += quarters
	}
	far.quarters += quarters
	t.quarters += quarters
	t.last = max(t.last, sec)
}

// ringSlots holds ten minutes of seconds and the rest of the oldest column of a chart over them.
const ringSlots = 720

// ring holds the newest seconds. Seconds count from the first event.
type ring struct {
	slots []slot
	head  int64 // newest second
}

func newRing() *ring { return &ring{slots: make([]slot, ringSlots)} }

// at returns the slot of a second, and moves the head to it if it is newer; nil if the second is too old.
func (r *ring) at(sec int64) *slot {
	if sec < 0 || sec <= r.head-ringSlots {
		return nil
	}
	if sec > r.head {
		for s := max(r.head+1, sec-ringSlots+1); s <= sec; s++ {
			r.slots[s%ringSlots].reset()
		}
		r.head = sec
	}
	return &r.slots[sec%ringSlots]
}

// peek returns the slot of a second without moving the head; nil if it is too old or has not come.
func (r *ring) peek(sec int64) *slot {
	if sec < 0 || sec > r.head || sec <= r.head-ringSlots {
		return nil
	}
	return &r.slots[sec%ringSlots]
}

// longSlots is the resolution of the whole run: when it is full, two neighbours become one and a slot spans twice
// the time.
const longSlots = 256

// long holds the whole run in a fixed number of slots, without groups.
type long struct {
	slots []slot
	step  int64 // seconds a slot
	used  int
}

func newLong() *long { return &long{slots: make([]slot, longSlots), step: 1} }

// at returns the slot of a second. It halves the resolution if there is none.
func (l *long) at(sec int64) *slot {
	sec = max(sec, 0)
	for sec/l.step >= longSlots {
		l.halve()
	}
	i := int(sec / l.step)
	l.used = max(l.used, i+1)
	return &l.slots[i]
}

func (l *long) halve() {
	for i := range longSlots / 2 {
		a, b := &l.slots[2*i], &l.slots[2*i+1]
		if i > 0 {
			to := &l.slots[i]
			to.reset()
			to.fold(a)
			a = to
		}
		a.fold(b)
	}
	for i := longSlots / 2; i < longSlots; i++ {
		l.slots[i].reset()
	}
	l.used = (l.used + 1) / 2
	l.step *= 2
}

// rename counts everything of a group as another's.
func (r *ring) rename(from, to uint16) {
	for i := range r.slots {
		r.slots[i].rename(from, to)
	}
}
