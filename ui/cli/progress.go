package cli

import (
	"fmt"
	"strings"
	"time"

	bar "charm.land/bubbles/v2/progress"
	"charm.land/lipgloss/v2"

	"relaytop/ui/text"
)

const (
	redrawEvery = 200 * time.Millisecond // on a terminal
	printEvery  = 5 * time.Second        // elsewhere
	mostBar     = 30                     // cells of the bar; on a narrow terminal a third of it
)

// progress shows how far a run is: a bar that is drawn over itself on a terminal, a line every five seconds
// elsewhere, nothing under --quiet. Its ticker says when show is due.
type progress struct {
	ticker *time.Ticker
	out    *output
	quiet  bool
	bar    bar.Model
	drawn  bool
	task   taskbar
}

func (c *console) progress() *progress { return newProgress(c.stderr(), c.quiet) }

func newProgress(out *output, quiet bool) *progress {
	p := &progress{out: out, quiet: quiet, task: newTaskbar(out)}
	every := printEvery
	if p.out.terminal {
		every = redrawEvery
	}
	p.ticker = time.NewTicker(every)
	full, empty := '█', '░'
	if p.out.ascii {
		full, empty = '#', '.'
	}
	p.bar = bar.New(bar.WithoutPercentage(), bar.WithWidth(min(mostBar, p.out.width/3)),
		bar.WithFillCharacters(full, empty))
	p.bar.FullColor, p.bar.EmptyColor = lipgloss.NoColor{}, lipgloss.NoColor{}
	if p.out.colour {
		p.bar.FullColor, p.bar.EmptyColor = lipgloss.Cyan, lipgloss.BrightBlack
	}
	return p
}

// show says that done of total things have ended, and line says it in words.
func (p *progress) show(done, total int, line string) {
	p.showPart(float64(done)/float64(max(total, 1)), line)
}

// showPart is show for a share from 0 to 1.
func (p *progress) showPart(part float64, line string) {
	switch {
	case p.quiet:
	case p.out.terminal:
		p.drawn = true
		p.task.show(part)
		line = wholeFacts(text.Line(line), p.out.width-p.bar.Width()-2) // a line that is broken can't be drawn over
		fmt.Fprintf(p.out.w, "\r\x1b[K%s %s", p.bar.ViewAs(part), line)
	default:
		fmt.Fprintln(p.out.w, line)
	}
}

// wholeFacts is the start of a line that fits, without the fact that the end of the room cuts off. The first fact is
// cut where it does not fit.
func wholeFacts(line string, width int) string {
	start := text.Prefix(line, width)
	if end := strings.LastIndex(start, "  "); end > 0 && start != line && !strings.HasPrefix(line[len(start):], "  ") {
		return strings.TrimRight(start[:end], " ")
	}
	return start
}

// end takes the bar away: the summary says the rest.
func (p *progress) end() {
	p.ticker.Stop()
	p.clear()
	p.task.clear()
}

// clear makes room for a line. The bar is drawn again by show.
func (p *progress) clear() {
	if p.drawn {
		fmt.Fprint(p.out.w, "\r\x1b[K")
	}
}
