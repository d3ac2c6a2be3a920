package meter

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"relaytop/relay"
)

// TestPointsHaveTheSamplesTheyNeed compares each point with sorting the samples of its window.
func TestPointsHaveTheSamplesTheyNeed(t *testing.T) {
	c := newClock()
	rnd := rand.New(rand.NewPCG(1, 2))
	var at, took []time.Duration
	for now := time.Duration(0); now < 9*time.Minute; now += time.Duration(rnd.IntN(600)) * time.Millisecond {
		e2e := time.Duration(200+rnd.ExpFloat64()*900) * time.Millisecond
		c.finish(now, e2e/4, e2e, 20)
		at, took = append(at, now+e2e), append(took, e2e)
	}
	end := 9*time.Minute + 30*time.Second
	v := c.m.View(c.at(end), TenMinutes, 200)
	n := len(v.Buckets)
	bucket := func(d time.Duration) int { return n - 1 - int((v.End.Sub(c.at(d))-1)/v.Step) }
	for i, p := range []float64{.5, .95, .99} {
		points := *v.Lines[E2E].at(i)
		if len(points) != n {
			t.Fatalf("%d points of %d buckets", len(points), n)
		}
		need, seen := map[float64]int64{.5: 2, .95: 20, .99: 100}[p], 0
		for b, point := range points {
			var window []time.Duration
			first := b
			for ; first >= 0 && first > b-n/4 && (first == b || int64(len(window)) < need); first-- {
				for k := range at {
					if bucket(at[k]) == first {
						window = append(window, took[k])
					}
				}
			}
			idle := v.Buckets[b].E2E.N == 0 && v.Buckets[b].InFlight == [relay.NumLanes]int32{}
			if idle || len(window) == 0 {
				if point.N != 0 {
					t.Fatalf("p%v: a bucket in which nothing happened has a point", 100*p)
				}
				continue
			}
			seen++
			slices.Sort(window)
			want := window[rank(p, int64(len(window)))-1]
			if point.N != int64(len(window)) || point.Enough != (point.N >= need) ||
				(point.Value-want).Abs() > want/100 {
				t.Fatalf("p%v at %d: %+v, want %v of %d samples", 100*p, b, point, want, len(window))
			}
		}
		if covers := v.Lines[E2E].Covers[i]; seen < n/2 || covers < v.Step || covers > v.Span/4 {
			t.Errorf("p%v: %d points, the widest covers %v", 100*p, seen, covers)
		}
	}
}

// TestFewSamplesAreShownAsFew: two answers have a median and nothing more.
func TestFewSamplesAreShownAsFew(t *testing.T) {
	c := newClock()
	c.finish(0, 100*time.Millisecond, 400*time.Millisecond, 20)
	c.finish(time.Second, 100*time.Millisecond, 600*time.Millisecond, 20)
	v := c.m.View(c.at(3*time.Second), Minute, 60)
	l := &v.Lines[E2E]
	last := len(l.P50) - 1
	for last > 0 && l.P50[last].N == 0 {
		last--
	}
	if p := l.P50[last]; !p.Enough || p.N != 2 || p.Value < 398*time.Millisecond || p.Value > 402*time.Millisecond {
		t.Errorf("the median is %+v", p)
	}
	if p := l.P99[last]; p.Enough || p.N != 2 || p.Value != 600*time.Millisecond || l.Covers[2] != 0 {
		t.Errorf("p99 is %+v, covering %v", p, l.Covers[2])
	}
}

// TestAnAnswerInFlightHasAPoint: its TTFT is drawn in the newest bucket.
func TestAnAnswerInFlightHasAPoint(t *testing.T) {
	c := newClock()
	id := c.send(0)
	c.event(relay.Text, id, 300*time.Millisecond, func(ev *relay.Event) { ev.Text = "four" })
	v := c.m.View(c.at(time.Second), Minute, 60)
	p := v.Lines[TTFT].P50[len(v.Lines[TTFT].P50)-1]
	if p.N != 1 || p.Value != 300*time.Millisecond {
		t.Errorf("it is %+v", p)
	}
}
