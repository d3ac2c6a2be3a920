package meter

import (
	"testing"
	"time"

	"relaytop/relay"
)

const ms = time.Millisecond

// mistakes are inputs on which other tools show a wrong figure, by what is right.
type mistakes map[string]func(*clock, func(what string, got, want any))

func (all mistakes) run(t *testing.T) {
	for name, run := range all {
		t.Run(name, func(t *testing.T) {
			run(newClock(), func(what string, got, want any) {
				t.Helper()
				if got != want {
					t.Errorf("%s is %v, want %v", what, got, want)
				}
			})
		})
	}
}

func TestMistakesInCounting(t *testing.T) {
	mistakes{
		"chunks are not tokens": func(c *clock, check func(string, any, any)) {
			id := c.send(0)
			for range 100 {
				c.event(relay.Text, id, 0, func(ev *relay.Event) { ev.Text = "ab" })
			}
			check("live", c.m.Figures(c.at(time.Second), Run).Tokens, int64(50))
			c.done(id, 0, c.answered(0, ms, time.Second, 77))
			check("settled", c.m.Figures(c.at(2*time.Second), Run).Tokens, int64(77))
		},
		"an estimate is not rounded for each chunk": func(_ *clock, check func(string, any, any)) {
			var est relay.TokenCount
			for range 400 {
				est.Add("a")
			}
			check("letters", est.Tokens(), relay.EstimateTokens(string(make([]byte, 400))))
			var split relay.TokenCount
			split.Add("\xe4")
			split.Add("\xb8\x96")
			check("a split character", split, func() relay.TokenCount { var w relay.TokenCount; w.Add("世"); return w }())
		},
		"reasoning is part of the output": func(c *clock, check func(string, any, any)) {
			r := c.answered(0, ms, time.Second, 100)
			r.Usage.Reasoning = 60
			c.done(c.send(0), time.Second, r)
			check("tokens", c.m.Figures(c.at(time.Second), Run).Tokens, int64(100))
			check("counter", c.m.Counters(c.at(time.Second)).Tokens, int64(110))
		},
		"an error in the stream and an empty answer are failures": func(c *clock, check func(string, any, any)) {
			for _, s := range []relay.Status{relay.StatusTruncated, relay.StatusEmpty, relay.StatusFailed} {
				r := c.answered(0, ms, time.Second, 10)
				r.Status = s
				c.done(c.send(0), time.Second, r)
			}
			v := c.m.View(c.at(time.Second), Minute, 80)
			check("failed", v.Figures.Failed, int64(3))
			check("truncated", v.Classes[relay.ClassTruncated], int64(1))
			check("empty", v.Classes[relay.ClassEmpty], int64(1))
		},
		"a failed attempt is counted apart from its request": func(c *clock, check func(string, any, any)) {
			r := c.answered(0, 100*ms, 200*ms, 10)
			r.Attempts = []relay.Attempt{{Class: relay.ClassRateLimit}, {}}
			c.done(c.send(0), 0, r)
			f := c.m.Figures(c.at(time.Second), Minute)
			check("error rate", f.ErrorRate, 0.0)
			check("attempts", [2]int64{f.Attempts, f.FailedAttempts}, [2]int64{2, 1})
		},
	}.run(t)
}

func TestMistakesInLatencies(t *testing.T) {
	mistakes{
		"a gap between chunks is not the time per token": func(c *clock, check func(string, any, any)) {
			r := c.answered(0, 100*ms, 1100*ms, 101) // 100 tokens in ten chunks
			r.Timing.Gaps = []time.Duration{100 * ms, 100 * ms}
			c.done(c.send(0), time.Second, r)
			check("TPOT", c.m.Latency(TPOT).P50.Round(ms), 10*ms)
			check("gap", c.m.Latency(Gap).P50.Round(ms), 100*ms)
		},
		"failures are in no latency": func(c *clock, check func(string, any, any)) {
			r := c.answered(0, time.Minute, 2*time.Minute, 10)
			r.Status, r.Err = relay.StatusTruncated, &relay.Error{Class: relay.ClassTruncated}
			c.done(c.send(0), time.Second, r)
			c.finish(0, 100*ms, 200*ms, 10)
			for _, w := range []Window{Minute, Run} {
				f := c.m.Figures(c.at(3*time.Second), w)
				check("samples", f.TTFT.N, int64(1))
				check("max", f.E2E.Max < time.Second, true)
			}
		},
		"waiting behind our own limit is shown, and not as the relay's": func(c *clock, check func(string, any, any)) {
			r := c.answered(0, 100*ms, 200*ms, 10)
			r.Timing.Sched = c.at(-5 * time.Second)
			c.done(c.send(0), time.Second, r)
			f := c.m.Figures(c.at(time.Second), Run)
			check("queue", f.Queue.P50.Round(10*ms), 5*time.Second)
			check("TTFT", f.TTFT.P50.Round(ms), 100*ms)
			check("scheduled", c.m.Latency(Scheduled).P50.Round(10*ms), 5200*ms)
		},
		"the first token has its own time": func(c *clock, check func(string, any, any)) {
			c.finish(0, 9900*ms, 10*time.Second, 11) // 11 tokens in the last 100 ms
			v := c.m.View(c.at(10*time.Second), Run, 80)
			check("decode speed", int(v.Models[0].TokPerSec+.5), 100)
		},
		"one token has no speed": func(c *clock, check func(string, any, any)) {
			c.finish(0, 100*ms, 100*ms, 1)
			check("samples", c.m.Figures(c.at(time.Second), Run).TPOT.N, int64(0))
		},
		"a mean is over those that have the latency": func(c *clock, check func(string, any, any)) {
			c.finish(0, 100*ms, 300*ms, 10)
			r := c.answered(0, 0, 0, 10)
			r.Timing = relay.Timing{Send: c.at(0)}
			c.done(c.send(0), 0, r)
			for _, w := range []Window{Minute, Run} {
				check("mean", c.m.Figures(c.at(time.Second), w).TTFT.Mean.Round(ms), 100*ms)
			}
		},
		"our cache says nothing of the relay": func(c *clock, check func(string, any, any)) {
			r := c.answered(0, 0, ms, 10)
			r.Cached = true
			c.done(c.send(0), 0, r)
			f := c.m.Figures(c.at(time.Second), Minute)
			check("ok", f.OK, int64(1))
			check("samples", f.TTFT.N, int64(0))
		},
	}.run(t)
}
