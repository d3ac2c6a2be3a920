package widget

import (
	"slices"
	"sort"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"relaytop/ui/style"
)

// Markdown draws one growing text. It is fed in pieces of any size; how the text was cut never shows in what is drawn. A block that can
// no longer change is rendered once for each width and style; only the open block, the one that the next piece may still change, is
// rendered again, and inside an open code fence only the lines that are new. What is written must have passed text.Filter.
//
// Every line is exactly as wide as Resize said.
type Markdown struct {
	kit    *MarkdownKit
	st     *style.Styles
	width  int
	split  mdSplitter
	rest   string // the line that has not ended
	closed bool

	ends  []int // ends[i]: lines of the first i+1 finished blocks
	tail  []Row // lines of what is still open
	fence mdOpenFence
	dirty bool // tail is behind the text
}

// mdCap bounds what one open block may hold, in bytes, and so the cost of a frame: a paragraph that is longer is cut at a blank. The
// cut depends on the text alone.
const mdCap = 4 << 10

// NewMarkdown returns an empty text. The kit is shared between all texts of a program.
func NewMarkdown(kit *MarkdownKit, st *style.Styles, width int) *Markdown {
	return &Markdown{kit: kit, st: st, width: max(width, 1)}
}

// Write adds a piece of the text.
func (m *Markdown) Write(s string) {
	if s == "" || m.closed {
		return
	}
	m.dirty = true
	m.rest += s
	for {
		head := m.rest[:min(len(m.rest), mdCap)]
		n := strings.IndexByte(head, '\n')
		if n >= 0 {
			m.split.line(m.rest[:n])
			m.rest = m.rest[n+1:]
			continue
		}
		if len(m.rest) <= mdCap {
			return
		}
		n = mdCut(head)
		m.split.line(m.rest[:n])
		m.split.cut(m.rest[n-1] != ' ')
		m.rest = m.rest[n:]
	}
}

// mdCut is where a line that is too long is cut: behind its last blank, else between two runes.
func mdCut(s string) int {
	if i := strings.LastIndexByte(s, ' '); i > len(s)/2 {
		return i + 1
	}
	n := len(s)
	for n > 1 && s[n-1]&0xC0 == 0x80 {
		n--
	}
	return n - 1
}

// Close ends the text: what was open is final.
func (m *Markdown) Close() {
	if m.closed {
		return
	}
	m.closed, m.dirty = true, true
	if m.rest != "" {
		m.split.line(m.rest)
		m.rest = ""
	}
	m.split.finish()
}

// Resize sets the width in cells and the style. Nothing is rendered before it is asked for.
func (m *Markdown) Resize(st *style.Styles, width int) {
	width = max(width, 1)
	if st == m.st && width == m.width {
		return
	}
	m.st, m.width, m.dirty = st, width, true
	m.ends, m.tail = m.ends[:0], nil
	m.fence.reset(st)
	for _, b := range m.split.done {
		b.lines = nil
	}
}

// Height is the number of lines.
func (m *Markdown) Height() int {
	m.render()
	return m.final() + len(m.tail)
}

func (m *Markdown) final() int {
	if len(m.ends) == 0 {
		return 0
	}
	return m.ends[len(m.ends)-1]
}

// Lines appends the lines from..to (to not included) to dst.
func (m *Markdown) Lines(dst []string, from, to int) []string {
	m.render()
	from = max(from, 0)
	for i := sort.SearchInts(m.ends, from+1); i < len(m.ends) && from < to; i++ {
		b := m.split.done[i]
		start := m.ends[i] - len(b.lines)
		end := min(to, m.ends[i])
		dst = appendLines(dst, b.lines[from-start:end-start])
		from = end
	}
	f := m.final()
	if to = min(to-f, len(m.tail)); from >= f && from-f < to {
		dst = appendLines(dst, m.tail[from-f:to])
	}
	return dst
}

func appendLines(dst []string, rows []Row) []string {
	for i := range rows {
		dst = append(dst, rows[i].Line)
	}
	return dst
}

// Row is the i-th line with its seam.
func (m *Markdown) Row(i int) Row {
	m.render()
	if at := sort.SearchInts(m.ends, i+1); at < len(m.ends) {
		b := m.split.done[at]
		return b.lines[i-m.ends[at]+len(b.lines)]
	}
	return m.tail[i-m.final()]
}

// Cursor puts the cursor behind the last cell that is drawn in the last line of the text, which is line as Lines gave it. A line that is
// full, or the head of code that has no line yet, has none.
func (m *Markdown) Cursor(line string) string {
	at, ground := m.end(), style.Bg
	if open := m.split.open; open != nil && open.kind == mdFence {
		if len(open.code) == 0 && m.rest == "" {
			return line
		}
		at, ground = max(at, open.indent+codePad), style.Panel
	}
	if at >= m.width {
		return line
	}
	return ansi.Truncate(line, at, "") + m.st.Accent.On(ground).Paint(m.st.Glyphs.Bar) + m.st.Text.On(ground).Paint(Blank(m.width-at-1))
}

// end is where the text ends. A text that is empty ends at 0.
func (m *Markdown) end() int {
	m.render()
	if n := len(m.tail); n > 0 {
		return lineEnd(m.tail[n-1].Line, m.width)
	}
	if n := len(m.ends); n > 0 {
		b := m.split.done[n-1]
		return lineEnd(b.lines[len(b.lines)-1].Line, m.width)
	}
	return 0
}

func (m *Markdown) render() {
	if !m.dirty && len(m.ends) == len(m.split.done) {
		return
	}
	p := mdPainter{kit: m.kit, st: m.st, width: m.width}
	if len(m.ends) < len(m.split.done) {
		m.tail, m.fence = nil, mdOpenFence{st: m.st}
	}
	for i := len(m.ends); i < len(m.split.done); i++ {
		b := m.split.done[i]
		if b.lines == nil {
			b.lines = p.block(b, m.split.before(i))
		}
		m.ends = append(m.ends, m.final()+len(b.lines))
	}
	m.dirty = false
	open := m.split.open
	if open != nil && open.kind == mdFence {
		m.tail = m.fence.render(m, p, open)
		return
	}
	m.tail = nil
	if open == nil && m.rest == "" {
		return
	}
	s := m.split.probe()
	if m.rest != "" {
		s.line(m.rest)
	}
	s.finish()
	prev := m.split.before(len(m.split.done))
	for _, b := range s.done {
		m.tail = append(m.tail, p.block(b, prev)...)
		prev = b
	}
}

// Code is one numbered code block of a text.
type Code struct {
	Lang string
	Text string
}

// CodeBlocks finds the code blocks of a text as it came, in the order of the numbers that Markdown shows, tabs and all.
func CodeBlocks(raw string) []Code {
	var s mdSplitter
	for line := range strings.SplitSeq(strings.ReplaceAll(raw, "\r\n", "\n"), "\n") {
		s.line(line)
	}
	s.finish()
	var out []Code
	for _, b := range s.done {
		if b.kind == mdFence {
			out = append(out, Code{Lang: b.lang, Text: strings.Join(b.code, "\n")})
		}
	}
	return slices.Clip(out)
}
