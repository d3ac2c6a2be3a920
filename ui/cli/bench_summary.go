package cli

import (
	"fmt"
	"time"

	"relaytop/relay"
	"relaytop/state/meter"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// nameWidth is the width of the names in front of a benchmark's figures.
const nameWidth = 13

// printBench prints the result for a person.
func printBench(out *output, o *benchObject, b *bench) error {
	k := &o.Config
	figure := func(name, format string, args ...any) {
		out.sentence(label(name, nameWidth), fmt.Sprintf(format, args...))
	}
	out.sentence("", fmt.Sprintf("%s of %s at %s, %s, in %s",
		relay.Counted(o.N, "request"), k.Model, k.Relay, k.pace(), fine(o.Seconds*1000)))
	if o.Latency.N > 0 {
		if err := latencyTable(out, o); err != nil {
			return err
		}
	}
	if o.ReqPerSec != nil && o.OK > 0 {
		figure("throughput", "%s", throughput(o))
	}
	if o.ErrorRate != nil {
		figure("error rate", "%.1f %% (%d of %d)", *o.ErrorRate, o.Failed, o.N)
	}
	for _, class := range relay.Classes() {
		if n := o.ByClass[class]; n > 0 {
			out.line(b.failures(class, n))
			out.sentence("  "+label("", classWidth+1)+"to do: ", class.Advice())
		}
	}
	figure("total cost", "%s", benchCostText(o, b))
	if o.Lag.P99 != nil {
		figure("own lag", "p50 %s, p99 %s", fine(*o.Lag.P50), fine(*o.Lag.P99))
	}
	if o.Saturated {
		out.sentence("", "This machine was saturated: the figures are not reliable.")
	}
	if e := b.warm.err; e != nil {
		out.line(fmt.Sprintf("%d of %s failed: %s", b.warm.failed, relay.Counted(b.warm.done, "warm-up"),
			text.Line(e.Error())))
	}
	return out.err
}

// throughput is requests and tokens a second. Answers that came at once are counted beside it.
func throughput(o *benchObject) string {
	s := widget.Rate(*o.ReqPerSec) + " req/s"
	if o.TokPerSec != nil {
		s += ", " + widget.Speed(*o.TokPerSec) + " tok/s"
	}
	if o.Burst > 0 {
		s += fmt.Sprintf("; burst: %d of %s came at once", o.Burst, relay.Counted(int(o.OK), "answer"))
	}
	return s
}

// failures counts a class of error and quotes its first message.
func (b *bench) failures(class relay.Class, n int64) string {
	s := fmt.Sprintf("  %s %d", label(string(class), classWidth), n)
	if first := b.first[class]; first != "" {
		s += ", the first: " + first
	}
	return s
}

// latencyTable has a row for each latency, or a column on a narrow terminal. A percentile of too few samples is
// marked.
func latencyTable(out *output, o *benchObject) error {
	t := newTable(column{kind: whole})
	t.turns = true
	for _, title := range []string{"mean", "median", "p90", "p95", "p99", "p99.9", "min", "max", "samples"} {
		t.columns = append(t.columns, column{title: title, kind: number})
	}
	few := false
	for _, l := range []struct {
		name string
		q    *quantilesObject
	}{
		{"latency", &o.Latency},
		{"TTFT", &o.TTFT},
		{"TPOT", &o.TPOT},
		{"inter-chunk", &o.InterChunk},
		{"queue", &o.Queue},
	} {
		if l.q.N == 0 {
			continue
		}
		at := func(v, p float64) string {
			if !(meter.Quantiles{N: l.q.N}).Enough(p) {
				few = true
				return fine(v) + "*"
			}
			return fine(v)
		}
		t.row(l.name, fine(*l.q.Mean),
			at(*l.q.P50, .5), at(*l.q.P90, .9), at(*l.q.P95, .95), at(*l.q.P99, .99), at(*l.q.P999, .999),
			fine(*l.q.Min), fine(*l.q.Max), fmt.Sprint(l.q.N))
	}
	err := t.print(out)
	if few && err == nil {
		_, err = fmt.Fprintln(out.w, "* too few samples for this percentile")
	}
	return err
}

// fine formats milliseconds with the digits that a benchmark needs.
func fine(ms float64) string {
	switch {
	case ms < 10:
		return fmt.Sprintf("%.2f ms", ms)
	case ms < 1000:
		return fmt.Sprintf("%.1f ms", ms)
	}
	return shortDuration(time.Duration(ms * float64(time.Millisecond)))
}

func benchCostText(o *benchObject, b *bench) string {
	c := &o.Cost
	if c.USD == nil {
		if o.N == 0 {
			return "nothing was measured"
		}
		if c.UnknownRequests == 0 {
			return "none: no request was answered"
		}
		return "unknown: there is no price for " + o.Config.Model
	}
	s := fmt.Sprintf("%s %s, %s per 1k requests", widget.About(c.sum.Dollars(), c.Source == relay.SourceEstimated),
		c.Source, c.per1k.Dollars())
	if c.UnknownRequests > 0 {
		s += ", " + relay.Counted(int(c.UnknownRequests), "request") + " of unknown cost not counted"
	}
	if b.warm.cost > 0 {
		s += "; warm-up " + b.warm.cost.Dollars()
	}
	return s
}

func shortDuration(d time.Duration) string { return widget.Duration(d).String() }
