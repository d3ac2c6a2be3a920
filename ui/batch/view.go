package batch

import (
	"errors"
	"strings"

	"relaytop/state/job"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// View draws the pane, or returns what is drawn already.
func (m *Model) View() string {
	if m.drawn != "" && !m.stale && m.gen == m.env.Styles.Generation {
		return m.drawn
	}
	m.stale, m.gen, m.drawnAt, m.top = false, m.env.Styles.Generation, m.now, 0
	var lines []string
	switch {
	case m.starting != "":
		lines = m.opening()
	case m.problem != nil:
		lines = m.refusal(m.problem)
	case m.run.ID == "":
		lines = m.empty()
	case m.run.State == job.Broken && m.run.Rows == 0:
		lines = m.refusal(errors.New(m.run.Reason))
	case m.large():
		lines = m.whole()
	default:
		lines = m.small()
	}
	m.drawn = widget.Lines(lines, m.w, m.h)
	return m.drawn
}

// large reports whether sections, rows and the selected row's detail fit at once.
func (m *Model) large() bool { return m.w >= 140 && m.h >= 36 }

// small is the head and the rows.
func (m *Model) small() []string {
	lines := m.head()
	filtered := m.filter != everything // which must be seen: a list without its rows looks like a loss
	if filtered {
		lines = append(lines, "")
	}
	m.window(m.h - len(lines) - 1)
	if filtered {
		lines[len(lines)-1] = m.filterLine(m.w) // the number of rows under a filter is known by now
	}
	m.top = len(lines) + 1
	return append(lines, m.rowTable(m.w)...)
}

// Title is the file that the shown run reads, and in the large layout the one that it writes.
func (m *Model) Title() string {
	h := &m.run
	if h.ID == "" {
		return ""
	}
	st := m.env.Styles
	title := text.Truncate(text.Line(name(h)), max(m.w-34, 8))
	if m.large() && h.Out != "" {
		title += " " + st.Glyphs.Arrow + " " + text.Truncate(text.Line(base(h.Out)), max(m.w/2-20, 8))
	}
	return st.Muted.Paint(title)
}

// Status is where the run stands.
func (m *Model) Status() string {
	st, h := m.env.Styles, &m.run
	out := ""
	if m.large() && h.ID != "" {
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
	return []string{"", st.Accent.Paint(st.Glyphs.Live) + st.Text.Paint(" opening "+text.Truncate(text.Line(m.starting), max(m.w-12, 1)))}
}

// refusal says why a run did not start, and what can be done now.
func (m *Model) refusal(err error) []string {
	st := m.env.Styles
	lines := []string{"", st.Error.Paint(st.Glyphs.Failed) + st.Text.Bold().Paint(" The run did not start"), ""}
	exists := errors.Is(err, job.ErrExists)
	pad := "" // so that what the keys do stands in one column
	if m.problem != nil && m.run.ID != "" {
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
	if m.problem != nil && m.run.ID != "" {
		lines = append(lines, m.hint("esc", "back to "+text.Line(name(&m.run)), ""))
	}
	return lines
}

// sentence is what went wrong in the words of someone who has keys instead of flags.
func sentence(err error) string {
	s := strings.TrimPrefix(err.Error(), job.ErrInput.Error()+": ")
	if errors.Is(err, job.ErrExists) {
		path, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), job.ErrExists.Error()+": "), ": ")
		return base(path) + " is there already, with the answers of an earlier run. It is not touched unless you say so."
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
	lines := []string{"", st.Text.Bold().Paint("No batch yet"), "",
		m.hint("o", "open a file", "JSONL, CSV, TSV or text"), m.hint("s", "run the built-in sample", "20 rows")}
	if m.runs > 0 {
		lines = append(lines, m.hint("r", "show an earlier run", widget.Count(int64(m.runs))+" "+plural(m.runs, "run")))
	}
	lines = append(lines, "", widget.Section(st, w, st.Text.Bold().Paint("a row is one prompt"), ""), "",
		st.Muted.Paint(`{"prompt": "Translate to French: good morning"}`),
		st.Muted.Paint(`{"custom_id": "t-1", "body": {"messages": [`+st.Glyphs.Ellipsis+`]}}`), "")
	for _, l := range text.Wrap("Every row gets its line in the output, in the order of the input. A failed row never stops the others.", w) {
		lines = append(lines, st.Faint.Paint(l))
	}
	return lines
}

func (m *Model) hint(key, does, right string) string {
	st := m.env.Styles
	return widget.Spread(st.Text.Bold().Paint(key)+st.Text.Paint("  "+does), st.Muted.Paint(right), min(m.w, 100))
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
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
