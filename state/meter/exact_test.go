package meter

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func exactly(sorted []time.Duration, p float64) time.Duration {
	return sorted[max(int(math.Ceil(p*float64(len(sorted))))-1, 0)]
}

func near(got, want time.Duration) bool {
	return math.Abs(float64(got-want)) <= .01*float64(want)+float64(time.Microsecond)
}

// Every quantile, in the windows and in the run, against sorting the samples.
func TestQuantilesAreWithinOnePercent(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	shapes := map[string]func() time.Duration{
		"lognormal": func() time.Duration {
			return time.Duration(math.Exp(r.NormFloat64()*.8) * float64(400*time.Millisecond))
		},
		"uniform": func() time.Duration { return time.Duration(r.Int64N(int64(30 * time.Second))) },
		"two peaks": func() time.Duration {
			return time.Duration(1+r.IntN(2)*40)*100*time.Millisecond + time.Duration(r.Int64N(1e7))
		},
		"microseconds": func() time.Duration { return time.Duration(1+r.IntN(300)) * time.Microsecond },
	}
	for name, draw := range shapes {
		t.Run(name, func(t *testing.T) {
			c := newClock()
			var all []time.Duration
			for i := range 20000 {
				d := draw()
				all = append(all, d)
				id := c.send(time.Duration(i) * 400 * time.Microsecond)
				res := c.answered(0, d, d+time.Millisecond, 10)
				c.done(id, time.Duration(i)*400*time.Microsecond, res)
			}
			slices.Sort(all)
			for _, w := range []Window{TenSeconds, Minute, TenMinutes, Run} {
				q := c.m.Figures(c.at(8*time.Second), w).TTFT
				if q.N != 20000 {
					t.Fatalf("%v: %d samples", w, q.N)
				}
				for p, got := range map[float64]time.Duration{0: q.Min, .5: q.P50, .9: q.P90, .95: q.P95, .99: q.P99,
					.999: q.P999, 1: q.Max} {
					want := exactly(all, p)
					if want < time.Microsecond {
						want = time.Microsecond
					}
					// the library rounds a rank where we round up: one sample either way
					i := max(int(math.Ceil(p*float64(len(all))))-1, 0)
					if !near(got, want) && !near(got, all[max(i-1, 0)]) && !near(got, all[min(i+1, len(all)-1)]) {
						t.Errorf("%v p%v: %v, exactly %v", w, 100*p, got, want)
					}
				}
			}
		})
	}
}

// A quantile is the smallest latency that at least that share of the samples does not exceed: its rank is rounded up.
func TestRanksAreRoundedUp(t *testing.T) {
	c := newClock()
	for i := range 12 { // 100 ms, 200 ms, ...
		c.finish(0, time.Duration(i+1)*100*time.Millisecond, 2*time.Second, 10)
	}
	for _, w := range []Window{TenSeconds, Minute, TenMinutes} {
		q := c.m.Figures(c.at(3*time.Second), w).TTFT
		for p, rank := range map[float64]int{0: 1, .5: 6, .9: 11, .95: 12, .99: 12, .999: 12, 1: 12} {
			got, ok := q.At(p)
			if want := time.Duration(rank) * 100 * time.Millisecond; !ok || !near(got, want) {
				t.Errorf("%v: p%v of 12 is %v, want the sample of rank %d: %v", w, 100*p, got, rank, want)
			}
		}
	}
	if _, ok := (&Quantiles{N: 12}).At(.75); ok {
		t.Error("there is a quantile that is not kept")
	}
}

func TestStepsCoverEveryLatency(t *testing.T) {
	last := uint32(0)
	for us := int64(1); us < int64(highest/time.Microsecond); us += 1 + us/500 {
		step := stepOf(us)
		if step < last || step > last+1 || step >= numStep {
			t.Fatalf("%d us is in step %d after %d", us, step, last)
		}
		last = step
		if mid := middle(step); math.Abs(float64(mid)-float64(us)*1e3) > .004*float64(us)*1e3+500 {
			t.Fatalf("%d us is shown as %v", us, mid)
		}
	}
	if stepOf(micros(2*time.Hour)) != stepOf(micros(time.Hour)) || stepOf(micros(-1)) != stepOf(1) {
		t.Error("what lies outside is not clamped")
	}
}

func TestFullSlotsLoseResolutionAndNoCount(t *testing.T) {
	var s slot
	n := 0
	for g := range uint16(20) {
		for step := range uint32(numStep) {
			s.sample(g, TTFT, step)
			n++
		}
	}
	s.compact()
	sum := 0
	for _, c := range s.cells {
		sum += int(c.n)
		if c.metric() != TTFT || c.group() >= 20 {
			t.Fatalf("a cell of nobody: %+v", c)
		}
	}
	if sum != n || len(s.cells) > maxCells {
		t.Errorf("%d samples in %d cells, want %d in at most %d", sum, len(s.cells), n, maxCells)
	}
}

// Of a few samples far apart a quantile is the smallest that at least that share does not exceed: a rank that is
// rounded down is another sample. The histograms of the run round to the nearest, so only the windows are checked.
func TestAQuantileIsRoundedUpToASample(t *testing.T) {
	for n := 1; n <= 30; n++ {
		c := newClock()
		var all []time.Duration
		for i := range n {
			d := time.Duration(math.Pow(1.3, float64(i)) * float64(time.Millisecond))
			all = append(all, d)
			id := c.send(0)
			c.done(id, 0, c.answered(0, d, d+time.Millisecond, 10))
		}
		for _, w := range []Window{TenSeconds, Minute, TenMinutes} {
			q := c.m.Figures(c.at(time.Second), w).TTFT
			for p, got := range map[float64]time.Duration{
				0: q.Min, .5: q.P50, .9: q.P90, .95: q.P95, .99: q.P99, .999: q.P999, 1: q.Max,
			} {
				if want := exactly(all, p); !near(got, want) {
					t.Errorf("%v, p%v of %d samples: %v, exactly %v", w, 100*p, n, got, want)
				}
			}
		}
	}
}
