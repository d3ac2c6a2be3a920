package meter

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"relaytop/relay"
)

// BenchmarkQuantilesOfAMillion compares the quantiles of a million samples in ten minutes and in the run with sorting
// them. It prints the worst relative error, and fails if that is above 1 % or a mean is not exact. Run it with
// -benchtime 1x.
func BenchmarkQuantilesOfAMillion(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, shape := range []struct {
		name string
		draw func() float64 // seconds
	}{
		{"lognormal", func() float64 { return math.Exp(r.NormFloat64()*.8) * .4 }},
		{"uniform", func() float64 { return r.Float64() * 30 }},
		{"exponential", func() float64 { return r.ExpFloat64() }},
		{"two peaks", func() float64 { return .1 + 4*float64(r.IntN(2)) + r.Float64()*.01 }},
		{"heavy tail", func() float64 { return min(.05/math.Pow(1-r.Float64(), 1/1.5), 3000) }},
	} {
		b.Run(shape.name, func(b *testing.B) {
			for b.Loop() {
				c, all, sum := newClock(), make([]time.Duration, 1e6), time.Duration(0)
				for i := range all {
					all[i] = time.Duration(shape.draw() * 1e9)
					sum += all[i]
					c.next++
					c.done(c.next, time.Duration(i)*500*time.Microsecond, c.answered(0, all[i], all[i]+time.Second, 10))
				}
				slices.Sort(all)
				worst := 0.0
				for _, w := range []Window{TenMinutes, Run} {
					q := c.m.Figures(c.at(500*time.Second), w).TTFT
					if q.N != 1e6 || q.Sum != sum || q.Mean != sum/1e6 || q.Min != all[0] || q.Max != all[len(all)-1] {
						b.Fatalf("%v: what is exact is %+v", w, q)
					}
					for p, got := range map[float64]time.Duration{.5: q.P50, .9: q.P90, .95: q.P95, .99: q.P99, .999: q.P999} {
						want := exactly(all, p)
						worst = max(worst, math.Abs(float64(got-want))/float64(want))
					}
				}
				if b.ReportMetric(100*worst, "worst-%"); worst > .01 {
					b.Errorf("%.2f %% off", 100*worst)
				}
			}
		})
	}
}

// BenchmarkHeapOfADay folds 24 hours of 4 requests a second of 200 models, with every window read once a minute. It
// prints the heap in use after the first hour and the last, and the most that a later hour differs from the first. Run
// it with -benchtime 1x.
func BenchmarkHeapOfADay(b *testing.B) {
	for b.Loop() {
		c, r := newClock(), rand.New(rand.NewPCG(3, 4))
		empty := inUse()
		var hours []float64
		for i := range 24 * 3600 * 4 {
			at := time.Duration(i) * time.Second / 4
			e2e := time.Duration((.5 + 2*r.ExpFloat64()) * 1e9)
			model := r.IntN(200)
			k := Key{fmt.Sprint("model ", model), fmt.Sprint("relay ", model%2), relay.LaneChat}
			if r.IntN(50) == 0 {
				c.sent(at, k, failed(relay.ClassRateLimit), relay.ClassRateLimit)
			} else {
				c.sent(at, k, c.answered(at-e2e, e2e/4, e2e, 10+r.Int64N(500)), "")
			}
			if i%240 == 239 {
				for w := range Run + 1 {
					c.m.View(c.at(at), w, 150)
				}
			}
			if (i+1)%(3600*4) == 0 {
				hours = append(hours, inUse()-empty)
			}
		}
		worst := 0.0
		for _, h := range hours {
			worst = max(worst, math.Abs(h/hours[0]-1))
		}
		b.ReportMetric(hours[0]/1e6, "first-MB")
		b.ReportMetric(hours[23]/1e6, "last-MB")
		b.ReportMetric(100*worst, "worst-%")
		runtime.KeepAlive(c)
	}
}

// inUse is the heap in use after a collection.
func inUse() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}
