package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"relaytop/state/job"
	"relaytop/ui/text"
)

func shownProgress(t *testing.T, o output, quiet bool) string {
	t.Helper()
	var b bytes.Buffer
	o.w = &b
	p := newProgress(&o, quiet)
	p.show(5, 10, "5/10 rows  5 ok  0 failed  3 in flight")
	p.end()
	return b.String()
}

func TestTheBarIsHalfFull(t *testing.T) {
	bar := strings.Repeat("█", 15) + strings.Repeat("░", 15)
	want := "\r\x1b[K" + bar + " 5/10 rows  5 ok  0 failed  3 in flight\r\x1b[K"
	if got := shownProgress(t, output{terminal: true, width: 90}, false); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	got := shownProgress(t, output{terminal: true, width: 90, colour: true}, false)
	if !strings.Contains(got, "\x1b[36m"+strings.Repeat("█", 15)) {
		t.Errorf("no colour: %q", got)
	}
}

func TestTheBarStaysOnOneLine(t *testing.T) {
	for _, width := range []int{20, 40, 60, 100} {
		got := strings.Trim(shownProgress(t, output{terminal: true, width: width, ascii: true}, false), "\r\x1b[K")
		if text.Width(got) >= width || strings.ContainsFunc(got, func(r rune) bool { return r > '~' }) {
			t.Errorf("%d cells on a terminal of %d: %q", text.Width(got), width, got)
		}
	}
}

func TestWithoutATerminalProgressIsALine(t *testing.T) {
	if got, want := shownProgress(t, output{}, false), "5/10 rows  5 ok  0 failed  3 in flight\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, o := range []output{{}, {terminal: true, width: 80}} {
		if got := shownProgress(t, o, true); got != "" {
			t.Errorf("--quiet prints %q", got)
		}
	}
}

// TestTheRunIsCutBetweenFacts: on 80 columns the time that is left is there, and no word is cut.
func TestTheRunIsCutBetweenFacts(t *testing.T) {
	h := job.Header{State: job.Running, Rows: 100_000, OK: 1234, Failed: 5, Incomplete: 6, InFlight: 50, Held: 12,
		Rate: 12.5, ETA: 64 * time.Second}
	line := progressLine(&h)
	want := "1245/100000 rows  ETA 1m4s  1234 ok  5 failed  6 incomplete  50 in flight  12 held back  12.5/s"
	if line != want {
		t.Fatalf("got  %q\nwant %q", line, want)
	}
	for width, shown := range map[int]string{
		80:  "1245/100000 rows  ETA 1m4s  1234 ok  5 failed",
		100: "1245/100000 rows  ETA 1m4s  1234 ok  5 failed  6 incomplete",
		200: want,
	} {
		var b bytes.Buffer
		p := newProgress(&output{w: &b, terminal: true, width: width}, false)
		p.showPart(0.5, line)
		p.ticker.Stop()
		if _, got, _ := strings.Cut(b.String(), " "); got != shown {
			t.Errorf("%d columns: %q, want %q", width, got, shown)
		}
	}
}
