package state

import (
	"slices"

	"relaytop/relay"
)

// The newest exchanges are kept in memory, so many and so many bytes of them, and never written down: they hold
// what was said.
const (
	keepExchanges     = 200
	keepExchangeBytes = 32 << 20
)

// exchanges is a ring of the newest, oldest first.
type exchanges struct {
	list  []*relay.Exchange
	bytes int
}

func (x *exchanges) add(e *relay.Exchange) {
	if e == nil {
		return
	}
	x.list = append(x.list, e)
	x.bytes += e.Size()
	drop := 0
	for n := len(x.list); n-drop > keepExchanges || x.bytes > keepExchangeBytes && drop < n; drop++ {
		x.bytes -= x.list[drop].Size()
	}
	x.list = slices.Delete(x.list, 0, drop) // clears what it drops
}

func (x *exchanges) of(id relay.ID) []relay.Exchange {
	var out []relay.Exchange
	for _, e := range x.list {
		if e.ID == id {
			out = append(out, *e)
		}
	}
	return out
}
