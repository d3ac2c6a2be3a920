package meter

import (
	"cmp"
	"slices"
	"time"
)

// fill fills in the tables of a view. A row has requests that ended, or money if billed is set: attempts alone are not
// a request yet.
func (t *tables) fill(v *View, billed bool) {
	var all tally
	v.Series = make([]Row, 0, len(t.groups))
	for _, g := range t.groups {
		all.merge(&g.sum.tally)
		if g.sum.shown(billed) {
			r := g.current(g.key.Model)
			r.Series = g.key
			v.Series = append(v.Series, r)
		}
	}
	slices.SortStableFunc(v.Series, byRequests)
	for i, rows := range [...]*[]Row{&v.Models, &v.Endpoints, &v.Lanes} {
		*rows = make([]Row, 0, len(t.by[i]))
		for name, l := range t.by[i] {
			if l.sum.shown(billed) {
				*rows = append(*rows, l.current(name))
			}
		}
		slices.SortFunc(*rows, byRequests)
	}
	c := all.classes()
	v.Classes, v.Attempts = c.Requests, c.Attempts
}

func (h *gathered) shown(billed bool) bool {
	return h.ended() > 0 || billed && h.known+h.simulated+h.unknown > 0
}

func byRequests(a, b Row) int {
	return cmp.Or(cmp.Compare(b.Requests, a.Requests), cmp.Compare(a.Key, b.Key))
}

// current is the row of the sum as it is now.
func (l *line) current(key string) Row {
	if l.stale {
		l.row, l.stale = l.sum.row(key), false
	}
	return l.row
}

func (h *gathered) row(key string) Row {
	r := Row{
		Key:            key,
		Requests:       h.ok + h.failed,
		Failed:         h.failed,
		Burst:          h.burst,
		Good:           h.good,
		Judged:         h.judged,
		Attempts:       h.attempts,
		FailedAttempts: h.failedAttempts,
		Classes:        h.classes(),
		TTFT:           h.dist[TTFT].quantiles(),
		E2E:            h.dist[E2E].quantiles(),
		TPOT:           h.dist[TPOT].quantiles(),
		Input:          h.input,
		Output:         h.output,
		Estimated:      h.estimated > 0,
		Unknown:        h.unknown,
		Saved:          h.saved,
		SavedKnown:     h.savedKnown > 0,
	}
	r.Cost, _ = h.money()
	if r.TPOT.N > 0 && r.TPOT.P50 > 0 {
		r.TokPerSec = float64(time.Second) / float64(r.TPOT.P50)
	}
	return r
}
