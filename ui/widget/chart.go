package widget

import (
	"math"
	"strings"

	"relaytop/ui/style"
)

// ChartSpec is what a chart shows. Left is its name (plain), Right its figures (painted). YLabels go from the top
// down in equal distances, each on a grid line; Ticks are labels whose lines the caller chose. XLabels go from the
// left. Draw returns the plot: h lines of w cells, whose blanks show the grid. Note is drawn in the middle of a chart
// without data, and says what it will show.
type ChartSpec struct {
	Left, Right string
	Selected    bool // the heading is marked
	YLabels     []string
	Ticks       []Tick
	XLabels     []string
	Gutter      int // width in cells of the y labels and one blank; 0 is 7
	Draw        func(w, h int) []string
	Note        []string
	Marks       []Mark
	Cursor      *ChartCursor // nil: there is none
}

// Tick is a label of the y axis. Line counts the lines of the plot from the bottom.
type Tick struct {
	Line  int
	Label string
}

// Mark is a dashed line with a label over a plot, for a budget. At is its height: 0 is the bottom, 1 the top.
type Mark struct {
	At    float64
	Label string
	Ink   style.Ink
}

// Chart is a heading, a plot over grid lines, and x labels: h lines of w cells.
func Chart(st *style.Styles, w, h int, spec ChartSpec) string {
	gutter := spec.Gutter
	if gutter == 0 {
		gutter = 7
	}
	pw, ph := w-gutter, h-2
	if pw < 2 || ph < 1 {
		return Lines([]string{heading(st, w, &spec)}, w, h)
	}
	var rows []string
	if spec.Draw != nil {
		rows = spec.Draw(pw, ph)
	}
	labels := make([]string, ph)
	grid := make([]bool, ph)
	for _, t := range spec.Ticks {
		if y := ph - 1 - t.Line; y >= 0 && y < ph {
			labels[y], grid[y] = t.Label, true
		}
	}
	for i, label := range spec.YLabels {
		y := place(i, len(spec.YLabels), ph-1)
		labels[y], grid[y] = label, true
	}
	var b strings.Builder
	b.Grow(w * h * 4)
	b.WriteString(heading(st, w, &spec))
	for y := range ph {
		b.WriteByte('\n')
		if grid[y] {
			b.WriteString(st.Faint.Paint(FitRight(labels[y], gutter-1)))
			b.WriteByte(' ')
		} else {
			b.WriteString(Blank(gutter))
		}
		row := ""
		if y < len(rows) {
			row = rows[y]
		}
		row = chartNote(st, Fit(row, pw), spec.Note, y-ph/2)
		if grid[y] {
			row = underlay(st, row, st.Glyphs.GridLine)
		}
		for _, m := range spec.Marks {
			if int(math.RoundToEven((1-m.At)*float64(ph-1))) == y {
				row = markLine(st, pw, m)
			}
		}
		if spec.Cursor != nil {
			row = replaceCell(row, spec.Cursor.Column, st.Accent.Paint(st.Glyphs.GridColumn))
		}
		b.WriteString(row)
	}
	b.WriteByte('\n')
	b.WriteString(Blank(gutter))
	if spec.Cursor != nil {
		b.WriteString(spec.Cursor.labels(st, pw, spec.XLabels))
	} else {
		b.WriteString(xLabels(st, pw, spec.XLabels))
	}
	return b.String()
}

// heading is the first line of a chart. That of the selected one has a mark.
func heading(st *style.Styles, w int, spec *ChartSpec) string {
	if spec.Selected {
		return SectionIn(st, st.Accent.Bold(), w, st.Glyphs.Prompt+" "+spec.Left, spec.Right)
	}
	return Section(st, w, spec.Left, spec.Right)
}

// Nice is the end of an axis that shows v: the smallest of 1, 2 and 5 times a power of ten that is not below v. For 0
// and less it is 1.
func Nice(v float64) float64 {
	if v <= 0 {
		return 1
	}
	p := math.Pow(10, math.Floor(math.Log10(v)))
	for _, f := range []float64{1, 2, 5, 10} {
		if v <= f*p*1.0001 {
			return f * p
		}
	}
	return 10 * p
}

// place is the position of the i-th of n labels, 0 to last.
func place(i, n, last int) int {
	if n < 2 {
		return 0
	}
	return int(math.RoundToEven(float64(i*last) / float64(n-1)))
}

func chartNote(st *style.Styles, row string, note []string, line int) string {
	if line < 0 || line >= len(note) || note[line] == "" {
		return row
	}
	w := Width(row)
	ink := st.Muted
	if line > 0 {
		ink = st.Faint
	}
	text := note[line]
	if Width(text)+2 > w {
		text = strings.TrimRight(Fit(text, max(w-2, 0)), " ")
	}
	return FitCentre(ink.Paint(" "+text+" "), w)
}

func markLine(st *style.Styles, w int, m Mark) string {
	d := st.Glyphs.Dashed
	text := d + d + " " + m.Label + " "
	rest := w - Width(text)
	if rest < 0 {
		return m.Ink.Paint(strings.Repeat(d, w))
	}
	return m.Ink.Paint(text + strings.Repeat(d, rest))
}

func xLabels(st *style.Styles, w int, labels []string) string {
	var b strings.Builder
	used := 0
	for i, label := range labels {
		n := Width(label)
		at := place(i, len(labels), w-n)
		if at < used || at+n > w { // labels never touch
			continue
		}
		b.WriteString(Blank(at - used))
		b.WriteString(label)
		used = at + n
		if i < len(labels)-1 && used < w {
			b.WriteByte(' ')
			used++
		}
	}
	return st.Faint.Paint(b.String()) + Blank(w-used)
}

// underlay draws glyph in the unpainted blanks of a row.
func underlay(st *style.Styles, row, glyph string) string {
	var b strings.Builder
	b.Grow(len(row) + 256)
	end := st.Grid.End()
	painted := false
	for i := 0; i < len(row); {
		if n := sgr(row, i); n > 0 {
			painted = row[i:i+n] != end
			b.WriteString(row[i : i+n])
			i += n
			continue
		}
		if row[i] != ' ' || painted {
			b.WriteByte(row[i])
			i++
			continue
		}
		n := 1
		for i+n < len(row) && row[i+n] == ' ' {
			n++
		}
		b.WriteString(st.Grid.Start())
		for k := range n {
			if st.Glyphs.ASCII && (i+k)%4 != 0 { // dense dots would look like a line of the plot
				b.WriteByte(' ')
			} else {
				b.WriteString(glyph)
			}
		}
		b.WriteString(end)
		i += n
	}
	return b.String()
}
