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
	leastColumn = 30      // cells; if not all columns fit, those around the chosen one are shown
	columnBytes = 4 << 10 // of reasoning that the last lines of a column are made of
	figureLines = 4
	curveLines  = 9  // of the chart with its head
	curvesFrom  = 34 // lines of the pane from which the charts are shown
	tableFrom   = 20 // from which figures stand in lines of their own
)

// View draws the question and the columns below it, in exactly the height of the look.
func (m *Model) View(l *Look) []string {
	m.dirty = false
	st := m.env.Styles
	var lines []string
	if q := m.cols[0].Question; q.ID != 0 {
		bar := st.User.Paint(st.Glyphs.Bar) + " "
		for i, row := range text.Wrap(text.Line(text.Clip(m.question(), 600)), l.Width-2) {
			if i == 2 {
				break
			}
			lines = append(lines, bar+st.Text.Paint(row))
		}
	} else {
		lines = append(lines, "  "+st.Muted.Paint(
			"What you write goes to all of them at once; nothing is shared between the columns."))
	}
	if l.PaneHeight > 14 {
		lines = append([]string{""}, append(lines, "")...)
	}
	from, to := m.visible(l.Width)
	w := (l.Width - columnGap*(to-from-1)) / (to - from)
	h := l.Height - len(lines)
	blocks := make([]widget.Block, 0, to-from)
	for i := from; i < to; i++ {
		blocks = append(blocks, widget.Block{Lines: m.drawColumn(l, i, w, h), W: w})
	}
	lines = append(lines, strings.Split(widget.Columns(columnGap, blocks...), "\n")...)
	for i := range lines {
		lines[i] = widget.Fit(lines[i], l.Width)
	}
	return lines
}

// question is what was asked last: the same in every column.
func (m *Model) question() string {
	q := &m.cols[m.at].Question
	return (&session.Prompt{Text: q.Text, Parts: q.Parts}).Line()
}

// visible are the columns that fit into w cells, around the one that keys are about.
func (m *Model) visible(w int) (from, to int) {
	n := len(m.cols)
	fit := min(max((w+columnGap)/(leastColumn+columnGap), 1), n)
	from = min(max(m.at-fit/2, 0), n-fit)
	return from, from + fit
}

func (m *Model) drawColumn(l *Look, i, w, h int) []string {
	st := m.env.Styles
	col := &m.cols[i]
	name := strconv.Itoa(i+1) + " " + text.Line(col.Model)
	if col.Endpoint != "" {
		name += " " + st.Glyphs.Dot + " " + text.Line(col.Endpoint)
	}
	ink := st.Text
	if i == m.at && !l.Typing {
		ink = st.Accent
	}
	state := m.columnState(&m.figured(i).Answer, l.Now)
	name = text.Truncate(name, max(w-widget.Width(state)-4, 4))
	lines := []string{widget.SectionIn(st, ink.Bold(), w, name, state)}
	foot := m.foot(l, i, w)
	rows, top := max(h-len(lines)-len(foot), 1), len(lines)
	if rows > 4 {
		lines, rows = append(lines, ""), rows-1
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
		d.feed(m.kit, st, w, a)
		shown := d.text(rows, a)
		if n := d.off; n > 0 && len(lines) > top {
			lines[top] = st.Faint.Paint(st.Glyphs.Up + " " + linesAbove(n))
		}
		lines = append(lines, shown...)
	}
	for len(lines) < h-len(foot) {
		lines = append(lines, "")
	}
	return append(lines, foot...)
}

// linesAbove says how much of an answer stands above what is shown.
func linesAbove(n int) string {
	if n == 1 {
		return "1 line above"
	}
	return widget.Count(int64(n)) + " lines above"
}

// columnState is where an answer stands, and for how long it took.
func (m *Model) columnState(v *session.View, now time.Time) string {
	st := m.env.Styles
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

// foot is what stands below the text, drawn again when its figures move, four times a second.
func (m *Model) foot(l *Look, i, w int) []string {
	key := footKey{st: m.env.Styles, w: w, h: l.PaneHeight, now: l.Now}
	for k := range m.cols {
		key.versions += m.figured(k).Answer.Version
	}
	d := m.drawn[i]
	if d.foot == nil || d.key != key {
		d.foot, d.key = m.columnFoot(l, i, w), key
	}
	return d.foot
}

// columnFoot is what stands below the text: figures, and how the tokens came.
func (m *Model) columnFoot(l *Look, i, w int) []string {
	if l.PaneHeight < tableFrom {
		return []string{m.figureLine(l, i, w)}
	}
	lines := append([]string{""}, m.figureTable(l, i, w)...)
	if l.PaneHeight >= curvesFrom {
		lines = append(append(lines, ""), strings.Split(m.curve(i, w), "\n")...)
	}
	return lines
}

// figureLine is all figures of a column in one line.
func (m *Model) figureLine(l *Look, i, w int) string {
	var facts []string
	for _, f := range m.figures(l.Now) {
		if v := f.of[i]; v.known {
			facts = append(facts, strings.TrimSpace(v.text+" "+f.unit))
		}
	}
	line, _ := widget.Facts(facts, w)
	return m.env.Styles.Muted.Paint(line)
}

// figureTable puts each figure on a line, with its share of the largest and a word at the best.
func (m *Model) figureTable(l *Look, i, w int) []string {
	st := m.env.Styles
	lines := make([]string, 0, figureLines)
	const label, value, best = 7, 12, 6
	bar := w - label - value - best - 2
	for _, f := range m.figures(l.Now) {
		v := f.of[i]
		num := st.Faint.Paint(widget.None)
		if v.known {
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

// figured is a column as its figures show it.
func (m *Model) figured(i int) *session.Column {
	if i < len(m.settled) && m.settled[i].Answer.ID == m.cols[i].Answer.ID &&
		m.settled[i].Answer.Phase == m.cols[i].Answer.Phase {
		return &m.settled[i]
	}
	return &m.cols[i]
}

// Title says what stands side by side, in a pane of w cells.
func (m *Model) Title(w int) string {
	s := fmt.Sprintf("compare %d models", len(m.cols))
	if from, to := m.visible(w); to-from < len(m.cols) {
		g := &m.env.Styles.Glyphs
		s += fmt.Sprintf(" %s %d%s%d of %d", g.Dot, from+1, g.Range, to, len(m.cols))
	}
	return s
}
