package inspect

import (
	"testing"
	"time"
)

// TestAQuantileIsANearestRank: the rank is rounded up, so that a quantile is one of the samples and never below what
// was asked for.
func TestAQuantileIsANearestRank(t *testing.T) {
	for _, c := range []struct {
		n    int
		q    float64
		want int // the sample, from 1
		sure bool
	}{
		{1, 0.5, 1, false}, {2, 0.5, 1, true}, {3, 0.5, 2, true}, {4, 0.5, 2, true}, {5, 0.5, 3, true},
		{10, 0.95, 10, false}, {20, 0.95, 19, true}, {21, 0.95, 20, true}, {100, 0.95, 95, true}, {101, 0.95, 96, true},
		{10, 0, 1, true}, {10, 1, 10, false},
	} {
		var g gaps
		for i := range c.n {
			g.sorted = append(g.sorted, time.Duration(i+1))
		}
		if got, sure := g.at(c.q); got != time.Duration(c.want) || sure != c.sure {
			t.Errorf("%v of %d: sample %d, sure %v; want %d, %v", c.q, c.n, got, sure, c.want, c.sure)
		}
	}
	if _, sure := (&gaps{}).at(0.5); sure {
		t.Error("sure of no samples at all")
	}
}
