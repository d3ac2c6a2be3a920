package meter

import (
	"testing"
	"time"

	"relaytop/relay"
)

// One request shows one value everywhere: every quantile, the mean and both ends are the sample, to the nanosecond.
func TestOneRequestIsOneValue(t *testing.T) {
	const odd = 123456 * time.Nanosecond
	for _, ttft := range []time.Duration{odd, 41*time.Millisecond + odd, 307*time.Millisecond + odd,
		1709*time.Millisecond + odd, 33*time.Second + odd, 2*time.Hour + odd} {
		c := newClock()
		e2e := ttft + 999*time.Millisecond + 7
		c.finish(0, ttft, e2e, 100)
		wantTPOT := (e2e - ttft) / 99
		for _, w := range []Window{TenSeconds, Minute, TenMinutes, Run} {
			now := c.at(e2e + time.Second)
			v := c.m.View(now, w, 30)
			check := func(name string, q Quantiles, want time.Duration) {
				t.Helper()
				if q.N != 1 || q != (Quantiles{1, want, want, want, want, want, want, want, want, want}) {
					t.Errorf("%v %s: %+v, want all %v", w, name, q, want)
				}
			}
			check("TTFT", v.Figures.TTFT, ttft)
			check("E2E", v.Figures.E2E, e2e)
			check("TPOT", v.Figures.TPOT, wantTPOT)
			for _, rows := range [][]Row{v.Models, v.Endpoints, v.Lanes} {
				if len(rows) != 1 {
					t.Fatalf("%v: %d rows", w, len(rows))
				}
				check("a row's TTFT", rows[0].TTFT, ttft)
				check("a row's E2E", rows[0].E2E, e2e)
				if want := 1 / wantTPOT.Seconds(); rows[0].TokPerSec < want*.999999 || rows[0].TokPerSec > want*1.000001 {
					t.Errorf("%v: %v tok/s, want %v", w, rows[0].TokPerSec, want)
				}
			}
			seen := 0
			for _, b := range v.Buckets {
				if b.TTFT.N > 0 {
					seen++
					check("a bucket's TTFT", b.TTFT, ttft)
				}
			}
			if seen != 1 {
				t.Errorf("%v: %d buckets have it", w, seen)
			}
		}
		if q := c.m.Latency(TTFB); q.N != 0 {
			t.Errorf("a latency that was not measured: %+v", q)
		}
	}
}

// The mean is of the samples, not of the steps of a histogram, and survives the halving of the run's slots.
func TestMeansAreExact(t *testing.T) {
	c := newClock()
	var sum time.Duration
	for i := range 1000 {
		ttft := time.Duration(i*i) * 1237 * time.Nanosecond
		sum += ttft
		c.finish(time.Duration(i)*time.Second, ttft, ttft+time.Second, 10)
	}
	if got, want := c.m.Figures(c.at(2000*time.Second), Run).TTFT, sum/1000; got.Mean != want || got.Min != 0 ||
		got.Max != 999*999*1237*time.Nanosecond {
		t.Errorf("%+v, want the mean %v", got, want)
	}
	var n int64
	for _, b := range c.m.View(c.at(2000*time.Second), Run, 64).Buckets {
		n += b.TTFT.N
	}
	if n != 1000 {
		t.Errorf("the buckets hold %d samples of 1000", n)
	}
}

// What came at once has no speed, and a JSON document no TTFT: neither is a sample.
func TestABurstIsNoSpeed(t *testing.T) {
	for _, q := range []struct {
		name       string
		after      time.Duration
		whole      bool
		ttft, tpot int64
	}{
		{name: "a stream", after: time.Second, ttft: 1, tpot: 1},
		{name: "at once", after: 0, ttft: 1},
		{name: "within 19 ms", after: 19 * time.Millisecond, ttft: 1},
		{name: "a document", whole: true},
	} {
		c := newClock()
		id := c.send(0)
		r := c.answered(0, 500*time.Millisecond, 500*time.Millisecond+q.after, 500)
		r.Timing.Whole = q.whole
		c.done(id, 2*time.Second, r)
		for _, w := range []Window{Minute, Run} {
			f := c.m.Figures(c.at(3*time.Second), w)
			if f.TTFT.N != q.ttft || f.TPOT.N != q.tpot || f.E2E.N != 1 {
				t.Errorf("%s, %v: n of TTFT %d, TPOT %d, E2E %d", q.name, w, f.TTFT.N, f.TPOT.N, f.E2E.N)
			}
			if row := c.m.View(c.at(3*time.Second), w, 30).Models[0]; (row.TokPerSec > 0) != (q.tpot > 0) {
				t.Errorf("%s, %v: %v tok/s", q.name, w, row.TokPerSec)
			}
		}
	}
}

// A rate is over the time that has passed, at least one second.
func TestRatesOfAYoungWindow(t *testing.T) {
	for after, want := range map[time.Duration]float64{10 * time.Millisecond: 2, 999 * time.Millisecond: 2,
		time.Second: 2, 2 * time.Second: 1, 4 * time.Second: .5} {
		c := newClock()
		c.finish(0, time.Millisecond, 2*time.Millisecond, 20)
		c.finish(0, time.Millisecond, 2*time.Millisecond, 20)
		for _, w := range []Window{TenSeconds, Minute, TenMinutes, Run} {
			f := c.m.Figures(c.at(after), w)
			if f.ReqPerSec != want || f.TokPerSec != 20*want {
				t.Errorf("%v after %v: %v req/s, %v tok/s; want %v and %v", w, after, f.ReqPerSec, f.TokPerSec, want, 20*want)
			}
		}
	}
}

// Figures move from the first token on: TTFT is known before the answer ends, and is gone if it fails.
func TestFiguresMoveFromTheFirstToken(t *testing.T) {
	c := newClock()
	id := c.send(0)
	if f := c.m.Figures(c.at(100*time.Millisecond), Minute); f.TTFT.N != 0 || f.TokPerSec != 0 {
		t.Fatalf("before the first token: %+v", f)
	}
	c.event(relay.Text, id, 400*time.Millisecond, func(ev *relay.Event) { ev.Text = "twelve bytes" })
	for _, w := range []Window{TenSeconds, Minute, Run, Run} { // reading it leaves nothing behind
		f := c.m.Figures(c.at(500*time.Millisecond), w)
		if f.TTFT.N != 1 || f.TTFT.P50 != 400*time.Millisecond || f.TTFT.P95 != f.TTFT.P50 || f.TokPerSec != 3 || f.Any {
			t.Errorf("%v: TTFT %+v, %v tok/s", w, f.TTFT, f.TokPerSec)
		}
	}
	other := c.send(time.Second)
	c.done(id, 2*time.Second, failed(relay.ClassUpstream))
	if f := c.m.Figures(c.at(2100*time.Millisecond), Run); f.TTFT.N != 0 || f.Failed != 1 {
		t.Errorf("it failed: %+v", f.TTFT)
	}
	c.event(relay.Text, other, 1700*time.Millisecond, func(ev *relay.Event) { ev.Text = "x" })
	c.done(other, 3*time.Second, c.answered(time.Second, 700*time.Millisecond, 2*time.Second, 10))
	for _, w := range []Window{TenSeconds, Run} {
		if f := c.m.Figures(c.at(4*time.Second), w); f.TTFT.N != 1 || f.TTFT.P50 != 700*time.Millisecond {
			t.Errorf("%v at the end: %+v", w, f.TTFT)
		}
	}
}

// So do the charts: the answer in flight is in the newest bucket, where its end will leave it.
func TestChartsMoveFromTheFirstToken(t *testing.T) {
	c := newClock()
	c.finish(0, 100*time.Millisecond, time.Second, 10)
	id := c.send(20 * time.Second)
	c.event(relay.Text, id, 20400*time.Millisecond, func(ev *relay.Event) { ev.Text = "twelve bytes" })
	for _, w := range []Window{Minute, TenMinutes, Run, Run} {
		b := c.m.View(c.at(24*time.Second), w, 60).Buckets
		newest := b[len(b)-1].TTFT
		if w == Run { // the slots of the run have 1 s each, and the newest is that of the newest token
			newest = b[20].TTFT
		}
		n := int64(0)
		for i := range b {
			n += b[i].TTFT.N
		}
		if n != 2 || newest.N != 1 || newest.P50 != 400*time.Millisecond || b[len(b)-1].Any {
			t.Errorf("%v: %d samples in %d buckets, the newest has %+v", w, n, len(b), newest)
		}
	}
	c.done(id, 25*time.Second, failed(relay.ClassUpstream))
	b := c.m.View(c.at(26*time.Second), Minute, 60).Buckets
	for i := range b {
		if b[i].TTFT.N > 0 && b[i].TTFT.P50 == 400*time.Millisecond {
			t.Errorf("it failed, and bucket %d has %+v", i, b[i].TTFT)
		}
	}
}

// TestPendingCost: what answers in flight cost is estimated from the first token on, by the price of the model, and
// settled at the end.
func TestPendingCost(t *testing.T) {
	c := newClock()
	asked := 0
	c.m.SetForecast(func(model string, input, output int64) (relay.Cost, bool) {
		asked++
		return relay.Cost{Amount: relay.Money(input*10 + output*1000), Source: relay.SourceList}, model == "gpt-4.1"
	})
	var ids []relay.ID
	for i := range 3 {
		id := c.send(0)
		c.event(relay.Queued, id, 0, func(ev *relay.Event) { ev.Usage = &relay.Usage{Input: int64(100 * i)} })
		c.event(relay.Sent, id, 0, func(ev *relay.Event) {
			if ev.Model = "gpt-4.1"; i == 2 {
				ev.Model = "unpriced"
			}
		})
		ids = append(ids, id)
	}
	if f := c.m.Figures(c.at(100*time.Millisecond), Minute); f.Pending != 0 {
		t.Errorf("%v before the first token", f.Pending)
	}
	for _, id := range ids {
		c.event(relay.Text, id, time.Second, func(ev *relay.Event) { ev.Text = "sixteen bytes .." })
	}
	asked = 0
	for _, w := range []Window{TenSeconds, Minute, TenMinutes, Run} {
		if f := c.m.Figures(c.at(2*time.Second), w); f.Pending != 2*4000+1000 || f.Cost != 0 {
			t.Errorf("%v: %d is pending, %v settled", w, f.Pending, f.Cost)
		}
	}
	if asked != 2 {
		t.Errorf("prices were asked for %d times, for two models", asked)
	}
	for _, id := range ids {
		c.done(id, 3*time.Second, c.answered(0, time.Second, 2*time.Second, 10))
	}
	if f := c.m.Figures(c.at(4*time.Second), Run); f.Pending != 0 || f.Cost != 3000 {
		t.Errorf("at the end %v is pending, %v settled", f.Pending, f.Cost)
	}
}
