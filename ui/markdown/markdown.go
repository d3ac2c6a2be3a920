// Package markdown draws Markdown that is still being written, as a model writes it.
//
// A block that has ended is frozen: it is rendered once for each width and style. Only the open block, which the
// next piece may still change, is rendered again, and of an open code fence only the last lines. So a token costs
// the same in a long answer as in a short one. The drawn lines depend on the text alone, never on the pieces that
// it came in.
package markdown

import (
	"slices"
	"sort"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"relaytop/ui/style"
	"relaytop/ui/widget"
)

// Text draws one growing text. It takes pieces of any size, which must have passed text.Filter. Every line is
// exactly as wide as New or Resize said.
type Text struct {
	kit    *Kit
	st     *style.Styles
	width  int
	split  splitter
	rest   string // the line that has not ended
	closed bool

	ends  []int        // ends[i]: lines of the first i+1 finished blocks
	tail  []widget.Row // lines of the open block
	fence openFence
	dirty bool // tail is out of date
	bare  bool // code blocks have no numbers
}

// maxOpen is the most bytes of an open block, which bounds the cost of a frame. A longer paragraph is cut at a blank,
// at a place that depends on the text alone.
const maxOpen = 4 << 10

// New returns an empty text. All texts of a program share one kit.
func New(kit *Kit, st *style.Styles, width int) *Text {
	return &Text{kit: kit, st: st, width: max(width, 1)}
}

// Unnumbered leaves out the numbers of code blocks and the keys that copy them. It is called before the first line is
// drawn.
func (t *Text) Unnumbered() { t.bare = true }

// Write adds a piece of the text.
func (t *Text) Write(s string) {
	if s == "" || t.closed {
		return
	}
	t.dirty = true
	t.rest += s
	for {
		head := t.rest[:min(len(t.rest), maxOpen)]
		n := strings.IndexByte(head, '\n')
		if n >= 0 {
			t.split.line(t.rest[:n])
			t.rest = t.rest[n+1:]
			continue
		}
		if len(t.rest) <= maxOpen {
			return
		}
		n = cutPoint(head)
		t.split.line(t.rest[:n])
		t.split.cut(t.rest[n-1] != ' ')
		t.rest = t.rest[n:]
	}
}

// cutPoint returns where to cut a line that is too long: after its last blank, otherwise between two runes.
func cutPoint(s string) int {
	if i := strings.LastIndexByte(s, ' '); i > len(s)/2 {
		return i + 1
	}
	n := len(s)
	for n > 1 && s[n-1]&0xC0 == 0x80 {
		n--
	}
	return n - 1
}

// Close ends the text. The open block is final.
func (t *Text) Close() {
	if t.closed {
		return
	}
	t.closed, t.dirty = true, true
	if t.rest != "" {
		t.split.line(t.rest)
		t.rest = ""
	}
	t.split.finish()
}

// Resize sets the width in cells and the style. Lines are rendered when they are needed.
func (t *Text) Resize(st *style.Styles, width int) {
	width = max(width, 1)
	if st == t.st && width == t.width {
		return
	}
	t.st, t.width, t.dirty = st, width, true
	t.ends, t.tail = t.ends[:0], nil
	t.fence.reset(st)
	for _, b := range t.split.done {
		b.rows = nil
	}
}

// Height returns the number of lines. It counts those of finished code without a lexer, which would take ten times as
// long as everything else; code is painted when its lines are needed.
func (t *Text) Height() int {
	t.render()
	return t.final(len(t.ends)) + len(t.tail)
}

// final is the number of lines of the first n finished blocks.
func (t *Text) final(n int) int {
	if n == 0 {
		return 0
	}
	return t.ends[n-1]
}

// rows are the lines of the i-th finished block.
func (t *Text) rows(i int) []widget.Row {
	b := t.split.done[i]
	if b.rows == nil {
		b.rows = t.painter().block(b, t.split.before(i))
	}
	return b.rows
}

func (t *Text) painter() painter {
	return painter{kit: t.kit, st: t.st, width: t.width, defs: t.split.refs.defs, bare: t.bare}
}

// Lines appends the lines from..to (to excluded) to dst.
func (t *Text) Lines(dst []string, from, to int) []string {
	t.render()
	from = max(from, 0)
	for i := sort.SearchInts(t.ends, from+1); i < len(t.ends) && from < to; i++ {
		start, end := t.final(i), min(to, t.ends[i])
		dst = appendLines(dst, t.rows(i)[from-start:end-start])
		from = end
	}
	f := t.final(len(t.ends))
	if to = min(to-f, len(t.tail)); from >= f && from-f < to {
		dst = appendLines(dst, t.tail[from-f:to])
	}
	return dst
}

func appendLines(dst []string, rows []widget.Row) []string {
	for i := range rows {
		dst = append(dst, rows[i].Line)
	}
	return dst
}

// Row returns the i-th line with its seam.
func (t *Text) Row(i int) widget.Row {
	t.render()
	if at := sort.SearchInts(t.ends, i+1); at < len(t.ends) {
		return t.rows(at)[i-t.final(at)]
	}
	return t.tail[i-t.final(len(t.ends))]
}

// Cursor draws the cursor after the end of the text. line is the last line as Lines returned it. A full line gets no
// cursor, nor does the head of a code block without lines.
func (t *Text) Cursor(line string) string {
	at, ground := t.end(), style.Bg
	if open := t.split.open; open != nil && open.kind == kindFence && t.split.holds(t.rest) {
		if len(open.code) == 0 && t.rest == "" {
			return line
		}
		at, ground = max(at, open.indent+codePad), style.Panel
	}
	if at >= t.width {
		return line
	}
	bar, rest := t.st.Accent.On(ground), t.st.Text.On(ground)
	return ansi.Truncate(line, at, "") + bar.Paint(t.st.Glyphs.Bar) + rest.Paint(widget.Blank(t.width-at-1))
}

// end returns the column after the last cell of the text, 0 if there is no text.
func (t *Text) end() int {
	t.render()
	if n := len(t.tail); n > 0 {
		return lineEnd(t.tail[n-1].Line, t.width)
	}
	if n := len(t.ends); n > 0 {
		rows := t.rows(n - 1)
		return lineEnd(rows[len(rows)-1].Line, t.width)
	}
	return 0
}

func (t *Text) render() {
	t.redefine()
	if !t.dirty && len(t.ends) == len(t.split.done) {
		return
	}
	p := t.painter()
	if len(t.ends) < len(t.split.done) {
		t.tail, t.fence = nil, openFence{st: t.st}
	}
	for i := len(t.ends); i < len(t.split.done); i++ {
		n := 0
		if b := t.split.done[i]; b.kind == kindFence || b.kind == kindIndented {
			n = p.codeHeight(b, t.split.before(i))
		} else {
			n = len(t.rows(i))
		}
		t.ends = append(t.ends, t.final(i)+n)
	}
	t.dirty = false
	open := t.split.open
	if open != nil && open.kind == kindFence && t.split.holds(t.rest) {
		t.tail = t.fence.render(t, p, open)
		return
	}
	t.tail = nil
	t.fence.reset(t.st)
	if open == nil && t.rest == "" {
		return
	}
	s := t.split.probe()
	if t.rest != "" {
		s.line(t.rest)
	}
	s.finish()
	prev := t.split.before(len(t.split.done))
	for _, b := range s.done {
		t.tail = append(t.tail, p.block(b, prev)...)
		prev = b
	}
}

// redefine drops the drawn lines of the blocks whose definitions have come.
func (t *Text) redefine() {
	for _, i := range t.split.refs.late {
		t.split.done[i].rows = nil
		t.ends = t.ends[:min(i, len(t.ends))]
	}
	t.split.refs.late = t.split.refs.late[:0]
}

// Code is one numbered code block of a text.
type Code struct {
	Lang string
	Text string
}

// CodeBlocks returns the code blocks of an unfiltered text, with their tabs, in the order of their drawn numbers.
func CodeBlocks(raw string) []Code {
	s := splitter{refs: references{frozen: true}}
	for line := range strings.SplitSeq(strings.ReplaceAll(raw, "\r\n", "\n"), "\n") {
		s.line(line)
	}
	s.finish()
	var out []Code
	for _, b := range s.done {
		if b.kind == kindFence {
			out = append(out, Code{Lang: b.lang, Text: strings.Join(b.code, "\n")})
		}
	}
	return slices.Clip(out)
}
