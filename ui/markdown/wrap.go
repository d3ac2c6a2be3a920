package markdown

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// wrapRuns breaks runs into lines of at most w cells, at blanks where it can. The lines are painted but not padded.
// Of their seams, only the joins are set.
func wrapRuns(runs []run, w int) []widget.Row {
	var out []widget.Row
	c := runCursor{runs: runs}
	for para := range strings.SplitSeq(runsText(runs), "\n") {
		at := 0
		for k, line := range text.Wrap(para, w) {
			line = strings.TrimRight(line, " ")
			i := strings.Index(para[at:], line)
			if i < 0 { // the wrapper changed the text: draw it plain
				out = append(out, widget.Row{Line: line})
				continue
			}
			c.skip(i)
			join := text.Apart
			if k > 0 {
				join = text.JoinOver(para[at : at+i])
			}
			out = append(out, widget.Row{Line: c.paint(len(line)), Seam: widget.Seam{Join: join}})
			at += i + len(line)
		}
		c.skip(len(para) - at + 1)
	}
	return out
}

// runsText returns the text of runs.
func runsText(runs []run) string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(r.text)
	}
	return b.String()
}

// maxGrapheme is how far back, in bytes, the beginning of a grapheme is looked for.
const maxGrapheme = 64

// joinGraphemes moves the rest of a grapheme to the run in which it begins: a letter and its mark that are painted
// apart would take more cells than together.
func joinGraphemes(runs []run) {
	last := 0 // the last run with a text
	for i := 1; i < len(runs); i++ {
		from, r := &runs[last], &runs[i]
		if r.text == "" {
			continue
		}
		if from.text != "" && from.ghost == r.ghost {
			n := graphemeRest(from.text, r.text)
			from.text, r.text = from.text+r.text[:n], r.text[n:]
		}
		if r.text != "" {
			last = i
		}
	}
}

// graphemeRest returns how many bytes of next belong to the last grapheme of s.
func graphemeRest(s, next string) int {
	if s[len(s)-1] < utf8.RuneSelf && next[0] < utf8.RuneSelf {
		return 0
	}
	last := s[max(len(s)-maxGrapheme, 0):]
	for {
		g, _ := ansi.FirstGraphemeCluster(last+next, ansi.GraphemeWidth)
		if len(g) >= len(last) {
			return len(g) - len(last)
		}
		last = last[len(g):]
	}
}

// codeRuns breaks the runs of one line of code into lines of at most w cells, at the places that codeLens returns.
func codeRuns(runs []run, w int) (lines []string, under int) {
	lens, under := codeLens(runsText(runs), w)
	c := runCursor{runs: runs}
	for _, n := range lens {
		lines = append(lines, c.paint(n))
	}
	return lines, under
}

// codeLens returns how many bytes of a line of code go on each drawn line of at most w cells. It breaks after a
// blank or a comma in the last third of a drawn line if there is one, otherwise between two graphemes. Drawn lines
// after the first are narrower by under, the indentation of the line of code.
func codeLens(s string, w int) (lens []int, under int) {
	if text.Width(s) <= w {
		return []int{len(s)}, 0
	}
	under = min(len(s)-len(strings.TrimLeft(s, " ")), w/3)
	for width := w; s != ""; width = w - under {
		n := len(s)
		if text.Width(s) > width {
			n = codeCut(s, width)
		}
		lens = append(lens, n)
		s = s[n:]
	}
	return lens, under
}

// codeCut returns how many bytes of s fit into w cells. s is wider than that.
func codeCut(s string, w int) int {
	head := text.Prefix(s[:min(len(s), 64*w)], w)
	if head == "" { // one grapheme is wider than w
		head, _ = ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	}
	for i := len(head) - 1; i > len(head)*2/3; i-- {
		if head[i] == ' ' || head[i] == ',' || head[i] == ';' {
			return i + 1
		}
	}
	return len(head)
}

// runCursor walks through runs by bytes.
type runCursor struct {
	runs []run
	off  int // bytes of the first run that it has passed
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
		if !r.ghost {
			r.paint(&b, r.text[c.off:c.off+k])
		}
		c.advance(k)
		n -= k
	}
	return b.String()
}

// paint writes a piece of the run's text.
func (r *run) paint(b *strings.Builder, s string) {
	if r.url == "" {
		b.WriteString(r.ink.Paint(s))
		return
	}
	b.WriteString("\x1b]8;;" + r.url + "\x1b\\" + r.ink.Paint(s) + "\x1b]8;;\x1b\\")
}

// runsWidth returns the width of runs on one line.
func runsWidth(runs []run) int {
	n := 0
	for _, r := range runs {
		n += text.Width(r.text)
	}
	return n
}

// lineEnd returns the column after the last cell of a padded line that is not blank.
func lineEnd(line string, w int) int {
	plain := strings.TrimRight(ansi.Strip(line), " ")
	return min(ansi.StringWidth(plain), w)
}
