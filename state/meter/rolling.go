package meter

// rolling is the sum of the seconds of a window, of all together and by group.
type rolling struct {
	slots    [ringSlots]*slot // that are in the sums, by second
	all      gathered
	sums     []*gathered // by group
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
	for len(a.sums) < len(f.keys) {
		a.sums = append(a.sums, new(gathered))
	}
	changed := false
	for i, s := range slots {
		if old := a.slots[i]; old != s {
			a.count(old, (*dist).remove, (*tally).remove)
			a.count(s, (*dist).add, (*tally).merge)
			changed = true
		}
	}
	if changed {
		a.slots = slots
		a.exact()
	}
}

// count adds a slot to the sums or takes it out of them.
func (a *rolling) count(s *slot, sample func(d *dist, step, n uint32), merge func(t, o *tally)) {
	if s == nil {
		return
	}
	for i := range s.groups {
		g := &s.groups[i]
		merge(&a.all.tally, &g.tally)
		merge(&a.sums[g.group].tally, &g.tally)
	}
	for _, c := range s.cells {
		sample(&a.all.dist[c.metric()], c.step(), c.n)
		sample(&a.sums[c.group()].dist[c.metric()], c.step(), c.n)
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
	for n, h := range a.sums {
		for of := range h.dist {
			h.dist[of].exact = extent{}
			if n == 0 {
				a.all.dist[of].exact = extent{}
			}
		}
	}
	for i := range a.blocks {
		b := &a.blocks[i]
		b.update(a.slots[i*blockSlots:(i+1)*blockSlots], len(a.sums))
		for n := range b.exact {
			for of := range b.exact[n] {
				if e := &b.exact[n][of]; e.n > 0 {
					a.sums[n].dist[of].exact.merge(e)
					a.all.dist[of].exact.merge(e)
				}
			}
		}
	}
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
