package meter

// gathered is the sum of several slots, or of the whole run.
type gathered struct {
	tally
	quarters int64
	dist     [numWindowed]dist
}

func (h *gathered) add(s *slot) {
	for _, c := range s.cells {
		h.dist[c.metric()].add(c.step(), c.n)
	}
	for i := range s.groups {
		h.group(&s.groups[i])
	}
	h.quarters += s.quarters
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
	h.quarters += o.quarters
	for i := range h.dist {
		h.dist[i].join(&o.dist[i])
	}
}

// clear empties h and keeps its memory.
func (h *gathered) clear() {
	h.tally, h.quarters = tally{}, 0
	for i := range h.dist {
		h.dist[i].clear()
	}
}

func (m *Meter) gather(from, to int64) *gathered {
	h := new(gathered)
	for sec := from; sec <= to; sec++ {
		if s := m.timeline.ring.peek(sec); s != nil {
			h.add(s)
		}
	}
	return h
}
