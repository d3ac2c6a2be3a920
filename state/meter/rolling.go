package meter

// rolling is the sum of the seconds of a window, of all together and in tables.
type rolling struct {
	slots    [ringSlots]*slot // that are in the sums, by second
	all      gathered
	tables   tables
	quarters int64
	blocks   [ringSlots / blockSlots]block
}

// roll makes the window that of the seconds from to to: it takes out the slots that left it or have changed, and adds
// those that are new.
func (a *rolling) roll(f *frozen, from, to int64) {
	var slots [ringSlots]*slot
	a.quarters = 0
	for sec := from; sec <= to; sec++ {
		s, quarters := f.ring.peek(sec)
		slots[max(sec, 0)%ringSlots] = s
		a.quarters += quarters
	}
	if slots == a.slots {
		return
	}
	// A group whose key has changed is in none of the slots that stay: what leaves is counted under its old key, what
	// comes under the new one.
	for i, s := range a.slots {
		if s != nil && s != slots[i] {
			a.count(s, (*dist).remove, (*tally).remove)
		}
	}
	a.tables.learn(f.keys)
	for i, s := range slots {
		if s != nil && s != a.slots[i] {
			a.count(s, (*dist).add, (*tally).merge)
		}
	}
	a.slots = slots
	a.exact()
}

// count adds a slot to the sums or takes it out of them.
func (a *rolling) count(s *slot, sample func(d *dist, step, n uint32), merge func(t, o *tally)) {
	for i := range s.groups {
		of := &s.groups[i]
		g := a.tables.groups[of.group]
		merge(&a.all.tally, &of.tally)
		merge(&g.sum.tally, &of.tally)
		g.stale = true
		for _, l := range g.parts {
			merge(&l.sum.tally, &of.tally)
			l.stale = true
		}
	}
	for _, c := range s.cells {
		g, of := a.tables.groups[c.group()], c.metric()
		sample(&a.all.dist[of], c.step(), c.n)
		sample(&g.sum.dist[of], c.step(), c.n)
		for _, l := range g.parts {
			sample(&l.sum.dist[of], c.step(), c.n)
		}
	}
}

// blockSlots is how many seconds have their extents kept together.
const blockSlots = 24

// block has the extents of some seconds by group: a minimum can't be taken out of a sum.
type block struct {
	slots [blockSlots]*slot
	exact [][numWindowed]extent
}

// exact computes what is exact of the latencies.
func (a *rolling) exact() {
	a.all.forget()
	for _, g := range a.tables.groups {
		g.sum.forget()
	}
	for i := range a.blocks {
		b := &a.blocks[i]
		b.update(a.slots[i*blockSlots:(i+1)*blockSlots], len(a.tables.groups))
		for n := range b.exact {
			for of := range b.exact[n] {
				if e := &b.exact[n][of]; e.n > 0 {
					a.tables.groups[n].sum.dist[of].exact.merge(e)
					a.all.dist[of].exact.merge(e)
				}
			}
		}
	}
	a.tables.exact()
}

// update computes the extents again if a slot has changed.
func (b *block) update(slots []*slot, groups int) {
	if [blockSlots]*slot(slots) == b.slots {
		return
	}
	b.slots = [blockSlots]*slot(slots)
	clear(b.exact)
	for len(b.exact) < groups {
		b.exact = append(b.exact, [numWindowed]extent{})
	}
	for _, s := range slots {
		if s == nil {
			continue
		}
		for i := range s.groups {
			g := &s.groups[i]
			for of := range g.exact {
				b.exact[g.group][of].merge(&g.exact[of])
			}
		}
	}
}
