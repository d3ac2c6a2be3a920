package meter

import (
	"cmp"
	"slices"
	"time"
)

// line is a line of a table: the sum of one group or more.
type line struct {
	*gathered
	own bool // it is no group's own sum and may be changed
}

type table map[string]line

// add adds a group to a line. The line of a single group shares its sum.
func (t table) add(key string, h *gathered) {
	l, ok := t[key]
	if !ok {
		t[key] = line{gathered: h}
		return
	}
	if !l.own {
		sum := new(gathered)
		sum.join(l.gathered)
		l = line{sum, true}
		t[key] = l
	}
	l.join(h)
}

// tables fills in the tables of a view from the sums of the groups. A row has requests that ended, or money if billed
// is set: attempts alone are not a request yet.
func (f *frozen) tables(v *View, sums []*gathered, billed bool) {
	models, ends, lanes := table{}, table{}, table{}
	var all tally
	for n, h := range sums {
		k := f.keys[n]
		all.merge(&h.tally)
		models.add(k.Model, h)
		ends.add(k.Endpoint, h)
		lanes.add(k.Lane.String(), h)
		if h.shown(billed) {
			r := h.row(k.Model)
			r.Series = k
			v.Series = append(v.Series, r)
		}
	}
	slices.SortStableFunc(v.Series, byRequests)
	v.Models, v.Endpoints, v.Lanes = models.rows(billed), ends.rows(billed), lanes.rows(billed)
	c := all.classes()
	v.Classes, v.Attempts = c.Requests, c.Attempts
}

func (h *gathered) shown(billed bool) bool {
	return h.ended() > 0 || billed && h.known+h.simulated+h.unknown > 0
}

func (t table) rows(billed bool) []Row {
	out := make([]Row, 0, len(t))
	for k, l := range t {
		if l.shown(billed) {
			out = append(out, l.row(k))
		}
	}
	slices.SortFunc(out, byRequests)
	return out
}

func byRequests(a, b Row) int {
	return cmp.Or(cmp.Compare(b.Requests, a.Requests), cmp.Compare(a.Key, b.Key))
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
