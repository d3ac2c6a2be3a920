package batch

import (
	"time"

	"relaytop/state/job"
)

// paceSeconds bounds how far back the chart of rows a second goes.
const paceSeconds = 3600

// pace counts how many rows of the shown run ended in each second that the pane saw. Rows that ended before
// are not on the chart: the header has totals only.
type pace struct {
	id       string
	first    int64 // unix second of secs[0]
	secs     []ended
	ok, bad  int
	seen     int64 // unix second of the last look
	last     int64 // of the last row that ended
	standing bool  // the run does not move, nor does the chart
}

type ended struct{ ok, bad float64 }

// observe takes in the header. Rows that ended since the last look are spread over the seconds between, so that a
// pane that was hidden for a while shows no peak.
func (p *pace) observe(h *job.Header, at time.Time) {
	now := at.Unix()
	bad := h.NotOK()
	// Another run, or a resumed one whose rows are counted again.
	if h.ID != p.id || h.OK < p.ok || h.State == job.Reading {
		*p = pace{id: h.ID, ok: h.OK, bad: bad, first: now, seen: now, last: now}
		return
	}
	p.standing = h.State != job.Running && h.State != job.Pausing
	if ok, failed := h.OK-p.ok, bad-p.bad; ok > 0 || failed > 0 {
		from := min(max(p.seen+1, now-paceSeconds+1), now)
		n := float64(now - from + 1)
		for s := from; s <= now; s++ {
			p.add(s, float64(ok)/n, float64(max(failed, 0))/n)
		}
		p.last = now
	}
	p.ok, p.bad, p.seen = h.OK, bad, now
}

func (p *pace) add(second int64, ok, bad float64) {
	for int64(len(p.secs)) <= second-p.first {
		p.secs = append(p.secs, ended{})
	}
	if over := len(p.secs) - paceSeconds; over > 0 {
		p.secs, p.first = p.secs[over:], p.first+int64(over)
	}
	if i := second - p.first; i >= 0 {
		p.secs[i].ok += ok
		p.secs[i].bad += bad
	}
}

// columns are the rates in n columns that end with the newest second that is over, and how long a column is, in
// seconds. The step is the shortest that shows all there is.
func (p *pace) columns(n int) (rates []ended, step int64) {
	end := p.seen
	if p.standing {
		end = p.last + 1
	}
	steps := [...]int64{1, 2, 5, 10, 15, 20, 30, 60, 120}
	for _, step = range steps {
		if (end-p.first+step-1)/step <= int64(n) {
			break
		}
	}
	end = end / step * step // so that a column keeps its seconds as time passes
	if end <= p.first {     // no second is complete: show the current one
		end += step
	}
	rates = make([]ended, n)
	for i, s := range p.secs {
		col := int64(n) - 1 - (end-1-(p.first+int64(i)))/step
		if second := p.first + int64(i); second < end && col >= 0 && col < int64(n) {
			rates[col].ok += s.ok / float64(step)
			rates[col].bad += s.bad / float64(step)
		}
	}
	return rates, step
}
