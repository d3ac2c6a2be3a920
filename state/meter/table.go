package meter

import (
	"cmp"
	"slices"
	"time"
)

type table map[string]*gathered

func (t table) at(key string) *gathered {
	h := t[key]
	if h == nil {
		h = new(gathered)
		t[key] = h
	}
	return h
}

// places are the lines of the three tables that a group belongs to.
type places [3]*gathered

// tables gathers the seconds of a window by model, endpoint and lane. Names are looked up once a group: there may
// be a hundred thousand cells.
func (m *Meter) tables(from, to int64) (models, ends, lanes table) {
	models, ends, lanes = table{}, table{}, table{}
	known := make([]places, len(m.groups.keys))
	of := func(group uint16) *places {
		p := &known[group]
		if p[0] == nil {
			k := m.groups.keys[group]
			*p = places{models.at(k.model), ends.at(k.endpoint), lanes.at(k.lane.String())}
		}
		return p
	}
	for sec := from; sec <= to; sec++ {
		s := m.timeline.ring.peek(sec)
		if s == nil {
			continue
		}
		for i := range s.groups {
			for _, h := range of(s.groups[i].group) {
				h.group(&s.groups[i])
			}
		}
		for _, c := range s.cells {
			for _, h := range of(c.group()) {
				h.dist[c.metric()].add(c.step(), c.n)
			}
		}
	}
	return models, ends, lanes
}

func rows(t table) []Row {
	out := make([]Row, 0, len(t))
	for k, h := range t {
		if h.ended() == 0 { // attempts alone are no request yet
			continue
		}
		out = append(out, row(k, &h.tally, h.dist[TTFT].quantiles(), h.dist[E2E].quantiles(), h.dist[TPOT].quantiles()))
	}
	slices.SortFunc(out, byRequests)
	return out
}

func runRows(of map[string]*series) []Row {
	out := make([]Row, 0, len(of))
	for k, s := range of {
		out = append(out, row(k, &s.tally, s.quantiles(TTFT), s.quantiles(E2E), s.quantiles(TPOT)))
	}
	slices.SortFunc(out, byRequests)
	return out
}

func byRequests(a, b Row) int {
	return cmp.Or(cmp.Compare(b.Requests, a.Requests), cmp.Compare(a.Key, b.Key))
}

func row(key string, t *tally, ttft, e2e, tpot Quantiles) Row {
	r := Row{Key: key, Requests: t.ok + t.failed, Failed: t.failed, TTFT: ttft, E2E: e2e, Estimated: t.estimated > 0,
		Unknown: t.unknown,
		Saved:   t.saved, SavedKnown: t.savedKnown > 0}
	r.Cost, _ = t.money()
	if tpot.N > 0 && tpot.P50 > 0 {
		r.TokPerSec = float64(time.Second) / float64(tpot.P50)
	}
	return r
}
