package relay

import (
	"testing"
	"time"
)

// A speed needs time: what came within 20 ms was held back somewhere, and a JSON document has no first token.
func TestASpeedNeedsTime(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		name        string
		first, last time.Duration // after sending; negative: none
		whole       bool
		out         int64
		tpot        time.Duration // 0: none
		burst       bool
		ttft        bool
	}{
		{name: "a stream", first: 100 * ms, last: 1100 * ms, out: 101, tpot: 10 * ms, ttft: true},
		{name: "one read", first: 100 * ms, last: 100 * ms, out: 500, burst: true, ttft: true},
		{name: "several reads at once", first: 100 * ms, last: 119 * ms, out: 500, burst: true, ttft: true},
		{name: "just long enough", first: 100 * ms, last: 120 * ms, out: 2, tpot: 20 * ms, ttft: true},
		{name: "as fast as we read", first: 100 * ms, last: 200 * ms, out: 5001, burst: true, ttft: true},
		{name: "fast", first: 100 * ms, last: 200 * ms, out: 5000, tpot: 20_004 * time.Nanosecond, ttft: true},
		{name: "one token", first: 100 * ms, last: 100 * ms, out: 1, ttft: true},
		{name: "one token and a blank one later", first: 100 * ms, last: 200 * ms, out: 1, ttft: true},
		{name: "no count", first: 100 * ms, last: 900 * ms, ttft: true},
		{name: "no token", first: -1, last: -1, out: 9},
		{name: "a JSON document", first: 100 * ms, last: 100 * ms, whole: true, out: 500},
		{name: "a JSON document with pings", first: 100 * ms, last: 400 * ms, whole: true, out: 500},
	} {
		x := Timing{Send: moment(0), Whole: c.whole}
		if c.first >= 0 {
			x.First, x.FirstOut, x.Last = x.Send.Add(c.first), x.Send.Add(c.first), x.Send.Add(c.last)
		}
		tpot, ok := x.TPOT(c.out)
		if tpot != c.tpot || ok != (c.tpot > 0) {
			t.Errorf("%s: TPOT %v, %t; want %v", c.name, tpot, ok, c.tpot)
		}
		want := 0.0
		if c.tpot > 0 {
			want = 1 / c.tpot.Seconds()
		}
		if v, ok := x.Speed(c.out); v != want || ok != (want > 0) {
			t.Errorf("%s: %v tok/s, %t; want %v", c.name, v, ok, want)
		}
		if x.Burst(c.out) != c.burst {
			t.Errorf("%s: burst %t, want %t", c.name, !c.burst, c.burst)
		}
		_, ttft := x.TTFT()
		if _, ttfo := x.TTFO(); ttft != c.ttft || ttfo != c.ttft {
			t.Errorf("%s: TTFT %t, TTFO %t; want %t", c.name, ttft, ttfo, c.ttft)
		}
		if d, ok := x.E2E(); ok != (c.last >= 0) || ok && d != c.last {
			t.Errorf("%s: E2E %v, %t; want %v", c.name, d, ok, c.last)
		}
	}
}
