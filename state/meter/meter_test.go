package meter

import (
	"fmt"
	"math"
	"testing"
	"time"

	"relaytop/relay"
)

func about(got, want float64) bool { return math.Abs(got-want) <= 1e-6+.001*math.Abs(want) }

func TestRatesAreOverTheTimeThatPassed(t *testing.T) {
	c := newClock()
	for i := range 20 { // 2 a second for ten seconds, after any idle head
		c.finish(time.Duration(i)*500*time.Millisecond, 100*time.Millisecond, 200*time.Millisecond, 30)
	}
	f := c.m.Figures(c.at(10*time.Second), Minute)
	if f.Elapsed != 10*time.Second || !about(f.ReqPerSec, 2) || !about(f.TokPerSec, 60) {
		t.Errorf("after ten seconds: %+v", f)
	}
	f = c.m.Figures(c.at(100*time.Second), TenMinutes)
	if f.Elapsed != 100*time.Second || !about(f.ReqPerSec, .2) || f.PerMinute != 12000 {
		t.Errorf("after a hundred: %+v", f)
	}
	if f = c.m.Figures(c.at(100*time.Second), Minute); f.Any || f.ReqPerSec != 0 {
		t.Errorf("an empty minute: %+v", f)
	}
}

func TestErrorsAndCancelled(t *testing.T) {
	c := newClock()
	for range 3 {
		c.finish(0, time.Second, 2*time.Second, 10)
	}
	c.done(c.send(0), time.Second, failed(relay.ClassRateLimit))
	c.done(c.send(0), time.Second, relay.Result{Status: relay.StatusCancelled,
		Err: &relay.Error{Class: relay.ClassCancelled}})
	for _, w := range []Window{TenSeconds, Run} {
		v := c.m.View(c.at(3*time.Second), w, 80)
		f := v.Figures
		if f.OK != 3 || f.Failed != 1 || f.Cancelled != 1 || f.ErrorRate != .25 || v.Classes[relay.ClassRateLimit] != 1 ||
			len(v.Classes) != 1 {
			t.Errorf("%v: %+v %v", w, f, v.Classes)
		}
		if len(v.Models) != 1 || v.Models[0].Requests != 4 || v.Models[0].Failed != 1 || v.Lanes[0].Key != "chat" {
			t.Errorf("%v: %+v", w, v.Models)
		}
	}
}

func TestPhasesAreCountedOnce(t *testing.T) {
	c := newClock()
	want := func(step string, queued, flying, waiting int) {
		t.Helper()
		f := c.m.Figures(c.at(0), Minute)
		if f.Queued != queued || f.InFlight != flying || f.Waiting != waiting {
			t.Errorf("%s: %d queued, %d in flight, %d waiting", step, f.Queued, f.InFlight, f.Waiting)
		}
	}
	for id := relay.ID(1); id <= 3; id++ {
		c.event(relay.Queued, id, 0, nil)
	}
	want("queued", 3, 0, 0)
	c.event(relay.Sent, 1, 0, nil)
	c.event(relay.Sent, 2, 0, nil)
	want("sent", 1, 2, 0)
	c.event(relay.Failed, 2, 0, nil)
	c.event(relay.Waiting, 2, 0, nil)
	want("waiting", 1, 1, 1)
	c.event(relay.Sent, 2, 0, nil)
	want("again", 1, 2, 0)
	for id := relay.ID(1); id <= 3; id++ {
		c.done(id, 0, failed(relay.ClassUpstream))
	}
	want("done", 0, 0, 0)
	c.event(relay.Text, 2, 0, func(ev *relay.Event) { ev.Text = "late" })
	want("late text", 0, 0, 0)
	if c.m.Busy() {
		t.Error("still busy")
	}
}

func TestEstimatesGiveWayToUsage(t *testing.T) {
	c := newClock()
	id := c.send(0)
	for i := range 40 { // 40 chunks of 4 letters over 4 s: about 40 tokens
		c.event(relay.Text, id, time.Duration(i)*100*time.Millisecond, func(ev *relay.Event) { ev.Text = "four" })
	}
	if f := c.m.Figures(c.at(4*time.Second), TenSeconds); f.Tokens != 40 || f.Cost != 0 {
		t.Errorf("while it streams: %+v", f)
	}
	c.done(id, 4*time.Second, c.answered(0, time.Millisecond, 4*time.Second, 80))
	v := c.m.View(c.at(6*time.Second), TenSeconds, 10)
	if v.Figures.Tokens != 80 {
		t.Errorf("settled at %d tokens, want 80", v.Figures.Tokens)
	}
	for i, b := range v.Buckets[len(v.Buckets)-7:][:4] {
		if b.Tokens != 20 {
			t.Errorf("second %d holds %d tokens, want 20: no spike at the end", i, b.Tokens)
		}
	}
}

func TestCachedAnswersAreNoSpeed(t *testing.T) {
	c := newClock()
	id := c.send(0)
	c.event(relay.Text, id, time.Second, func(ev *relay.Event) { ev.Text = "a long answer at once" })
	r := c.answered(0, time.Millisecond, time.Second, 80)
	r.Cached, r.Cost = true, relay.Cost{Source: relay.SourceCache}
	c.done(id, time.Second, r)
	if f := c.m.Figures(c.at(2*time.Second), TenSeconds); f.Tokens != 0 || f.TTFT.N != 0 {
		t.Errorf("%d tokens, %d times", f.Tokens, f.TTFT.N)
	}
	if n := c.m.Counters(c.at(2 * time.Second)).Tokens; n != 0 {
		t.Errorf("%d tokens count as used", n)
	}
}

func TestMoney(t *testing.T) {
	c := newClock()
	cost := func(cost relay.Cost) {
		r := c.answered(0, time.Millisecond, time.Second, 100)
		r.Cost = cost
		c.done(c.send(0), time.Second, r)
	}
	cost(relay.Cost{Amount: 3, Source: relay.SourceReported, List: 10, ListKnown: true})
	cost(relay.Cost{Amount: 4, Source: relay.SourceEstimated, Estimated: true})
	cost(relay.Cost{Source: relay.SourceUnknown})
	c.done(c.send(0), time.Second, failed(relay.ClassAuth)) // nothing was spent: not unknown
	id := c.send(2 * time.Second)
	c.event(relay.Text, id, 2*time.Second, func(ev *relay.Event) { ev.Text = string(make([]byte, 40000)) })
	f := c.m.Figures(c.at(3*time.Second), Run)
	if f.Cost != 7 || !f.Estimated || f.Unknown != 1 || f.Simulated {
		t.Errorf("settled %+v", f)
	}
	if f.Pending != 350 { // 10,000 tokens at 7 for 200
		t.Errorf("pending %v", f.Pending)
	}
	v := c.m.View(c.at(3*time.Second), Run, 80)
	if r := v.Models[0]; r.Saved != 7 || !r.SavedKnown || r.Cost != 7 || r.Unknown != 1 {
		t.Errorf("row %+v", r)
	}
	cost(relay.Cost{Amount: 1e9, Source: relay.SourceSim})
	if f := c.m.Figures(c.at(5*time.Second), Run); f.Cost != 7 || f.Simulated {
		t.Errorf("a demo dollar met a real one: %+v", f)
	}
}

// TestRowsOfAProviderAreMoneyAndNoPace: thousands of them are read at once, hours after they were answered.
func TestRowsOfAProviderAreMoneyAndNoPace(t *testing.T) {
	c := newClock()
	for range 1000 {
		r := c.answered(0, 0, 0, 100)
		r.Lane, r.Cost = relay.LaneBatch, relay.Cost{Amount: 3, Source: relay.SourceEstimated, Estimated: true}
		c.m.Bill(c.at(time.Second), &r)
	}
	f := c.m.Figures(c.at(2*time.Second), Run)
	if f.Cost != 3000 || !f.Estimated || f.Simulated || f.Any {
		t.Errorf("%+v", f)
	}
	if f = c.m.Figures(c.at(2*time.Second), Minute); f.ReqPerSec != 0 || f.TokPerSec != 0 || f.PerMinute != 0 {
		t.Errorf("a pace: %+v", f)
	}
	if v := c.m.View(c.at(2*time.Second), Run, 80); len(v.Lanes) != 1 || v.Lanes[0].Cost != 3000 {
		t.Errorf("lanes: %+v", v.Lanes)
	}
	if n := c.m.Counters(c.at(2 * time.Second)); n.Requests != 1000 || n.Cost != 3000 {
		t.Errorf("%+v", n)
	}
}

func TestTotalsRunThroughTheBuckets(t *testing.T) {
	c := newClock()
	for i := range 900 {
		c.finish(time.Duration(i)*time.Second, 10*time.Millisecond, 20*time.Millisecond, 5)
	}
	for _, w := range []Window{TenSeconds, Minute, TenMinutes, Run} {
		for _, columns := range []int{8, 57, 100, 240} {
			v := c.m.View(c.at(900*time.Second), w, columns)
			if len(v.Buckets) > columns || v.Span != v.Step*time.Duration(len(v.Buckets)) ||
				len(v.Heat.Cells) != len(v.Buckets) {
				t.Fatalf("%v in %d: %d buckets of %v in %v", w, columns, len(v.Buckets), v.Step, v.Span)
			}
			last := v.Buckets[len(v.Buckets)-1]
			if last.Total != 900*1000 {
				t.Errorf("%v in %d: the total is %v", w, columns, last.Total)
			}
			for i := 1; i < len(v.Buckets); i++ {
				if v.Buckets[i].Total-v.Buckets[i-1].Total != v.Buckets[i].Cost {
					t.Errorf("%v in %d: bucket %d does not add up", w, columns, i)
				}
			}
			var ok int64
			for _, b := range v.Buckets {
				ok += b.OK
			}
			if w == Run && ok != 900 {
				t.Errorf("the run lost requests: %d", ok)
			}
		}
	}
}

func TestEmptyBucketsAreGaps(t *testing.T) {
	c := newClock()
	c.finish(0, 100*time.Millisecond, 200*time.Millisecond, 5)
	c.finish(5*time.Second, 100*time.Millisecond, 200*time.Millisecond, 5)
	v := c.m.View(c.at(9*time.Second), TenSeconds, 10)
	for i, b := range v.Buckets {
		if want := i == 0 || i == 5; b.Any != want || (b.TTFT.N > 0) != want {
			t.Errorf("bucket %d: %+v", i, b)
		}
	}
	if h := v.Heat; h.Low != 100*time.Millisecond || h.High != 300*time.Millisecond {
		t.Errorf("the heatmap goes from %v to %v", h.Low, h.High)
	}
}

func TestFiguresAreDerivedFourTimesASecond(t *testing.T) {
	c := newClock()
	versions := map[uint64]bool{}
	for ms := range 2000 {
		c.finish(time.Duration(ms)*time.Millisecond, time.Millisecond, time.Millisecond, 5)
		c.m.Figures(c.at(time.Duration(ms)*time.Millisecond), Run)
		c.m.View(c.at(time.Duration(ms)*time.Millisecond), Minute, 80)
		versions[c.m.Version()] = true
	}
	if len(versions) != 8 {
		t.Errorf("derived %d times in two seconds", len(versions))
	}
}

func TestNamesAreBounded(t *testing.T) {
	c := newClock()
	for i := range 1000 {
		r := c.answered(0, time.Millisecond, time.Second, 5)
		r.Asked, r.Endpoint = fmt.Sprint("model ", i), "relay"
		c.done(c.send(0), time.Second, r)
	}
	for _, w := range []Window{Minute, Run} {
		v := c.m.View(c.at(2*time.Second), w, 80)
		var sum int64
		for _, r := range v.Models {
			sum += r.Requests
		}
		if len(v.Models) > maxSeries+1 || sum != 1000 || v.Models[0].Key != Other {
			t.Errorf("%v: %d models, %d requests, first %q", w, len(v.Models), sum, v.Models[0].Key)
		}
	}
}

func TestCounters(t *testing.T) {
	c := newClock()
	c.finish(0, time.Millisecond, time.Second, 90)
	c.done(c.send(0), time.Second, failed(relay.ClassTimeout))
	r := c.answered(0, time.Millisecond, time.Second, 90)
	r.Cost = relay.Cost{Source: relay.SourceUnknown}
	c.done(c.send(0), time.Second, r)
	want := Counters{Requests: 3, Answered: 2, Errors: 1, Tokens: 200, Cost: 1000, Unknown: 1, Uptime: 4 * time.Second}
	if got := c.m.Counters(c.at(4 * time.Second)); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestAFailedAttemptCountsWhenItFails(t *testing.T) {
	c := newClock()
	id := c.send(0)
	c.event(relay.Failed, id, time.Second, func(ev *relay.Event) {
		ev.Model, ev.Endpoint, ev.Err = "gpt-4.1", "relay", &relay.Error{Class: relay.ClassOverloaded}
	})
	c.event(relay.Waiting, id, time.Second, nil)
	f := c.m.Figures(c.at(2*time.Second), Minute)
	if f.Attempts != 1 || f.FailedAttempts != 1 || f.Any || f.Failed != 0 || f.Waiting != 1 {
		t.Errorf("%d of %d attempts, any %v", f.FailedAttempts, f.Attempts, f.Any)
	}
	if v := c.m.View(c.at(3*time.Second), Minute, 10); len(v.Models) > 0 {
		t.Errorf("a request that goes on is in the table: %+v", v.Models)
	}
	r := c.answered(10*time.Second, 100*time.Millisecond, time.Second, 5)
	r.Attempts = []relay.Attempt{{N: 1, Class: relay.ClassOverloaded}, {N: 2}}
	c.done(id, 11*time.Second, r)
	for _, w := range []Window{Minute, Run} {
		if f := c.m.Figures(c.at(12*time.Second), w); f.Attempts != 2 || f.FailedAttempts != 1 || f.OK != 1 {
			t.Errorf("%s: %d of %d attempts", w, f.FailedAttempts, f.Attempts)
		}
	}
}

// TestTheLastActivityIsKept: an empty window shows what was there last, and when that ended.
func TestTheLastActivityIsKept(t *testing.T) {
	c := newClock()
	c.finish(0, 100*time.Millisecond, 400*time.Millisecond, 20)
	c.finish(20*time.Second, 300*time.Millisecond, 900*time.Millisecond, 20)
	for _, w := range []Window{TenSeconds, Minute, TenMinutes} {
		now := 25 * time.Second
		if v := c.m.View(c.at(now), w, 60); v.Past || v.Figures.OK == 0 || v.End.Before(c.at(now)) {
			t.Errorf("%v: what is still in the window is past, or ends at %v", w, v.End)
		}
		for range 3 {
			now += w.Length()
			v := c.m.View(c.at(now), w, 60)
			if want := c.at(21 * time.Second); !v.Past || v.End.Before(want) || v.End.After(want.Add(v.Step)) {
				t.Errorf("%v, %v later: past %v, it ended at %v", w, now, v.Past, v.End)
			}
			ok := int64(0)
			for _, b := range v.Buckets {
				ok += b.OK
			}
			if want := map[Window]int64{TenSeconds: 1, Minute: 2, TenMinutes: 2}[w]; ok != want || v.Figures.OK != want ||
				v.Models[0].Requests != want {
				t.Errorf("%v, %v later: %d answers in the chart, %d in its figures", w, now, ok, v.Figures.OK)
			}
			if f := c.m.Figures(c.at(now), w); f.Any || f.TTFT.N > 0 {
				t.Errorf("%v: the figures of an empty window are %+v", w, f)
			}
		}
		c.finish(now+time.Hour, 100*time.Millisecond, 400*time.Millisecond, 20)
		if v := c.m.View(c.at(now+time.Hour+time.Second), w, 60); v.Past || v.Figures.OK != 1 {
			t.Error("what is new does not end the past")
		}
		c = newClock()
		c.finish(0, 100*time.Millisecond, 400*time.Millisecond, 20)
		c.finish(20*time.Second, 300*time.Millisecond, 900*time.Millisecond, 20)
	}
}

// TestWhatIsCancelledIsNoRequest: total_requests is ok and failed. What was paid before the end is in the cost.
func TestWhatIsCancelledIsNoRequest(t *testing.T) {
	c := newClock()
	c.finish(0, time.Millisecond, time.Second, 90)
	r := c.answered(0, time.Millisecond, time.Second, 90)
	r.Status = relay.StatusCancelled
	c.done(c.send(0), time.Second, r)
	if n := c.m.Counters(c.at(4 * time.Second)); n.Requests != 1 || n.Errors != 0 || n.Cost != 2000 || n.Tokens != 200 {
		t.Errorf("%+v", n)
	}
}
