package widget

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"relaytop/ui/text"
)

// wrapRuns breaks runs into lines of at most w cells, at blanks where it can. The lines are painted and not padded.
func wrapRuns(runs []mdRun, w int) []string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(r.text)
	}
	whole := b.String()
	var out []string
	c := runCursor{runs: runs}
	for para := range strings.SplitSeq(whole, "\n") {
		at := 0
		for _, line := range text.Wrap(para, w) {
			line = strings.TrimRight(line, " ")
			i := strings.Index(para[at:], line)
			if i < 0 { // the wrapper wrote something of its own: draw it plain rather than wrong
				out = append(out, line)
				continue
			}
			c.skip(i)
			out = append(out, c.paint(len(line)))
			at += i + len(line)
		}
		c.skip(len(para) - at + 1)
	}
	return out
}

// hardRuns breaks runs that make one line of code into lines of exactly w cells or less, wherever that is.
func hardRuns(runs []mdRun, w int) []string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(r.text)
	}
	c := runCursor{runs: runs}
	var out []string
	for line := range strings.SplitSeq(ansi.Hardwrap(b.String(), w, true), "\n") {
		out = append(out, c.paint(len(line)))
	}
	return out
}

// runCursor goes through runs by bytes.
type runCursor struct {
	runs []mdRun
	off  int // into the first of runs
}

func (c *runCursor) skip(n int) {
	for n > 0 && len(c.runs) > 0 {
		k := min(n, len(c.runs[0].text)-c.off)
		c.advance(k)
		n -= k
	}
}

func (c *runCursor) advance(k int) {
	if c.off += k; c.off >= len(c.runs[0].text) {
		c.runs, c.off = c.runs[1:], 0
	}
}

func (c *runCursor) paint(n int) string {
	var b strings.Builder
	for n > 0 && len(c.runs) > 0 {
		r := c.runs[0]
		k := min(n, len(r.text)-c.off)
		if r.url != "" {
			b.WriteString("\x1b]8;;" + r.url + "\x1b\\")
		}
		b.WriteString(r.ink.Paint(r.text[c.off : c.off+k]))
		if r.url != "" {
			b.WriteString("\x1b]8;;\x1b\\")
		}
		c.advance(k)
		n -= k
	}
	return b.String()
}

// runsWidth is the width of runs that stand on one line.
func runsWidth(runs []mdRun) int {
	n := 0
	for _, r := range runs {
		n += text.Width(r.text)
	}
	return n
}

// lineEnd is the column behind the last cell of a padded line that is not blank.
func lineEnd(line string, w int) int {
	plain := strings.TrimRight(ansi.Strip(line), " ")
	return min(ansi.StringWidth(plain), w)
}
