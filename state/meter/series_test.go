package meter

import (
	"fmt"
	"testing"
	"time"

	"relaytop/relay"
)

// sent is a request of a series that was answered or failed, with its attempts.
func (c *clock) sent(d time.Duration, k Key, r relay.Result, tries ...relay.Class) {
	c.next++
	id := c.next
	c.event(relay.Queued, id, d, func(ev *relay.Event) { ev.Lane = k.Lane })
	c.event(relay.Sent, id, d, func(ev *relay.Event) { ev.Model, ev.Endpoint, ev.Lane = k.Model, k.Endpoint, k.Lane })
	r.Attempts = nil
	for i, class := range tries {
		r.Attempts = append(r.Attempts, relay.Attempt{N: i + 1, Model: k.Model, Endpoint: k.Endpoint, Class: class})
	}
	r.Asked, r.Endpoint, r.Lane = k.Model, k.Endpoint, k.Lane
	c.done(id, d, r)
}

// TestSeriesAddUpToTheTables: one series has a model, an endpoint and a lane, and every table is a sum of series.
func TestSeriesAddUpToTheTables(t *testing.T) {
	c := newClock()
	keys := []Key{{"a", "east", relay.LaneChat}, {"a", "west", relay.LaneChat}, {"b", "east", relay.LaneBatch}}
	for i, k := range keys {
		for n := range i + 1 {
			ttft := time.Duration(100*i+7*n+1) * time.Millisecond
			r := c.answered(0, ttft, ttft+time.Second, 50)
			c.sent(0, k, r, relay.ClassRateLimit, "")
		}
	}
	for _, w := range []Window{TenSeconds, Minute, TenMinutes, Run} {
		v := c.m.View(c.at(2*time.Second), w, 60)
		if len(v.Series) != 3 || v.Series[0].Series != keys[2] || v.Series[2].Series != keys[0] {
			t.Fatalf("%v: %+v", w, v.Series)
		}
		for i, rows := range [][]Row{v.Models, v.Endpoints, v.Lanes, v.Series} {
			var n, out, attempts, limited int64
			var sum time.Duration
			for _, r := range rows {
				n, out, attempts = n+r.Requests, out+r.Output, attempts+r.FailedAttempts
				limited, sum = limited+r.Classes.Attempts[relay.ClassRateLimit], sum+r.TTFT.Sum
			}
			f := &v.Figures
			if n != 6 || out != 300 || attempts != 6 || limited != 6 || sum != f.TTFT.Sum || f.Output != out ||
				f.FailedAttempts != attempts || f.Attempts != 12 || v.Attempts[relay.ClassRateLimit] != limited {
				t.Errorf("%v, table %d: %d requests, %d tokens, %d failed attempts, TTFTs of %v together", w, i, n, out,
					attempts, sum)
			}
		}
		if v.Classes != nil {
			t.Errorf("%v: failed attempts count as failed requests: %v", w, v.Classes)
		}
	}
}

// TestAnAttemptCountsForWhatItAsked: after a fallback the failure stands with the model that failed.
func TestAnAttemptCountsForWhatItAsked(t *testing.T) {
	c := newClock()
	r := c.answered(0, 100*time.Millisecond, time.Second, 50)
	r.Asked, r.Endpoint = "second", "east"
	r.Attempts = []relay.Attempt{{N: 1, Model: "first", Endpoint: "west", Class: relay.ClassUpstream},
		{N: 2, Model: "second", Endpoint: "east"}}
	c.sent(0, Key{"first", "west", relay.LaneChat}, failed(relay.ClassTimeout), relay.ClassTimeout)
	c.done(c.send(0), time.Second, r)
	for _, w := range []Window{Minute, Run} {
		v := c.m.View(c.at(2*time.Second), w, 60)
		got := map[string]Row{}
		for _, row := range v.Models {
			got[row.Key] = row
		}
		first, second := got["first"], got["second"]
		if first.Requests != 1 || first.FailedAttempts != 2 || first.Classes.Attempts[relay.ClassUpstream] != 1 ||
			second.Requests != 1 || second.Attempts != 1 || second.FailedAttempts != 0 {
			t.Errorf("%v: %+v\n%+v", w, first, second)
		}
	}
}

// TestTheLeastUsedNameMakesWay: what is used stays, whenever it came, and in every window.
func TestTheLeastUsedNameMakesWay(t *testing.T) {
	c := newClock()
	at, n := time.Duration(0), int64(0)
	for i := range 3 * maxSeries {
		at += 50 * time.Millisecond
		name := fmt.Sprint("once ", i)
		for _, model := range []string{name, "early", "late"} {
			if model == "late" && i < 2*maxSeries {
				continue
			}
			n++
			c.sent(at, Key{model, "east", relay.LaneChat}, c.answered(at, time.Millisecond, time.Millisecond, 5), "")
		}
	}
	for _, w := range []Window{Minute, TenMinutes, Run} {
		v := c.m.View(c.at(at), w, 60)
		var sum, samples int64
		got := map[string]int64{}
		for _, r := range v.Models {
			sum, samples = sum+r.Requests, samples+r.TTFT.N
			got[r.Key] = r.Requests
		}
		if len(v.Models) > maxSeries+1 || sum != n || samples != n || got["early"] != 3*maxSeries ||
			got["late"] != maxSeries || got[Other] != 2*maxSeries+2 {
			t.Errorf("%v: %d rows of %d requests, want %d; early %d, late %d, other %d", w, len(v.Models), sum, n,
				got["early"], got["late"], got[Other])
		}
	}
}

func TestObjectives(t *testing.T) {
	all := Objectives{TTFT: 500 * time.Millisecond, TPOT: 30 * time.Millisecond, E2E: 5 * time.Second}
	for _, q := range []struct {
		name         string
		o            Objectives
		ttft, e2e    time.Duration
		change       func(*relay.Result)
		good, judged bool
	}{
		{"all met", all, 500 * ms, 1500 * ms, nil, true, true},
		{"no objective", Objectives{}, 500 * ms, 1500 * ms, nil, false, false},
		{"a late token", all, 501 * ms, 1500 * ms, nil, false, true},
		{"slow tokens", all, 100 * ms, 3100 * ms, nil, false, true}, // 99 gaps in 3 s
		{"a long answer", all, 100 * ms, 5001 * ms, func(r *relay.Result) { r.Usage.Output = 1000 }, false, true},
		{"a burst has no TPOT", all, 100 * ms, 110 * ms, nil, true, true},
		{"a document", all, 400 * ms, 400 * ms, func(r *relay.Result) { r.Timing.Whole = true }, true, true},
		{"a late document", all, 600 * ms, 600 * ms, func(r *relay.Result) { r.Timing.Whole = true }, false, true},
		{"failed", all, 100 * ms, 200 * ms, func(r *relay.Result) { r.Status = relay.StatusEmpty }, false, true},
		{"cancelled", all, 1 * ms, 2 * ms, func(r *relay.Result) { r.Status = relay.StatusCancelled }, false, false},
		{"our cache", all, 1 * ms, 2 * ms, func(r *relay.Result) { r.Cached = true }, false, false},
		{"only E2E", Objectives{E2E: time.Second}, 900 * ms, 1000 * ms, nil, true, true},
	} {
		c := newClock()
		c.m.SetObjectives(q.o)
		r := c.answered(0, q.ttft, q.e2e, 100)
		if q.change != nil {
			q.change(&r)
		}
		c.done(c.send(0), 0, r)
		for _, w := range []Window{Minute, Run} {
			v := c.m.View(c.at(time.Second), w, 60)
			if f := &v.Figures; (f.Good == 1) != q.good || (f.Judged == 1) != q.judged {
				t.Errorf("%s, %v: good %d of %d", q.name, w, f.Good, f.Judged)
			}
			if row := &v.Series[0]; row.Requests > 0 && ((row.Good == 1) != q.good || (row.Judged == 1) != q.judged) {
				t.Errorf("%s, %v: the row has good %d of %d", q.name, w, row.Good, row.Judged)
			}
		}
	}
}

// TestAnswersAndTokens: requests a second are not answers a second, and a burst is counted.
func TestAnswersAndTokens(t *testing.T) {
	c := newClock()
	c.finish(0, 100*ms, 1100*ms, 100)
	c.finish(0, 100*ms, 105*ms, 100)
	c.done(c.send(0), time.Second, failed(relay.ClassTimeout))
	for _, w := range []Window{TenSeconds, Run} {
		v := c.m.View(c.at(2*time.Second), w, 60)
		f := &v.Figures
		if f.ReqPerSec != 1.5 || f.OKPerSec != 1 || f.Burst != 1 || f.Input != 20 || f.Output != 200 ||
			v.Models[0].Burst != 1 || v.Models[0].Input != 20 || v.Models[0].Output != 200 {
			t.Errorf("%v: %+v\n%+v", w, f, v.Models[0])
		}
	}
}
