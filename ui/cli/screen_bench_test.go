//go:build linux

package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// batchKey shows the batch pane, openKey asks for a file there, chatKey goes to the composer.
const (
	chatKey  = "\x1b1"
	batchKey = "\x1b2"
	openKey  = "o"
)

func (s *screened) press(b *testing.B, keys ...string) {
	b.Helper()
	for _, k := range keys {
		if _, err := s.near.WriteString(k); err != nil {
			b.Fatal(err)
		}
		s.drain(b, 150*time.Millisecond)
	}
}

// drain reads for a time, and returns how many bytes were written.
func (s *screened) drain(b *testing.B, long time.Duration) (n int) {
	b.Helper()
	end := time.After(long)
	for {
		select {
		case c, ok := <-s.chunk:
			if !ok {
				b.Fatal("the program ended")
			}
			n += len(c)
		case <-end:
			return n
		}
	}
}

// cpu is the CPU time of the process, in ticks of 10 ms.
func (s *screened) cpu(b *testing.B) time.Duration {
	b.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), ") ")
	f := strings.Fields(rest)
	ticks := 0
	for _, v := range f[11:13] {
		n, err := strconv.Atoi(v)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// share is the CPU time of the process in a period, as a percentage of one core, and what it writes.
func (s *screened) share(b *testing.B, long time.Duration) (percent, bytesPerSecond float64) {
	b.Helper()
	before, start := s.cpu(b), time.Now()
	n := s.drain(b, long)
	took := time.Since(start).Seconds()
	return 100 * (s.cpu(b) - before).Seconds() / took, float64(n) / took
}

// start opens a file in the batch pane, asks for so many rows at a time, and starts it.
func (s *screened) start(b *testing.B, rows string, workers int) {
	b.Helper()
	s.press(b, batchKey, openKey, rows, "\r")
	s.press(b, strings.Split(strings.Repeat("+", workers-10), "")...) // ten are asked for at first
	s.press(b, "\r")
}

// working shows the dashboard while rows of a file stream from a relay in another process.
func (p program) working(b *testing.B, workers int, itl string) *screened {
	b.Helper()
	url := p.simulate(b, "--ttft", "100ms", "--itl", itl, "--tokens", "3000")
	// two are kept for chats
	p.env = append(p.env, "OPENAI_API_KEY=k", "OPENAI_BASE_URL="+url, "MAX_CONCURRENT_REQUESTS="+strconv.Itoa(workers+2))
	rows := "rows" + strconv.Itoa(workers) + ".txt"
	if err := os.WriteFile(filepath.Join(filepath.Dir(p.path), rows),
		[]byte(strings.Repeat("tell me more\n", 4*workers)), 0o600); err != nil {
		b.Fatal(err)
	}
	s := p.onScreen(b)
	s.until(b, shown...)
	s.start(b, rows, workers)
	s.drain(b, 3*time.Second)
	if got := simStats(b, url); got.Open != workers {
		b.Fatalf("%d answers stream, not %d", got.Open, workers)
	}
	return s
}

// BenchmarkCPUBusy is the cost of ten answers of 50 tokens a second: network, journal and screen together.
func BenchmarkCPUBusy(b *testing.B) {
	p := buildProgram(b)
	s := p.working(b, 10, "20ms")
	defer s.end()
	for b.Loop() {
		percent, rate := s.share(b, 10*time.Second)
		b.ReportMetric(percent, "%core")
		b.ReportMetric(rate/1000, "kB/s")
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkCPUIdle is the cost of the dashboard when everything is older than the minute that it shows.
func BenchmarkCPUIdle(b *testing.B) {
	p := buildProgram(b)
	s := p.onScreen(b)
	defer s.end()
	s.until(b, shown...)
	s.press(b, chatKey, "hello", "\r")
	s.drain(b, 10*time.Second) // the answer
	s.drain(b, 70*time.Second) // leaves the window
	for b.Loop() {
		percent, rate := s.share(b, 20*time.Second)
		b.ReportMetric(percent, "%core")
		b.ReportMetric(rate, "B/s")
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkKey is the time from a key to its letter on the screen, while 50 answers of 100 tokens a second stream.
// Nothing else on the screen writes these letters.
func BenchmarkKey(b *testing.B) {
	p := buildProgram(b)
	s := p.working(b, 50, "10ms")
	defer s.end()
	s.press(b, chatKey)
	s.answers(b)
}

// BenchmarkKeyIdle is the same while nothing happens.
func BenchmarkKeyIdle(b *testing.B) {
	p := buildProgram(b)
	s := p.onScreen(b)
	defer s.end()
	s.until(b, shown...)
	s.drain(b, time.Second)
	s.press(b, chatKey)
	s.answers(b)
}

// answers reports how long letters take to reach the screen.
func (s *screened) answers(b *testing.B) {
	b.Helper()
	var took []time.Duration
	for b.Loop() {
		for letter := 'Ꭰ'; letter < 'Ꭰ'+80; letter++ {
			start := time.Now()
			if _, err := s.near.WriteString(string(letter)); err != nil {
				b.Fatal(err)
			}
			s.until(b, string(letter))
			took = append(took, time.Since(start))
			s.drain(b, time.Duration(80+letter%37)*time.Millisecond)
		}
		s.press(b, "\x15") // the line is emptied
	}
	report(b, took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}
