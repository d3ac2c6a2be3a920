package compare

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"relaytop/relay"
	"relaytop/state/session"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

const (
	columnGap   = 3
	leastColumn = 30      // cells of a column; if not all fit, those around the chosen one are shown
	columnBytes = 4 << 10 // of reasoning that the last lines are made of
	figureLines = 4
	curveLines  = 9  // of the chart with its head
	curvesFrom  = 34 // lines of the pane from which the charts are shown
	tableFrom   = 20 // from which each figure has a line
)

// View draws the question and the columns below it, in exactly the height of the look.
func (m *Model) View() []string {
	m.dirty = false
	k := &m.look
	lines := m.head()
	from, to, w := m.visible(k.Width)
	h := k.Height - len(lines)
	blocks := make([]widget.Block, 0, to-from)
	for i := from; i < to; i++ {
		blocks = append(blocks, widget.Block{Lines: m.drawColumn(i, w, h), W: w})
	}
	lines = append(lines, strings.Split(widget.Columns(columnGap, blocks...), "\n")...)
	for i := range lines {
		lines[i] = widget.Fit(lines[i], k.Width)
	}
	return lines
}

// head draws the question above the columns.
func (m *Model) head() []string {
	k := &m.look
	var lines []string
	if q := m.cols[0].Question; q.ID != 0 {
		bar := k.Styles.User.Paint(k.Styles.Glyphs.Bar) + " "
		rows := text.Wrap(text.Line(text.Clip(m.question(), 600)), k.Width-2)
		for _, row := range rows[:min(len(rows), 2)] {
			lines = append(lines, bar+k.Styles.Text.Paint(row))
		}
	} else {
		lines = append(lines, "  "+k.Styles.Muted.Paint(
			"What you write goes to all of them at once; nothing is shared between the columns."))
	}
	if k.PaneHeight > 14 {
		lines = append([]string{""}, append(lines, "")...)
	}
	return lines
}

// question is the last question: the same in every column.
func (m *Model) question() string {
	q := &m.cols[m.at].Question
	return (&session.Prompt{Text: q.Text, Parts: q.Parts}).Line()
}

// visible returns which columns fit into width cells, around the one that keys are about, and the cells of each.
func (m *Model) visible(width int) (from, to, w int) {
	n := len(m.cols)
	fit := min(max((width+columnGap)/(leastColumn+columnGap), 1), n)
	from = min(max(m.at-fit/2, 0), n-fit)
	return from, from + fit, (width - columnGap*(fit-1)) / fit
}

// rows returns the number of lines of a column's text that are shown.
func (m *Model) rows(i int) int {
	_, _, w := m.visible(m.look.Width)
	n, _ := textRows(m.look.Height-len(m.head()), len(m.foot(i, w)))
	return n
}

// textRows returns how many of the h lines of a column are text, between its heading and the foot, and whether there
// is a blank line above them.
func textRows(h, foot int) (n int, gap bool) {
	n = max(h-1-foot, 1)
	if n > 4 {
		return n - 1, true
	}
	return n, false
}

func (m *Model) drawColumn(i, w, h int) []string {
	st := m.look.Styles
	col := &m.cols[i]
	name := strconv.Itoa(i+1) + " " + text.Line(col.Model)
	if col.Endpoint != "" {
		name += " " + st.Glyphs.Dot + " " + text.Line(col.Endpoint)
	}
	ink := st.Text
	if i == m.at && !m.look.Typing {
		ink = st.Accent
	}
	state := m.columnState(&m.figured(i).Answer)
	name = text.Truncate(name, max(w-widget.Width(state)-4, 4))
	lines := []string{widget.SectionIn(st, ink.Bold(), w, name, state)}
	foot := m.foot(i, w)
	rows, gap := textRows(h, len(foot))
	if gap {
		lines = append(lines, "")
	}
	switch a := &col.Answer; {
	case a.ID == 0:
		lines = append(lines, st.Faint.Paint("nothing asked yet"))
	case a.Text == "" && a.Reasoning != "" && a.Phase != session.Ended:
		thought := text.Wrap(text.Clean(text.Tail(a.Reasoning, columnBytes)), w)
		for _, row := range thought[max(len(thought)-rows, 0):] {
			lines = append(lines, st.Muted.Italic().Paint(row))
		}
	default:
		d := m.drawn[i]
		d.md = d.grown.Take(m.kit, st, w, a.Text, a.Phase == session.Ended)
		shown, above := d.text(st, w, rows, a)
		if above > 0 && gap {
			more := widget.Count(int64(above)) + " " + text.Plural(above, "line") + " above"
			lines[len(lines)-1] = st.Faint.Paint(st.Glyphs.Up + " " + more)
		}
		lines = append(lines, shown...)
	}
	for len(lines) < h-len(foot) {
		lines = append(lines, "")
	}
	return append(lines, foot...)
}

// columnState draws the status of an answer, and how long it took so far.
func (m *Model) columnState(v *session.View) string {
	st, now := m.look.Styles, m.look.Now
	took := func(d time.Duration) string {
		f := widget.Duration(d)
		return "  " + st.Text.Paint(f.Value) + st.Muted.Paint(" "+f.Unit)
	}
	switch {
	case v.ID == 0:
		return st.Faint.Paint("ready")
	case v.Phase == session.Streaming:
		return st.Accent.Paint(st.Glyphs.Live) + st.Text.Paint(" streaming") + took(now.Sub(v.Sent))
	case v.Phase == session.Retrying:
		return st.Warn.Paint(st.Glyphs.Retrying + " waiting " + widget.Countdown(v.Until.Sub(now)))
	case v.Phase != session.Ended:
		return st.Accent.Paint(st.Glyphs.Waiting) + st.Text.Paint(" waiting") + took(now.Sub(v.Since))
	case v.Result == nil:
		return st.Warn.Paint(st.Glyphs.Warning + " broken off")
	case v.Result.Status == relay.StatusOK:
		e2e, _ := v.Result.Timing.E2E()
		return st.OK.Paint(st.Glyphs.OK) + st.Muted.Paint(" "+text.Line(v.Result.Finish)) + took(e2e)
	case v.Result.Status.Answered() || v.Result.Status == relay.StatusTruncated ||
		v.Result.Status == relay.StatusCancelled:
		return st.Warn.Paint(st.Glyphs.Warning + " " + string(v.Result.Status))
	}
	return st.Error.Paint(st.Glyphs.Failed + " " + string(v.Result.Status))
}

// foot returns the lines below the text. They are drawn again when the figures change, four times a second.
func (m *Model) foot(i, w int) []string {
	key := footKey{st: m.look.Styles, w: w, h: m.look.PaneHeight, now: m.look.Now}
	for k := range m.cols {
		key.versions += m.figured(k).Answer.Version
	}
	d := m.drawn[i]
	if d.foot == nil || d.key != key {
		d.foot, d.key = m.columnFoot(i, w), key
	}
	return d.foot
}

// columnFoot draws the figures, and the chart of how the tokens came.
func (m *Model) columnFoot(i, w int) []string {
	if m.look.PaneHeight < tableFrom {
		return []string{m.figureLine(i, w)}
	}
	lines := append([]string{""}, m.figureTable(i, w)...)
	if m.look.PaneHeight >= curvesFrom {
		lines = append(append(lines, ""), strings.Split(m.curve(i, w), "\n")...)
	}
	return lines
}

// figureLine draws the figures of a column on one line.
func (m *Model) figureLine(i, w int) string {
	var facts []string
	for _, f := range m.figures() {
		if v := f.of[i]; v.text != "" {
			facts = append(facts, strings.TrimSpace(v.text+" "+f.unit))
		}
	}
	line, _ := widget.Facts(facts, w)
	return m.look.Styles.Muted.Paint(line)
}

// figureTable draws a line for each figure, with its share of the largest one, and marks the best.
func (m *Model) figureTable(i, w int) []string {
	st := m.look.Styles
	lines := make([]string, 0, figureLines)
	const label, value, best = 7, 12, 6
	bar := w - label - value - best - 2
	for _, f := range m.figures() {
		v := f.of[i]
		num := st.Faint.Paint(widget.None)
		if v.text != "" {
			num = st.Text.Paint(v.text)
			if f.unit != "" {
				num += st.Muted.Paint(" " + f.unit)
			}
		}
		line := st.Muted.Paint(widget.Fit(f.name, label)) + widget.FitRight(num, value)
		ink, word := st.Fill[0], ""
		if f.best == i {
			ink, word = st.OK, st.OK.Paint("  best")
		}
		if bar > 4 {
			share := 0.0
			if v.known && f.most > 0 {
				share = v.n / f.most
			}
			line += "  " + widget.Meter(st, bar, []widget.Part{{Share: share, Ink: ink}})
		}
		lines = append(lines, line+word)
	}
	return lines
}

// figured is a column as of the last Settle, unless its answer has begun or ended since.
func (m *Model) figured(i int) *session.Column {
	if i < len(m.settled) && m.settled[i].Answer.ID == m.cols[i].Answer.ID &&
		m.settled[i].Answer.Phase == m.cols[i].Answer.Phase {
		return &m.settled[i]
	}
	return &m.cols[i]
}

// Title tells how many models are compared, and which columns are visible in w cells.
func (m *Model) Title(w int) string {
	s := fmt.Sprintf("compare %d models", len(m.cols))
	if from, to, _ := m.visible(w); to-from < len(m.cols) {
		g := &m.look.Styles.Glyphs
		s += fmt.Sprintf(" %s %d%s%d of %d", g.Dot, from+1, g.Range, to, len(m.cols))
	}
	return s
}
