package inspect

import (
	"time"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/ui/pane"
	"relaytop/ui/style"
)

// page is what the tabs are drawn from: the request, the attempt that was chosen, the look and the size.
type page struct {
	st     *style.Styles
	keys   *pane.Keys
	w, h   int
	now    time.Time
	in     *state.Inspection // its Result is not nil
	chosen int               // attempt, from 0; -1: the last
	stored *stored
	killed bool // its end was not stored
	body   *bodyCache
}

// lines are all lines of a tab, however many fit.
func (p *page) lines(t tab) []string {
	switch t {
	case chunks:
		return p.chunkLines()
	case request:
		return p.requestLines()
	case response:
		return p.responseLines()
	case overview, numTabs:
	}
	return p.overviewLines()
}

// lost reports a request of which nothing is known: how it ended was not written down, or is not kept any more.
func (p *page) lost() bool {
	r := p.in.Result
	return !p.in.Live && r.Status == "" && len(r.Attempts) == 0 && !r.Cached
}

// earlier is the number of attempts that are not kept.
func (p *page) earlier() int {
	if p.in.Live {
		return 0
	}
	return earlier(p.in.Result)
}

// attempt is the index of the chosen attempt, -1 if there is none.
func (p *page) attempt() int {
	n := len(p.in.Result.Attempts)
	if p.chosen < 0 || p.chosen >= n {
		return n - 1
	}
	return p.chosen
}

// exchange is what the chosen attempt put on the wire, or nil.
func (p *page) exchange() *relay.Exchange {
	i := p.attempt()
	if i < 0 {
		return nil
	}
	var found *relay.Exchange
	for k := range p.in.Exchanges {
		if x := &p.in.Exchanges[k]; x.Attempt == p.in.Result.Attempts[i].N {
			found = x
		}
	}
	return found
}
