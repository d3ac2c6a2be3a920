package batch

import (
	"errors"
	"strings"

	"relaytop/state/job"
	"relaytop/state/job/input"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// View draws the pane, or returns the last drawing.
func (m *Model) View() string {
	gen := m.env.Styles.Generation
	if m.drawn.screen != "" && !m.drawn.stale && m.drawn.gen == gen {
		return m.drawn.screen
	}
	var lines []string
	switch m.shows() {
	case theStart:
		lines = m.starting()
	case theRefusal:
		lines = m.refusal(m.launch.problem)
	case noRun:
		lines = m.empty()
	case brokenRun:
		lines = m.refusal(errors.New(m.run.Reason))
	case smallRun:
		lines = m.page().drawSmall()
	case largeRun:
		lines = m.page().drawLarge()
	}
	m.drawn = drawn{screen: widget.Lines(lines, m.w, m.h), gen: gen}
	return m.drawn.screen
}

// content is what the pane shows.
type content uint8

const (
	theStart   content = iota // a file is being opened
	theRefusal                // why the last start failed
	noRun                     // what the pane is for
	brokenRun                 // why the run's file can't be used
	smallRun                  // the head and the rows
	largeRun                  // sections, rows and the selected row
)

func (m *Model) shows() content {
	switch {
	case m.launch.file != "":
		return theStart
	case m.launch.problem != nil:
		return theRefusal
	case m.run.ID == "":
		return noRun
	case m.run.State == job.Broken && m.run.Rows == 0:
		return brokenRun
	case m.page().large():
		return largeRun
	}
	return smallRun
}

// large reports whether sections, rows and the selected row's detail fit at once.
func (p *page) large() bool { return p.w >= 140 && p.h >= 36 }

// drawSmall is the head and the rows.
func (p *page) drawSmall() []string {
	lines := p.head()
	if p.filtered() { // the filter must be seen: a list without its rows looks like a loss
		lines = append(lines, p.filterLine(p.w))
	}
	return append(lines, p.rowTable(p.w)...)
}

// smallAbove is the number of lines of drawSmall above the table: progress, counts, money, a banner, a blank line
// where there is room, the filter.
func (p *page) smallAbove() int {
	n := 3 + len(p.banner(p.w, 3))
	if n == 3 || p.h >= 18 {
		n++
	}
	if p.filtered() {
		n++
	}
	return n
}

// filtered reports whether some rows are not shown, or not in their order.
func (p *page) filtered() bool {
	return p.list.filter != everything || p.search.on() || p.search.line != nil
}

// drawLarge is all at once: phases, the bar, four sections, the rows and the selected one.
func (p *page) drawLarge() []string {
	lines := append(p.aboveLarge(), p.filterLine(p.w))
	lines = append(lines, p.rowTable(p.w)...)
	for range p.list.height - len(p.list.rows) {
		lines = append(lines, "")
	}
	return append(append(lines, ""), p.detail()...)
}

// largeAbove is the number of lines of drawLarge above the table: phases, a banner with a blank line, the bar, the
// sections with their head, the filter, and the blank lines between them.
func (p *page) largeAbove() int {
	n := 3 + 2 + 1 + sectionRows + 1 + 1
	if provided(p.run) {
		n += p.providerRows() - 1 - sectionRows
	}
	if b := len(p.banner(p.w, 2)); b > 0 {
		n += b + 1
	}
	return n
}

// Title is the file that the shown run reads, and in the large layout the one that it writes.
func (m *Model) Title() string {
	h := &m.run
	if h.ID == "" {
		return ""
	}
	st := m.env.Styles
	title := text.Truncate(text.Line(name(h)), max(m.w-34, 8))
	if m.page().large() && h.Out != "" {
		title += " " + st.Glyphs.Arrow + " " + text.Truncate(text.Line(base(h.Out)), max(m.w/2-20, 8))
	}
	return st.Muted.Paint(title)
}

// Status is the state of the run.
func (m *Model) Status() string {
	st, h := m.env.Styles, &m.run
	out := ""
	if m.page().large() && h.ID != "" {
		out = st.Muted.Paint("run "+text.Line(h.ID)) + "  "
	}
	if h.ID == "" {
		return st.Faint.Paint("idle")
	}
	l := stateLook(st, h)
	return out + l.ink.Paint(l.glyph) + l.text.Paint(" "+l.word)
}

// starting is shown while a file is being opened.
func (m *Model) starting() []string {
	st := m.env.Styles
	return []string{"", st.Accent.Paint(st.Glyphs.Live) +
		st.Text.Paint(" opening "+text.Truncate(text.Line(m.launch.file), max(m.w-12, 1)))}
}

// refusal says why a run did not start, and what can be done now.
func (m *Model) refusal(err error) []string {
	st := m.env.Styles
	lines := []string{"", st.Error.Paint(st.Glyphs.Failed) + st.Text.Bold().Paint(" The run did not start"), ""}
	exists := errors.Is(err, job.ErrExists)
	for _, l := range text.Wrap(text.Clean(sentence(err)), min(m.w, 100)) {
		lines = append(lines, st.Text.Paint(l))
	}
	lines = append(lines, "")
	var hints []hint
	if exists {
		hints = append(hints, hint{"batch.last", "go on with its newest run", "nothing is paid twice"},
			hint{"batch.overwrite", "overwrite it", "asks first"})
	}
	hints = append(hints, hint{"batch.open", "open another file", "JSONL, CSV, TSV or text"})
	if !m.run.State.Moves() {
		hints = append(hints, hint{"batch.sample", "run the built-in sample", "20 rows"})
	}
	if m.launch.problem != nil && m.run.ID != "" {
		hints = append(hints, hint{"batch.back", "back to " + text.Line(name(&m.run)), ""})
	}
	return append(lines, m.hints(hints)...)
}

// sentence is the error as a sentence for someone who has keys instead of flags.
func sentence(err error) string {
	var exists *job.ExistsError
	if errors.As(err, &exists) {
		return base(exists.Path) + " is there already, with the answers of an earlier run. It is not touched unless you " +
			"say so."
	}
	s := err.Error()
	var unusable *input.Error
	if errors.As(err, &unusable) {
		s = unusable.Message
	}
	if s == "" {
		return "No reason was given."
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// empty teaches what the pane is for.
func (m *Model) empty() []string {
	st := m.env.Styles
	w := min(m.w, 100)
	hints := []hint{{"batch.open", "open a file", "JSONL, CSV, TSV or text"},
		{"batch.sample", "run the built-in sample", "20 rows"}}
	if m.seen.runs > 0 {
		runs := widget.Count(int64(m.seen.runs)) + " " + text.Plural(m.seen.runs, "run")
		hints = append(hints, hint{"batch.runs", "show an earlier run", runs})
	}
	lines := append([]string{"", st.Text.Bold().Paint("No batch yet"), ""}, m.hints(hints)...)
	lines = append(lines, "", widget.Section(st, w, "a row is one prompt", ""), "",
		st.Muted.Paint(`{"prompt": "Translate to French: good morning"}`),
		st.Muted.Paint(`{"custom_id": "t-1", "body": {"messages": [`+st.Glyphs.Ellipsis+`]}}`), "")
	for _, l := range text.Prose("Every row gets its line in the output, in the order of the input. A failed row "+
		"never stops the others.", w) {
		lines = append(lines, st.Faint.Paint(l))
	}
	return lines
}

// hint is what an action does, and a fact that is drawn at the right.
type hint struct{ action, does, right string }

// hints draws a line for each action that has a key.
func (m *Model) hints(list []hint) []string {
	st := m.env.Styles
	wide := 0
	for i := range list {
		wide = max(wide, text.Width(m.env.Keys.Of(list[i].action, false)))
	}
	var lines []string
	for _, h := range list {
		if key := m.env.Keys.Of(h.action, false); key != "" {
			left := st.Text.Bold().Paint(key) + st.Text.Paint(widget.Blank(wide-text.Width(key)+2)+h.does)
			lines = append(lines, widget.Spread(left, st.Muted.Paint(h.right), min(m.w, 100)))
		}
	}
	return lines
}

// name is what a run is called in titles and lists.
func name(h *job.Header) string {
	switch h.Input {
	case "", "sample":
		return "built-in sample"
	case "-":
		return "standard input"
	}
	return base(h.Input)
}

func base(path string) string {
	if i := strings.LastIndexAny(path, `/\`); i >= 0 {
		return path[i+1:]
	}
	return path
}
