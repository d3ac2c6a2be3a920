package meter

import (
	"fmt"
	"testing"
	"time"

	"relaytop/relay"
)

// busy is ten minutes of a hundred models that answer a hundred requests a second, all different.
func busy() (*clock, time.Duration) {
	c := newClock()
	for i := range 60000 {
		c.busy(i, time.Duration(i)*10*time.Millisecond)
	}
	return c, 610 * time.Second
}

// busy answers request i of a hundred models.
func (c *clock) busy(i int, at time.Duration) {
	ttft, e2e := time.Duration(100+i%977)*time.Millisecond, time.Duration(1000+i%8999)*time.Millisecond
	k := Key{fmt.Sprint("model ", i%100), fmt.Sprint("relay ", i/100%2), relay.LaneChat}
	r := c.answered(at-e2e, ttft, e2e, 100)
	r.Asked, r.Endpoint = k.Model, k.Endpoint
	c.next++
	c.done(c.next, at, r)
}

// BenchmarkView is the meter's part of a frame of the pane at 160x45: a quarter of a second of new answers, then
// everything that the pane draws. The first frame of a window, which computes all of it, is counted apart.
func BenchmarkView(b *testing.B) {
	for _, w := range []Window{TenSeconds, Minute, TenMinutes, Run} {
		b.Run(w.String(), func(b *testing.B) {
			c, now := busy()
			began := time.Now()
			c.m.View(c.at(now), w, 150)
			first := time.Since(began)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				b.StopTimer()
				now += Fresh
				for j := range 25 {
					c.busy(25*i+j, now)
				}
				b.StartTimer()
				c.m.View(c.at(now), w, 150)
			}
			b.ReportMetric(float64(first)/float64(time.Millisecond), "first-ms")
		})
	}
}
