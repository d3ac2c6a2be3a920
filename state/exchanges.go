package state

import (
	"slices"

	"relaytop/relay"
)

// The newest exchanges are kept in memory, bounded by number and bytes, and never written to disk: they hold prompts
// and answers.
const (
	keepExchanges     = 200
	keepExchangeBytes = 32 << 20
)

// exchanges are the newest ones, oldest first.
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
	x.list = slices.Delete(x.list, 0, drop) // it also clears the dropped elements
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
