package meter

import (
	"testing"
	"time"
)

// BenchmarkView derives everything from ten minutes with a hundred requests a second, all different.
func BenchmarkView(b *testing.B) {
	c := newClock()
	for i := range 60000 {
		d := time.Duration(i) * 10 * time.Millisecond
		c.finish(d, time.Duration(100+i%977)*time.Millisecond, time.Duration(1000+i%8999)*time.Millisecond, 10)
	}
	now := 610 * time.Second
	for _, w := range []Window{Minute, TenMinutes, Run} {
		b.Run(w.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				now += time.Second
				c.finish(now, time.Second, time.Second, 10)
				c.m.View(c.at(now), w, 240)
			}
		})
	}
}
