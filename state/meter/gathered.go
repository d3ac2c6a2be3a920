package meter

// gathered is the sum of several slots, or of the whole run.
type gathered struct {
	tally
	dist   [numWindowed]dist
	shared bool // it is read elsewhere and must not be changed any more
}

func (h *gathered) clone() *gathered {
	c := new(gathered)
	c.join(h)
	return c
}

func (h *gathered) add(s *slot) {
	for _, c := range s.cells {
		h.dist[c.metric()].add(c.step(), c.n)
	}
	for i := range s.groups {
		h.group(&s.groups[i])
	}
}

// group adds the sums of one group of a slot.
func (h *gathered) group(g *groupTally) {
	h.merge(&g.tally)
	for m := range g.exact {
		h.dist[m].exact.merge(&g.exact[m])
	}
}

// take adds one request.
func (h *gathered) take(t *tally, l *latencies) {
	h.merge(t)
	for i := range numWindowed {
		if l.ok[i] {
			h.dist[i].add(stepOf(micros(l.d[i])), 1)
			h.dist[i].exact.add(l.d[i])
		}
	}
}

// join adds another sum.
func (h *gathered) join(o *gathered) {
	h.merge(&o.tally)
	for i := range h.dist {
		h.dist[i].join(&o.dist[i])
	}
}

// leave takes out what was joined, but for what is exact.
func (h *gathered) leave(o *gathered) {
	h.remove(&o.tally)
	for i := range h.dist {
		h.dist[i].leave(&o.dist[i])
	}
}

// forget drops what is exact of the latencies.
func (h *gathered) forget() {
	for i := range h.dist {
		h.dist[i].exact = extent{}
	}
}

// clear empties h and keeps its memory.
func (h *gathered) clear() {
	h.tally = tally{}
	for i := range h.dist {
		h.dist[i].clear()
	}
}
