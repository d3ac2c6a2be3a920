package meter

import "slices"

// tables are the sums of a window or of the run by group, and of these by model, endpoint and lane. A row is computed
// again only if its sum has changed.
type tables struct {
	groups []*group
	by     [3]map[string]*line
}

// line is one sum and the row that was made of it.
type line struct {
	sum    *gathered
	row    Row
	stale  bool
	groups int // that are part of it
}

// group is the line of one series and the lines that it is part of: those of its model, its endpoint and its lane.
type group struct {
	line
	key   Key
	parts [3]*line
}

// learn takes the keys of the groups. A group that has another key than before must be empty.
func (t *tables) learn(keys []Key) {
	for n, k := range keys {
		if n == len(t.groups) {
			t.groups = append(t.groups, &group{line: line{sum: new(gathered)}})
		} else if t.groups[n].key == k {
			continue
		} else {
			t.leave(t.groups[n])
		}
		t.enter(t.groups[n], k)
	}
}

// enter makes a group part of the lines of its key.
func (t *tables) enter(g *group, k Key) {
	g.key, g.stale = k, true
	for i, name := range k.names() {
		if t.by[i] == nil {
			t.by[i] = make(map[string]*line)
		}
		l := t.by[i][name]
		if l == nil {
			l = &line{sum: new(gathered), stale: true}
			t.by[i][name] = l
		}
		l.groups++
		g.parts[i] = l
	}
}

// leave takes a group out of its lines, and removes those that have no other.
func (t *tables) leave(g *group) {
	for i, name := range g.key.names() {
		if g.parts[i].groups--; g.parts[i].groups == 0 {
			delete(t.by[i], name)
		}
	}
}

// names are what the lines of a series are called, in the order of the tables.
func (k Key) names() [3]string { return [3]string{k.Model, k.Endpoint, k.Lane.String()} }

// take makes the sums those of the whole run.
func (t *tables) take(f *frozen) {
	sums := slices.Clip(f.sums)
	for len(sums) < len(t.groups) { // newer groups than this moment knows
		sums = append(sums, new(gathered))
	}
	changed := make([]bool, len(sums))
	for n, g := range t.groups {
		if changed[n] = g.sum != sums[n]; changed[n] {
			for _, l := range g.parts {
				l.sum.leave(g.sum)
				l.stale = true
			}
		}
	}
	for n := len(t.groups); n < len(sums); n++ {
		changed[n] = true
	}
	t.learn(f.keys)
	for n, g := range t.groups {
		if !changed[n] {
			continue
		}
		g.sum, g.stale = sums[n], true
		for _, l := range g.parts {
			l.sum.join(g.sum)
			l.stale = true
		}
	}
	t.exact()
}

// exact computes what is exact of the latencies of a model, an endpoint or a lane from its groups: a minimum can't be
// taken out of a sum.
func (t *tables) exact() {
	for _, lines := range t.by {
		for _, l := range lines {
			l.sum.forget()
		}
	}
	for _, g := range t.groups {
		for of := range g.sum.dist {
			e := &g.sum.dist[of].exact
			for _, l := range g.parts {
				l.sum.dist[of].exact.merge(e)
			}
		}
	}
}
