package meter

import "relaytop/relay"

type groupKey struct {
	model, endpoint string
	lane            relay.Lane
}

// groups numbers the combinations of model, endpoint and lane.
type groups struct {
	numbers map[groupKey]uint16
	keys    []groupKey // by number
}

// number returns the number of a combination.
func (g *groups) number(k groupKey) uint16 {
	if n, ok := g.numbers[k]; ok {
		return n
	}
	if len(g.keys) >= maxGroups {
		return 0
	}
	n := uint16(len(g.keys))
	g.keys = append(g.keys, k)
	g.numbers[k] = n
	return n
}
