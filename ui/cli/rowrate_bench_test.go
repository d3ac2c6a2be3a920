//go:build linux

package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// BenchmarkRowRate prints the rows a second of a batch that is run in the dashboard, beside those of the same batch
// without one, at a relay that answers at once or after 20 ms: 50 rows in flight, no limits, with the journal. share is
// the ratio of the two.
func BenchmarkRowRate(b *testing.B) {
	for _, c := range []struct{ name, ttft string }{{"now", "-1ns"}, {"20ms", "20ms"}} {
		b.Run(c.name, func(b *testing.B) {
			p := buildProgram(b)
			url := p.quick(b, c.ttft)
			var closed, open float64
			n := 0
			for b.Loop() {
				rows := p.prompts(b, costRows)
				// A file that was run has an output, which a second run does not replace.
				fresh := fmt.Sprintf("%s.%d.jsonl", rows, n)
				if err := os.Rename(rows, fresh); err != nil {
					b.Fatal(err)
				}
				closed += p.rateWithout(b, url, fresh)
				open += p.rateOnScreen(b, url, fresh)
				n++
			}
			b.ReportMetric(closed/float64(n), "closed-rows/s")
			b.ReportMetric(open/float64(n), "open-rows/s")
			b.ReportMetric(open/closed, "share")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// rateWithout is the rate of a batch that has no screen.
func (p program) rateWithout(b *testing.B, url, rows string) float64 {
	b.Helper()
	before := simStats(b, url).Requests
	cmd, _, stderr := p.command(b, "batch", rows, "-c", fmt.Sprint(costWide), "--yes", "--force", "-o", rows+".closed")
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	rate := rateOf(b, url, before, func() { <-time.After(20 * time.Millisecond) })
	if err := cmd.Wait(); err != nil {
		b.Fatalf("%v: %s", err, stderr)
	}
	return rate
}

// rateOnScreen is the rate of a batch in the dashboard, which shows it.
func (p program) rateOnScreen(b *testing.B, url, rows string) float64 {
	b.Helper()
	before := simStats(b, url).Requests
	s := p.onScreen(b)
	s.until(b, shown...)
	s.start(b, filepath.Base(rows), costWide)
	rate := rateOf(b, url, before, func() { s.drain(b, 20*time.Millisecond) })
	s.drain(b, time.Second) // the last rows
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		b.Fatal(err)
	}
	s.rest(b)
	_ = s.cmd.Wait() // a signal ends it
	s.near.Close()
	return rate
}

// rateOf is how many requests a second reach a relay, without the first tenth and the last of a file. wait passes the
// time until it is looked again.
func rateOf(b *testing.B, url string, before int, wait func()) float64 {
	b.Helper()
	var began time.Time
	first, late := 0, time.Now().Add(2*time.Minute)
	for {
		n := simStats(b, url).Requests - before
		switch {
		case time.Now().After(late):
			b.Fatalf("%d of %d rows were sent", n, costRows)
		case n >= costRows*9/10:
			return float64(n-first) / time.Since(began).Seconds()
		case began.IsZero() && n >= costRows/10:
			first, began = n, time.Now()
		}
		wait()
	}
}
