package load

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// lag counts delays from 1 us to 1 h with three digits, in fixed memory.
type lag struct{ h *hdrhistogram.Histogram }

const longest = time.Hour

func newLag() *lag { return &lag{hdrhistogram.New(1, int64(longest/time.Microsecond), 3)} }

// add can't fail: a value outside the range counts as the nearest one in it.
func (l *lag) add(d time.Duration) {
	_ = l.h.RecordValue(int64(min(max(d, 0), longest) / time.Microsecond))
}

func (l *lag) quantiles() (p50, p99 time.Duration, n int64) {
	at := func(q float64) time.Duration { return time.Duration(l.h.ValueAtQuantile(q)) * time.Microsecond }
	return at(50), at(99), l.h.TotalCount()
}
