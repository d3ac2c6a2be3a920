package cli

import (
	"fmt"
	"strings"
	"time"
)

// bench shows how far a benchmark is; the caller's ticker gives the pace.
func (p *progress) bench(b *bench) {
	if p.c.flags.quiet {
		return
	}
	p.last = time.Now()
	warmups, done, failed := b.progress()
	k := &b.config
	line := fmt.Sprintf("%d/%d requests  %d failed", done, k.N, failed)
	if warmups < k.Warmup {
		line = fmt.Sprintf("%d/%d warm-ups", warmups, k.Warmup)
	}
	if !p.live {
		p.c.note("%s", line)
		return
	}
	full := barWidth * done / k.N
	fmt.Fprintf(p.c.Stderr, "\r\x1b[K%s%s %s", strings.Repeat("█", full), strings.Repeat("░", barWidth-full), line)
}
