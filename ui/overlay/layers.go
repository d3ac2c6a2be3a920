package overlay

import (
	"strings"
	"unicode/utf8"

	"charm.land/lipgloss/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"relaytop/ui/style"
)

// picture is a dialog as it is drawn on the screen.
type picture struct {
	box        Box
	x, y, w, h int
	generation int
	lines      []string
}

// line is the picture's line on a row of the screen, "" if it has none there.
func (p *picture) line(row int) string {
	if row < p.y || row >= p.y+len(p.lines) {
		return ""
	}
	return p.lines[row-p.y]
}

// layers composes the screen and the dialogs over it, cell by cell, and caches the rows: a row is composed again only
// if the screen or a dialog changed there. On a screen that streams that is a few rows a frame.
type layers struct {
	generation int
	w          int
	base       []string
	pictures   []picture
	out        []string

	cells  uv.ScreenBuffer // as large as the screen; rows are packed into its first ones
	dimmed dimmed
}

// over returns the rows of the screen with the dialogs on them. It keeps base and pictures: the caller must not
// change them.
func (l *layers) over(st *style.Styles, base []string, pictures []picture, w int) []string {
	if l.generation != st.Generation || l.w != w || len(l.base) != len(base) || l.out == nil {
		l.generation, l.w, l.base, l.pictures = st.Generation, w, make([]string, len(base)), nil
		l.out = make([]string, len(base))
		l.cells = uv.NewScreenBuffer(w, len(base))
		l.cells.Method = ansi.GraphemeWidth // widths are counted in graphemes everywhere
		l.dimmed = newDimmed(st)
	}
	var rows []int
	for i := range base {
		if base[i] != l.base[i] || l.moved(pictures, i) {
			rows = append(rows, i)
		}
	}
	l.base, l.pictures = base, pictures
	if len(rows) > 0 {
		l.compose(st, rows)
	}
	return l.out
}

// moved reports that the dialogs look different on a row than before.
func (l *layers) moved(now []picture, row int) bool {
	if len(now) != len(l.pictures) {
		return true
	}
	for i := range now {
		if line := now[i].line(row); line != l.pictures[i].line(row) || line != "" && now[i].x != l.pictures[i].x {
			return true
		}
	}
	return false
}

// compose draws the rows into the first lines of the buffer, one dialog after the other, and renders them.
func (l *layers) compose(st *style.Styles, rows []int) {
	screen := make([]string, len(rows))
	for i, row := range rows {
		screen[i] = st.Start(style.Bg) + l.base[row]
	}
	area := uv.Rect(0, 0, l.w, len(rows))
	uv.NewStyledString(strings.Join(screen, "\n")).Draw(l.cells, area)
	for i := range l.pictures {
		p := &l.pictures[i]
		for y := range rows {
			l.dimmed.dim(l.cells.Line(y))
		}
		var lines []string
		top := 0
		for y, row := range rows {
			if line := p.line(row); line != "" {
				if lines == nil {
					top = y
				}
				lines = append(lines, line)
			}
		}
		if lines != nil {
			dialog := lipgloss.NewLayer(strings.Join(lines, "\n")).X(p.x).Y(top)
			lipgloss.NewCompositor(dialog).Draw(l.cells, area)
		}
	}
	for y, row := range rows {
		l.out[row] = l.cells.Line(y).Render()
	}
}

// dimmed is how cells look behind a dialog: one colour for text, the grid's for solid areas. Cells on a panel stay
// on it; chips and selections get its ground.
type dimmed struct {
	onScreen, onPanel           uv.Style
	solidOnScreen, solidOnPanel uv.Style
}

func newDimmed(st *style.Styles) dimmed {
	return dimmed{
		onScreen: cellStyle(st.Dim), onPanel: cellStyle(st.Dim.On(style.Panel)),
		solidOnScreen: cellStyle(st.Grid), solidOnPanel: cellStyle(st.Grid.On(style.Panel)),
	}
}

// cellStyle is the style of a cell that is painted with an ink.
func cellStyle(ink style.Ink) uv.Style {
	one := uv.NewScreenBuffer(1, 1)
	uv.NewStyledString(ink.Paint("x")).Draw(one, one.Bounds())
	return one.CellAt(0, 0).Style
}

// dim dims a line. Links are removed: what is behind a dialog can't be clicked.
func (q *dimmed) dim(line uv.Line) {
	for x := range line {
		c := &line[x]
		if c.Width == 0 { // the rest of a wide character
			continue
		}
		onScreen := c.Style.Bg == q.onScreen.Bg && c.Style.Attrs&uv.AttrReverse == 0
		switch solid := isSolid(c.Content); {
		case onScreen && solid:
			c.Style = q.solidOnScreen
		case onScreen:
			c.Style = q.onScreen
		case solid:
			c.Style = q.solidOnPanel
		default:
			c.Style = q.onPanel
		}
		c.Link = uv.Link{}
	}
}

// isSolid reports that a glyph is a block element that fills an area: columns, bars, heatmaps. The left half block is
// not: it is a bar beside text.
func isSolid(glyph string) bool {
	r, _ := utf8.DecodeRuneInString(glyph)
	return r >= '▀' && r <= '▓' && r != '▌' && r != '░'
}
