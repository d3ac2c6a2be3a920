package meter

import (
	"testing"
	"time"

	"relaytop/relay"
)

// TestFiguresThatOthersGetWrong has a fixture for each known mistake that a meter can make, the right value, and the
// value that the mistake gives. A case whose two values are the same would test nothing.
func TestFiguresThatOthersGetWrong(t *testing.T) {
	var all []wrongFigure
	all = append(all, wrongTimes()...)
	all = append(all, wrongCounts()...)
	for _, q := range all {
		c := newClock()
		q.fold(c)
		for _, w := range []Window{Minute, TenMinutes, Run} {
			if got := q.read(c.m.View(c.at(20*time.Second), w, 60)); got != q.want || q.want == q.mistake {
				t.Errorf("%s, %v: %v, want %v; the mistake is %v", q.name, w, got, q.want, q.mistake)
			}
		}
	}
}

// wrongFigure is one case.
type wrongFigure struct {
	name          string
	fold          func(*clock)
	read          func(View) any
	want, mistake any
}

// one answers a request that was sent at 0, with a change.
func one(ttft, e2e time.Duration, out int64, change func(*clock, *relay.Result)) func(*clock) {
	return func(c *clock) {
		r := c.answered(0, ttft, e2e, out)
		if change != nil {
			change(c, &r)
		}
		c.done(c.send(0), e2e, r)
	}
}

func wrongTimes() []wrongFigure {
	tpot := func(v View) any { return v.Figures.TPOT.Max.Round(ms) }
	speed := func(v View) any { return int(v.Models[0].TokPerSec + .5) }
	ttft := func(v View) any { return v.Figures.TTFT.Max }
	e2e := func(v View) any { return v.Figures.E2E.Max }
	return []wrongFigure{
		{"a gap between chunks as the time per token", one(100*ms, 1100*ms, 101, func(_ *clock, r *relay.Result) {
			r.Timing.Gaps = []time.Duration{100 * ms, 100 * ms}
		}), tpot, 10 * ms, 100 * ms},
		{"TTFT blind to reasoning", one(1200*ms, 10*time.Second, 100, func(c *clock, r *relay.Result) {
			r.Timing.FirstOut = c.at(9 * time.Second)
		}), ttft, 1200 * ms, 9 * time.Second},
		{"the first token in the speed", one(9900*ms, 10*time.Second, 11, nil), speed, 100, 110},
		{"throughput over E2E as the speed", one(9*time.Second, 10*time.Second, 11, nil), speed, 10, 1},
		{"E2E until [DONE]", one(100*ms, time.Second, 100, func(c *clock, r *relay.Result) {
			r.Timing.Done = c.at(5 * time.Second)
		}), e2e, time.Second, 5 * time.Second},
		{"our waiting not shown", one(100*ms, 200*ms, 10, func(c *clock, r *relay.Result) {
			r.Timing.Sched = c.at(-5 * time.Second)
		}), func(v View) any { return v.Figures.Queue.Max }, 5 * time.Second, time.Duration(0)},
		{"our waiting in TTFT", one(100*ms, 200*ms, 10, func(c *clock, r *relay.Result) {
			r.Timing.Sched = c.at(-5 * time.Second)
		}), ttft, 100 * ms, 5100 * ms},
		{"a failure in the latencies", func(c *clock) {
			one(9*time.Second, 10*time.Second, 10, func(_ *clock, r *relay.Result) { r.Status = relay.StatusTruncated })(c)
			c.finish(0, 100*ms, 200*ms, 10)
		}, e2e, 200 * ms, 10 * time.Second},
		{"an idle head in the duration", func(c *clock) { c.finish(18*time.Second, 100*ms, 200*ms, 10) },
			func(v View) any { return v.Figures.Elapsed }, 2 * time.Second, 20 * time.Second},
		{"a mean over requests without the latency", func(c *clock) {
			c.finish(0, 100*ms, 300*ms, 10)
			one(0, 0, 10, func(c *clock, r *relay.Result) { r.Timing = relay.Timing{Send: c.at(0)} })(c)
		}, func(v View) any { return v.Figures.TTFT.Mean }, 100 * ms, 50 * ms},
		{"a mean of steps", func(c *clock) {
			c.finish(0, 100300*time.Microsecond, time.Second, 10)
			c.finish(0, 100310*time.Microsecond, time.Second, 10)
		}, func(v View) any { return v.Figures.TTFT.Mean }, 100305 * time.Microsecond, middle(stepOf(100300))},
		{"a quantile beyond the samples", one(100300*time.Microsecond, time.Second, 10, nil),
			func(v View) any { return v.Figures.TTFT.P99 }, 100300 * time.Microsecond, middle(stepOf(100300))},
		{"a speed of what came at once", one(500*ms, 519*ms, 500, nil),
			func(v View) any { return [2]int64{v.Figures.TPOT.N, v.Figures.Burst} }, [2]int64{0, 1}, [2]int64{1, 0}},
		{"a TTFT of a document", one(500*ms, 500*ms, 500, func(_ *clock, r *relay.Result) { r.Timing.Whole = true }),
			func(v View) any { return [2]int64{v.Figures.TTFT.N, v.Figures.E2E.N} }, [2]int64{0, 1}, [2]int64{1, 1}},
	}
}

func wrongCounts() []wrongFigure {
	tokens := func(v View) any { return v.Figures.Tokens }
	ended := func(v View) any { return [2]int64{v.Figures.OK, v.Figures.Failed} }
	status := func(s relay.Status) func(*clock) {
		return one(100*ms, time.Second, 1, func(_ *clock, r *relay.Result) { r.Status = s })
	}
	return []wrongFigure{
		{"chunks as tokens", func(c *clock) {
			id := c.send(0)
			for range 100 {
				c.event(relay.Text, id, 0, func(ev *relay.Event) { ev.Text = "ab" })
			}
			c.done(id, time.Second, c.answered(0, 0, time.Second, 77))
		}, tokens, int64(77), int64(100)},
		{"an estimate rounded for each chunk", func(c *clock) {
			id := c.send(0)
			for range 400 {
				c.event(relay.Text, id, 0, func(ev *relay.Event) { ev.Text = "a" })
			}
		}, tokens, int64(100), int64(400)},
		{"reasoning counted twice", one(ms, time.Second, 100, func(_ *clock, r *relay.Result) { r.Usage.Reasoning = 60 }),
			tokens, int64(100), int64(160)},
		{"an empty answer as a success", status(relay.StatusEmpty), ended, [2]int64{0, 1}, [2]int64{1, 0}},
		{"an error in the stream as a success", status(relay.StatusTruncated), ended, [2]int64{0, 1}, [2]int64{1, 0}},
		{"an answer cut by its limit as a failure", status(relay.StatusLength), ended, [2]int64{1, 0}, [2]int64{0, 1}},
		{"a cancelled request as a failure", status(relay.StatusCancelled), ended, [2]int64{0, 0}, [2]int64{0, 1}},
		{"text that failed in the speed", func(c *clock) {
			id := c.send(0)
			c.say(id, time.Second, 50)
			c.done(id, 2*time.Second, failed(relay.ClassTruncated))
		}, tokens, int64(0), int64(50)},
		{"an attempt that failed not counted", func(c *clock) {
			c.sent(0, Key{"m", "e", relay.LaneChat}, c.answered(0, ms, ms, 10), relay.ClassRateLimit, "")
		}, func(v View) any { return v.Attempts[relay.ClassRateLimit] }, int64(1), int64(0)},
		{"an attempt that failed as a failure", func(c *clock) {
			c.sent(0, Key{"m", "e", relay.LaneChat}, c.answered(0, ms, ms, 10), relay.ClassRateLimit, "")
		}, ended, [2]int64{1, 0}, [2]int64{1, 1}},
		{"an unknown cost as none", one(ms, time.Second, 10, func(_ *clock, r *relay.Result) {
			r.Cost = relay.Cost{Source: relay.SourceUnknown}
		}), func(v View) any { return v.Figures.Unknown }, int64(1), int64(0)},
	}
}
