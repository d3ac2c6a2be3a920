package batch

import (
	"errors"
	"strings"

	"relaytop/state/job"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// View draws the pane, or returns the last drawing.
func (m *Model) View() string {
	gen := m.env.Styles.Generation
	if m.drawn.screen != "" && !m.drawn.stale && m.drawn.gen == gen {
		return m.drawn.screen
	}
	m.list.top = 0
	var lines []string
	switch p := m.page(); {
	case m.start.opening != "":
		lines = m.opening()
	case m.start.problem != nil:
		lines = m.refusal(m.start.problem)
	case m.run.ID == "":
		lines = m.empty()
	case m.run.State == job.Broken && m.run.Rows == 0:
		lines = m.refusal(errors.New(m.run.Reason))
	case p.large():
		lines = m.drawLarge(p)
	default:
		lines = m.drawSmall(p)
	}
	m.drawn = drawn{screen: widget.Lines(lines, m.w, m.h), at: m.now, gen: gen}
	return m.drawn.screen
}

// large reports whether sections, rows and the selected row's detail fit at once.
func (p *page) large() bool { return p.w >= 140 && p.h >= 36 }

// drawSmall is the head and the rows.
func (m *Model) drawSmall(p *page) []string {
	lines := p.head()
	filtered := m.list.filter != everything // the filter must be seen: a list without its rows looks like a loss
	if filtered {
		lines = append(lines, "")
	}
	m.list.load(m.book, &m.run, p.h-len(lines)-1)
	if filtered {
		lines[len(lines)-1] = p.filterLine(p.w) // the number of rows under a filter is known by now
	}
	m.list.top = len(lines) + 1
	return append(lines, p.rowTable(p.w)...)
}

// drawLarge is all at once: phases, the bar, four sections, the rows and the selected one.
func (m *Model) drawLarge(p *page) []string {
	lines := p.aboveLarge()
	filterAt := len(lines)
	lines = append(lines, "")
	m.list.load(m.book, &m.run, p.h-len(lines)-1-2-detailRows-1)
	lines[filterAt] = p.filterLine(p.w) // the number of rows under a filter is known by now
	m.list.top = len(lines) + 1
	lines = append(lines, p.rowTable(p.w)...)
	for range m.list.room - len(m.list.rows) {
		lines = append(lines, "")
	}
	return append(append(lines, ""), p.detail()...)
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
	word := " " + string(h.State)
	switch h.State {
	case job.Reading, job.Running, job.Finishing:
		return out + st.Accent.Paint(st.Glyphs.Live) + st.Text.Paint(word)
	case job.Pausing, job.Paused:
		return out + st.Warn.Paint(st.Glyphs.Waiting) + st.Text.Paint(word)
	case job.Finished:
		if h.Failed+h.Incomplete+h.Skipped > 0 {
			return out + st.Warn.Paint(st.Glyphs.Warning) + st.Text.Paint(word)
		}
		return out + st.OK.Paint(st.Glyphs.OK) + st.Text.Paint(word)
	case job.Cancelled, job.Broken:
		return out + st.Error.Paint(st.Glyphs.Failed) + st.Text.Paint(word)
	}
	return st.Faint.Paint("idle")
}

// opening is shown while a file is looked at.
func (m *Model) opening() []string {
	st := m.env.Styles
	return []string{"", st.Accent.Paint(st.Glyphs.Live) +
		st.Text.Paint(" opening "+text.Truncate(text.Line(m.start.opening), max(m.w-12, 1)))}
}

// refusal says why a run did not start, and what can be done now.
func (m *Model) refusal(err error) []string {
	st := m.env.Styles
	lines := []string{"", st.Error.Paint(st.Glyphs.Failed) + st.Text.Bold().Paint(" The run did not start"), ""}
	exists := errors.Is(err, job.ErrExists)
	pad := "" // aligns the descriptions of the keys
	if m.start.problem != nil && m.run.ID != "" {
		pad = "  "
	}
	for _, l := range text.Wrap(text.Clean(sentence(err)), min(m.w, 100)) {
		lines = append(lines, st.Text.Paint(l))
	}
	lines = append(lines, "")
	if exists {
		lines = append(lines, m.hint("c", pad+"go on with its newest run", "nothing is paid twice"),
			m.hint("w", pad+"overwrite it", "asks first"))
	}
	lines = append(lines, m.hint("o", pad+"open another file", "JSONL, CSV, TSV or text"))
	if m.whileBusy() == "" {
		lines = append(lines, m.hint("s", pad+"run the built-in sample", "20 rows"))
	}
	if m.start.problem != nil && m.run.ID != "" {
		lines = append(lines, m.hint("esc", "back to "+text.Line(name(&m.run)), ""))
	}
	return lines
}

// sentence is the error as a sentence for someone who has keys instead of flags.
func sentence(err error) string {
	var exists *job.ExistsError
	if errors.As(err, &exists) {
		return base(exists.Path) + " is there already, with the answers of an earlier run. It is not touched unless you " +
			"say so."
	}
	s := strings.TrimPrefix(err.Error(), job.ErrInput.Error()+": ")
	if s == "" {
		return "No reason was given."
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// empty teaches what the pane is for.
func (m *Model) empty() []string {
	st := m.env.Styles
	w := min(m.w, 100)
	lines := []string{"", st.Text.Bold().Paint("No batch yet"), "",
		m.hint("o", "open a file", "JSONL, CSV, TSV or text"), m.hint("s", "run the built-in sample", "20 rows")}
	if m.runs > 0 {
		lines = append(lines, m.hint("r", "show an earlier run", widget.Count(int64(m.runs))+" "+text.Plural(m.runs, "run")))
	}
	lines = append(lines, "", widget.Section(st, w, "a row is one prompt", ""), "",
		st.Muted.Paint(`{"prompt": "Translate to French: good morning"}`),
		st.Muted.Paint(`{"custom_id": "t-1", "body": {"messages": [`+st.Glyphs.Ellipsis+`]}}`), "")
	for _, l := range text.Wrap("Every row gets its line in the output, in the order of the input. A failed row "+
		"never stops the others.", w) {
		lines = append(lines, st.Faint.Paint(l))
	}
	return lines
}

func (m *Model) hint(key, does, right string) string {
	st := m.env.Styles
	return widget.Spread(st.Text.Bold().Paint(key)+st.Text.Paint("  "+does), st.Muted.Paint(right), min(m.w, 100))
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
