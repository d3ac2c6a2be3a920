package meter

import (
	"cmp"
	"slices"

	"relaytop/relay"
)

// Key names a series: the model that was asked for, the endpoint that was asked, and the lane.
type Key struct {
	Model, Endpoint string
	Lane            relay.Lane
}

// groups numbers the keys. A number is an index into keys and sums; number 0 is Other's.
type groups struct {
	numbers map[Key]uint16
	keys    []Key
	shared  bool        // keys are read elsewhere: a name must not be replaced in place
	sums    []*gathered // of the whole run
	used    []uint64    // when a group was used last, counted in uses
	uses    uint64
}

func newGroups() groups {
	other := Key{Other, Other, relay.LaneChat}
	return groups{numbers: map[Key]uint16{other: 0}, keys: []Key{other}, sums: []*gathered{new(gathered)},
		used: []uint64{0}}
}

// number returns the number of a key. If there are maxSeries others, the least used one makes way for it, and its
// sums are Other's from then on, in every window.
func (m *Meter) number(k Key) uint16 {
	g := &m.groups
	g.uses++
	n, ok := g.numbers[k]
	switch {
	case ok:
	case len(g.keys) <= maxSeries:
		n = uint16(len(g.keys))
		g.keys, g.sums, g.used = append(g.keys, k), append(g.sums, new(gathered)), append(g.used, 0)
	default:
		n = g.least()
		delete(g.numbers, g.keys[n])
		g.own(0).join(g.sums[n])
		m.timeline.ring.rename(n, 0)
		if g.shared {
			g.keys, g.shared = slices.Clone(g.keys), false
		}
		g.keys[n], g.sums[n] = k, new(gathered)
	}
	g.numbers[k], g.used[n] = n, g.uses
	return n
}

// least is the group with the fewest requests and attempts, of these the one that was used longest ago.
func (g *groups) least() uint16 {
	all := make([]uint16, 0, len(g.keys)-1)
	for n := 1; n < len(g.keys); n++ {
		all = append(all, uint16(n))
	}
	use := func(n uint16) int64 { return g.sums[n].ended() + g.sums[n].attempts }
	return slices.MinFunc(all, func(a, b uint16) int {
		return cmp.Or(cmp.Compare(use(a), use(b)), cmp.Compare(g.used[a], g.used[b]))
	})
}

// own returns the sum of a group to be written to: a copy if it is read elsewhere.
func (g *groups) own(n uint16) *gathered {
	if g.sums[n].shared {
		g.sums[n] = g.sums[n].clone()
	}
	return g.sums[n]
}
