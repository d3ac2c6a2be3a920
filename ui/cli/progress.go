package cli

import (
	"fmt"
	"os"
	"strings"
	"time"

	"relaytop/state/job"
)

// barWidth is the progress bar's width in cells.
const barWidth = 30

// progress prints how far a run is: a bar that is drawn over itself on a terminal, a line every five seconds elsewhere.
type progress struct {
	c     *command
	live  bool
	every time.Duration
	last  time.Time
}

func newProgress(c *command) *progress {
	f, ok := c.Stderr.(*os.File)
	p := &progress{c: c, live: ok && isTerminal(f), every: 5 * time.Second}
	if p.live {
		p.every = 200 * time.Millisecond
	}
	return p
}

func (p *progress) show(h *job.Header) {
	if p.c.flags.quiet || time.Since(p.last) < p.every {
		return
	}
	first := p.last.IsZero()
	p.last = time.Now()
	if !p.live {
		if !first {
			p.c.note("%s", progressLine(h))
		}
		return
	}
	full := 0
	if h.Rows > 0 {
		full = barWidth * h.Done() / h.Rows
	}
	fmt.Fprintf(p.c.Stderr, "\r\x1b[K%s%s %s", strings.Repeat("█", full), strings.Repeat("░", barWidth-full), progressLine(h))
}

// end clears the bar: the summary says the rest.
func (p *progress) end(*job.Header) {
	if p.live && !p.last.IsZero() {
		fmt.Fprint(p.c.Stderr, "\r\x1b[K")
	}
}

func progressLine(h *job.Header) string {
	line := fmt.Sprintf("%d/%d rows  %d ok  %d failed  %d in flight", h.Done(), h.Rows, h.OK, h.Failed, h.InFlight)
	if h.Retrying > 0 {
		line += fmt.Sprintf("  %d waiting to retry", h.Retrying)
	}
	if h.Held > 0 {
		line += fmt.Sprintf("  %d held back", h.Held)
	}
	if h.Rate > 0 {
		line += fmt.Sprintf("  %.1f/s", h.Rate)
	}
	if h.ETA > 0 {
		line += "  ETA " + h.ETA.Round(time.Second).String()
	}
	return line
}
