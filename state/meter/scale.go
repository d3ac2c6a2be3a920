package meter

import (
	"math"
	"time"
)

// scale maps latencies to the steps of the heatmap.
type scale struct{ low, width float64 }

func newScale(low, high time.Duration) scale {
	l := math.Log(float64(low))
	return scale{l, (math.Log(float64(high)) - l) / heatSteps}
}

func (s scale) place(d time.Duration) int {
	i := int((math.Log(float64(d)) - s.low) / s.width)
	return min(max(i, 0), heatSteps-1)
}

// floor is the largest of 1, 3, 10, 30... microseconds that is at most d, and at most an hour's decade.
func floor(d time.Duration) time.Duration {
	best := time.Microsecond
	for unit := time.Microsecond; unit <= d; unit *= 10 {
		best = unit
		if 3*unit <= d {
			best = 3 * unit
		}
	}
	return best
}

// ceiling is the smallest of them that is above d.
func ceiling(d time.Duration) time.Duration {
	unit := time.Microsecond
	for ; 10*unit <= d; unit *= 10 {
		continue
	}
	if d < unit {
		return unit
	}
	if d < 3*unit {
		return 3 * unit
	}
	return 10 * unit
}
