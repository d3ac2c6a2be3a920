package meter

import (
	"cmp"
	"slices"
)

// maxCells bounds a slot: beyond it neighbouring steps are joined, which costs resolution and never a count. It
// takes some five thousand requests a second, all different, to get there.
const maxCells = 1 << 14

// cell counts samples of one group, metric and step, packed into key so that a slot can be sorted and merged.
type cell struct{ key, n uint32 }

func cellKey(group uint16, m Metric, step uint32) uint32 {
	return uint32(group)<<15 | uint32(m)<<12 | step
}

func (c cell) group() uint16  { return uint16(c.key >> 15) }
func (c cell) metric() Metric { return Metric(c.key >> 12 & 7) }
func (c cell) step() uint32   { return c.key & 0xFFF }

// groupTally is the tally of one group in a slot, and what is exact of its latencies.
type groupTally struct {
	group uint16
	tally
	exact [numWindowed]extent
}

// slot is what ended in one span of time. It is sparse: a quiet second costs a few words.
type slot struct {
	cells  []cell // in no order; compacted when they pass limit
	limit  int
	groups []groupTally
	shared bool // it is read elsewhere and must not be changed any more
}

func (s *slot) clone() *slot {
	return &slot{cells: slices.Clone(s.cells), limit: s.limit, groups: slices.Clone(s.groups)}
}

func (s *slot) sample(group uint16, m Metric, step uint32) {
	s.add(cell{cellKey(group, m, step), 1})
}

func (s *slot) add(c cell) {
	s.cells = append(s.cells, c)
	if len(s.cells) >= max(s.limit, 512) {
		s.compact()
		s.limit = 2 * len(s.cells)
	}
}

func (s *slot) compact() {
	s.cells = merge(s.cells, 0)
	for coarse := uint32(1); len(s.cells) > maxCells && coarse < 8; coarse++ {
		s.cells = merge(s.cells, coarse)
	}
}

// merge sorts cells and joins those whose steps differ in the lowest coarse bits only. They stay at the first one's
// step.
func merge(cells []cell, coarse uint32) []cell {
	slices.SortFunc(cells, func(a, b cell) int { return cmp.Compare(a.key, b.key) })
	out := cells[:0]
	for _, c := range cells {
		if n := len(out); n > 0 && out[n-1].key>>coarse == c.key>>coarse {
			out[n-1].n += c.n
			continue
		}
		out = append(out, c)
	}
	return out
}

// group returns the tally of a group. It is valid until the next call.
func (s *slot) group(group uint16) *groupTally {
	if i := s.find(group); i >= 0 {
		return &s.groups[i]
	}
	s.groups = append(s.groups, groupTally{group: group})
	return &s.groups[len(s.groups)-1]
}

// find is the index of a group's tally; negative if there is none.
func (s *slot) find(group uint16) int {
	for i := range s.groups {
		if s.groups[i].group == group {
			return i
		}
	}
	return -1
}

// fold puts everything of o into s.
func (s *slot) fold(o *slot) {
	for _, c := range o.cells {
		s.add(c)
	}
	for i := range o.groups {
		s.group(o.groups[i].group).join(&o.groups[i])
	}
}

// rename counts everything of a group as another's.
func (s *slot) rename(from, to uint16) {
	i := s.find(from)
	if i < 0 {
		return
	}
	old := s.groups[i]
	s.groups = slices.Delete(s.groups, i, i+1)
	s.group(to).join(&old)
	for i, c := range s.cells {
		if c.group() == from {
			s.cells[i].key = cellKey(to, c.metric(), c.step())
		}
	}
}

func (g *groupTally) join(o *groupTally) {
	g.merge(&o.tally)
	for m := range g.exact {
		g.exact[m].merge(&o.exact[m])
	}
}
